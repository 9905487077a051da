"""
The chooser: at most three plans, one a family, the day's lean first.

A family is one idea: a call spread and its naked call are the same, so the better is printed
and the other compared. The score adds how a plan fits the evidence, what it makes for what it
can lose, and takes off what its quoted spreads cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from generator.analytics.ideas import gate, stock
from generator.analytics.ideas.gate import NoPlanError, Reason
from generator.analytics.ideas.planning import Candidate, Shape
from generator.analytics.ideas.position import priced
from generator.analytics.ideas.scenario import Desk
from generator.analytics.ideas.written import written
from generator.models.analysis import Family, Idea, IdeaKind, Refusal, Role

MOST = 3  #: plans a brief
#: a spread -> its bought leg alone, which is the same idea
NAKED: Mapping[IdeaKind, IdeaKind] = {"bull call spread": "long call", "bear put spread": "long put"}
#: of a score: how a plan fits the evidence
FIT: Mapping[Role, float] = {"lean": 1.0, "even": 0.5, "alternative": 0.0}
#: and that evidence of its own holds: dear premium for what is sold, moves beyond the priced one
OWN_EVIDENCE = 0.5
FAMILIES: tuple[Family, ...] = ("up", "down", "range", "shares")  #: in the order of the page


class Structure(Protocol):
    """A module of this package: its shape, and how it finds its best candidate."""

    SHAPE: Shape

    def find(self, desk: Desk) -> Candidate:
        """Return the best candidate, or raise `NoPlanError`."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A family's best candidate, and the same idea built another way."""

    candidate: Candidate
    rival: Candidate | None
    score: float


def choose(desk: Desk, structures: Iterable[Structure]) -> tuple[tuple[Idea, ...], tuple[Refusal, ...]]:
    """Return the plans that pass, at most three, and a refusal for each family that has none."""
    found: dict[Family, list[Candidate]] = {}
    refused: dict[Family, list[tuple[Shape, Reason]]] = {}
    for structure in structures:
        family = structure.SHAPE.family
        try:
            candidate = structure.find(desk)
        except NoPlanError as none:
            refused.setdefault(family, []).append((structure.SHAPE, none.reason))
        else:
            found.setdefault(family, []).append(candidate)
    best = {family: _best(desk, candidates) for family, candidates in found.items()}
    ideas = []
    for family in _printed(best):
        try:
            ideas.append(_idea(desk, best[family]))
        except NoPlanError as none:
            refused.setdefault(family, []).append((best[family].candidate.shape, none.reason))
            del found[family]
    ideas.sort(key=lambda idea: idea.role != "lean")  # the others keep their order
    return tuple(ideas), tuple(
        _refusal(refused[name]) for name in FAMILIES if name in refused and name not in found
    )


def _best(desk: Desk, candidates: list[Candidate]) -> Chosen:
    best = max(candidates, key=lambda candidate: score(desk, candidate))
    return Chosen(best, _alone(desk, best), score(desk, best))


def _alone(desk: Desk, candidate: Candidate) -> Candidate | None:
    """Return what is bought of a spread without what is sold, None for what is no such spread."""
    kind = NAKED.get(candidate.shape.kind)
    if kind is None:
        return None
    bought = [part for part in candidate.position.parts if part.quantity > 0]
    position = priced(desk, candidate.scenario, bought)
    shape = replace(candidate.shape, kind=kind)
    return None if position is None else Candidate(shape, candidate.scenario, candidate.target, position)


def score(desk: Desk, candidate: Candidate) -> float:
    """Return a candidate's score."""
    fit = FIT[role(desk, candidate.shape)] + (OWN_EVIDENCE if candidate.shape.evidence else 0.0)
    return fit + candidate.reward / (1 + candidate.reward) - candidate.cost


def role(desk: Desk, shape: Shape) -> Role:
    """Say whether a structure points where the day's evidence does; even where that is mixed."""
    way = None if desk.lean is None else desk.lean.direction
    if way is None:
        return "even"
    return "lean" if shape.direction == way else "alternative"


def _printed(best: Mapping[Family, Chosen]) -> list[Family]:
    """
    The families to print, in the order of the page.

    Of too many the shares, which repeat the plan up, are left out, then the weakest.
    """
    kept = [name for name in best if name != "shares" or "up" not in best or len(best) <= MOST]
    ranked = sorted(kept, key=lambda family: best[family].score, reverse=True)[:MOST]
    return [family for family in FAMILIES if family in ranked]


def _idea(desk: Desk, chosen: Chosen) -> Idea:
    shape = chosen.candidate.shape
    idea = (
        stock.written(desk, chosen.candidate)
        if shape.kind == "stock"
        else written(desk, chosen.candidate, chosen.rival)
    )
    reached = {"up": desk.reached(1), "down": desk.reached(-1), "flat": None}[idea.direction]
    gate.check(idea, spot=desk.spot, average_range=desk.average_range, reached=reached)
    return replace(idea, role=role(desk, shape))


def _refusal(reasons: list[tuple[Shape, Reason]]) -> Refusal:
    """Tell the reason of the one that came furthest; reasons stand in the order they are met."""
    order = list(Reason)
    shape, reason = max(reasons, key=lambda each: order.index(each[1]))
    return Refusal(family=shape.family, kind=shape.kind, reason=str(reason))
