"""25-delta skew and fly: of a smile function to many digits, of quotes only where they reach."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from generator.analytics.arbitrage_free import fitted
from generator.analytics.skew import Smile, at_delta, skew_of
from generator.analytics.smile_fit import Points


@pytest.fixture(scope="module")
def rows(shared):
    return json.loads((shared / "reference" / "skew_25delta.json").read_text())["rows"]


def volatility_of(row):
    return lambda k: row["iv_atmf"] + row["slope"] * k + row["curv"] * k**2


def smile_of(row, function=None, reach=4.0):
    years = row["days"] / 365
    forward = row["S"] * math.exp((row["r"] - row["q"]) * years)
    width = reach * row["iv_atmf"] * math.sqrt(years)
    carried = math.exp(-row["q"] * years)
    return Smile(function or volatility_of(row), -width, width, forward, years, carried)


@pytest.mark.recorded
def test_strikes_and_volatilities_at_25_delta_are_those_recorded(rows):
    for row in rows:
        found = skew_of(smile_of(row))
        assert found.call.strike == pytest.approx(row["k25_call"], rel=1e-6)
        assert found.put.strike == pytest.approx(row["k25_put"], rel=1e-6)
        assert found.call.volatility == pytest.approx(row["iv25_call"], abs=1e-6)
        assert found.put.volatility == pytest.approx(row["iv25_put"], abs=1e-6)
        assert 100 * found.steepness == pytest.approx(row["skew_put_minus_call_volpts"], abs=1e-4)
        assert 100 * found.fly == pytest.approx(row["fly25_volpts"], abs=1e-4)


@pytest.mark.recorded
def test_a_fitted_smile_gives_them_back_to_a_fiftieth_of_a_point(rows):
    for row in rows:
        smile = smile_of(row, reach=2.0)
        moneyness = np.linspace(smile.low, smile.high, 41)
        quotes = Points(moneyness, volatility_of(row)(moneyness), np.full(41, 0.002), smile.years)
        found = skew_of(smile_of(row, fitted([quotes])[0].volatilities, reach=2.0))
        assert 100 * found.steepness == pytest.approx(row["skew_put_minus_call_volpts"], abs=0.02)
        assert 100 * found.fly == pytest.approx(row["fly25_volpts"], abs=0.02)


FLAT = {"S": 100, "days": 30, "r": 0.0, "q": 0.0, "iv_atmf": 0.2, "slope": 0.0, "curv": 0.0}


def test_a_flat_smile_has_no_skew_and_no_fly():
    found = skew_of(smile_of(FLAT))
    assert found.steepness == pytest.approx(0, abs=1e-12)
    assert found.fly == pytest.approx(0, abs=1e-12)


def test_a_smile_that_ends_before_25_delta_has_none():
    assert skew_of(smile_of(FLAT, reach=0.5)) is None
    assert at_delta(smile_of(FLAT), 0.02, call=True) is None


def test_a_smile_on_one_side_of_the_forward_has_none():
    whole = smile_of(FLAT)
    only_puts = Smile(whole.volatility, whole.low, -0.01, whole.forward, whole.years, whole.carried)
    assert skew_of(only_puts) is None
