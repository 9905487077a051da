"""
Which figures are placed among earlier ones, and what those were.

Totals can be compared only where the lists of expirations can: what expires within sixty
days, of sessions that list about as many dates there as today. Put/call ratios of fewer than
twenty sessions are compared over the same expirations instead, those of the week's change:
a week of expiries that leave a window would read as a turn of the board.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np

from generator.analytics.evidence import Evidence, PastBook, values_before
from generator.analytics.forwards import Rate
from generator.analytics.past_volatility import past_volatility
from generator.analytics.places import written
from generator.analytics.premium import RATIO, earlier_ratios
from generator.analytics.put_call import WINDOW, common_expirations, ratio, week_ago, within
from generator.analytics.series import MISSING, Book, missing_share
from generator.analytics.stale import SAME_TOTAL, TRADED
from generator.models.analysis import ChainView, Fact, Place, Unit, Volatility
from generator.models.market import Reading

Found = dict[str, dict[dt.date, float]]  #: id -> session -> figure

INTEREST = "put_call.open_interest.sixty_days"
VOLUME_RATIO = "put_call.volume.sixty_days"
VOLUME = "volume.sixty_days"
LISTED = "chain.expirations.sixty_days"
LIKE_FOR_LIKE = "put_call.like_for_like_week"
GAMMA = ("gamma.gross", "gamma.net_share")  #: of every expiration, once the day's own are over

FEWEST_LIKE_WINDOWS = 20  #: sessions, this one included
WEEK = 4  #: sessions whose volatility is worked out from their chains, some 16 ms each
UNLIKE = 0.25  #: of the longer list of dates; rolling lists differ by less


def places(
    evidence: Evidence,
    chain: ChainView,
    implied: Volatility,
    readings: Sequence[Reading],
    rate: Rate,
    *,
    beside: Sequence[Fact | None] = (),
) -> dict[str, Place]:
    """
    Return the figures that have a place, by id; none is made up where sessions cannot be compared.

    Sessions of which only the chain is on file are worked out with today's *rate*. *beside* are
    figures of other groups.
    """
    earlier = _earlier(evidence, readings, rate)
    ratios = earlier_ratios(evidence, earlier.get("volatility.constant_30", {}))
    earlier[RATIO] = ratios | earlier.get(RATIO, {})
    with_figures = {day for days in earlier.values() for day in days}
    on_file = len(with_figures | {past.session for past in evidence.past})
    found = {
        fact.id: written(evidence.ledger, fact.id, fact, earlier.get(fact.id, {}), on_file)
        for fact in (implied.constant_30, implied.skew_25, *beside)
        if fact is not None
    }
    found[LIKE_FOR_LIKE] = _like_for_like(evidence, chain)
    found |= _of_window(evidence, earlier, on_file)
    return {name: made for name, made in found.items() if made is not None}


def _earlier(evidence: Evidence, readings: Sequence[Reading], rate: Rate) -> Found:
    """Return the figures of sessions before: as read then, and of the others from their chains."""
    found: Found = {}
    for item in readings:
        if item.session < evidence.session:
            found.setdefault(item.id, {}).setdefault(item.session, item.value)
    read = {day for days in found.values() for day in days}
    european = evidence.snapshot.kind == "index"
    unread = [past for past in evidence.past if past.session not in read]
    for place, past in enumerate(unread):
        made = _figures(past, evidence.older(past))
        if place < WEEK:
            made |= past_volatility(past, rate, european=european)
        for name, value in made.items():
            found.setdefault(name, {})[past.session] = value
    return found


def _figures(past: PastBook, older: PastBook | None) -> dict[str, float]:
    """
    Return the figures of the window from a chain of before; none where its list ends earlier.

    Of volume none where too much of it stands as in the *older* chain.
    """
    book, mask = past.book, within(past.book)
    if not _reaches(book):
        return {}
    live = mask & book.live
    found = {LISTED: float(len(np.unique(book.day[mask])))}
    puts, calls = (_total(book.open_interest, live & side) for side in (~book.call, book.call))
    if calls and missing_share(book, live) <= MISSING:
        found[INTEREST] = puts / calls
    puts, calls = (_total(book.volume, mask & side) for side in (~book.call, book.call))
    if calls and past.complete and not _carried(past.book, older):
        found |= {VOLUME_RATIO: puts / calls, VOLUME: puts + calls}
    return found


def _carried(book: Book, older: PastBook | None) -> bool:
    """Whether the volume is in good part an earlier session's."""
    if older is None:
        return False
    same = book.volume == values_before(book, older.book, older.book.volume)
    stood = _total(book.volume, same & (book.volume >= TRADED))
    return stood > 0 and stood >= SAME_TOTAL * float(np.nansum(book.volume))


