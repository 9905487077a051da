"""Zones where price has turned twice or more."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics.swing_zones import Pivot, Zone, nearest, pivots, without_overlaps, zones
from tests.builders import make_bars


def bars_of(high, low=None):
    high = np.array(high, dtype=float)
    low = high - 50 if low is None else np.array(low, dtype=float)
    return pd.DataFrame({"high": high, "low": low})


def zone(*prices, lookback=30):
    return Zone(tuple(Pivot(place, price, "low") for place, price in enumerate(prices)), lookback)


def test_a_swing_high_stands_above_three_bars_on_each_side():
    low = [10.0] * 9
    found = pivots(bars_of([20, 21, 22, 25, 24, 23, 22, 21, 20], low), 30)
    assert [(pivot.position, pivot.price, pivot.column) for pivot in found] == [(3, 25.0, "high")]


def test_the_last_three_bars_cannot_have_turned():
    assert pivots(bars_of([20, 21, 22, 23, 25, 24, 23], [10.0] * 7), 30) == ()


def test_of_a_plateau_the_first_bar_turns():
    found = pivots(bars_of([20, 21, 22, 25, 25, 23, 22, 21], [10.0] * 8), 30)
    assert [pivot.position for pivot in found] == [3]


def test_turns_before_the_look_back_do_not_count():
    high = [20, 21, 22, 25, 24, 23, 22, 21, 20]
    assert pivots(bars_of(high, [10.0] * 9), 6) != ()
    assert pivots(bars_of(high, [10.0] * 9), 5) == ()


def test_clusters_merge_upward_while_their_width_stays_within_half_a_range():
    # swing highs at 30, 31, 32: with a range of 3 only the lower two fit into 1.5
    hill = [20, 21, 22]
    high = [*hill, 30, *hill, 31, *hill, 32, *hill]
    found = zones(bars_of(high, [5.0] * len(high)), 30, 3.0)
    assert [(zone.low, zone.high, len(zone.touches)) for zone in found] == [(30.0, 31.0, 2)]


def test_one_turn_is_no_zone():
    high = [20, 21, 22, 30, 22, 21, 20]
    assert zones(bars_of(high, [5.0] * 7), 30, 3.0) == ()


def test_nearest_takes_two_a_side_and_leaves_out_the_zone_around_the_price():
    candidates = [zone(80, 81), zone(85, 86), zone(90, 91), zone(99, 101), zone(110, 111)]
    below, above = nearest(candidates, 100.0)
    assert [found.low for found in below] == [90, 85]
    assert [found.low for found in above] == [110]


def test_of_overlapping_zones_the_first_stands():
    recent, old, apart = zone(90, 92), zone(91, 93, lookback=200), zone(95, 96, lookback=200)
    assert without_overlaps([recent, old, apart]) == (recent, apart)


@given(seed=st.integers(0, 10_000), lookback=st.sampled_from([30, 200]), width=st.floats(0.2, 5))
def test_zones_hold_their_bounds_on_any_market(seed, lookback, width):
    bars = make_bars(120, seed)
    found = zones(bars, lookback, width)
    for one in found:
        assert one.high - one.low <= width / 2
        assert len(one.touches) >= 2
        assert all(len(bars) - lookback <= place < len(bars) - 3 for place in one.touches)
    for lower, upper in pairwise(found):
        assert lower.high < upper.low


@pytest.mark.recorded
def test_the_share_of_sessions_without_a_zone_is_the_one_measured_elsewhere(shared):
    """The definitions sheet: over 493 sessions no support zone on 42 %, no resistance on 66 %."""
    talib = pytest.importorskip("talib")
    bars = pd.read_csv(shared / "data/bars/IWM_daily.csv.gz")
    ranges = talib.ATR(*(bars[name].to_numpy() for name in ("high", "low", "close")), 14)
    sides = []
    for end in range(len(bars) - 493, len(bars)):
        found = zones(bars.iloc[: end + 1], 30, ranges[end])
        below, above = nearest(found, bars["close"].iloc[end])
        sides.append((not below, not above))
    without = np.mean(sides, axis=0)
    assert without == pytest.approx([0.42, 0.66], abs=0.01)
