"""The distribution a smile holds: a density, what it adds up to, and where its quantiles lie."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from generator.analytics import black76
from generator.analytics.arbitrage_free import fitted
from generator.analytics.density import distribution_of
from generator.analytics.smile_fit import Points

FORWARD, YEARS = 250.0, 30 / 365


def curve(volatility, *, years=YEARS, level=0.2, reach=3.0, count=41):
    moneyness = np.linspace(-reach, reach, count) * level * math.sqrt(years)
    values = np.array([volatility(k) for k in moneyness])
    return fitted([Points(moneyness, values, np.full(count, 0.002), years)])[0]


def skewed(k):
    return 0.2 - 0.25 * k + 0.9 * k * k


@given(st.floats(0.05, 1.5), st.floats(2 / 365, 2))
@settings(max_examples=40)
def test_a_flat_smile_is_lognormal(level, years):
    found = distribution_of(curve(lambda _: level, years=years, level=level), FORWARD)
    width = level * math.sqrt(years)
    plain = norm.cdf(-np.log(found.levels / FORWARD) / width - width / 2)
    assert found.above == pytest.approx(plain, abs=2e-3)
    bell = norm.pdf((np.log(found.levels / FORWARD) + width**2 / 2) / width) / (width * found.levels)
    assert found.densities * found.levels * width == pytest.approx(bell * found.levels * width, abs=5e-3)
    assert found.mass == pytest.approx(plain[0] - plain[-1], abs=5e-3)


@given(st.floats(-0.4, 0.4), st.floats(0, 3), st.floats(0.1, 0.8), st.floats(3 / 365, 1))
@settings(max_examples=40)
def test_a_density_is_nowhere_negative_and_adds_up_to_the_difference_of_the_probabilities(
    slope, bend, level, years
):
    width = level * math.sqrt(years)

    def volatility(k):
        return level * (1 + slope * k / width / 3 + bend * (k / width) ** 2 / 100)

    smile = curve(volatility, years=years, level=level)
    if smile is None:
        return
    found = distribution_of(smile, FORWARD)
    assert np.all(found.densities >= -1e-12)
    assert np.all(np.diff(found.above) <= 0)
    assert np.all((found.above >= 0) & (found.above <= 1))
    assert np.trapezoid(found.densities, found.levels) == pytest.approx(found.mass, abs=2e-4)
    assert found.below_quotes + found.mass + found.above_quotes == pytest.approx(1)


def test_the_density_is_the_second_derivative_of_the_call_by_the_strike():
    smile = curve(skewed)
    found = distribution_of(smile, FORWARD)

    def call(strike):
        level = smile.volatilities(np.log(strike / FORWARD))
        return black76.price(FORWARD, strike, 1.0, level, YEARS, 1.0)

    inner, step = slice(20, -20), 0.05
    strikes = found.levels[inner]
    second = (call(strikes + step) - 2 * call(strikes) + call(strikes - step)) / step**2
    first = (call(strikes + step) - call(strikes - step)) / (2 * step)
    assert found.densities[inner] == pytest.approx(second, abs=2e-5)
    assert found.above[inner] == pytest.approx(-first, abs=2e-5)


def test_the_mean_is_the_forward():
    found = distribution_of(curve(skewed, reach=5.0), FORWARD)
    middle = np.trapezoid(found.densities * found.levels, found.levels)
    assert middle / found.mass == pytest.approx(FORWARD, rel=1e-3)


@given(st.floats(0.01, 0.99))
def test_a_quantile_is_ended_below_with_its_probability(share):
    found = distribution_of(curve(skewed), FORWARD)
    level = found.quantile(share)
    assert np.interp(level, found.levels, 1 - found.above) == pytest.approx(share)
    assert found.quantile(found.below_quotes / 2) is None
    assert found.quantile(1 - found.above_quotes / 2) is None


def test_quantiles_of_a_flat_smile_are_those_of_the_lognormal():
    found = distribution_of(curve(lambda _: 0.2), FORWARD)
    width = 0.2 * math.sqrt(YEARS)
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        wanted = FORWARD * math.exp(width * norm.ppf(share) - width**2 / 2)
        assert found.quantile(share) == pytest.approx(wanted, rel=1e-4)


def test_ends_whose_slope_leaves_no_probability_are_left_off():
    """Between quotes two deviations out a call may not gain with its strike: the last stretch does here."""
    smile = curve(lambda k: 0.2 + 2.5 * max(k - 0.14, 0), reach=3.0)
    found = distribution_of(smile, FORWARD)
    assert found.above[-1] >= 0
    assert found.levels[-1] < FORWARD * math.exp(smile.high)


def test_a_smile_with_a_negative_density_has_no_distribution():
    smile = curve(skewed)
    kinked = dataclasses.replace(smile, coefficients=smile.coefficients + 0.2 * np.cos(np.arange(23) * 2))
    assert distribution_of(kinked, FORWARD) is None
