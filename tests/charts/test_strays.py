from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.charts.strays import without_strays

STRIKES = np.arange(200.0, 320.0, 2.0)
CURVES = {
    "a smile": 20 + 300 * (STRIKES / 270 - 1) ** 2,
    "a steep wing": 12 + 60 * np.exp(-(STRIKES - 200) / 15),
    "a V": 10 + np.abs(STRIKES - 260) / 2,
    "a level": np.full(len(STRIKES), 20.0),
}


@pytest.mark.parametrize("name", CURVES)
def test_a_clean_curve_is_kept_whole(name):
    rows = np.column_stack([STRIKES, CURVES[name]])
    assert np.array_equal(without_strays(rows), rows)


@pytest.mark.parametrize("name", ["a smile", "a level"])
@given(at=st.integers(0, len(STRIKES) - 1), factor=st.sampled_from([0.4, 1.6]))
def test_one_stray_goes_and_the_rest_stays(name, at, factor):
    rows = np.column_stack([STRIKES, CURVES[name]])
    rows[at, 1] *= factor
    kept = without_strays(rows)
    assert set(STRIKES) - set(kept[:, 0]) == {STRIKES[at]}


def test_two_strays_with_one_good_point_between_them_go():
    rows = np.column_stack([STRIKES, CURVES["a smile"]])
    rows[[20, 22], 1] *= 1.5
    assert set(STRIKES) - set(without_strays(rows)[:, 0]) == {STRIKES[20], STRIKES[22]}


def test_few_points_are_left_alone():
    rows = np.array([[1.0, 20.0], [2.0, 60.0], [3.0, 20.0]])
    assert np.array_equal(without_strays(rows), rows)


def test_a_strike_quoted_twice_is_drawn_once():
    assert without_strays(np.array([[1.0, 20.0], [1.0, 21.0], [2.0, 22.0]])).tolist() == [[1, 20], [2, 22]]
