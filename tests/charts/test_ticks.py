from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from generator.charts.scales import window
from generator.charts.ticks import places, round_ticks
from generator.formatting import grouped

SPANS = st.tuples(st.floats(-1e6, 1e6), st.floats(1e-2, 1e6))


def test_ticks_are_round_values_inside_the_range():
    assert round_ticks(243.1, 301.7, 6) == (250, 260, 270, 280, 290, 300)


def test_ticks_of_a_range_around_zero_include_it():
    assert round_ticks(-61_000, 22_000, 7) == (-60_000, -40_000, -20_000, 0, 20_000)


def test_an_empty_range_has_its_one_value():
    assert round_ticks(5, 5, 6) == (5,)


@given(SPANS, st.integers(3, 8))
def test_ticks_are_evenly_spaced_inside_and_not_too_many(span, most):
    low, high = span[0], span[0] + span[1]
    ticks = round_ticks(low, high, most)
    assert 1 <= len(ticks) <= most
    slack = 1e-6 * max(abs(low), abs(high), 1)
    assert low - slack <= ticks[0] <= ticks[-1] <= high + slack
    steps = [b - a for a, b in pairwise(ticks)]
    assert all(math.isclose(step, steps[0], rel_tol=1e-6) for step in steps)


@given(st.floats(1, 500), st.floats(0.5, 400))
def test_printed_ticks_differ_from_each_other_and_read_back(low, width):
    ticks = round_ticks(low, low + width, 6)
    printed = [grouped(tick, places(ticks)).replace(",", "") for tick in ticks]
    assert len(set(printed)) == len(ticks)
    assert [float(text) for text in printed] == list(ticks)


def test_the_window_of_strikes_widens_where_they_are_few():
    assert window(285, range(200, 370)) == 0.12
    assert window(6.5, [k / 2 for k in range(2, 40)]) == 0.35
    assert window(100, []) == 0.35
