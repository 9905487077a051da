"""A bought put below: breakeven strike less premium, loss the premium, gain the strike less it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas import outrights
from generator.analytics.ideas.planning import LEAST_DEBIT, Candidate, Parts, Shape, best
from generator.analytics.ideas.scenario import Desk, Scenario
from generator.models.analysis import Fact

SHAPE = Shape(kind="long put", direction="down", family="down", least_reward=LEAST_DEBIT)


def find(desk: Desk) -> Candidate:
    """Return the best candidate; `NoPlanError` when there is none."""
    return best(desk, SHAPE, proposals)


def proposals(desk: Desk, scenario: Scenario, target: Fact) -> Iterator[Parts]:
    """Yield a put at each liquid strike between trigger and target."""
    return outrights.bought(desk, scenario, target, "put")
