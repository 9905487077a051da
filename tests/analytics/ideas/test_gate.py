"""The gate stops what must not be printed."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from generator.analytics.ideas.gate import NoPlanError, Reason, check, liquid
from generator.models.analysis import Fact, Idea, Leg, Unit


def fact(value, unit=Unit.USD):
    return Fact(id="test", value=value, unit=unit, decimals=2, formula="test")


def shares(direction="up", **changes):
    prices = {"invalidation": 95.0, "trigger": 102.0, "target": 112.0}
    if direction == "down":
        prices = {"invalidation": 105.0, "trigger": 98.0, "target": 88.0}
    prices |= {name: changes.pop(name) for name in tuple(changes) if name in prices}
    idea = Idea(
        id="stock",
        kind="stock",
        direction=direction,
        legs=(Leg(quantity=1, right=None, strike=None, expiration=None, contract_symbol=None),),
        trigger_level="high.20",
        limit=fact(103.0),
        last_day=fact(dt.date(2026, 3, 18), Unit.DATE),
        price_now=None,
        mid_now=None,
        price_at_trigger=None,
        breakevens=(),
        max_loss=fact(7.0),
        max_gain=None,
        probability_of_profit=None,
        profit_at_target=fact(10.0),
        reward_risk=fact(10 / 7, Unit.RATIO),
        expires=None,
        **{name: fact(value) for name, value in prices.items()},
    )
    return dataclasses.replace(idea, **changes)


def reason_of(idea, spot=100.0, average_range=2.0):
    with pytest.raises(NoPlanError) as refused:
        check(idea, spot=spot, average_range=average_range)
    return refused.value.reason


@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_plan_in_order_passes(direction):
    assert check(shares(direction), spot=100.0, average_range=2.0) is None


def test_a_trigger_already_met_is_refused():
    assert reason_of(shares(), spot=102.0) is Reason.TRIGGER_MET
    assert reason_of(shares("down"), spot=97.0) is Reason.TRIGGER_MET


def test_a_trigger_that_todays_bar_went_beyond_is_refused():
    with pytest.raises(NoPlanError) as refused:
        check(shares(), spot=100.0, average_range=2.0, reached=102.1)
    assert refused.value.reason is Reason.TRIGGER_MET
    assert check(shares(), spot=100.0, average_range=2.0, reached=102.0) is None
    assert check(shares("down"), spot=100.0, average_range=2.0, reached=98.0) is None


@pytest.mark.parametrize("changes", [{"target": 101.0}, {"invalidation": 101.0}, {"invalidation": 103.0}])
def test_prices_out_of_order_are_refused(changes):
    assert reason_of(shares(**changes)) is Reason.OUT_OF_ORDER


def test_a_stop_nearer_than_a_quarter_range_is_refused():
    assert reason_of(shares(invalidation=99.9), average_range=10.0) is Reason.STOP_TOO_NEAR


def test_a_loss_at_the_plans_own_target_is_refused():
    assert reason_of(shares(profit_at_target=fact(-0.1))) is Reason.LOSES_AT_TARGET
    assert reason_of(shares(profit_at_target=fact(0.0))) is Reason.LOSES_AT_TARGET


def flat(**changes):
    bounds = {"invalidation": fact(95.0), "invalidation_above": fact(105.0), "trigger": fact(100.0)}
    return dataclasses.replace(
        shares(), kind="iron condor", direction="flat", target=fact(100.0), **{**bounds, **changes}
    )


def test_a_flat_plan_needs_the_price_clear_of_both_its_bounds():
    assert check(flat(), spot=100.0, average_range=2.0) is None
    assert reason_of(flat(invalidation_above=fact(100.0))) is Reason.OUT_OF_ORDER
    assert reason_of(flat(invalidation_above=None)) is Reason.OUT_OF_ORDER
    assert reason_of(flat(invalidation=fact(99.9))) is Reason.STOP_TOO_NEAR


def test_an_option_must_outlive_the_last_day_to_enter():
    expires = fact(dt.date(2026, 3, 18), Unit.DATE)
    assert reason_of(shares(expires=expires)) is Reason.EXPIRES_TOO_SOON


@pytest.mark.parametrize(
    ("bid", "ask", "answer"),
    [
        (0.95, 1.05, True),  # a tenth of the mid
        (0.94, 1.06, False),
        (0.10, 0.15, True),  # five cents below a dollar
        (0.10, 0.16, False),
        (0.0, 0.05, False),  # no bid
        (1.1, 1.0, False),  # crossed
        (1.0, 1.0, True),
        (None, 1.0, False),
        (1.0, None, False),
    ],
)
def test_liquid_means_two_sided_and_tight(bid, ask, answer):
    assert liquid(bid, ask) is answer
