"""The underlying's price and how rare its moves are."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from generator import calendar
from generator.analytics.ledger import Ledger
from generator.analytics.price import price
from generator.models.analysis import Unit
from tests.builders import SESSION, make_bars, make_snapshot


def measured(**changes):
    snapshot = make_snapshot(**changes)
    ledger = Ledger({"chain": snapshot.chain, "bars": snapshot.bars}, snapshot.session)
    return price(snapshot, ledger), snapshot.bars, ledger


def bars_of(closes, end=SESSION):
    """Bars whose high and low are a point around the close."""
    days = [end]
    while len(days) < len(closes):
        days.append(calendar.previous_session(days[-1]))
    close = np.array(closes, dtype=float)
    columns = {"open": close, "high": close + 1, "low": close - 1, "close": close, "volume": close * 1000}
    return pd.DataFrame({"date": pd.to_datetime(days[::-1]).astype("datetime64[s]"), **columns})


def test_spot_is_the_close_of_the_bar_when_it_is_the_official_close():
    found, _, _ = measured()
    assert found.spot.value == 100.0
    assert found.spot.formula == "=value(close)"
    assert found.spot.inputs.selector == f"bars[date={SESSION}]"


def test_changes_are_close_to_close_in_percent():
    found, bars, _ = measured()
    closes = bars["close"].to_numpy()
    assert found.change.number == pytest.approx(closes[-1] - closes[-2])
    assert found.change_percent.number == pytest.approx(100 * (closes[-1] / closes[-2] - 1))
    assert found.three_session_percent.number == pytest.approx(100 * (closes[-1] / closes[-4] - 1))


def test_the_week_starts_at_the_last_close_before_monday():
    # 11 March 2026 is a Wednesday: the week before ended three bars earlier
    found, _, ledger = measured(bars=bars_of([90, 80, 81, 82]), spot=82.0)
    assert ledger.facts["price.week_close"].value == 90
    assert found.week_percent.number == pytest.approx(100 * (82 / 90 - 1))


def test_the_year_includes_today_and_names_its_days():
    closes = [100.0] * 252
    closes[-1], closes[10] = 120.0, 70.0
    found, bars, _ = measured(bars=bars_of(closes), spot=120.0)
    assert (found.high_252.value, found.high_252_date.value) == (121.0, SESSION)
    assert (found.low_252.value, found.low_252_date.value) == (69.0, bars["date"].iloc[10].date())
    assert found.below_high_percent.number == pytest.approx(100 * (1 - 120 / 121))


def test_ranks_count_moves_at_least_as_large_in_the_252_sessions_before():
    closes = [100.0]
    for day in range(255):
        closes.append(closes[-1] * (0.9 if day % 50 == 7 else 1.001))
    closes.append(closes[-1] * 1.05)
    found, _, _ = measured(bars=bars_of(closes), spot=closes[-1])
    assert found.change_rank.value == 5  # the falls of a tenth, either way
    assert found.three_session_rank.value == 0  # none of them up


def test_a_day_of_the_largest_size_has_rank_zero_and_short_files_have_none():
    assert measured(bars=bars_of([100.0] * 253), spot=100.0)[0].change_rank is None
    found, _, _ = measured(bars=bars_of([100.0] * 253 + [200.0]), spot=200.0)
    assert found.change_rank.value == 0


def test_before_the_close_todays_fields_are_unknown_and_the_change_is_from_the_last_close():
    yesterday = calendar.previous_session(SESSION)
    found, _, _ = measured(bars=make_bars(end=yesterday, last=100.0), spot=101.0, edition="intraday")
    assert found.spot.formula == "quote.spot"
    assert found.previous_close.date == yesterday
    assert found.change.number == pytest.approx(1.0)
    assert [found.open, found.high, found.low, found.volume, found.change_rank] == [None] * 5
    assert found.three_session_percent is None
    assert found.below_high_percent is None or found.below_high_percent.number >= 0


def test_a_missing_previous_session_leaves_the_change_unknown():
    bars = make_bars().drop(index=298).reset_index(drop=True)
    found, _, _ = measured(bars=bars)
    assert found.previous_close is None
    assert found.change_percent is None


def test_without_bars_only_the_quote_is_known():
    found, _, _ = measured(bars=make_bars(1).iloc[:0])
    assert found.bars.value == 0
    assert (found.previous_close, found.high_252, found.week_percent) == (None, None, None)
    assert found.closes == ()


def test_missing_volume_is_none_and_an_index_counts_points():
    bars = make_bars()
    bars["volume"] = np.nan
    found, _, _ = measured(bars=bars, kind="index")
    assert found.volume is None
    assert found.spot.unit is Unit.POINTS


def test_the_closes_of_half_a_year_are_kept_for_charts():
    found, bars, _ = measured()
    assert len(found.closes) == 126
    assert found.closes[-1] == (SESSION, bars["close"].iloc[-1])


@pytest.mark.recorded
def test_the_recorded_week_of_may_comes_out_as_counted_by_hand(shared):
    bars = pd.read_csv(shared / "data/bars/IWM_daily.csv.gz")
    bars["date"] = pd.to_datetime(bars["date"]).astype("datetime64[s]")
    bars = bars[bars["date"] <= "2026-05-22"].astype({"volume": float}).reset_index(drop=True)
    found, _, ledger = measured(session=dt.date(2026, 5, 22), bars=bars, spot=285.12)
    assert round(found.change_percent.number, 2) == 0.93
    assert round(found.week_percent.number, 1) == 2.7
    assert round(found.three_session_percent.number, 1) == 4.4
    assert found.three_session_rank.value == 5
    assert (found.high_252.value, found.high_252_date.value) == (287.58, dt.date(2026, 5, 7))
    assert ledger.facts["price.highest_close"].value == 286.8
