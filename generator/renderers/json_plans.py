"""Levels and plans as brief.json holds them: the values, and under `facts` the ids they come from."""

from __future__ import annotations

from typing import Any

from generator.models.analysis import Fact, Idea, Leg, Level
from generator.renderers.values import machine

#: fields of an idea that are facts or None
IDEA_FACTS = (
    "trigger",
    "limit",
    "last_day",
    "invalidation",
    "target",
    "price_now",
    "mid_now",
    "price_at_trigger",
    "max_loss",
    "max_gain",
    "probability_of_profit",
    "profit_at_target",
    "reward_risk",
    "expires",
    "spread_percent",
    "open_interest",
    "volume",
)


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
        "trigger_level": idea.trigger_level,
        "legs": [_leg(leg) for leg in idea.legs],
        **{name: None if fact is None else machine(fact.value) for name, fact in named.items()},
        "breakevens": [machine(fact.value) for fact in idea.breakevens],
        "warnings": list(idea.warnings),
        "facts": {
            **{name: fact.id for name, fact in named.items() if fact is not None},
            **{f"breakevens.{i}": fact.id for i, fact in enumerate(idea.breakevens)},
        },
    }


def _leg(leg: Leg) -> dict[str, Any]:
    return {
        "quantity": leg.quantity,
        "right": leg.right,
        "strike": None if leg.strike is None else machine(leg.strike.value),
        "expiration": None if leg.expiration is None else machine(leg.expiration.value),
        "contract_symbol": leg.contract_symbol,
    }
