"""A put bought and a lower strike sold at the target: breakeven the higher strike less the debit."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas import verticals
from generator.analytics.ideas.planning import LEAST_DEBIT, Candidate, Parts, Shape, best
from generator.analytics.ideas.scenario import Desk, Scenario
from generator.models.analysis import Fact

SHAPE = Shape(kind="bear put spread", direction="down", family="down", least_reward=LEAST_DEBIT)


def find(desk: Desk) -> Candidate:
    """Return the best candidate; `NoPlanError` when there is none."""
    return best(desk, SHAPE, proposals)


def proposals(desk: Desk, scenario: Scenario, target: Fact) -> Iterator[Parts]:
    """Yield put spreads whose sold strike stands at the target."""
    return verticals.debit(desk, scenario, target, "put")
