"""Splits left in the bars are refused; the wildest recorded days are not."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics.gate_bars import FACTORS, bar_faults, split_left_in
from tests.builders import make_bars, make_chain, make_snapshot

PRICES = ["open", "high", "low", "close"]
CHAIN = make_chain()


def split(bars, ago, factor):
    """*bars* with the sessions before *ago* as they traded: *factor* new shares for one."""
    before = bars.copy()
    before.loc[: len(bars) - 1 - ago - 1, PRICES] *= factor
    return before


@given(seed=st.integers(0, 2000), factor=st.sampled_from(FACTORS), ago=st.integers(0, 250), way=st.booleans())
def test_a_split_left_in_is_found_with_its_day(seed, factor, ago, way):
    bars = make_bars(300, seed, volatility=0.004)
    found = split_left_in(split(bars, ago, factor if way else 1 / factor))
    assert found == (bars["date"].iloc[-1 - ago], factor)


@given(seed=st.integers(0, 5000), volatility=st.sampled_from([0.005, 0.02, 0.06]))
def test_a_wild_market_is_none(seed, volatility):
    assert split_left_in(make_bars(260, seed, volatility=volatility)) is None


def test_a_fall_by_half_that_is_no_exact_half_is_the_markets_own():
    bars = make_bars(60)
    bars.loc[50:, PRICES] *= 0.46
    assert split_left_in(bars) is None


def reasons(bars, **changes):
    return list(bar_faults(make_snapshot(chain=CHAIN, bars=bars, **changes)))


def test_the_reason_names_the_day_and_the_factor():
    bars = split(make_bars(300, volatility=0.003), 30, 7)
    (reason,) = reasons(bars)
    assert f"by a factor of 7 on {bars['date'].iloc[-31].date()}, a split left in" in reason


def test_a_split_before_anything_that_is_looked_at_is_no_fault():
    assert reasons(split(make_bars(300, volatility=0.003), 270, 2)) == []


def test_an_index_has_no_splits():
    assert reasons(split(make_bars(300, volatility=0.003), 30, 2), kind="index") == []


@pytest.mark.recorded
def test_the_recorded_split_of_june_2014_is_found(shared):
    bars = pd.read_csv(shared / "data/bars/AAPL_daily_lean_2013-2014.csv.gz", parse_dates=["date"])
    assert split_left_in(bars) == (pd.Timestamp("2014-06-09"), 7)


@pytest.mark.recorded
@pytest.mark.parametrize("symbol", ["AAPL", "IWM", "NVDA", "QQQ", "SPX", "SPY", "VIX"])
def test_no_recorded_day_without_a_split_is_taken_for_one(shared, symbol):
    bars = pd.read_csv(shared / f"data/bars/{symbol}_daily.csv.gz", parse_dates=["date"])
    assert split_left_in(bars) is None
