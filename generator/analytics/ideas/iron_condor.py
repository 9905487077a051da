"""A put and a call spread sold outside a range that held: gain the credit, loss the wider wing less it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas.planning import LEAST_CREDIT, Candidate, Parts, Shape, best_flat
from generator.analytics.ideas.range_scenario import (
    at_the_price,
    held_bounds,
    premium_is_dear,
    range_scenarios,
)
from generator.analytics.ideas.scenario import Desk, Scenario
from generator.analytics.ideas.verticals import sold_outside
from generator.models.analysis import Fact

SHAPE = Shape(
    kind="iron condor",
    direction="flat",
    family="range",
    least_reward=LEAST_CREDIT,
    sold=True,
    evidence=True,
)


def find(desk: Desk) -> Candidate:
    """Return the best candidate; `NoPlanError` where no range held or premium is not dear."""
    premium_is_dear(desk)
    return best_flat(desk, SHAPE, range_scenarios(desk, held_bounds(desk), at_the_price(desk)), proposals)


def proposals(desk: Desk, scenario: Scenario, _at: Fact) -> Iterator[Parts]:
    """Yield the condor whose sold strikes stand at the range's edges or outside."""
    low, high = scenario.invalidation, scenario.invalidation_above
    if high is None:
        return
    puts = sold_outside(desk, scenario, low.number, "put", -1)
    calls = sold_outside(desk, scenario, high.number, "call", 1)
    if puts is not None and calls is not None:
        yield (*reversed(puts), *calls)
