from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.rules.arithmetic import ExpressionError, calculate
from generator.rules.conditions import evaluate


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("rsi >= 70", False),
        ("65 <= rsi < 70", True),
        ("macd > signal and macd > 0", False),
        ("macd > signal or not rsi >= 70", True),
        ("abs(macd - signal) <= 0.5 * max(atr, 1) + min(atr, 0)", True),
        ("-macd < 0 and signal / macd != 1", True),
    ],
)
def test_a_condition_is_judged_on_its_values(condition, expected):
    assert evaluate(condition, {"rsi": 66.0, "macd": 3.39, "signal": 4.16, "atr": 5.0}) is expected


@pytest.mark.parametrize(
    "condition",
    [
        "__import__('os').getcwd()",
        "rsi.real > 1",
        "rsi ** 9 > 1",
        "rsi @ rsi > 1",
        "rsi % 2 > 0",
        "rsi is 66",
        "rsi in (66, 67)",
        "[rsi] > 1",
        "(lambda: 1)() > 0",
        "rsi if rsi else 1",
        "abs(x=rsi) > 1",
        "print(rsi) > 1",
        "rsi > 'a'",
        "rsi > True",
        "rsi and rsi > 1",
        "(rsi > 1) > 0",
        "rsi > 1 + 2j",
        "(rsi := 3) > 1",
        "rsi >",
        "",
        "rsi",
        "unknown > 1",
        "rsi / 0 > 1",
        "rsi > 1; rsi > 2",
        "rsi > " + "1+" * 400 + "1",
    ],
)
def test_anything_outside_the_language_is_an_error(condition):
    with pytest.raises(ExpressionError):
        evaluate(condition, {"rsi": 66.0})


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_the_four_operations_are_those_of_the_machine(a, b):
    names = {"a": a, "b": b}
    assert calculate("a + b", names, {}) == a + b
    assert calculate("a - -b", names, {}) == a + b
    assert calculate("a * b", names, {}) == a * b
    if b:
        assert math.isclose(calculate("a / b", names, {}), a / b)


@given(st.text(max_size=30))
def test_no_text_can_do_more_than_fail(text):
    try:
        result = evaluate(text, {"x": 1.0})
    except ExpressionError:
        return
    assert result in {True, False}
