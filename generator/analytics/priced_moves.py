"""
How often moves priced earlier held: each session's nearest weekly expiration, once it has passed.

What a session priced is what the archive read in it, else what its chain on file gives: the
straddle and one standard deviation (of a chain: the straddle's own) in percent of the price.
What came is close to close, on split-adjusted bars. Sessions of one week look to one expiration:
their windows overlap.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import NormalDist
from typing import NamedTuple

from generator.analytics.evidence import Evidence, PastBook
from generator.analytics.expected_move import straddle_at
from generator.analytics.forwards import Rate, forward_from, pairs_of
from generator.analytics.normal import WITHIN_ONE_DEVIATION
from generator.analytics.series import Expiration
from generator.calendar import expiry_instant, friday_week
from generator.models.analysis import Fact, PricedMoves, Unit
from generator.models.market import Reading

FEWEST_FOR_SHARE = 20
STRADDLE, SIGMA = "expected_move.straddle_percent", "expected_move.one_sigma_percent"
_STEMS = "|".join(re.escape(stem) for stem in (STRADDLE, SIGMA))
_DATED = re.compile(rf"(?P<stem>{_STEMS})\.(?P<day>\d{{4}}-\d\d-\d\d)", re.ASCII)


class Priced(NamedTuple):
    """What a session priced to an expiration, in percent of its price."""

    session: dt.date
    expiration: dt.date
    straddle: float
    one_sigma: float


class Scored(NamedTuple):
    """A priced move and how far the price went, percent."""

    priced: Priced
    moved: float


def weekly(days: Iterable[dt.date]) -> dt.date | None:
    """Return the nearest of *days* that is a weekly expiration, else the nearest; None of none."""
    ahead = sorted(days)
    return next((day for day in ahead if friday_week(day)), next(iter(ahead), None))


def priced_moves(evidence: Evidence, readings: Sequence[Reading], rate: Rate) -> PricedMoves | None:
    """Return how the moves priced by sessions before came out, None where none has passed."""
    read = {item.session: item for item in _read(readings)}
    for past in evidence.past:
        if past.session not in read and (found := _of_chain(evidence, past, rate)) is not None:
            read[past.session] = found
    scored = list(_scored(evidence, read))
    return _written(evidence, scored) if scored else None


def _read(readings: Sequence[Reading]) -> Iterator[Priced]:
    """Yield what the archive read: both figures, to the nearest weekly expiration it kept."""
    found: dict[dt.date, dict[dt.date, dict[str, float]]] = {}
    for item in readings:
        if (match := _DATED.fullmatch(item.id)) is not None:
            days = found.setdefault(item.session, {})
            days.setdefault(dt.date.fromisoformat(match["day"]), {})[match["stem"]] = item.value
    for session, days in found.items():
        whole = {day: told for day, told in days.items() if len(told) == 2}
        if (day := weekly(whole)) is not None:
            yield Priced(session, day, whole[day][STRADDLE], whole[day][SIGMA])


def _of_chain(evidence: Evidence, past: PastBook, rate: Rate) -> Priced | None:
    """Return what an earlier chain priced to its nearest weekly expiration, once that has passed."""
    ahead = {
        item.date: item
        for item in past.book.expirations
        if item.settlement == "pm" and item.date > past.session
    }
    day = weekly(ahead)
    if day is None or not past.complete or not _passed(evidence, day):
        return None
    return _priced(past, ahead[day], rate)


def _priced(past: PastBook, expiration: Expiration, rate: Rate) -> Priced | None:
    pairs, discount = pairs_of(past.book, expiration), rate.discount(expiration.years)
    forward = forward_from(pairs, discount)
    straddle = None if forward is None else straddle_at(pairs, forward)
    if forward is None or straddle is None:
        return None
    return Priced(
        past.session,
        expiration.date,
        100 * straddle.value / past.spot,
        100 * deviation_of(straddle.value / (discount * forward)),
    )


def deviation_of(straddle: float) -> float:
    """
    Return the deviation of ln(price) that a straddle at the forward implies, its worth over that.

    Black-76 at the forward, 2 (2 N(s/2) - 1), solved for s.
    """
    return 2 * NormalDist().inv_cdf((1 + straddle / 2) / 2)


def _passed(evidence: Evidence, day: dt.date) -> bool:
    return expiry_instant(day, "pm") <= evidence.snapshot.as_of


def _scored(evidence: Evidence, priced: Mapping[dt.date, Priced]) -> Iterator[Scored]:
    """Yield the moves whose expiration has passed and whose closes are on file, oldest first."""
    bars = evidence.snapshot.bars
    closes = dict(zip(bars["date"].dt.date, bars["close"], strict=True))
    for session in sorted(priced):
        item = priced[session]
        start, end = closes.get(session), closes.get(item.expiration)
        if start and end and session < evidence.session and _passed(evidence, item.expiration):
            yield Scored(item, 100 * abs(end / start - 1))


def _written(evidence: Evidence, scored: Sequence[Scored]) -> PricedMoves:
    count = _count(evidence, "n", len(scored))
    inside = _count(evidence, "inside_one_sigma", sum(item.moved <= item.priced.one_sigma for item in scored))
    enough = len(scored) >= FEWEST_FOR_SHARE
    return PricedMoves(
        count=count,
        since=evidence.ledger.day(scored[0].priced.session),
        expirations=_count(evidence, "expirations", len({item.priced.expiration for item in scored})),
        inside_one_sigma=inside,
        inside_straddle=_count(
            evidence, "inside_straddle", sum(item.moved <= item.priced.straddle for item in scored)
        ),
        mean_ratio=evidence.ledger.add(
            "priced_moves.mean_ratio",
            sum(item.moved / item.priced.straddle for item in scored) / len(scored),
            unit=Unit.RATIO,
            decimals=2,
            formula="history.moves.mean_ratio",
        ),
        share=_share(evidence, inside, count) if enough else None,
        model=_model(evidence) if enough else None,
    )


def _count(evidence: Evidence, name: str, value: int) -> Fact:
    formula = f"history.moves.{name}"
    return evidence.ledger.add(f"priced_moves.{name}", value, unit=Unit.COUNT, formula=formula)


def _share(evidence: Evidence, inside: Fact, count: Fact) -> Fact:
    return evidence.ledger.add(
        "priced_moves.share",
        100 * inside.number / count.number,
        unit=Unit.PERCENT,
        formula="=100*$1/$2",
        of=(inside, count),
    )


def _model(evidence: Evidence) -> Fact:
    return evidence.ledger.add(
        "priced_moves.model",
        100 * WITHIN_ONE_DEVIATION,
        unit=Unit.PERCENT,
        formula="normal.within_one_deviation",
    )
