"""A put bought below and a call above, half of the straddle away: breakevens outside both strikes."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas.moved import moved_more, refuse_unmoved
from generator.analytics.ideas.planning import LEAST_MOVE, Candidate, Parts, Shape, best_flat
from generator.analytics.ideas.position import Part
from generator.analytics.ideas.range_scenario import bounds_of, range_scenarios
from generator.analytics.ideas.scenario import Desk, Scenario
from generator.analytics.ideas.verticals import at_or_beyond
from generator.models.analysis import Fact

AWAY = 0.5  #: of the straddle, from the price to each strike
SHAPE = Shape(kind="strangle", direction="flat", family="range", least_reward=LEAST_MOVE, evidence=True)


def find(desk: Desk) -> Candidate:
    """Return the best candidate; `NoPlanError` where the price has not moved more than is priced."""
    found = range_scenarios(desk, bounds_of(desk), moved_more(desk))
    refuse_unmoved(len(found))
    return best_flat(desk, SHAPE, found, proposals)


def proposals(desk: Desk, scenario: Scenario, at: Fact) -> Iterator[Parts]:
    """Yield put and call half of the straddle to either side."""
    straddle = next(
        (
            term.straddle.number
            for term in desk.volatility.terms
            if term.expiration.value == scenario.expiration and term.straddle is not None
        ),
        None,
    )
    if straddle is None:
        return
    put = at_or_beyond(desk, scenario, at.number - AWAY * straddle, "put", -1)
    call = at_or_beyond(desk, scenario, at.number + AWAY * straddle, "call", 1)
    if put is not None and call is not None:
        yield (Part(1, put), Part(1, call))
