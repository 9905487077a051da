"""
What options take out of the price where it shows: a dividend that is not on file, or a cost of borrowing.

In money and not as a yield, which a few days magnify. The worth of a forward now, with dividends on
file put back, is the price, but for what is not on file: a dividend makes it fall from one expiration
to the next, a rate that is a little off makes it drift. So what is out is counted beside the usual
drift, the median of the stretches ahead. It shows where it is more than a thousandth of the price and
half the straddle's spread, at the next expiration too. It is the least that is paid: a yield in place
of a dividend hides part of it just after the ex-date, when calls are exercised early. Where it shows
in three stretches in a row without the drift, it is no dividend but a cost that runs: of borrowing,
or a yield.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from generator.analytics.evidence import Evidence
from generator.analytics.forwards import pairs_of, weighted_median
from generator.analytics.market_terms import still_paid
from generator.analytics.smile import Surface
from generator.analytics.term_structure import DAY, Point
from generator.models.analysis import CarryDrop, Fact, Unit

SHARE = 0.001  #: of the price
LONGEST = 45 / 365  #: years between two expirations for a drop to be placed
SOON = 120 / 365  #: years ahead from which the usual drift is taken
SHOWN = 2  #: expirations at which it must show
COST = 0.05  #: a year; a usual drift of less may be a yield, or a rate that is off
RUNNING = 3  #: stretches in a row
FAR = 60 * DAY  #: minutes from which a cost is said in percent a year


@dataclass(frozen=True, slots=True)
class _Worth:
    """A forward's worth now, known dividends put back, dollars a share, and what of it would not show."""

    point: Point
    amount: float
    noise: float

    @property
    def years(self) -> float:
        return self.point.expiration.years


def carry_drop(evidence: Evidence, surface: Surface, points: Sequence[Point]) -> CarryDrop | None:
    """Return the first dividend that options imply and no source tells of, None without one."""
    if surface.market.european:
        return None
    worths = [_worth(surface, point) for point in points]
    drift = _drift(worths)
    place = next((place for place in range(len(worths)) if _drops(worths, place, drift)), None)
    if place is None or _runs(worths):
        return None
    before, after, beyond = worths[place : place + 3]
    if _out(after, beyond, drift) > beyond.noise / 2:  # where the ex-date is a day of expiration
        after = beyond
    key = after.point.expiration.key
    return CarryDrop(
        start=evidence.ledger.day(before.point.expiration.date),
        end=evidence.ledger.day(after.point.expiration.date),
        amount=evidence.ledger.add(
            f"carry.drop.{key}",
            _out(before, after, drift),
            unit=evidence.unit,
            decimals=2,
            formula="carry.drop",
            of=(before.point.forward, after.point.forward),
        ),
    )


def running_cost(evidence: Evidence, surface: Surface, points: Sequence[Point]) -> Fact | None:
    """Return what options take out of the price beside dividends, percent a year, where it runs on."""
    if surface.market.european or not _runs([_worth(surface, point) for point in points]):
        return None
    far = next((point for point in points if point.minutes.number > FAR), None)
    smile = None if far is None else surface.slice_of(far.expiration.date, far.expiration.settlement)
    if far is None or smile is None:
        return None
    return evidence.ledger.add(
        "carry.cost",
        100 * smile.payout,
        unit=Unit.PERCENT,
        decimals=1,
        formula="carry.payout",
        rows=f"chain[{far.expiration.terms}]",
        of=(far.forward, far.minutes),
    )


def _worth(surface: Surface, point: Point) -> _Worth:
    expiration, market = point.expiration, surface.market
    known = still_paid(expiration.years, surface.rate, market.dividends)
    worth = point.forward.number * surface.rate.discount(expiration.years) + known
    pairs = pairs_of(surface.book, expiration)
    nearest = int(np.argmin(np.abs(pairs.strike - point.forward.number)))
    return _Worth(point, worth, SHARE * market.spot + float(pairs.spread[nearest]) / 2)


def _drift(worths: Sequence[_Worth]) -> float:
    """The median growth a year of worths from one expiration to the next, longer stretches counting more."""
    near = [(a, b) for a, b in pairwise(worths) if b.years - a.years <= LONGEST and b.years <= SOON]
    if not near:
        return 0.0
    lengths = np.array([b.years - a.years for a, b in near])
    growths = np.array([math.log(b.amount / a.amount) for a, b in near]) / lengths
    return weighted_median(growths, lengths)


def _out(before: _Worth, after: _Worth, drift: float) -> float:
    return before.amount * math.exp(drift * (after.years - before.years)) - after.amount


def _drops(worths: Sequence[_Worth], place: int, drift: float) -> bool:
    """Whether something shows after an expiration, and still does an expiration on."""
    here, *later = worths[place : place + 3]
    near = len(later) == SHOWN and later[0].years - here.years <= LONGEST
    return near and all(_out(here, item, drift) > item.noise for item in later)


def _runs(worths: Sequence[_Worth]) -> bool:
    """Whether something shows in stretch after stretch, and more than a rate may be off by."""
    if _drift(worths) > -COST:
        return False
    shows = [_drops(worths, place, 0.0) for place in range(len(worths))]
    return any(all(shows[place : place + RUNNING]) for place in range(len(shows) - RUNNING + 1))
