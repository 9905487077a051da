"""Volume by price, spread over daily ranges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics.ledger import Ledger
from generator.analytics.technicals import technicals
from generator.analytics.volume_profile import profile
from generator.models.analysis import Choices
from tests.builders import make_bars, make_chain, make_snapshot

CHAIN = make_chain()


def of(*bars, width=1.0):
    high, low, volume = np.array(bars, dtype=float).T
    return profile(high, low, volume, width)


def test_volume_is_spread_evenly_over_each_range():
    """By hand: 10-12 and 11-13, a hundred shares each, leave 50, 100 and 50 in three bins of one."""
    found = of((12, 10, 100), (13, 11, 100))
    assert found.point_of_control == 11.5
    # 100 of 200 is half; of equal neighbours the upper joins first: 150 is three quarters
    assert (found.value_low, found.value_high) == (11.0, 13.0)


def test_the_value_area_grows_by_the_busier_neighbour():
    found = of((11, 10, 30), (12, 11, 50), (13, 12, 20))
    assert (found.value_low, found.value_high) == (10.0, 12.0)


def test_a_bar_without_range_puts_its_volume_in_one_bin():
    found = of((10, 10, 5), (10.5, 10.5, 90), (12.2, 12.2, 5))
    assert (found.point_of_control, found.value_low, found.value_high) == (10.5, 10.0, 11.0)


def test_of_bins_alike_the_lowest_is_the_point_of_control():
    """Identical days fill their bins alike: rounding noise must not choose."""
    assert of(*[(10.7, 10.0, 77)] * 60, width=0.1).point_of_control == pytest.approx(10.05)


@pytest.mark.parametrize("volume", [0.0, float("nan")])
def test_without_volume_there_is_no_profile(volume):
    assert of((12, 10, volume)) is None


def test_a_missing_volume_leaves_its_bar_out():
    assert of((12, 10, 100), (99, 98, float("nan"))) == of((12, 10, 100))


@given(seed=st.integers(0, 5000), width=st.floats(0.05, 3))
def test_the_value_area_holds_seven_tenths_around_the_busiest_bin(seed, width):
    bars = make_bars(60, seed)
    high, low, volume = (bars[name].to_numpy() for name in ("high", "low", "volume"))
    found = profile(high, low, volume, width)
    assert found.value_low < found.point_of_control < found.value_high
    inside = np.clip(np.minimum(high, found.value_high) - np.maximum(low, found.value_low), 0, None)
    held = (volume * inside / (high - low)).sum() / volume.sum()
    assert held >= 0.7 - 1e-6


def group(**changes):
    snapshot = make_snapshot(chain=CHAIN, **changes)
    ledger = Ledger({"chain": snapshot.chain, "bars": snapshot.bars}, snapshot.session)
    return technicals(snapshot, ledger, Choices())


def test_bins_are_a_quarter_of_an_average_range_and_never_under_a_cent():
    found = group()
    assert found.profile.width.number == pytest.approx(found.atr_14.number / 4)
    bars = make_bars()
    bars[["open", "high", "low", "close"]] = 5.0
    bars.loc[299, "high"] = 5.01
    assert group(bars=bars, spot=5.0).profile.width.number == 0.01


def test_an_index_and_a_short_file_have_none():
    assert group(kind="index").profile is None
    assert group(bars=make_bars(59)).profile is None
    assert group(bars=make_bars(60)).profile is not None
