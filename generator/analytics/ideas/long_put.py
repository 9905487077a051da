"""A bought put below: breakeven strike minus premium, loss the premium, gain at most the breakeven."""

from __future__ import annotations

from generator.analytics.ideas import outright
from generator.analytics.ideas.scenario import Desk, Direction
from generator.models.analysis import Idea, IdeaKind
from generator.models.market import Right

KIND: IdeaKind = "long put"
DIRECTION: Direction = "down"
RIGHT: Right = "put"


def plan(desk: Desk) -> Idea:
    """Return the plan; `NoPlanError` when there is none."""
    return outright.plan(desk, KIND, RIGHT, DIRECTION)
