"""Black-76 against the recorded grid, QuantLib and the laws every price obeys."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics import black76
from generator.analytics.normal import cumulative, scaled_tail

FORWARDS = st.floats(1, 10_000)
MONEYNESS = st.floats(-0.6, 0.6)  # ln(K / F)
VOLATILITIES = st.floats(0.05, 2)
YEARS = st.floats(1 / 365, 3)
DISCOUNTS = st.floats(0.8, 1.02)


@pytest.fixture(scope="module")
def grid(shared):
    rows = json.loads((shared / "reference" / "bsm_black76_grid.json").read_text())["rows"]

    def column(name):
        return np.array([float(row[name]) for row in rows])

    return rows, column, np.array([row["type"] == "C" for row in rows])


@pytest.mark.recorded
def test_prices_are_those_of_the_grid(grid):
    _, column, calls = grid
    prices = black76.price(
        column("forward"), column("K"), column("df"), column("sigma"), column("T_years"), calls
    )
    off = np.abs(prices - column("price")) / np.maximum(column("S"), column("K"))
    assert off.max() <= 1e-12


@pytest.mark.recorded
def test_greeks_are_those_of_the_grid(grid):
    _, column, calls = grid
    terms = (column(name) for name in ("S", "forward", "K", "df", "sigma", "T_years"))
    greeks = black76.greeks(*terms, calls)
    np.testing.assert_allclose(greeks.delta, column("delta"), atol=1e-10)
    np.testing.assert_allclose(greeks.gamma, column("gamma"), rtol=1e-9, atol=1e-14)
    for name, recorded in (
        ("vega", "vega_per_volpt"),
        ("theta", "theta_per_calday"),
        ("rho", "rho_per_1pct"),
    ):
        off = np.abs(getattr(greeks, name) - column(recorded))
        assert np.all((off <= 1e-9 * np.abs(column(recorded))) | (off <= 1e-12 * column("S"))), name


@pytest.mark.recorded
def test_volatilities_come_back_from_the_grid_or_are_refused(grid):
    rows, column, calls = grid
    found = black76.implied_volatility(
        column("price"), column("forward"), column("K"), column("df"), column("T_years"), calls
    )
    for row, volatility in zip(rows, found, strict=True):
        if row["iv_status"] == "unrecoverable":
            assert np.isnan(volatility), row
        else:
            assert volatility == pytest.approx(float(row["sigma"]), abs=row["iv_abs_tol"]), row


@given(FORWARDS, MONEYNESS, VOLATILITIES, YEARS, DISCOUNTS)
def test_call_less_put_is_the_discounted_forward_less_strike(forward, moneyness, volatility, years, discount):
    strike = forward * np.exp(moneyness)
    call, put = (black76.price(forward, strike, discount, volatility, years, side) for side in (True, False))
    assert float(call - put) == pytest.approx(discount * (forward - strike), abs=1e-12 * (forward + strike))


@given(FORWARDS, MONEYNESS, VOLATILITIES, YEARS, DISCOUNTS, st.booleans())
def test_a_premium_gives_its_volatility_back(forward, moneyness, volatility, years, discount, call):
    strike = forward * np.exp(moneyness)
    premium = black76.price(forward, strike, discount, volatility, years, call)
    found = float(black76.implied_volatility(premium, forward, strike, discount, years, call))
    vega = float(black76.vega(forward, strike, discount, volatility, years))
    error = 1e-14 * (float(premium) + forward + strike)  # what rounding leaves of the premium
    if error > 1e-3 * vega * volatility:
        return  # nothing can be had back
    assert found == pytest.approx(volatility, abs=max(10 * error / vega, 1e-12))


@given(FORWARDS, MONEYNESS, VOLATILITIES, YEARS, st.floats(0.01, 0.5))
def test_more_volatility_never_makes_an_option_cheaper(forward, moneyness, volatility, years, more):
    strike = forward * np.exp(moneyness)
    low, high = (
        float(black76.price(forward, strike, 1.0, level, years, moneyness > 0))
        for level in (volatility, volatility + more)
    )
    assert high >= low


@given(FORWARDS, MONEYNESS, MONEYNESS, VOLATILITIES, YEARS)
def test_calls_fall_and_puts_rise_with_the_strike(forward, one, other, volatility, years):
    strikes = forward * np.exp(np.sort([one, other]))
    calls = black76.price(forward, strikes, 1.0, volatility, years, np.array([True, True]))
    puts = black76.price(forward, strikes, 1.0, volatility, years, np.array([False, False]))
    assert calls[0] >= calls[1] - 1e-12 * forward
    assert puts[0] <= puts[1] + 1e-12 * forward


def test_prices_and_greeks_agree_with_quantlib():
    ql = pytest.importorskip("QuantLib", reason="needs QuantLib, the second opinion")
    draw = np.random.default_rng(7)
    for _ in range(300):
        forward, years = draw.uniform(20, 500), draw.uniform(0.01, 2)
        strike, volatility = forward * np.exp(draw.uniform(-0.4, 0.4)), draw.uniform(0.05, 1)
        discount, call = draw.uniform(0.9, 1), bool(draw.integers(2))
        payoff = ql.PlainVanillaPayoff(ql.Option.Call if call else ql.Option.Put, strike)
        theirs = ql.BlackCalculator(payoff, forward, volatility * years**0.5, discount)
        ours = black76.price(forward, strike, discount, volatility, years, call)
        greeks = black76.greeks(forward, forward, strike, discount, volatility, years, call)
        assert float(ours) == pytest.approx(theirs.value(), abs=1e-12 * forward)
        assert float(greeks.delta) == pytest.approx(theirs.deltaForward(), abs=1e-12)
        assert float(greeks.vega) == pytest.approx(theirs.vega(years) / 100, abs=1e-12 * forward)


@pytest.mark.parametrize(
    ("premium", "forward", "strike", "call"),
    [
        (10.0, 110.0, 100.0, True),  # the payoff itself
        (9.0, 110.0, 100.0, True),  # below it
        (0.0, 100.0, 110.0, True),
        (100.0, 100.0, 110.0, True),  # the bound
        (np.nan, 100.0, 110.0, True),
        (110.0, 100.0, 110.0, False),
    ],
)
def test_a_premium_without_a_volatility_gives_none(premium, forward, strike, call):
    assert np.isnan(black76.implied_volatility(premium, forward, strike, 1.0, 0.5, call))


def test_no_time_gives_no_volatility_and_the_payoff_as_price():
    assert np.isnan(black76.implied_volatility(5.0, 100.0, 100.0, 1.0, 0.0, call=True))
    assert float(black76.price(105.0, 100.0, 1.0, 0.3, 0.0, call=True)) == pytest.approx(5.0)


def test_the_normal_is_scipys_to_the_last_digits():
    special = pytest.importorskip("scipy.special", reason="needs scipy, the second opinion")
    points = np.linspace(-25, 60, 20_001)
    np.testing.assert_allclose(scaled_tail(points), special.erfcx(points), rtol=2e-15)
    points = np.linspace(-36, 8, 20_001)
    np.testing.assert_allclose(cumulative(points), special.ndtr(points), rtol=3e-13)
