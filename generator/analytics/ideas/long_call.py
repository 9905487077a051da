"""A bought call above: breakeven strike plus premium, loss the premium, gain unbounded."""

from __future__ import annotations

from generator.analytics.ideas import outright
from generator.analytics.ideas.scenario import Desk, Direction
from generator.models.analysis import Idea, IdeaKind
from generator.models.market import Right

KIND: IdeaKind = "long call"
DIRECTION: Direction = "up"
RIGHT: Right = "call"


def plan(desk: Desk) -> Idea:
    """Return the plan; `NoPlanError` when there is none."""
    return outright.plan(desk, KIND, RIGHT, DIRECTION)
