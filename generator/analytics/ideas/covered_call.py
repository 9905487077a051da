"""Shares held and a call sold at a level above: gain the strike less the price and the premium."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas.gate import NoPlanError, Reason
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

SHAPE = Shape(kind="covered call", direction="flat", family="range", least_reward=LEAST_INCOME, evidence=True)


def find(desk: Desk) -> Candidate:
    """Return the best candidate; `NoPlanError` where shares cannot be held or premium is not dear."""
    if desk.snapshot.kind == "index":
        raise NoPlanError(Reason.NOT_TRADED)
    premium_is_dear(desk)
    return best_flat(desk, SHAPE, range_scenarios(desk, bounds_of(desk), at_the_price(desk)), proposals)


def proposals(desk: Desk, scenario: Scenario, _at: Fact) -> Iterator[Parts]:
    """Yield shares and the call at the level above or beyond it."""
    above = scenario.invalidation_above
    sold = None if above is None else at_or_beyond(desk, scenario, above.number, "call", 1)
    if sold is not None:
        yield (Part(1), Part(-1, sold))
