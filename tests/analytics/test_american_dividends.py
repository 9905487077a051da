"""American options with cash dividends: the recorded table, QuantLib's grid, and limits."""

from __future__ import annotations

import json

import numpy as np
import pytest

from generator.analytics import american, american_dividends
from generator.analytics.american import Terms
from generator.analytics.american_dividends import (
    FAST,
    FINE,
    CashDividend,
    forward,
    implied_volatility,
    price,
)
from generator.analytics.american_volatility import Refusal


@pytest.fixture(scope="module")
def table(shared):
    """The recorded rows, all side by side: rows of one schedule together."""
    rows = json.loads((shared / "reference" / "american_discrete_dividends.json").read_text())["rows"]
    parts: dict[str, list[dict]] = {}
    for row in rows:
        parts.setdefault(json.dumps([row["dividends"], row["S"]]), []).append(row)
    return [(part, *inputs(part)) for part in parts.values()]


def inputs(part):
    column = {key: np.array([row[key] for row in part]) for key in ("S", "K", "r", "q", "sigma")}
    years = np.array([row["days"] for row in part]) / 365
    call = np.array([row["type"] == "C" for row in part])
    terms = Terms.of(column["S"], column["K"], years, column["r"], column["q"], call)
    dividends = [CashDividend(item["ex_day"] / 365, item["amount"]) for item in part[0]["dividends"]]
    return terms, column["sigma"], dividends


@pytest.mark.recorded
def test_values_are_those_of_the_table(table):
    for part, terms, volatility, dividends in table:
        found = price(terms, volatility, dividends)
        european = price(terms, volatility, dividends, early=False)
        assert np.all(np.abs(found - [row["american"] for row in part]) <= 4e-4 * terms.spot / 100)
        assert np.all(np.abs(european - [row["european"] for row in part]) <= 1e-4 * terms.spot / 100)


@pytest.mark.recorded
def test_greeks_are_those_of_the_table(table):
    for part, terms, volatility, dividends in table:
        greeks = american_dividends.greeks(terms, volatility, dividends)
        np.testing.assert_allclose(greeks.delta, [row["delta"] for row in part], atol=3e-3)
        vega = np.array([row["vega_per_volpt"] for row in part])
        np.testing.assert_allclose(greeks.vega, vega, rtol=1e-2, atol=1e-4)


@pytest.mark.recorded
def test_volatilities_come_back_from_the_table_or_are_refused(table):
    for part, terms, volatility, dividends in table:
        found = implied_volatility(terms, np.array([row["american"] for row in part]), dividends)
        for index, row in enumerate(part):
            if row["vega_per_volpt"] < 1e-6:
                assert Refusal(found.refusal[index]) is Refusal.NO_VEGA
            else:
                bound = 1e-3 * row["S"] / 100 / (100 * row["vega_per_volpt"])
                assert found.volatility[index] == pytest.approx(volatility[index], abs=bound)


def test_values_are_those_of_quantlibs_fine_grid():
    ql = pytest.importorskip("QuantLib", reason="needs QuantLib, the second opinion")
    today, count = ql.Date(4, 1, 2021), ql.Actual365Fixed()
    ql.Settings.instance().evaluationDate = today
    draw, dividends = np.random.default_rng(3), [CashDividend(20 / 365, 0.8), CashDividend(111 / 365, 0.9)]
    days = np.array([19, 21, 45, 110, 112, 200] * 2)
    strike, volatility = draw.uniform(85, 115, 12), draw.uniform(0.15, 0.5, 12)
    terms = Terms.of(100.0, strike, days / 365, 0.045, 0.01, np.arange(12) < 6)
    found = price(terms, volatility, dividends)

    def curve(rate):
        return ql.YieldTermStructureHandle(ql.FlatForward(today, rate, count))

    for index in range(12):
        smile = ql.BlackConstantVol(today, ql.NullCalendar(), float(volatility[index]), count)
        process = ql.BlackScholesMertonProcess(
            ql.QuoteHandle(ql.SimpleQuote(100.0)),
            curve(0.01),
            curve(0.045),
            ql.BlackVolTermStructureHandle(smile),
        )
        side = ql.Option.Call if terms.call[index] else ql.Option.Put
        exercise = ql.AmericanExercise(today, today + int(days[index]))
        option = ql.VanillaOption(ql.PlainVanillaPayoff(side, float(strike[index])), exercise)
        paid = [d for d in dividends if d.years <= terms.years[index]]
        when = [today + round(365 * d.years) for d in paid]
        schedule = ql.DividendVector(when, [d.amount for d in paid])
        option.setPricingEngine(ql.FdBlackScholesVanillaEngine(process, schedule, 600, 600))
        assert found[index] == pytest.approx(option.NPV(), abs=1.5e-3)


