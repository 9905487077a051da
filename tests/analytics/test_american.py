"""American values and greeks against the recorded tables, QuantLib and the laws they obey."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.analytics import american, black76
from generator.analytics.american import Terms
from generator.analytics.american_boundary import QUICK

STRIKES = st.floats(60, 160)
YEARS = st.floats(2 / 365, 2)
RATES = st.floats(0, 0.1)
PAYOUTS = st.floats(-0.02, 0.1)
VOLATILITIES = st.floats(0.08, 1.2)


@pytest.fixture
def table(shared):
    def read(name):
        rows = json.loads((shared / "reference" / f"{name}.json").read_text())["rows"]

        def column(key):
            return np.array([np.nan if row[key] is None else float(row[key]) for row in rows])

        calls = np.array([row["type"] == "C" for row in rows])
        return Terms.of(*(column(key) for key in ("S", "K", "T_years", "r", "q")), calls), column, rows

    return read


def value(strike, years, rate, payout, volatility, *, call):
    return float(american.price(Terms.of(100.0, strike, years, rate, payout, call), volatility)[0])


@pytest.mark.recorded
def test_values_are_those_of_the_published_table(table):
    terms, column, _ = table("american_published")
    volatility, true = column("sigma"), column("true_american")
    off = np.abs(american.price(terms, volatility) - true) / np.maximum(1, terms.strike / 100)
    assert np.all(off[(volatility >= 0.02) & ~np.isnan(true)] <= 5e-5)  # a tenth of the table's tolerance


@pytest.mark.recorded
@pytest.mark.parametrize("scheme", [american.EXACT, QUICK])
def test_values_and_greeks_are_those_of_the_round_trip_table(table, scheme):
    terms, column, rows = table("american_iv_roundtrip")
    volatility, sound = column("sigma"), np.array([row["status"] == "ok" for row in rows])
    np.testing.assert_allclose(american.price(terms, volatility, scheme), column("price"), atol=2e-5)
    greeks = american.greeks(terms, volatility, scheme)
    np.testing.assert_allclose(greeks.delta, column("delta"), atol=1e-3)
    np.testing.assert_allclose(greeks.gamma[sound], column("gamma")[sound], rtol=1e-2)
    np.testing.assert_allclose(greeks.vega, column("vega_per_volpt"), atol=1e-4)


@pytest.fixture(scope="module")
def draws():
    """Markets at random, hard-to-borrow ones among them."""
    draw, count = np.random.default_rng(11), 200
    years, volatility = (
        np.exp(draw.uniform(np.log(2 / 365), np.log(3), count)),
        draw.uniform(0.08, 1.2, count),
    )
    payout = draw.uniform(0, 0.1, count)
    payout[:20] = draw.uniform(0.3, 1.5, 20)
    rate, call = draw.uniform(0.002, 0.09, count), draw.random(count) < 0.5
    strike = 100 * np.exp(draw.uniform(-2, 2, count) * volatility * np.sqrt(years))
    return Terms.of(100.0, strike, years, rate, payout, call), volatility


def quantlib(ql, terms, volatility, index):
    """QuantLib's finest value; time is stretched to a year, as its dates are whole days."""
    today = ql.Date(4, 1, 2021)
    ql.Settings.instance().evaluationDate = today
    count, years = ql.Actual365Fixed(), float(terms.years[index])

    def curve(rate):
        return ql.YieldTermStructureHandle(ql.FlatForward(today, float(rate) * years, count))

    smile = ql.BlackConstantVol(today, ql.NullCalendar(), float(volatility[index]) * years**0.5, count)
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(float(terms.spot[index]))),
        curve(terms.payout[index]),
        curve(terms.rate[index]),
        ql.BlackVolTermStructureHandle(smile),
    )
    side = ql.Option.Call if terms.call[index] else ql.Option.Put
    option = ql.VanillaOption(
        ql.PlainVanillaPayoff(side, float(terms.strike[index])), ql.AmericanExercise(today, today + 365)
    )
    option.setPricingEngine(ql.QdFpAmericanEngine(process, ql.QdFpAmericanEngine.highPrecisionScheme()))
    return option.NPV()


def test_values_are_quantlibs(draws):
    ql = pytest.importorskip("QuantLib", reason="needs QuantLib, the second opinion")
    terms, volatility = draws
    theirs = np.array([quantlib(ql, terms, volatility, index) for index in range(len(terms))])
    scale = np.maximum(terms.strike, terms.spot)
    assert np.max(np.abs(american.price(terms, volatility) - theirs) / scale) <= 1e-6
    assert np.max(np.abs(american.price(terms, volatility, QUICK) - theirs) / scale) <= 1e-5


