"""Levels and plans as brief.json holds them: the values, and under `facts` the ids they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.models.analysis import Compared, Fact, Idea, Leg, Level, PlanEvent
from generator.renderers.values import machine

#: fields of an idea that are facts or None
IDEA_FACTS = (
    "trigger",
    "limit",
    "last_day",
    "invalidation",
    "invalidation_above",
    "target",
    "price_now",
    "mid_now",
    "price_at_trigger",
    "mid_at_trigger",
    "waiting",
    "max_loss",
    "max_loss_contract",
    "max_gain",
    "probability_of_profit",
    "profit_at_target",
    "expected_value",
    "reward_risk",
    "expires",
)
#: fields of a leg that are facts or None
LEG_FACTS = (
    "strike",
    "expiration",
    "bid",
    "ask",
    "value_at_trigger",
    "spread_percent",
    "open_interest",
    "volume",
)
COMPARED_FACTS = ("price_at_trigger", "profit_at_target", "reward_risk")


def level_entry(level: Level) -> dict[str, Any]:
    """Return a level; a line has `low` equal to `high`."""
    return {
        "id": level.id,
        "value": level.value,
        "kind": level.kind,
        "method": level.method,
        "lookback": level.lookback,
        "low": machine(level.low.value),
        "high": machine(level.high.value),
        "touches": level.touches,
        "touch_date": None if level.touch_date is None else level.touch_date.isoformat(),
        "facts": {"low": level.low.id, "high": level.high.id},
    }


def idea_entry(idea: Idea) -> dict[str, Any]:
    """Return a plan; prices per share, `max_gain` null when unbounded."""
    named: dict[str, Fact | None] = {name: getattr(idea, name) for name in IDEA_FACTS}
    return {
        "id": idea.id,
        "kind": idea.kind,
        "direction": idea.direction,
        "role": idea.role,
        "entry": idea.entry,
        "trigger_level": idea.trigger_level,
        "legs": [_leg(leg) for leg in idea.legs],
        **_values(named),
        "breakevens": [machine(fact.value) for fact in idea.breakevens],
        "greeks": {name: machine(fact.value) for name, fact in idea.greeks.items()},
        "compared": None if idea.compared is None else _compared(idea.compared),
        "events": [_event(event) for event in idea.events],
        "warnings": list(idea.warnings),
        "facts": {
            **_ids(named),
            **{f"breakevens.{i}": fact.id for i, fact in enumerate(idea.breakevens)},
            **{f"greeks.{name}": fact.id for name, fact in idea.greeks.items()},
        },
    }


def _values(named: Mapping[str, Fact | None]) -> dict[str, Any]:
    return {name: None if fact is None else machine(fact.value) for name, fact in named.items()}


def _ids(named: Mapping[str, Fact | None]) -> dict[str, str]:
    return {name: fact.id for name, fact in named.items() if fact is not None}


def _leg(leg: Leg) -> dict[str, Any]:
    named: dict[str, Fact | None] = {name: getattr(leg, name) for name in LEG_FACTS}
    return {
        "quantity": leg.quantity,
        "right": leg.right,
        "contract_symbol": leg.contract_symbol,
        **_values(named),
        "facts": _ids(named),
    }


def _compared(other: Compared) -> dict[str, Any]:
    named: dict[str, Fact | None] = {name: getattr(other, name) for name in COMPARED_FACTS}
    return {
        "kind": other.kind,
        "legs": [_leg(leg) for leg in other.legs],
        **_values(named),
        "facts": _ids(named),
    }


def _event(event: PlanEvent) -> dict[str, Any]:
    named: dict[str, Fact | None] = {"title": event.title, "date": event.date}
    return {**_values(named), "spanned": event.spanned, "facts": _ids(named)}
