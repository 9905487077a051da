"""Conditions of claims: `rsi >= 70 and rsi < 80`, evaluated on stored numbers."""

from __future__ import annotations

from collections.abc import Mapping

from generator.rules.arithmetic import ExpressionError, Functions, calculate

FUNCTIONS: Functions = {"abs": abs, "min": min, "max": max}


def evaluate(condition: str, values: Mapping[str, float]) -> bool:
    """
    Return whether *condition* holds for *values*.

    `ExpressionError`, a `ValueError`, for a name without a value, for anything outside comparisons,
    and/or/not, + - * /, `abs`, `min` and `max`, and for a condition that yields a number.
    """
    result = calculate(condition, values, FUNCTIONS)
    if not isinstance(result, bool):
        raise ExpressionError(f"wanted a condition that is true or false, found {condition!r} = {result!r}")
    return result
