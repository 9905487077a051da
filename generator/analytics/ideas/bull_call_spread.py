"""A call bought and a dearer strike sold at the target: breakeven the lower strike plus the debit."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas import verticals
from generator.analytics.ideas.planning import LEAST_DEBIT, Candidate, Parts, Shape, best
from generator.analytics.ideas.scenario import Desk, Scenario
from generator.models.analysis import Fact

SHAPE = Shape(kind="bull call spread", direction="up", family="up", least_reward=LEAST_DEBIT)


def find(desk: Desk) -> Candidate:
    """Return the best candidate; `NoPlanError` when there is none."""
    return best(desk, SHAPE, proposals)


def proposals(desk: Desk, scenario: Scenario, target: Fact) -> Iterator[Parts]:
    """Yield call spreads whose sold strike stands at the target."""
    return verticals.debit(desk, scenario, target, "call")
