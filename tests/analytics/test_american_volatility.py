"""American implied volatility: the recorded table, the way back, and every refusal."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.analytics import american
from generator.analytics.american import Terms
from generator.analytics.american_volatility import Refusal, implied_volatility, quoted_volatility


@pytest.mark.recorded
def test_volatilities_come_back_from_the_table_or_are_refused(shared):
    rows = json.loads((shared / "reference" / "american_iv_roundtrip.json").read_text())["rows"]
    columns = ([row[key] for row in rows] for key in ("S", "K", "T_years", "r", "q"))
    terms = Terms.of(*map(np.array, columns), np.array([row["type"] == "C" for row in rows]))
    found = implied_volatility(terms, np.array([row["price"] for row in rows]))
    for row, volatility, refusal in zip(rows, found.volatility, found.refusal, strict=True):
        if row["status"] == "at_intrinsic_no_iv":
            assert np.isnan(volatility), row
            assert Refusal(refusal).words, row
            continue
        bound = max(1e-4, 5e-4 / (100 * row["vega_per_volpt"]))
        assert volatility == pytest.approx(row["sigma"], abs=bound), row


@settings(max_examples=60)
@given(
    st.floats(60, 160),
    st.floats(2 / 365, 2),
    st.floats(0, 0.1),
    st.floats(-0.02, 0.1),
    st.floats(0.08, 1.2),
    st.booleans(),
)
def test_a_value_gives_its_volatility_back(strike, years, rate, payout, volatility, call):
    terms = Terms.of(100.0, strike, years, rate, payout, call)
    premium = american.price(terms, volatility)
    found = implied_volatility(terms, premium, scheme=american.EXACT)
    vega = float(american.greeks(terms, volatility).vega[0])
    if found.refusal[0] != Refusal.NONE:
        assert vega <= 1e-4 or premium[0] - terms.intrinsic[0] <= 1e-6
    else:
        again = american.price(terms, found.volatility)
        assert again[0] == pytest.approx(premium[0], abs=1e-5)
        if vega > 1e-2:
            assert found.volatility[0] == pytest.approx(volatility, abs=1e-5)


@pytest.mark.parametrize(
    ("premium", "strike", "years", "call", "refusal"),
    [
        (np.nan, 100.0, 0.5, True, Refusal.NO_PRICE),
        (0.0, 100.0, 0.5, True, Refusal.NO_PRICE),
        (5.0, 100.0, 0.0, True, Refusal.NO_TIME),
        (20.0, 120.0, 0.5, False, Refusal.NO_TIME_VALUE),
        (19.0, 120.0, 0.5, False, Refusal.NO_TIME_VALUE),
        (100.0, 100.0, 0.5, True, Refusal.ABOVE_BOUND),
        (120.0, 120.0, 0.5, False, Refusal.ABOVE_BOUND),
        (1e-40, 200.0, 0.01, True, Refusal.NO_VEGA),
    ],
)
def test_a_premium_without_a_volatility_is_refused_with_its_reason(premium, strike, years, call, refusal):
    found = implied_volatility(Terms.of(100.0, strike, years, 0.05, 0.0, call), premium)
    assert np.isnan(found.volatility[0])
    assert Refusal(found.refusal[0]) is refusal


def test_two_boundaries_are_refused():
    found = implied_volatility(Terms.of(100.0, 100.0, 0.5, -0.02, -0.03, call=False), 5.0)
    assert Refusal(found.refusal[0]) is Refusal.TWO_BOUNDARIES


def test_a_premium_within_half_a_tick_of_the_payoff_is_refused():
    terms = Terms.of(100.0, 80.0, 0.1, 0.05, 0.0, call=False)
    assert implied_volatility(terms, 0.004, tick=0.01).refusal[0] == Refusal.NO_TIME_VALUE
    assert implied_volatility(terms, 0.006, tick=0.01).refusal[0] == Refusal.NONE


def test_a_put_dearer_than_a_european_one_can_be_has_a_volatility():
    terms = Terms.of(110.0, 100.0, 1.0, 0.05, 0.05, call=False)
    premium = american.price(terms, 7.9)
    assert premium[0] > 100 * terms.discount[0]
    found = implied_volatility(terms, premium, scheme=american.EXACT)
    assert found.volatility[0] == pytest.approx(7.9, abs=0.01)


@pytest.mark.parametrize(
    ("rate", "payout", "strike"), [(0.0, 1.0, 50.0), (0.02, 1.2, 60.0), (0.0, 1.5, 80.0)]
)
def test_a_volatility_far_under_the_first_guess_is_found(rate, payout, strike):
    terms = Terms.of(100.0, strike, 1.0, rate, payout, call=True)
    premium = american.price(terms, 2.0)
    assert premium[0] > 100 * np.exp(-payout)  # dearer than a European one can be
    found = implied_volatility(terms, premium, scheme=american.EXACT)
    assert found.volatility[0] == pytest.approx(2.0, abs=1e-4)


def test_the_error_bar_is_half_the_spread_over_vega_and_sets_the_digits():
    terms = Terms.of(100.0, 100.0, np.array([0.25, 0.25, 0.25]), 0.04, 0.01, call=False)
    mid = float(american.price(terms, 0.2)[0])
    half = np.array([0.0005, 0.005, 0.05])
    found = quoted_volatility(terms, mid - half, mid + half)
    np.testing.assert_allclose(found.error, half / (100 * found.vega))
    assert found.decimals.tolist() == [2, 1, 0]
    np.testing.assert_allclose(found.volatility, 0.2, atol=1e-5)


def test_a_wide_spread_and_a_zero_bid_are_refused():
    terms = Terms.of(100.0, 100.0, 0.25, 0.04, 0.01, call=np.array([True, True]))
    found = quoted_volatility(terms, np.array([1.0, 0.0]), np.array([9.0, 0.1]))
    assert [Refusal(code) for code in found.refusal] == [Refusal.WIDE_SPREAD, Refusal.NO_PRICE]
    assert np.isnan(found.volatility).all()
    assert found.decimals.tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("strike", "years", "rate", "payout", "call", "over"),
    [
        (70.0, 1.0, 0.0, 0.03, True, 4e-12),
        (110.0, 0.25, 0.045, 0.0, False, 7e-10),
        (110.0, 0.25, 0.08, 0.02, False, 8e-9),
    ],
)
def test_a_payoff_and_another_engines_rounding_hold_no_volatility(strike, years, rate, payout, call, over):
    terms = Terms.of(100.0, strike, years, rate, payout, call)
    found = implied_volatility(terms, terms.intrinsic + over)
    assert np.isnan(found.volatility[0])
    assert Refusal(found.refusal[0]) is Refusal.NO_TIME_VALUE
