"""A put sold at a level below, its strike in cash: gain the premium, breakeven the strike less it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas.planning import LEAST_INCOME, Candidate, Parts, Shape, best_flat
from generator.analytics.ideas.position import Part
from generator.analytics.ideas.range_scenario import (
    at_the_price,
    bounds_of,
    premium_is_dear,
    range_scenarios,
)
from generator.analytics.ideas.scenario import Desk, Scenario
from generator.analytics.ideas.verticals import at_or_beyond
from generator.models.analysis import Fact

SHAPE = Shape(
    kind="cash-secured put",
    direction="flat",
    family="range",
    least_reward=LEAST_INCOME,
    sold=True,
    evidence=True,
)


def find(desk: Desk) -> Candidate:
    """Return the best candidate; `NoPlanError` where premium is not dear."""
    premium_is_dear(desk)
    return best_flat(desk, SHAPE, range_scenarios(desk, bounds_of(desk), at_the_price(desk)), proposals)


def proposals(desk: Desk, scenario: Scenario, _at: Fact) -> Iterator[Parts]:
    """Yield the put at the level below or beyond it."""
    sold = at_or_beyond(desk, scenario, scenario.invalidation.number, "put", -1)
    if sold is not None:
        yield (Part(-1, sold),)
