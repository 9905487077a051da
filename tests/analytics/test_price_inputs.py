"""What is never a price: the last trade, and what a vendor worked out."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from generator import analytics, calendar
from generator.analytics.american_volatility import Refusal
from generator.analytics.forwards import Rate
from generator.analytics.series import book_of
from generator.analytics.surface import surface_of
from generator.models.analysis import Choices
from generator.models.market import History, RatePoint
from generator.providers import gather
from tests.builders import (
    EXPIRATIONS,
    SESSION,
    SPOT,
    SYMBOL,
    make_chain,
    make_snapshot,
    write_bars,
    write_chain,
)
from tests.builders import make_bars as bars_of

NOTHING = History()


def figures(snapshot):
    """Every figure of an analysis without history, by id."""
    return {name: fact.value for name, fact in analytics.analyse(snapshot, NOTHING, Choices()).facts.items()}


@pytest.mark.parametrize("last", [0.0, np.nan, 987.65])
def test_the_last_trade_moves_no_figure(last):
    snapshot = make_snapshot()
    moved = make_snapshot(chain=snapshot.chain.assign(last=last))
    assert figures(moved) == figures(snapshot)


def test_a_quote_without_a_bid_gives_no_mid_however_near_its_offer():
    chain = make_chain()
    chain.loc[chain["strike"] > 111, ["bid", "ask", "last"]] = 0.0, 0.05, 0.05
    book = book_of(chain, SESSION, calendar.session_close(SESSION))
    assert np.isnan(book.mid[book.strike > 111]).all()
    found = analytics.analyse(make_snapshot(chain=chain), NOTHING, Choices())
    assert found.volatility.smiles
    assert all(max(strike for strike, _, _ in smile.points) <= 111 for smile in found.volatility.smiles)


@pytest.mark.parametrize("vendor", ["0", "1e-5", "5.0", ""])
def test_a_volatility_a_vendor_failed_at_is_not_read(tmp_path, vendor):
    folders = []
    for name, level in (("theirs", vendor), ("good", "0.2")):
        path = write_chain(tmp_path / name, make_chain(), captured=calendar.session_close(SESSION))
        pd.read_csv(path, dtype=str).assign(
            implied_volatility=level, delta=level, gamma=level, theta=level, vega=level
        ).to_csv(path, index=False)
        write_bars(tmp_path / name, bars_of())
        folders.append(tmp_path / name)
    found = [figures(gather(SYMBOL, f"csv:{folder}", SESSION)[0]) for folder in folders]
    assert found[0] == found[1]


@pytest.mark.parametrize("european", [True, False])
@pytest.mark.parametrize(("level", "kept"), [(0.02, False), (0.04, True), (4.5, True), (5.5, False)])
def test_a_volatility_nobody_would_believe_is_refused_and_counted(level, kept, european):
    chain = make_chain(volatility=level, step=0.1 if level < 1 else 1.0, width=40)
    mid = (chain["bid"] + chain["ask"]) / 2
    chain = chain.assign(bid=mid - 0.0005, ask=mid + 0.0005)[mid > 0.01]
    book = book_of(chain, SESSION, calendar.session_close(SESSION))
    found = surface_of(
        book, SPOT, Rate((RatePoint(days=30, rate=0.04),), "test", known=True), european=european
    )
    inside = found.implied[np.isfinite(found.implied)]
    assert bool(len(inside)) == kept
    assert (found.refusal == Refusal.OUT_OF_RANGE).any() != kept


def test_on_the_day_of_expiration_time_runs_in_minutes():
    noon = dt.datetime.combine(SESSION, dt.time(12), calendar.NEW_YORK)
    chain = make_chain(as_of=noon, volatility=0.25, width=3)
    book = book_of(chain, SESSION, noon)
    today = book.expirations[0]
    assert today.date == SESSION == EXPIRATIONS[0]
    assert today.minutes == 240
    assert today.years == pytest.approx(240 / 525_600)


def test_quotes_a_third_of_their_price_wide_print_no_decimal_or_nothing():
    chain = make_chain()
    mid = (chain["bid"] + chain["ask"]) / 2
    wide = chain.assign(bid=(0.85 * mid).round(2), ask=(1.15 * mid).round(2))
    told, tight = (
        analytics.analyse(make_snapshot(chain=quotes), NOTHING, Choices()).facts for quotes in (wide, chain)
    )
    names = [name for name in tight if name.startswith("volatility.atm.")]
    assert len(names) == 3
    assert all(tight[name].decimals == 1 for name in names)
    errors = [told[name.replace(".atm.", ".atm_error.")].value for name in names if name in told]
    assert errors
    assert min(errors) > 1
    assert all(told[name].decimals == 0 for name in names if name in told)
