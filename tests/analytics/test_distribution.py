"""Risk-neutral probabilities against the recorded closed forms, integrals and their laws."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from generator.analytics import black76
from generator.analytics.distribution import (
    Market,
    call_spread,
    probabilities_above,
    probability_above,
    probability_of_touch,
    put_spread,
)

CLOSED = 1e-9
volatilities = st.floats(0.03, 3)
lifetimes = st.floats(1 / 365, 3)
levels = st.floats(20, 500)


@pytest.fixture(scope="module")
def rows(shared):
    found = json.loads((shared / "reference" / "probabilities.json").read_text())["rows"]
    assert len(found) == 10
    return found


def terms_of(row):
    years = row["days"] / 365
    return row["S"] * math.exp((row["r"] - row["q"]) * years), row["K"], row["sigma_at_K"], years


@pytest.mark.recorded
def test_every_recorded_probability_comes_out(rows):
    for row in rows:
        forward, level, volatility, years = terms_of(row)
        flat = probability_above(forward, level, volatility, years)
        skewed = probability_above(forward, level, volatility, years, row["dsigma_dK"])
        touched = probability_of_touch(row["S"], forward, level, volatility, years)
        assert flat == pytest.approx(row["prob_above_flat_Nd2"], abs=CLOSED)
        assert skewed == pytest.approx(row["prob_above_with_skew_BL"], abs=CLOSED)
        assert touched == pytest.approx(row["prob_touch_flat"], abs=CLOSED)


def premiums(row, call):
    forward, level, volatility, years = terms_of(row)
    discount = math.exp(-row["r"] * years)
    return discount, [
        float(
            black76.price(
                forward, level + side, discount, volatility + side * row["dsigma_dK"], years, float(call)
            )
        )
        for side in (-0.5, 0.5)
    ]


@pytest.mark.recorded
@pytest.mark.parametrize("call", [True, False])
def test_a_spread_of_one_dollar_estimates_the_probability_with_skew(rows, call):
    for row in rows:
        discount, prices = premiums(row, call)
        markets = [Market(price - 0.01, price + 0.01) for price in prices]
        found = (call_spread if call else put_spread)(*markets, discount, 1.0)
        assert found.middle == pytest.approx(row["call_spread_estimate_width1"], abs=CLOSED)
        assert found.low == pytest.approx(max(found.middle - 0.02 / discount, 0))
        assert found.high == pytest.approx(min(found.middle + 0.02 / discount, 1))


def test_a_spread_worth_more_than_its_width_or_less_than_nothing_allows_no_probability():
    dear, cheap = Market(3.0, 3.1), Market(0.5, 0.6)
    assert call_spread(dear, cheap, 1.0, 2.0) is None
    assert call_spread(cheap, dear, 1.0, 5.0) is None
    assert put_spread(dear, cheap, 1.0, 5.0) is None
    assert call_spread(dear, cheap, 1.0, 5.0).middle == pytest.approx(0.5)


def test_a_smile_too_steep_for_its_level_gives_no_probability():
    assert probability_above(100.0, 100.0, 0.2, 0.1, 1.0) is None
    assert probability_above(100.0, 100.0, 0.2, 0.1, -1.0) is None


@given(levels, levels, volatilities, lifetimes)
def test_a_higher_level_is_ended_above_no_more_often(one, other, volatility, years):
    low, high = sorted((one, other))
    above_low, above_high = probabilities_above(100.0, [low, high], volatility, years)
    assert 0 <= above_high <= above_low <= 1


@given(levels, volatilities, lifetimes, st.floats(-0.2, 0.2))
def test_touching_is_at_least_as_probable_as_ending_beyond(level, volatility, years, carry):
    forward = 100.0 * math.exp(carry * years)
    above = probability_above(forward, level, volatility, years)
    beyond = above if level >= 100 else 1 - above
    touched = probability_of_touch(100.0, forward, level, volatility, years)
    assert beyond - 1e-12 <= touched <= 1


@given(st.floats(20, 500), volatilities, st.floats(1 / 365, 2), st.floats(0.01, 1))
def test_more_time_leaves_more_room_to_touch(level, volatility, years, more):
    def touched(until):
        return probability_of_touch(100.0, 100.0, level, volatility, until)

    assert touched(years + more) >= touched(years) - 1e-12


def test_the_price_now_is_touched():
    assert probability_of_touch(100.0, 103.0, 100.0, 0.2, 0.5) == pytest.approx(1)


@pytest.mark.parametrize(
    ("level", "volatility", "carry"),
    [(130.0, 0.3, 0.05), (75.0, 0.3, -0.4), (101.0, 0.02, 0.3), (99.0, 0.02, 0.3), (110.0, 0.01, -0.5)],
)
def test_touching_is_the_integral_of_the_first_passage_times(level, volatility, carry):
    """Density of the first passage of a Brownian motion with drift (inverse Gaussian)."""
    years, distance, drift = 0.7, math.log(level / 100), carry - volatility**2 / 2

    def density(time):
        scale = volatility * math.sqrt(time)
        return abs(distance) / (time * scale) * norm.pdf((distance - drift * time) / scale)

    wanted, _ = quad(density, 0, years, points=[0.01, 0.1, min(abs(distance / drift), 0.69)], limit=400)
    found = probability_of_touch(100.0, 100 * math.exp(carry * years), level, volatility, years)
    assert found == pytest.approx(wanted, abs=1e-8)


@pytest.mark.parametrize("level", [90.0, 100.0, 108.0])
def test_on_a_skewed_smile_it_is_the_slope_of_call_prices_and_neither_delta_nor_a_flat_smiles(level):
    forward, years, slope = 101.0, 0.25, -0.006

    def call(strike):
        volatility = 0.25 + slope * (strike - 100)
        return float(black76.price(forward, strike, 1.0, volatility, years, call=True))

    volatility = 0.25 + slope * (level - 100)
    found = probability_above(forward, level, volatility, years, slope)
    assert found == pytest.approx((call(level - 1e-3) - call(level + 1e-3)) / 2e-3, abs=1e-6)
    delta = float(black76.greeks(forward, forward, level, 1.0, volatility, years, call=True).delta)
    assert abs(found - delta) > 0.005
    assert found - probability_above(forward, level, volatility, years) > 0.03
