"""
Put/call ratios, and their change over the same expirations.

A ratio's change is taken over the expirations listed and unexpired in both snapshots:
the raw total moves when expirations join and leave the list.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np

from generator.analytics.evidence import Evidence, PastBook
from generator.analytics.ledger import Ledger
from generator.analytics.series import MISSING, Book, missing_share
from generator.models.analysis import Change, Fact, Ratio, Unit
from generator.models.market import Right

Array = np.ndarray
Measure = Literal["open_interest", "volume"]
Scope = Literal["all", "live", "sixty_days"]

WEEK = dt.timedelta(days=7)
WEEK_SESSIONS = 5  #: on file, today's included
WINDOW = dt.timedelta(days=60)  #: a list of expirations that can be compared through the year


def ratio(evidence: Evidence, measure: Measure, scope: Scope) -> Ratio:
    """
    Return a ratio of totals: `all` listed standard series, or `live` without those that trade no more.

    `sixty_days` takes those that expire within sixty days; of open interest, the live ones.
    The ratio is None, and withheld, where the calls' total is zero or the gate bars the measure.
    """
    book, session = evidence.book, evidence.session.isoformat()
    live = scope == "live" or (scope, measure) == ("sixty_days", "open_interest")
    mask = book.live if live else np.ones(len(book), dtype=bool)
    whole = measure not in evidence.barred
    name = f"put_call.{measure}.{scope}" if whole else f"withheld.{measure}.{scope}"
    when = evidence.counted if measure == "open_interest" else evidence.session
    terms = f"expiration{'>' if live else '>='}{session}"
    label = "series beyond today's expiration" if live else "all listed series"
    if scope == "sixty_days":
        terms += f" expiration<={(evidence.session + WINDOW).isoformat()}"
        mask = mask & within(book)
        label += " within sixty days"
    if live and book.stopped.any():
        made = _without_stopped(evidence, name, (measure, label), terms, when)
    else:
        what = (measure, label)
        made = ratio_of(evidence.ledger, name, what, (book, mask), ("chain", terms), when, whole=whole)
    if made.ratio is None and whole:
        evidence.withhold(name, "no calls to divide by")
    return made


def within(book: Book) -> Array:
    """Mark the rows that expire within sixty days."""
    return np.asarray(book.day <= np.datetime64(book.session + WINDOW, "D"))


def _without_stopped(
    evidence: Evidence, name: str, what: tuple[Measure, str], terms: str, when: dt.date
) -> Ratio:
    """The totals beyond today less those of the morning settlement that has stopped trading."""
    ledger, book = evidence.ledger, evidence.book
    days = sorted({item.date.isoformat() for item in book.expirations if item.stopped})
    totals = {}
    for side in ("puts", "calls"):
        rows = f"right={side[:-1]} standard=true"
        parts = [_sum(ledger, f"{name}.{side}.listed", what[0], f"chain[{rows} {terms}]", when)] + [
            _sum(
                ledger,
                f"{name}.{side}.stopped.{day}",
                what[0],
                f"chain[{rows} settlement=am expiration={day}]",
                when,
            )
            for day in days
        ]
        totals[side] = ledger.add(
            f"{name}.{side}",
            int(parts[0].number - sum(part.number for part in parts[1:])),
            unit=Unit.CONTRACTS,
            formula="=" + "-".join(f"${place}" for place in range(1, len(parts) + 1)),
            of=parts,
            date=when,
        )
    puts, calls = totals["puts"], totals["calls"]
    whole = what[0] not in evidence.barred
    made = quotient(ledger, name, puts, calls, when) if whole else None
    return Ratio(scope=what[1], puts=puts, calls=calls, ratio=made)


def _sum(ledger: Ledger, name: str, measure: Measure, rows: str, when: dt.date) -> Fact:
    frame, mask = ledger.select(rows)
    value = int(np.nansum(ledger.frames[frame][measure].to_numpy()[mask]))
    formula = f"=sum({measure})"
    return ledger.add(name, value, unit=Unit.CONTRACTS, formula=formula, rows=rows, date=when)


def ratio_of(
    ledger: Ledger,
    name: str,
    what: tuple[Measure, str],
    source: tuple[Book, Array],
    selector: tuple[str, str],
    when: dt.date,
    *,
    whole: bool = True,
) -> Ratio:
    """
    Write two totals and their ratio down; *source* is a book and a mask, *selector* a frame and terms.

    Totals that are not *whole* have no ratio.
    """
    measure, scope = what
    book, mask = source
    frame, terms = selector
    totals = {}
    for right in ("put", "call"):
        chosen = mask & (book.call == (right == "call"))
        totals[right] = ledger.add(
            f"{name}.{right}s",
            int(np.nansum(getattr(book, measure)[chosen])),
            unit=Unit.CONTRACTS,
            formula=f"=sum({measure})",
            rows=f"{frame}[right={right} standard=true {terms}]",
            date=when,
        )
    return Ratio(
        scope=scope,
        puts=totals["put"],
        calls=totals["call"],
        ratio=quotient(ledger, name, totals["put"], totals["call"], when) if whole else None,
    )


def quotient(ledger: Ledger, name: str, top: Fact, bottom: Fact, when: dt.date) -> Fact | None:
    """Write `top / bottom` down, or return None where *bottom* is zero."""
    if bottom.number == 0:
        return None
    value = top.number / bottom.number
    return ledger.add(name, value, unit=Unit.RATIO, decimals=2, formula="=$1/$2", of=(top, bottom), date=when)


def like_for_like(evidence: Evidence, past: PastBook | None, name: str) -> Change | None:
    """Return the ratio then and now over the expirations unexpired and listed in both."""
    if past is None or "open_interest" in evidence.barred:
        return None
    common, terms = common_expirations(evidence.book, past.book)
    if not common:
        evidence.withhold(name, f"no expiration is listed on {past.session.isoformat()} too")
        return None
    ledger = evidence.ledger
    made = []
    for label, book, frame, when in (
        ("then", past.book, past.frame, past.open_interest_date),
        ("now", evidence.book, "chain", evidence.counted),
    ):
        mask = np.isin(book.day, np.array(common, dtype="datetime64[D]"))
        if missing_share(book, mask) > MISSING:
            evidence.withhold(name, f"open interest of {when} is missing on too many series")
            return None
        what: tuple[Measure, str] = ("open_interest", f"{len(common)} expirations listed in both")
        made.append(ratio_of(ledger, f"{name}.{label}", what, (book, mask), (frame, terms), when).ratio)
    then, now = made
    if then is None or now is None:
        evidence.withhold(name, "no calls to divide by")
        return None
    count = ledger.add(
        f"{name}.expirations",
        len(common),
        unit=Unit.COUNT,
        formula="expirations.listed_in_both",
        rows=f"chain[standard=true {terms}]",
    )
    return Change(then=then, now=now, since=ledger.day(past.session), expirations=count)


def common_expirations(book: Book, earlier: Book) -> tuple[tuple[dt.date, ...], str]:
    """
    Return the live dates listed with the same settlements in both, and the terms that select them.

    The terms are a span of dates less those inside it that only one of the two lists.
    """
    now, before = _settlements(book), _settlements(earlier)
    common = sorted(day for day in now if day > book.session and now[day] == before.get(day))
    if not common:
        return (), ""
    others = sorted(
        day for day in now.keys() | before.keys() if common[0] < day < common[-1] and day not in common
    )
    span = [f"expiration>={common[0].isoformat()}", f"expiration<={common[-1].isoformat()}"]
    return tuple(common), " ".join(span + [f"expiration!={day.isoformat()}" for day in others])


def _settlements(book: Book) -> dict[dt.date, frozenset[str]]:
    found: dict[dt.date, frozenset[str]] = {}
    for item in book.expirations:
        found[item.date] = found.get(item.date, frozenset()) | {item.settlement}
    return found


def week_ago(evidence: Evidence) -> PastBook | None:
    """Return the oldest of the last five sessions on file within a week, None if that is the one before."""
    recent = [past for past in evidence.past[: WEEK_SESSIONS - 1] if evidence.session - past.session <= WEEK]
    if not recent or recent[-1].session == evidence.snapshot.previous_session:
        return None
    return recent[-1]


def raw_ratio(evidence: Evidence, past: PastBook) -> Fact | None:
    """Write down the open-interest ratio of all series as a session before had it."""
    book = past.book
    everything = np.ones(len(book), dtype=bool)
    return ratio_of(
        evidence.ledger,
        f"put_call.open_interest.all.{past.session.isoformat()}",
        ("open_interest", "all listed series"),
        (book, everything),
        (past.frame, f"expiration>={past.session.isoformat()}"),
        past.open_interest_date,
    ).ratio


def history_ratios(evidence: Evidence) -> tuple[tuple[dt.date, float], ...]:
    """Return the raw open-interest ratio of every session on file, today's last."""
    books = [(past.session, past.book) for past in reversed(evidence.past)]
    books.append((evidence.session, evidence.book))
    found = []
    for session, book in books:
        puts, calls = (side_total(book, right) for right in ("put", "call"))
        if calls:
            found.append((session, puts / calls))
    return tuple(found)


def side_total(book: Book, right: Right) -> float:
    """Return a side's open interest over the whole book."""
    return float(np.nansum(book.open_interest[book.call == (right == "call")]))
