from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from generator.rules import consistency as rules


@pytest.mark.parametrize(
    ("kind", "low", "high", "fine"),
    [
        ("support", 270.0, 271.0, True),
        ("support", 270.0, 285.0, False),
        ("resistance", 286.0, 287.0, True),
        ("resistance", 284.0, 287.0, False),
        ("prior high", 284.0, 287.0, True),
        ("pivot", 287.0, 284.0, False),
    ],
)
def test_support_lies_below_and_resistance_above_the_price(kind, low, high, fine):
    assert (rules.level_side(kind, low, high, 285.0) is None) is fine


def test_a_strike_does_not_align_with_an_average_five_percent_away():
    assert not rules.aligned(255.0, 243.01, 5.0)
    assert rules.aligned(255.0, 254.0, 5.0)
    assert not rules.aligned(100.0, 102.0, 9.0)


@pytest.mark.parametrize(
    ("direction", "stop", "entry", "target", "fine"),
    [
        ("up", 282.0, 287.0, 299.0, True),
        ("up", 282.0, 287.0, 287.0, False),
        ("up", 288.0, 287.0, 299.0, False),
        ("down", 288.0, 277.0, 270.0, True),
        ("down", 288.0, 277.0, 279.0, False),
        ("down", 276.0, 277.0, 270.0, False),
    ],
)
def test_entry_stop_and_target_are_in_order(direction, stop, entry, target, fine):
    assert (rules.plan_order(direction, stop, entry, target) is None) is fine


def test_a_trigger_that_was_met_is_no_plan():
    assert rules.trigger_ahead("up", 252.0, 252.66)
    assert rules.trigger_ahead("down", 252.0, 252.0)
    assert rules.trigger_ahead("up", 252.7, 252.66) is None
    assert rules.trigger_ahead("down", 245.0, 252.66) is None


def test_a_stop_needs_a_quarter_of_an_average_range():
    assert rules.stop_distance(282.0, 283.0, 5.0)
    assert rules.stop_distance(281.0, 283.0, 5.0) is None


def test_a_contract_suggested_outlives_the_session():
    assert rules.unexpired(dt.date(2026, 5, 22), dt.date(2026, 5, 22))
    assert rules.unexpired(dt.date(2026, 5, 26), dt.date(2026, 5, 22)) is None


def test_one_level_has_one_value():
    assert rules.one_value([Decimal(245), Decimal("245.46")])
    assert rules.one_value([Decimal("280.00"), Decimal(280)]) is None
    assert rules.one_value([]) is None


@pytest.mark.parametrize(
    "text", ["IWMIWM here", "a -- stub", "the the", "x {{ y }}", "nan percent", "is None."]
)
def test_residue_is_found(text):
    assert list(rules.residue(text, "IWM"))


@pytest.mark.parametrize("text", ["IWM, IWM", "None of them", "It had had time", "5 5", "a \N{EM DASH} b"])
def test_plain_text_holds_no_residue(text):
    assert list(rules.residue(text, "IWM")) == []
