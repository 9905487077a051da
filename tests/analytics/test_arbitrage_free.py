"""Smiles without arbitrage, against prices: no butterfly and no calendar spread for less than nothing."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.analytics import black76
from generator.analytics.arbitrage_free import density_sign, fitted
from generator.analytics.smile_fit import Points

ERROR = 0.004


def board(days, volatilities, reach=(-3.0, 2.5), error=ERROR):
    """Quotes of *volatilities* evenly over *reach* deviations."""
    values = np.asarray(volatilities, dtype=float)
    scale = values.mean() * math.sqrt(days / 365)
    return Points(np.linspace(*reach, len(values)) * scale, values, np.full(len(values), error), days / 365)


def calls(curve, strikes):
    """Call prices on a forward of 1."""
    volatility = curve.volatilities(np.log(strikes))
    return black76.price(1.0, strikes, 1.0, volatility, curve.years, call=True)


def butterflies(curve):
    """The dearest and the cheapest butterfly on a dense board, in densities."""
    strikes = np.linspace(math.exp(curve.low), math.exp(curve.high), 801)
    return np.diff(calls(curve, strikes), 2) / np.square(strikes[1] - strikes[0])


def calendars(near, far):
    places = np.linspace(max(near.low, far.low), min(near.high, far.high), 801)
    return far.volatilities(places) ** 2 * far.years - near.volatilities(places) ** 2 * near.years


def test_g_is_the_density_of_prices():
    found = fitted([board(30, 0.2 + 0.02 * np.linspace(-3, 2.5, 30) ** 2)])[0]
    k = 0.4 * found.high
    strike, step = math.exp(k), 1e-4
    density = np.diff(calls(found, strike + step * np.array([-1.0, 0.0, 1.0])), 2)[0] / step**2
    scale, x = found.scale, k / found.scale
    step = 1e-3
    total = found.volatilities((x + step * np.array([-1, 0, 1])) * scale) ** 2 * found.years / scale**2
    derivatives = (total[1], (total[2] - total[0]) / (2 * step), np.diff(total, 2)[0] / step**2)
    sign = float(density_sign(np.array(x), np.array(scale), tuple(np.array(value) for value in derivatives)))
    spread = math.sqrt(total[1]) * scale
    second = -k / spread - spread / 2
    bell = math.exp(-0.5 * second**2) / math.sqrt(2 * math.pi)
    assert density == pytest.approx(sign * bell / (spread * strike), rel=1e-3)


def test_a_smile_too_sharp_for_any_density_is_mended():
    x = np.linspace(-3, 2.5, 40)
    sharp = board(30, 0.2 + 0.08 * np.abs(x - 1.5), error=0.02)
    found = fitted([sharp])[0]
    assert butterflies(found).min() > -1e-6


def test_a_later_expiration_never_has_less_variance():
    near, far = fitted([board(30, np.full(30, 0.30)), board(33, np.full(30, 0.27))])
    assert calendars(near, far).min() >= 0
    assert near.volatility(0.0) < 0.30
    assert far.volatility(0.0) > 0.27


def test_what_was_free_of_arbitrage_is_left_as_it_was():
    boards = [board(days, 0.2 - 0.01 * np.linspace(-3, 2.5, 25)) for days in (7, 30, 60)]
    for alone, together in zip((fitted([item])[0] for item in boards), fitted(boards), strict=True):
        assert together.coefficients == pytest.approx(alone.coefficients, rel=1e-9)


def test_expirations_that_quote_no_common_moneyness_are_not_compared():
    near = board(30, np.full(10, 0.4), reach=(-3, -1))
    far = board(33, np.full(10, 0.1), reach=(1, 3))
    assert [round(item.volatility(item.low), 6) for item in fitted([near, far])] == [0.4, 0.1]


def test_no_expirations_have_no_smiles():
    assert fitted([]) == ()


VOLATILITIES = st.lists(st.floats(0.1, 0.9), min_size=2, max_size=25)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 400), VOLATILITIES), min_size=1, max_size=4, unique_by=lambda x: x[0])
)
def test_quotes_of_any_kind_leave_no_arbitrage_or_no_smile(drawn):
    boards = [board(days, values) for days, values in sorted(drawn)]
    found = fitted(boards)
    for curve in found:
        if curve is not None:
            assert butterflies(curve).min() > -1e-3 * butterflies(curve).max()
    for near, far in pairwise(found):
        if near is not None and far is not None:
            assert calendars(near, far).min() > -1e-3 * far.scale**2