@pytest.mark.parametrize(("fineness", "bound"), [(FAST, 2.5e-3), (FINE, 4e-4)])
def test_without_dividends_the_grid_agrees_with_the_integral(fineness, bound):
    strike = np.linspace(80, 125, 10)
    for call in (True, False):
        terms = Terms.of(100.0, strike, 0.4, 0.04, 0.03, call)
        np.testing.assert_allclose(price(terms, 0.3, [], fineness), american.price(terms, 0.3), atol=bound)


def test_a_dividend_after_expiration_does_not_count():
    terms = Terms.of(100.0, 100.0, 30 / 365, 0.045, 0.0, call=True)
    later = [CashDividend(31 / 365, 1.0)]
    assert price(terms, 0.25, later) == price(terms, 0.25, [])


def test_a_vanishing_dividend_changes_nothing():
    terms = Terms.of(100.0, np.array([90.0, 100.0, 110.0]), 0.3, 0.045, 0.0, call=False)
    plain = price(terms, 0.25, [])
    np.testing.assert_allclose(price(terms, 0.25, [CashDividend(0.1, 1e-9)]), plain, atol=5e-4)


def test_a_deep_call_is_exercised_on_the_evening_before_the_ex_date():
    terms = Terms.of(100.0, 70.0, 20 / 365, 0.045, 0.0, call=True)
    waited = 100 - 70 * np.exp(-0.045 / 365)
    assert price(terms, 0.2, [CashDividend(1 / 365, 1.0)])[0] == pytest.approx(waited, abs=1e-3)


def test_the_forward_loses_the_dividends_before_it():
    terms = Terms.of(100.0, 100.0, np.array([0.1, 0.5]), 0.05, 0.0, call=True)
    dividends = [CashDividend(0.2, 2.0)]
    grown = np.exp(0.05 * np.array([0.1, 0.5]))
    expected = 100 * grown - np.array([0, 2 * np.exp(0.05 * 0.3)])
    np.testing.assert_allclose(forward(terms, dividends), expected)
    calls, puts = (
        price(Terms.of(100.0, 100.0, 0.5, 0.05, 0.0, side), 0.3, dividends, early=False)
        for side in (True, False)
    )
    parity = np.exp(-0.05 * 0.5) * (expected[1] - 100)
    assert calls[0] - puts[0] == pytest.approx(parity, abs=1e-3)


def test_where_exercise_is_best_delta_is_one_and_nothing_else_moves():
    greeks = american_dividends.greeks(Terms.of(100.0, 160.0, 0.2, 0.08, 0.0, call=False), 0.15, [], FAST)
    assert (greeks.delta[0], greeks.gamma[0], greeks.vega[0], greeks.theta[0], greeks.rho[0]) == (
        -1,
        0,
        0,
        0,
        0,
    )


def test_a_value_without_a_volatility_is_nan():
    terms = Terms.of(100.0, 100.0, 0.2, 0.05, 0.0, call=False)
    assert np.isnan(price(terms, np.nan, [CashDividend(0.1, 1.0)]))[0]


def test_a_volatility_comes_back():
    terms = Terms.of(
        100.0, np.array([90.0, 100.0, 110.0]), 0.3, 0.045, 0.0, call=np.array([False, True, True])
    )
    dividends, volatility = [CashDividend(0.1, 1.0)], np.array([0.3, 0.25, 0.2])
    found = implied_volatility(terms, price(terms, volatility, dividends, FAST), dividends)
    np.testing.assert_allclose(found.volatility, volatility, atol=1e-5)


def test_options_far_out_of_the_money_are_not_taken_for_exercised_ones():
    far = Terms.of(100.0, [80.0, 125.0], 30 / 365, 0.045, 0.0, np.array([False, True]))
    greeks = american_dividends.greeks(far, 0.12, [CashDividend(10 / 365, 1.0)])
    np.testing.assert_allclose(greeks.delta, 0, atol=1e-4)
    assert np.all(np.isfinite(greeks.gamma))
