"""Conditional plans, one structure a file, and the chooser that prints at most three of them."""

from __future__ import annotations

from collections.abc import Mapping

from generator.analytics.ideas import (
    bear_call_spread,
    bear_put_spread,
    bull_call_spread,
    bull_put_spread,
    cash_secured_put,
    covered_call,
    iron_condor,
    long_call,
    long_put,
    stock,
    straddle,
    strangle,
)
from generator.analytics.ideas.choosing import FAMILIES, Structure, choose
from generator.analytics.ideas.scenario import Desk
from generator.models.analysis import Family, Idea, IdeaKind, Refusal

STRUCTURES: Mapping[str, Structure] = {
    "long_call": long_call,
    "bull_call_spread": bull_call_spread,
    "bull_put_spread": bull_put_spread,
    "long_put": long_put,
    "bear_put_spread": bear_put_spread,
    "bear_call_spread": bear_call_spread,
    "iron_condor": iron_condor,
    "covered_call": covered_call,
    "cash_secured_put": cash_secured_put,
    "straddle": straddle,
    "strangle": strangle,
    "stock": stock,
}


def no_plans(reason: str) -> tuple[Refusal, ...]:
    """Return the refusal of every family for one reason, told without figures."""
    first: dict[Family, IdeaKind] = {}
    for structure in STRUCTURES.values():
        first.setdefault(structure.SHAPE.family, structure.SHAPE.kind)
    return tuple(
        Refusal(family=family, kind=first[family], reason=reason) for family in FAMILIES if family in first
    )


def plans(desk: Desk) -> tuple[tuple[Idea, ...], tuple[Refusal, ...]]:
    """Return the plans that pass the gate, at most three, and a refusal for each family without one."""
    return choose(desk, STRUCTURES.values())
