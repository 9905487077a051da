"""
What must hold between the numbers of one brief, whatever is said about them.

Each rule takes plain numbers and dates and returns what is wrong, or None. Distances in
average ranges follow the house's conventions.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

STOP_DISTANCE = 0.25  # average ranges between trigger and stop
ALIGNED_RANGES, ALIGNED_PERCENT = 0.5, 1.0
_STUB = re.compile(r"--+|\bNone\b(?! of\b)|\bnan\b|\b(?:null|undefined)\b|\{\{|\}\}|\{%")
_TWICE = re.compile(r"\b([A-Za-z]{2,}) \1\b", re.IGNORECASE)
_TWICE_FINE = frozenset({"had", "that"})


def level_side(kind: str, low: float, high: float, spot: float) -> str | None:
    """Support lies below the price, resistance above it, whole zones included."""
    if low > high:
        return f"its low {low} is above its high {high}"
    if kind == "support" and high >= spot:
        return f"support up to {high} is not below the price {spot}"
    if kind == "resistance" and low <= spot:
        return f"resistance from {low} is not above the price {spot}"
    return None


def aligned(first: float, second: float, average_range: float) -> bool:
    """Whether two prices may be said to align: half an average range and one percent at most."""
    apart = abs(first - second)
    return apart <= ALIGNED_RANGES * average_range and 100 * apart <= ALIGNED_PERCENT * abs(first)


def one_value(values: list[Decimal]) -> str | None:
    """Two mentions of one level print one value."""
    different = sorted(set(values))
    return None if len(different) < 2 else "printed as " + " and ".join(map(str, different))


def plan_order(direction: str, stop: float, entry: float, target: float) -> str | None:
    """A plan up has its stop below and its target above the trigger; a plan down the reverse."""
    sign = 1 if direction == "up" else -1
    if sign * target <= sign * entry:
        return f"its target {target} is not beyond its trigger {entry}"
    if sign * stop >= sign * entry:
        return f"its invalidation {stop} is on the wrong side of its trigger {entry}"
    return None


def stop_distance(stop: float, entry: float, average_range: float) -> str | None:
    """A stop nearer than a quarter of an average day is noise."""
    if abs(entry - stop) < STOP_DISTANCE * average_range:
        return f"its invalidation {stop} is within a quarter of an average range of its trigger {entry}"
    return None


def trigger_ahead(direction: str, trigger: float, spot: float) -> str | None:
    """A trigger already met is not a plan."""
    met = spot >= trigger if direction == "up" else spot <= trigger
    return f"its trigger {trigger} is already met at {spot}" if met else None


def unexpired(day: dt.date, session: dt.date) -> str | None:
    """A contract suggested has sessions left."""
    return None if day > session else f"expires on {day}, not after the session {session}"


def residue(text: str, symbol: str) -> Iterator[str]:
    """Yield what a template or a source left behind: stubs, words and symbols printed twice."""
    for found in _STUB.finditer(text):
        yield f"{found[0]!r} was left in the text"
    for found in _TWICE.finditer(text):
        if found[1].casefold() not in _TWICE_FINE:
            yield f"{found[0]!r} stands twice"
    if re.search(rf"{re.escape(symbol)}{re.escape(symbol)}", text):
        yield f"the symbol {symbol} stands twice"
