"""The smile of one expiration: what it goes through, what it smooths."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import BSpline

from generator.analytics.arbitrage_free import fitted
from generator.analytics.smile_fit import SEGMENTS, Points, grid_of

YEARS = 30 / 365


def points(volatility, *, years=YEARS, count=41, reach=2.5, error=0.002, level=0.2):
    """Quotes of a smile function, evenly spaced to *reach* deviations either side."""
    moneyness = np.linspace(-reach, reach, count) * level * math.sqrt(years)
    values = np.array([volatility(k) for k in moneyness])
    return Points(moneyness, values, np.full(count, error), years)


def curve(board):
    return fitted([board])[0]


@given(st.floats(0.03, 3), st.floats(1 / 365, 3), st.integers(2, 60), st.floats(1e-4, 0.05))
def test_a_flat_smile_stays_flat(level, years, count, error):
    found = curve(points(lambda _: level, years=years, count=count, error=error, level=level))
    for k in np.linspace(found.low, found.high, 9):
        assert found.volatility(k) == pytest.approx(level, rel=1e-4)
        assert found.slope(k) * found.scale == pytest.approx(0, abs=1e-3 * level)


def test_a_quadratic_smile_comes_back_with_its_slope():
    found = curve(points(lambda k: 0.2 - 0.3 * k + 1.2 * k * k))
    for k in (-0.1, -0.03, 0.0, 0.05, 0.12):
        assert found.volatility(k) == pytest.approx(0.2 - 0.3 * k + 1.2 * k * k, abs=2e-4)
        assert found.slope(k) == pytest.approx(-0.3 + 2.4 * k, abs=0.03)


def test_the_slope_is_the_derivative_of_the_volatility():
    found = curve(points(lambda k: 0.3 - 0.2 * k + 0.8 * k * k))
    for k in np.linspace(0.9 * found.low, 0.9 * found.high, 11):
        change = (found.volatility(k + 1e-6) - found.volatility(k - 1e-6)) / 2e-6
        assert found.slope(k) == pytest.approx(change, abs=1e-6)


def test_many_places_at_once_are_the_same_as_one_by_one():
    found = curve(points(lambda k: 0.25 - 0.4 * k + 2 * k * k))
    places = np.linspace(found.low, found.high, 33)
    assert found.volatilities(places) == pytest.approx([found.volatility(k) for k in places], rel=1e-12)


def test_nothing_is_said_beyond_the_quotes():
    found = curve(points(lambda k: 0.2 - 0.3 * k))
    assert found.volatility(1.01 * found.low) is None
    assert found.volatility(1.01 * found.high) is None
    assert found.slope(1.01 * found.high) is None
    assert found.volatility(found.low) is not None
    assert found.volatility(found.high) is not None


def test_a_quote_off_the_others_does_not_pull_the_smile_along():
    board = points(lambda k: 0.2 - 0.3 * k)
    board.volatility[18] += 0.03
    found = curve(board)
    assert found.volatility(board.moneyness[18]) == pytest.approx(0.2 - 0.3 * board.moneyness[18], abs=0.001)


def test_the_surer_quote_is_followed():
    board = points(lambda _: 0.2, count=7, reach=2)
    board.volatility[3], board.error[:] = 0.23, 0.0005
    board.error[3] = 0.04
    assert curve(board).volatility(0.0) == pytest.approx(0.2, abs=0.003)


def test_the_basis_is_that_of_cubic_splines():
    grid = grid_of([points(lambda k: 0.2 - 0.2 * k)])
    start, step = np.arcsinh(grid.low[0]), grid.step[0]
    knots = start + step * np.arange(-3, SEGMENTS + 4)
    splines = BSpline(knots, np.eye(SEGMENTS + 3), 3)
    places = np.linspace(start, start + SEGMENTS * step, 50)[:-1]
    assert grid.rows(np.sinh(places)[None, :]).level[0] == pytest.approx(splines(places), abs=1e-12)


def test_derivatives_are_those_by_moneyness():
    grid = grid_of([points(lambda k: 0.2 - 0.2 * k)])
    x = np.linspace(0.97 * grid.low[0], 0.97 * grid.high[0], 23)[None, :]
    low, middle, high = (grid.rows(x + shift) for shift in (-1e-5, 0, 1e-5))
    for name, following in (("level", "slope"), ("slope", "bend")):
        change = (getattr(high, name) - getattr(low, name)) / 2e-5
        assert getattr(middle, following) == pytest.approx(change, rel=1e-3, abs=1e-3)
    inside = (high.bend - low.bend) / 2e-5
    assert np.median(np.abs(middle.twist - inside)) < 1e-3
