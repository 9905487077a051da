"""Conditional plans, one structure a file, and the gate they pass or are refused by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from generator.analytics.ideas import gate, long_call, long_put, stock
from generator.analytics.ideas.scenario import Desk, Direction
from generator.analytics.ledger import Ledger
from generator.analytics.smile import Surface
from generator.models.analysis import Idea, IdeaKind, Level, Price, Refusal, Technicals, Volatility
from generator.models.market import Snapshot


class Structure(Protocol):
    """A module of this package: what it is called, where it points, how it plans."""

    KIND: IdeaKind
    DIRECTION: Direction

    def plan(self, desk: Desk) -> Idea:
        """Return the plan, or raise `NoPlanError`."""


#: in the order of the page
STRUCTURES: Mapping[str, Structure] = {
    "long_call": long_call,
    "long_put": long_put,
    "stock": stock,
}


def no_plans(reason: str) -> tuple[Refusal, ...]:
    """Return the refusal of every structure for one reason, told without figures."""
    return tuple(
        Refusal(kind=structure.KIND, direction=structure.DIRECTION, reason=reason)
        for structure in STRUCTURES.values()
    )


def plans(
    snapshot: Snapshot,
    ledger: Ledger,
    *,
    levels: tuple[Level, ...],
    volatility: Volatility,
    surface: Surface,
    price: Price,
    technicals: Technicals,
) -> tuple[tuple[Idea, ...], tuple[Refusal, ...]]:
    """Return the plans that pass the gate, and a refusal with its reason for each that does not."""
    desk = Desk(
        snapshot=snapshot,
        ledger=ledger,
        levels=levels,
        volatility=volatility,
        surface=surface,
        price=price,
        technicals=technicals,
    )
    ideas: list[Idea] = []
    refusals: list[Refusal] = []
    for structure in STRUCTURES.values():
        try:
            idea = structure.plan(desk)
            reached = desk.reached(1 if structure.DIRECTION == "up" else -1)
            gate.check(idea, spot=desk.spot, average_range=desk.average_range, reached=reached)
        except gate.NoPlanError as refused:
            reason = str(refused.reason)
            refusals.append(Refusal(kind=structure.KIND, direction=structure.DIRECTION, reason=reason))
        else:
            ideas.append(idea)
    return tuple(ideas), tuple(refusals)