def test_greeks_are_the_slopes_of_the_value(draws):
    terms, volatility = draws
    step, greeks = 1e-4, american.greeks(terms, volatility)

    def moved(name, by):
        return Terms(
            **{**{key: getattr(terms, key) for key in terms.__slots__}, name: getattr(terms, name) + by}
        )

    def slope(name, by):
        ends = [american.price(moved(name, sign * by), volatility) for sign in (1, -1)]
        return (ends[0] - ends[1]) / (2 * by)

    higher, lower = (american.price(terms, volatility + sign * step) for sign in (1, -1))
    for name, found in (
        ("delta", slope("spot", 0.01)),
        ("vega", (higher - lower) / (2 * step) / 100),
        ("theta", -slope("years", 1e-5) / 365),
        ("rho", slope("rate", step) / 100),
    ):
        off = np.abs(getattr(greeks, name) - found)
        assert np.quantile(off, 0.98) <= 1e-4, name  # a bump across the boundary is off by itself


@settings(max_examples=40)
@given(STRIKES, YEARS, RATES, PAYOUTS, VOLATILITIES, st.booleans())
def test_a_value_is_at_least_european_and_at_least_the_payoff(strike, years, rate, payout, volatility, call):
    terms = Terms.of(100.0, strike, years, rate, payout, call)
    european = black76.price(terms.forward, terms.strike, terms.discount, volatility, years, call)
    found = american.price(terms, volatility)
    assert found >= european - 1e-7
    assert found >= terms.intrinsic


@settings(max_examples=40)
@given(STRIKES, YEARS, RATES, PAYOUTS, VOLATILITIES, st.booleans())
def test_a_call_is_the_put_with_both_pairs_exchanged(strike, years, rate, payout, volatility, call):
    one = american.price(Terms.of(100.0, strike, years, rate, payout, call), volatility)
    other = american.price(Terms.of(strike, 100.0, years, payout, rate, not call), volatility)
    np.testing.assert_allclose(one, other, atol=1e-10, rtol=0)


@settings(max_examples=40)
@given(STRIKES, YEARS, RATES, PAYOUTS, VOLATILITIES, st.floats(0.01, 0.3), st.booleans())
def test_more_volatility_and_more_time_never_make_it_cheaper(
    strike, years, rate, payout, volatility, more, call
):
    found = value(strike, years, rate, payout, volatility, call=call)
    assert value(strike, years, rate, payout, volatility + more, call=call) >= found - 1e-6
    assert value(strike, years + more, rate, payout, volatility, call=call) >= found - 1e-5


@given(STRIKES, YEARS, RATES, VOLATILITIES)
def test_a_call_without_payout_is_european(strike, years, rate, volatility):
    terms = Terms.of(100.0, strike, years, rate, 0.0, call=True)
    european = black76.price(terms.forward, terms.strike, terms.discount, volatility, years, call=True)
    np.testing.assert_allclose(american.price(terms, volatility), european, atol=1e-11)


def test_where_exercise_is_best_delta_is_one_and_nothing_else_moves():
    greeks = american.greeks(Terms.of(100.0, 150.0, 0.1, 0.05, 0.0, call=False), 0.2)
    assert (greeks.delta[0], greeks.gamma[0], greeks.vega[0], greeks.theta[0], greeks.rho[0]) == (
        -1,
        0,
        0,
        0,
        0,
    )


def test_what_is_not_known_is_nan():
    assert np.isnan(value(100, 0.5, -0.01, -0.02, 0.2, call=False))  # two boundaries
    assert np.isnan(value(100, 0.5, 0.05, 0.0, np.nan, call=False))


def test_no_time_or_no_volatility_leaves_the_payoff():
    assert value(110, 0.0, 0.05, 0.0, 0.2, call=False) == 10
    assert value(90, 0.5, 0.05, 0.0, 0.0, call=True) == 10


def test_a_negative_rate_leaves_a_put_european():
    terms = Terms.of(100.0, 110.0, 1.0, -0.01, 0.0, call=False)
    european = black76.price(terms.forward, terms.strike, terms.discount, 0.3, 1.0, call=False)
    np.testing.assert_allclose(american.price(terms, 0.3), european, atol=1e-11)