def _total(column: np.ndarray, rows: np.ndarray) -> float:
    return float(np.nansum(column[rows]))


def _reaches(book: Book) -> bool:
    """Whether the list of expirations covers the whole window."""
    return len(book) > 0 and bool(book.day[-1] >= np.datetime64(book.session + WINDOW, "D"))


def _of_window(evidence: Evidence, earlier: Found, on_file: int) -> dict[str, Place | None]:
    """
    Return the places of what expires within sixty days.

    A morning's count and the volume left beside it are of another day's list: they have none.
    """
    if not _reaches(evidence.book) or evidence.snapshot.edition == "morning":
        return {}
    listed = _listed(evidence)
    alike = {day for day, count in earlier.get(LISTED, {}).items() if _alike(count, listed.number)}
    kept = {name: {d: v for d, v in days.items() if d in alike} for name, days in earlier.items()}
    made: dict[str, Place | None] = {}
    for fact in (*_today(evidence), *_gamma(evidence)):
        days: Mapping[dt.date, float] = kept.get(fact.id, {})
        if fact.id != INTEREST or len(days) + 1 >= FEWEST_LIKE_WINDOWS:
            made[fact.id] = written(evidence.ledger, fact.id, fact, days, on_file)
    return made


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= UNLIKE * max(one, other)


def _listed(evidence: Evidence) -> Fact:
    session = evidence.session
    return evidence.ledger.add(
        LISTED,
        len(np.unique(evidence.book.day[within(evidence.book)])),
        unit=Unit.COUNT,
        formula="count.dates(expiration)",
        rows=f"chain[standard=true expiration>={session.isoformat()} "
        f"expiration<={(session + WINDOW).isoformat()}]",
    )


def _today(evidence: Evidence) -> list[Fact]:
    """Write today's figures of the window down; volume only of a session that is over."""
    found: list[Fact | None] = []
    if "open_interest" not in evidence.barred:
        found.append(ratio(evidence, "open_interest", "sixty_days").ratio)
    if "volume" not in evidence.barred and evidence.snapshot.edition == "close":
        traded = ratio(evidence, "volume", "sixty_days")
        of = (traded.puts, traded.calls)
        total = int(traded.puts.number + traded.calls.number)
        found += [
            traded.ratio,
            evidence.ledger.add(VOLUME, total, unit=Unit.CONTRACTS, formula="=$1+$2", of=of),
        ]
    return [fact for fact in found if fact is not None]


def _gamma(evidence: Evidence) -> list[Fact]:
    """What the board's gamma was found to be, after the close."""
    facts = evidence.ledger.facts
    after = evidence.snapshot.edition == "close"
    return [facts[name] for name in GAMMA if after and name in facts]


def _like_for_like(evidence: Evidence, chain: ChainView) -> Place | None:
    """Return the place of the week's ratio among the sessions since, over the very same expirations."""
    change, week = chain.like_for_like_week, week_ago(evidence)
    if change is None or week is None or evidence.snapshot.edition == "morning":
        return None
    days = np.array(common_expirations(evidence.book, week.book)[0], dtype="datetime64[D]")
    earlier, since = {}, [past for past in evidence.past if past.session >= week.session]
    for past in since:
        mask = np.isin(past.book.day, days)
        whole = len(np.unique(past.book.day[mask])) == len(days) and (
            missing_share(past.book, mask) <= MISSING
        )
        calls = _total(past.book.open_interest, mask & past.book.call)
        if whole and calls:
            earlier[past.session] = _total(past.book.open_interest, mask & ~past.book.call) / calls
    return written(evidence.ledger, LIKE_FOR_LIKE, change.now, earlier, len(since))
