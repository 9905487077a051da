"""Dividends taken out of bars for signals; levels beside strikes stay as traded."""

from __future__ import annotations

import dataclasses
import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from generator import analytics
from generator.analytics.adjusted import adjusted, paid, signal_bars
from generator.analytics.ledger import Ledger
from generator.audit.adjusting import with_adjusted
from generator.models.analysis import Choices
from generator.models.market import Dividend, History
from tests.builders import SESSION, make_bars, make_snapshot

PRICES = ["open", "high", "low", "close"]


def cash(day, amount=1.0):
    return Dividend(ex_date=day, amount=amount, confirmed=True, source="test")


def day_of(bars, ago):
    return bars["date"].iloc[-1 - ago].date()


def prepared(bars, *dividends):
    snapshot = make_snapshot(bars=bars, paid=dividends)
    ledger = Ledger({"chain": snapshot.chain, "bars": bars}, SESSION)
    return (*signal_bars(snapshot, ledger), ledger)


def test_prices_before_an_ex_date_lose_its_share_and_the_later_ones_stay():
    bars = make_bars(40)
    found, told, _ = prepared(bars, cash(day_of(bars, 10), 2.0), cash(day_of(bars, 20), 1.0))
    close = bars["close"].to_numpy()
    late, early = 1 - 2.0 / close[-12], 1 - 1.0 / close[-22]
    np.testing.assert_array_equal(found.bars["close"].to_numpy()[-11:], close[-11:])
    np.testing.assert_allclose(found.bars["close"].to_numpy()[-21:-11], close[-21:-11] * late)
    np.testing.assert_allclose(found.bars["close"].to_numpy()[:-21], close[:-21] * late * early)
    assert (told.dividends.value, told.since.value) == (2, day_of(bars, 20))
    assert (found.basis, found.frame) == ("dividend-adjusted", "adjusted")
    pd.testing.assert_series_equal(found.bars["volume"], bars["volume"])


def test_an_ex_date_is_no_fall_in_an_adjusted_market():
    """A price that falls by the dividend and else stands still did not move."""
    bars = make_bars(30).assign(open=100.0, high=100.0, low=100.0, close=100.0)
    bars.loc[20:, PRICES] = 99.0
    found, _, _ = prepared(bars, cash(day_of(bars, 9), 1.0))
    assert found.bars["close"].to_numpy() == pytest.approx(np.full(30, 99.0))


def test_without_known_dividends_the_bars_are_as_they_are():
    bars = make_bars(40)
    for dividends in (
        (),
        (cash(day_of(bars, 39)),),
        (cash(dt.date(2030, 1, 2)),),
        (cash(day_of(bars, 5), 1e9),),
    ):
        found, told, ledger = prepared(bars, *dividends)
        assert found.bars is bars
        assert told is None
        assert found.basis == "split-adjusted"
        assert "adjusted" not in ledger.frames


def test_a_dividend_that_two_files_tell_counts_once_and_two_of_a_day_add_up():
    bars = make_bars(40)
    day = day_of(bars, 10)
    snapshot = make_snapshot(bars=bars, paid=(cash(day), cash(day), cash(day, 0.5)))
    assert paid(snapshot) == {day: 1.5}


@pytest.mark.recorded
def test_the_vendors_adjusted_series_comes_out_of_the_traded_one(shared):
    """
    IWM: ten dividends, read off the two recorded series to a tenth of a cent, make the one from the other.

    Only to 16 March 2026: on the next session the vendor's own factor steps the wrong way.
    """
    both = []
    for name in ("IWM_daily", "IWM_daily_dividend-adjusted"):
        bars = pd.read_csv(shared / f"data/bars/{name}.csv.gz")
        dated = bars.assign(date=pd.to_datetime(bars["date"])).set_index("date")[PRICES]
        both.append(dated.loc["2023-08-22":"2026-03-16"])
    traded, vendors = both
    ratio = (vendors["close"] / traded["close"]).to_numpy()
    steps = [0, *(np.flatnonzero(ratio[1:] / ratio[:-1] > 1 + 1e-4) + 1), len(ratio)]
    levels = [float(np.median(ratio[start:end])) for start, end in pairwise(steps)]
    assert len(steps) - 2 == 10
    factors = {}
    for at, (early, late) in zip(steps[1:-1], pairwise(levels), strict=True):
        close = float(traded["close"].iloc[at - 1])
        amount = round((1 - early / late) * close, 3)
        assert 0.4 < amount < 0.9
        factors[traded.index[at].date()] = 1 - amount / close
    made = adjusted(traded.reset_index(), factors)
    for column in PRICES:
        np.testing.assert_allclose(made[column], vendors[column].to_numpy() / levels[-1], atol=0.02)
    # left in, the oldest close would be off by more than five dollars
    assert abs(traded["close"].iloc[0] - vendors["close"].iloc[0] / levels[-1]) > 5


def test_the_audit_makes_the_same_rows_from_the_factors():
    bars = make_bars(60)
    found, _, ledger = prepared(bars, cash(day_of(bars, 10), 0.7), cash(day_of(bars, 30), 0.9))
    again = with_adjusted({"bars": bars}, ledger.facts)["adjusted"]
    pd.testing.assert_frame_equal(found.bars, again, check_exact=True)


def test_a_factor_without_a_date_makes_no_rows():
    bars = make_bars(60)
    _, _, ledger = prepared(bars, cash(day_of(bars, 10)))
    (name,) = (name for name in ledger.facts if name.startswith("adjustment.factor"))
    broken = {"adjustment.factor.soon": ledger.facts[name]}
    assert with_adjusted({"bars": bars}, broken) == {"bars": bars}


def test_signals_are_adjusted_and_levels_beside_strikes_are_as_traded():
    """Attack 22: averages, ranges and volatility see no ex-date; strikes are compared with traded prices."""
    bars = make_bars(260)
    plain = make_snapshot(bars=bars)
    known = dataclasses.replace(plain, paid=(cash(day_of(bars, 5), 3.0),))
    before, after = (analytics.analyse(snapshot, History(), Choices()) for snapshot in (plain, known))
    for name in ("technicals.sma_50", "technicals.atr_14", "technicals.rsi_14", "volatility.realised_21"):
        assert after.facts[name].value != before.facts[name].value
        assert after.facts[name].inputs.selector.startswith("adjusted[")
    assert after.facts["volatility.realised_21"].formula == "realised.close_to_close(21,dividend-adjusted)"
    for name in ("spot", "technicals.close", "level.average.50", "level.pivot.p", "breakout.up.20.edge"):
        assert after.facts[name].value == before.facts[name].value
        assert after.facts[name].inputs.selector.startswith("bars[")
    assert after.technicals.series == before.technicals.series
    assert after.adjustment.dividends.value == 1
    assert before.adjustment is None
