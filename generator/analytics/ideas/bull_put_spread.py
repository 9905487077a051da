"""A put sold behind the invalidation and a lower one bought: gain the credit, loss the width less it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas import verticals
from generator.analytics.ideas.planning import LEAST_CREDIT, Candidate, Parts, Shape, best
from generator.analytics.ideas.range_scenario import premium_is_dear
from generator.analytics.ideas.scenario import Desk, Scenario
from generator.models.analysis import Fact

SHAPE = Shape(
    kind="bull put spread",
    direction="up",
    family="up",
    least_reward=LEAST_CREDIT,
    sold=True,
    evidence=True,
)


def find(desk: Desk) -> Candidate:
    """Return the best candidate; `NoPlanError` when there is none, or premium is not dear."""
    premium_is_dear(desk)
    return best(desk, SHAPE, proposals)


def proposals(desk: Desk, scenario: Scenario, _target: Fact) -> Iterator[Parts]:
    """Yield the put spread behind the invalidation."""
    return verticals.credit(desk, scenario, "put")
