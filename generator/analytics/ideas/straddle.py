"""A call and a put bought at the price: breakevens the strike less and plus both premiums."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas.moved import moved_more, refuse_unmoved
from generator.analytics.ideas.planning import LEAST_MOVE, Candidate, Parts, Shape, best_flat
from generator.analytics.ideas.position import Part
from generator.analytics.ideas.range_scenario import bounds_of, range_scenarios
from generator.analytics.ideas.scenario import Desk, Scenario
from generator.analytics.ideas.strikes import liquid_quotes
from generator.models.analysis import Fact

SHAPE = Shape(kind="straddle", direction="flat", family="range", least_reward=LEAST_MOVE, evidence=True)


def find(desk: Desk) -> Candidate:
    """Return the best candidate; `NoPlanError` where the price has not moved more than is priced."""
    found = range_scenarios(desk, bounds_of(desk), moved_more(desk))
    refuse_unmoved(len(found))
    return best_flat(desk, SHAPE, found, proposals)


def proposals(desk: Desk, scenario: Scenario, at: Fact) -> Iterator[Parts]:
    """Yield call and put of the strike nearest to the price that is liquid on both sides."""
    calls, puts = (
        {quote.strike: quote for quote in liquid_quotes(desk, scenario.expiration, right)}
        for right in ("call", "put")
    )
    both = calls.keys() & puts.keys()
    if both:
        strike = min(both, key=lambda strike: (abs(strike - at.number), strike))
        yield (Part(1, puts[strike]), Part(1, calls[strike]))
