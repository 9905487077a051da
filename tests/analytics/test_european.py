"""The fast European solver against the recorded grid and the slow one."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics import black76
from generator.analytics.european import implied_volatility


@pytest.mark.recorded
def test_volatilities_come_back_from_the_grid_or_are_refused(shared):
    rows = json.loads((shared / "reference" / "bsm_black76_grid.json").read_text())["rows"]
    columns = (
        np.array([float(row[key]) for row in rows]) for key in ("price", "forward", "K", "df", "T_years")
    )
    found = implied_volatility(*columns, np.array([row["type"] == "C" for row in rows]))
    for row, volatility in zip(rows, found, strict=True):
        if row["iv_status"] == "unrecoverable":
            assert np.isnan(volatility), row
        else:
            assert volatility == pytest.approx(float(row["sigma"]), abs=row["iv_abs_tol"]), row


@given(
    st.floats(1, 10_000),
    st.floats(-1.5, 1.5),
    st.floats(0.01, 4),
    st.floats(1e-4, 3),
    st.floats(0.8, 1.02),
    st.booleans(),
)
def test_it_finds_and_refuses_what_the_slow_solver_does(
    forward, moneyness, volatility, years, discount, call
):
    market = (forward, forward * np.exp(moneyness), discount)
    premium = black76.price(*market, volatility, years, call)
    fast, slow = (
        solver(premium, *market, years, call) for solver in (implied_volatility, black76.implied_volatility)
    )
    vega = black76.vega(*market, volatility, years)
    lost = 1e-14 * (premium + forward + market[1]) / np.maximum(vega, 1e-300)  # to the premium's rounding
    assert np.isnan(fast[0]) == np.isnan(slow) or lost > 1e-3 * volatility
    if not np.isnan(fast[0]) and lost < 1e-3 * volatility:
        assert fast[0] == pytest.approx(float(slow), abs=max(10 * float(lost), 1e-12))


@pytest.mark.parametrize("premium", [10.0, 9.0, 0.0, np.nan, 110.0])
def test_a_premium_without_a_volatility_gives_none(premium):
    assert np.isnan(implied_volatility(premium, 110.0, 100.0, 1.0, 0.5, call=True)).all()


def test_no_time_gives_none():
    assert np.isnan(implied_volatility(5.0, 100.0, 100.0, 1.0, 0.0, call=True)).all()


def test_a_chain_is_solved_to_rounding():
    draw, count = np.random.default_rng(1), 5000
    years, volatility = np.exp(draw.uniform(-6, 0.7, count)), draw.uniform(0.1, 0.8, count)
    strike = 250 * np.exp(draw.uniform(-2.5, 2.5, count) * volatility * np.sqrt(years))
    call = draw.random(count) < 0.5
    premium = black76.price(250.0, strike, 0.98, volatility, years, call)
    found = implied_volatility(premium, 250.0, strike, 0.98, years, call)
    np.testing.assert_allclose(found, volatility, atol=1e-12)


def test_what_is_refused_at_once_does_not_wait_for_the_slow_solver(monkeypatch):
    strike = np.exp(np.linspace(-0.7, 0.7, 200))
    premium = black76.price(1.0, strike, 0.99, 0.2, 6 / 8760, call=True)
    expected = black76.implied_volatility(premium, 1.0, strike, 0.99, 6 / 8760, call=True)
    monkeypatch.setattr(black76, "implied_volatility", None)
    found = implied_volatility(premium, 1.0, strike, 0.99, 6 / 8760, call=True)
    assert np.isnan(found).sum() > 100
    np.testing.assert_allclose(found, expected, rtol=1e-12)
