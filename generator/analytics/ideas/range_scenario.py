"""
A scenario without a direction: between two levels, entered while the price stays there.

Its trigger is the price itself: the plan is estimated with the price where it is, and off on a
close beyond either level.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from generator.analytics.ideas.gate import NoPlanError, Reason
from generator.analytics.ideas.scenario import ABOVE, BELOW, CLEAR, Desk, Scenario, last_day, terms_of
from generator.models.analysis import Fact, HeldLevel, TermPoint

DEAR, RECORD = 80.0, "volatility.implied_to_realised"
HELD = 3  #: touches

Bounds = tuple[Fact, Fact]
Targets = Callable[[TermPoint], tuple[Fact, ...]]


def range_scenarios(desk: Desk, bounds: Bounds, targets: Targets) -> tuple[Scenario, ...]:
    """Return the scenario between *bounds* for each expiration, preferred first, that has *targets*."""
    return tuple(
        Scenario(
            direction="flat",
            trigger=desk.price.spot,
            trigger_level=None,
            invalidation=bounds[0],
            invalidation_above=bounds[1],
            targets=goals,
            expiration=day,
            last_day=last_day(desk),
        )
        for day, term in terms_of(desk)
        if (goals := targets(term))
    )


def at_the_price(desk: Desk) -> Targets:
    """Return the target of what is sold: the price as it is."""
    return lambda _term: (desk.price.spot,)


def bounds_of(desk: Desk) -> Bounds:
    """Return the nearest levels below and above, clear of the price; `NoPlanError` without either."""
    clear = CLEAR * desk.average_range
    below = [level.low for level in desk.levels if level.kind in BELOW]
    above = [level.high for level in desk.levels if level.kind in ABOVE]
    low = _nearest(desk, [fact for fact in below if desk.spot - fact.number >= clear])
    high = _nearest(desk, [fact for fact in above if fact.number - desk.spot >= clear])
    return low, high


def _nearest(desk: Desk, facts: Sequence[Fact]) -> Fact:
    if not facts:
        raise NoPlanError(Reason.NO_BOUNDS)
    return min(facts, key=lambda fact: abs(fact.number - desk.spot))


def held_bounds(desk: Desk) -> Bounds:
    """Return the levels that held on both sides; `NoPlanError` where one side has none."""
    found = {level.side: level for level in desk.held if _held(level)}
    if len(found) < 2:
        raise NoPlanError(Reason.NOT_HELD)
    return found["support"].price, found["resistance"].price


def _held(level: HeldLevel) -> bool:
    return level.touches.number >= HELD and level.beyond.number == 0


def premium_is_dear(desk: Desk) -> None:
    """
    Let pass where implied over realised volatility is high for its own record.

    Raises:
        NoPlanError: Where it is not, or the record is too short to say.
    """
    place = desk.places.get(RECORD)
    if place is None or place.percentile is None:
        raise NoPlanError(Reason.NO_RECORD)
    if place.percentile.number <= DEAR:
        raise NoPlanError(Reason.NOT_DEAR)
