"""Indicators against recorded expectations, made without TA-Lib, and against hand-made markets."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from generator.analytics.indicators import cutler_rsi, wilder_rsi
from generator.analytics.ledger import Ledger
from generator.analytics.technicals import indicator_lines, technicals
from generator.models.analysis import Choices
from tests.builders import make_bars, make_snapshot

EXPECTED = {
    "sma_20": "sma20",
    "sma_30": "sma30",
    "sma_50": "sma50",
    "sma_200": "sma200",
    "ema_12": "ema12",
    "macd": "macd",
    "macd_signal": "macd_signal",
    "macd_histogram": "macd_hist",
    "rsi_14": "rsi14",
    "bollinger_upper": "bb_upper",
    "bollinger_middle": "bb_mid",
    "bollinger_lower": "bb_lower",
    "bandwidth": "bb_width",
    "atr_14": "atr14",
}


def measured(choices=None, **changes):
    snapshot = make_snapshot(**changes)
    ledger = Ledger({"chain": snapshot.chain, "bars": snapshot.bars}, snapshot.session)
    return technicals(snapshot, ledger, choices or Choices()), ledger


def flat(n=60, step=0.0):
    close = 100 + step * np.arange(n)
    bars = make_bars(n)
    return bars.assign(open=close, high=close, low=close, close=close)


@pytest.mark.recorded
@pytest.mark.parametrize("symbol", ["GOOG", "IBM"])
@pytest.mark.parametrize("line", EXPECTED)
def test_every_row_of_the_vectors_comes_out(shared, symbol, line):
    bars = pd.read_csv(shared / f"reference/technicals_bars_{symbol}.csv")
    expected = pd.read_csv(shared / f"reference/technicals_expected_{symbol}.csv")[EXPECTED[line]].to_numpy()
    found = indicator_lines(bars, Choices())[line]
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    # the file rounds to twelve significant digits
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)


def recorded(shared, choices=None):
    bars = pd.read_csv(shared / "data/bars/IWM_daily.csv.gz")
    bars["date"] = pd.to_datetime(bars["date"]).astype("datetime64[s]")
    bars = bars[bars["date"] <= "2025-12-04"].astype({"volume": float}).reset_index(drop=True)
    return measured(choices, session=dt.date(2025, 12, 4), bars=bars, spot=251.82)[0]


@pytest.mark.recorded
def test_the_standard_definitions_give_the_recomputed_figures_of_december(shared):
    found = recorded(shared)
    assert round(found.macd.number, 2) == 1.62
    assert round(found.sma_30.number, 2) == 243.01
    assert round(found.bollinger_upper.number, 2) == 253.59
    assert round(found.rsi_14.number, 1) == 62.0
    assert (found.rsi_method, found.bollinger_deviation) == ("Wilder", "population")


@pytest.mark.recorded
def test_the_other_definitions_can_be_chosen(shared):
    found = recorded(shared, Choices(rsi="cutler", bollinger="sample"))
    assert round(found.bollinger_upper.number, 2) == 253.91
    assert round(found.rsi_14.number, 1) == 68.6
    assert (found.rsi_method, found.bollinger_deviation) == ("Cutler", "sample")
    assert found.rsi_14.formula == "cutler.rsi(14)"


def test_a_flat_market_has_no_rsi_and_bands_without_width():
    found, _ = measured(bars=flat())
    assert found.rsi_14 is None
    assert found.macd.number == 0
    assert found.bandwidth.number == 0
    assert found.percent_b is None


@pytest.mark.parametrize(("step", "rsi"), [(0.5, 100.0), (-0.5, 0.0)])
@pytest.mark.parametrize("method", ["wilder", "cutler"])
def test_a_market_that_only_moves_one_way_is_at_the_edge_of_rsi(step, rsi, method):
    found, _ = measured(Choices(rsi=method), bars=flat(step=step))
    assert found.rsi_14.number == pytest.approx(rsi, abs=1e-9)


def test_both_rsi_agree_on_the_first_value_and_differ_later():
    close = make_bars(60)["close"].to_numpy()
    wilder, cutler = wilder_rsi(close), cutler_rsi(close)
    assert wilder[14] == pytest.approx(cutler[14])
    assert wilder[-1] != pytest.approx(cutler[-1])


@pytest.mark.parametrize("n", [0, 1, 13, 19, 49])
def test_too_few_bars_give_none_and_never_zero(n):
    found, _ = measured(bars=make_bars(60).iloc[:n].reset_index(drop=True))
    assert found.sma_50 is None
    assert found.distance_sma_50 is None
    assert found.above_all is None
    assert (found.sma_20 is None) == (n < 20)
    assert (found.rsi_14 is None) == (n < 15)


def test_a_simple_average_is_arithmetic_over_its_rows():
    bars = make_bars()
    found, ledger = measured(bars=bars)
    name, mask = ledger.select(found.sma_50.inputs.selector)
    assert found.sma_50.formula == "=mean(close)"
    assert found.sma_50.inputs.rows == 50
    assert found.sma_50.number == pytest.approx(ledger.frames[name]["close"][mask].mean())
    assert found.sma_50_20_ago.number == pytest.approx(bars["close"].iloc[-70:-20].mean())


def test_derived_figures_agree_with_their_parts():
    found, ledger = measured()
    close = ledger.facts["technicals.close"].number
    width = found.bollinger_upper.number - found.bollinger_lower.number
    assert found.percent_b.number == pytest.approx((close - found.bollinger_lower.number) / width)
    assert found.bandwidth.number == pytest.approx(width / found.bollinger_middle.number)
    assert found.macd_histogram.number == pytest.approx(found.macd.number - found.macd_signal.number)
    assert found.distance_sma_200.number == pytest.approx(100 * (close / found.sma_200.number - 1))


def test_the_bandwidth_rank_counts_the_last_half_year_below_today():
    calm, wild = make_bars(300, volatility=0.01), make_bars(300, volatility=0.01)
    quiet = np.linspace(100.0, 100.2, 40)
    calm.loc[260:, ["open", "high", "low", "close"]] = np.repeat(quiet[:, None], 4, axis=1)
    assert measured(bars=calm)[0].bandwidth_rank.value == 0
    loud = 100 + 40 * (-1.0) ** np.arange(20)
    wild.loc[280:, ["open", "high", "low", "close"]] = np.repeat(loud[:, None], 4, axis=1)
    assert measured(bars=wild)[0].bandwidth_rank.value == 124
    assert measured(bars=make_bars(143))[0].bandwidth_rank is None


def test_above_all_needs_every_average():
    rising, falling = flat(250, 0.5), flat(250, -0.1)
    assert measured(bars=rising)[0].above_all is True
    assert measured(bars=falling)[0].above_all is False
    assert measured(bars=flat(100, 0.5))[0].above_all is None


def test_the_lines_for_charts_are_as_long_as_the_closes():
    found, _ = measured(bars=make_bars(150))
    assert {name: len(line) for name, line in found.series.items()} == dict.fromkeys(found.series, 126)
    assert found.series["sma_200"] == (None,) * 126
    assert found.series["sma_20"][-1] == found.sma_20.number
