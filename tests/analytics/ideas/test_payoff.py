"""Payoffs at expiration against the recorded structures, and against brute force."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics.ideas.payoff import (
    Fault,
    Holding,
    breakevens,
    cost,
    fault,
    max_gain,
    max_loss,
    per_contract,
    probability_of_profit,
    profit,
    reward_to_risk,
)
from generator.analytics.ideas.probability import Lognormal

KINDS = {"C": "call", "P": "put", "stock": "shares"}
STRUCTURES = 16
BAD_QUOTES = {"free_credit_box_like", "debit_above_width_bad_quote"}


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
    assert per_contract(max_gain(held)) == close(row["per_contract_usd"]["max_gain"])
    assert per_contract(max_loss(held)) == close(row["per_contract_usd"]["max_loss"])
    assert (fault(held) is not None) == (row["id"] in BAD_QUOTES)


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


@given(positions)
def test_extremes_and_breakevens_are_those_of_a_grid_of_prices(held):
    """To the cent of a grid that holds every strike; beyond it the profit is straight."""
    grid = np.arange(0, 400_01) / 100
    made = brute_profit(held, grid)
    assert [profit(held, float(price)) for price in grid[::997]] == pytest.approx(list(made[::997]), abs=1e-9)
    rising = made[-1] - made[-2]
    gain, loss = max_gain(held), max_loss(held)
    assert (gain is None) == (rising > 1e-6)
    assert (loss is None) == (rising < -1e-6)
    if gain is not None:
        assert gain == pytest.approx(made.max(), abs=1e-6)
    if loss is not None:
        assert loss == pytest.approx(-made.min(), abs=1e-6)
    turns = grid[:-1][made[:-1] * made[1:] < -1e-12]
    found = np.array(breakevens(held))
    for price in turns:
        assert np.any((found >= price - 1e-9) & (found <= price + 0.01 + 1e-9))


def brute_profit(held, grid):
    total = np.zeros(len(grid))
    for leg in held:
        sign = {"call": 1, "put": -1}.get(leg.kind)
        worth = grid if sign is None else np.clip(sign * (grid - leg.strike), 0, None)
        total += leg.quantity * (worth - leg.price)
    return total


@given(positions, st.floats(0.1, 0.6), st.floats(-0.004, 0.001))
def test_the_probability_with_a_volatility_a_breakeven_is_that_of_its_price_grid(held, volatility, slope):
    """The sum over the cents where there is a profit, of a smile straight in the strike."""

    def above(price):
        level = max(volatility + slope * (price - 100), 0.05)
        return min(max(Lognormal(100.0, 0.1, 0.03, 0.0, level).above(price), 0.0), 1.0) if price > 0 else 1.0

    edges = np.arange(1, 40_001) / 100
    middles = brute_profit(held, edges - 0.005)
    mask = middles > 1e-9
    starts = np.flatnonzero(mask & ~np.concatenate(([False], mask[:-1])))
    ends = np.flatnonzero(mask & ~np.concatenate((mask[1:], [False])))
    total = sum(
        above(float(edges[one]) - 0.01) - (0.0 if other == len(edges) - 1 else above(float(edges[other])))
        for one, other in zip(starts, ends, strict=True)
    )
    assert probability_of_profit(held, above) == pytest.approx(total, abs=0.006)


def vertical(paid, width, kind="call"):
    return [Holding(kind, 1, paid, 100.0), Holding(kind, -1, 1.0, 100.0 + width)]


def test_a_debit_of_the_width_is_rejected_and_one_below_it_is_not():
    assert fault(vertical(6.0, 5.0)) is Fault.NO_GAIN
    assert fault(vertical(5.99, 5.0)) is None


def test_a_credit_of_the_width_and_one_of_nothing_are_rejected():
    def sold(credit):
        return [Holding("put", -1, credit + 1.0, 100.0), Holding("put", 1, 1.0, 95.0)]

    assert fault(sold(5.0), sold=True) is Fault.NO_LOSS
    assert fault(sold(4.99), sold=True) is None
    assert fault(sold(0.0), sold=True) is Fault.NO_CREDIT
    assert fault(sold(0.0)) is Fault.NO_GAIN


def test_a_free_call_profits_above_its_strike_although_no_price_is_a_breakeven():
    held = [Holding("call", 1, 0.0, 100.0)]
    assert breakevens(held) == ()
    assert probability_of_profit(held, lambda price: 0.4 if price == 100.0 else 0.0) == 0.4
