"""A bought call above: breakeven strike plus premium, loss the premium, gain unbounded."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas import outrights
from generator.analytics.ideas.planning import LEAST_DEBIT, Candidate, Parts, Shape, best
from generator.analytics.ideas.scenario import Desk, Scenario
from generator.models.analysis import Fact

SHAPE = Shape(kind="long call", direction="up", family="up", least_reward=LEAST_DEBIT)


def find(desk: Desk) -> Candidate:
    """Return the best candidate; `NoPlanError` when there is none."""
    return best(desk, SHAPE, proposals)


def proposals(desk: Desk, scenario: Scenario, target: Fact) -> Iterator[Parts]:
    """Yield a call at each liquid strike between trigger and target."""
    return outrights.bought(desk, scenario, target, "call")
