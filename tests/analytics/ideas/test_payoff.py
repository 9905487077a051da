"""Payoffs at expiration against the recorded structures, and against brute force."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics.ideas.payoff import (
    Holding,
    breakevens,
    cost,
    max_gain,
    max_loss,
    probability_of_profit,
    profit,
    reward_to_risk,
)
from generator.analytics.ideas.probability import Lognormal

KINDS = {"C": "call", "P": "put", "stock": "shares"}
STRUCTURES = 16


def holdings(row):
    return [Holding(KINDS[leg["kind"]], leg["qty"], leg["price"], leg.get("K", 0.0)) for leg in row["legs"]]


def lognormal(row):
    return Lognormal(row["S"], row["days"] / 365, row["r"], row["q"], row["sigma"])


def close(value):
    return None if value is None else pytest.approx(value, abs=1e-9)


@pytest.mark.recorded
@pytest.mark.parametrize("place", range(STRUCTURES))
def test_every_recorded_structure_comes_out(shared, place):
    rows = json.loads((shared / "reference/structures.json").read_text())["rows"]
    assert len(rows) == STRUCTURES
    row = rows[place]
    held = holdings(row)
    assert cost(held) == close(row["net_debit_per_share"])
    assert max_gain(held) == close(row["max_gain_per_share"])
    assert max_loss(held) == close(row["max_loss_per_share"])
    assert (max_gain(held) is None) == row["max_gain_unbounded"]
    assert (max_loss(held) is None) == row["max_loss_unbounded"]
    assert list(breakevens(held)) == close(row["breakevens"])
    assert reward_to_risk(held) == close(row["reward_to_risk"])
    assert probability_of_profit(held, lognormal(row).above) == close(row["prob_profit_rn"])


legs = st.builds(
    Holding,
    st.sampled_from(["call", "put", "shares"]),
    st.sampled_from([-2, -1, 1, 2]),
    st.integers(0, 2000).map(lambda cents: cents / 100),
    st.integers(80, 120).map(float),
).map(lambda leg: Holding("shares", leg.quantity, 100.0) if leg.kind == "shares" else leg)
positions = st.lists(legs, min_size=1, max_size=4)
prices = st.integers(0, 4000).map(lambda tenths: tenths / 10)


@given(positions, prices)
def test_no_price_gives_more_than_the_largest_gain_or_loses_more_than_the_largest_loss(held, spot):
    gain, loss = max_gain(held), max_loss(held)
    if gain is not None:
        assert profit(held, spot) <= gain + 1e-9
    if loss is not None:
        assert profit(held, spot) >= -loss - 1e-9


@given(positions)
def test_the_profit_is_zero_at_each_breakeven(held):
    for price in breakevens(held):
        assert profit(held, price) == pytest.approx(0, abs=1e-6)


@given(positions, prices, prices)
def test_between_two_prices_without_a_breakeven_the_profit_keeps_its_sign(held, one, other):
    low, high = sorted((one, other))
    if not any(low - 1e-6 <= price <= high + 1e-6 for price in breakevens(held)):
        first, last = profit(held, low), profit(held, high)
        assert not (first > 1e-6 and last < -1e-6)
        assert not (first < -1e-6 and last > 1e-6)


@given(positions)
def test_a_position_and_its_mirror_share_the_probability(held):
    market = Lognormal(100.0, 0.1, 0.03, 0.0, 0.3)
    mirrored = [Holding(leg.kind, -leg.quantity, leg.price, leg.strike) for leg in held]
    total = probability_of_profit(held, market.above) + probability_of_profit(mirrored, market.above)
    assert -1e-12 <= total <= 1 + 1e-9
    if not any(abs(profit(held, strike)) < 1e-6 for strike in range(401)):
        assert total == pytest.approx(1)


def test_a_free_call_profits_above_its_strike_although_no_price_is_a_breakeven():
    held = [Holding("call", 1, 0.0, 100.0)]
    assert breakevens(held) == ()
    assert probability_of_profit(held, lambda price: 0.4 if price == 100.0 else 0.0) == 0.4
