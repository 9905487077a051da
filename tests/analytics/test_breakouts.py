"""A breakout is a completed close a quarter of an average range beyond the sessions before."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import calendar
from generator.analytics.breakouts import trading_beyond
from generator.analytics.ledger import Ledger
from generator.analytics.price import price
from generator.analytics.technicals import technicals
from generator.models.analysis import Choices
from generator.rules.claims import CHANNELS, evaluate
from tests.builders import SESSION, make_bars, make_chain, make_snapshot

CHAIN = make_chain()


def quiet(n=300, **changes):
    """Sessions between 99 and 101 that close at 100: an average range of two."""
    bars = make_bars(n).assign(open=100.0, high=101.0, low=99.0, close=100.0)
    for column, value in changes.items():
        bars.loc[n - 1, column] = value
    return bars


def found(bars, **changes):
    snapshot = make_snapshot(
        chain=CHAIN, bars=bars, spot=changes.pop("spot", float(bars["close"].iloc[-1])), **changes
    )
    ledger = Ledger({"chain": snapshot.chain, "bars": bars}, snapshot.session)
    spot = price(snapshot, ledger).spot
    closed = technicals(snapshot, ledger, Choices()).breakouts
    return closed, trading_beyond(snapshot, ledger, spot), ledger


def holding(ledger):
    claims = evaluate(ledger.facts).items()
    return {name for name, claim in claims if claim.holds and name.startswith(("breakout", "trading"))}


def test_a_close_half_an_average_range_beyond_is_a_breakout_of_every_look_back():
    closed, quoted, ledger = found(quiet(high=102.5, close=102.0))
    assert {item.edge.value for item in closed if item.direction == "up"} == {101.0}
    assert [item.sessions.value for item in closed] == [200, 200, 30, 30, 20, 20]
    assert holding(ledger) == {f"breakout.up.{n}" for n in CHANNELS}
    assert quoted == ()


def test_a_close_barely_beyond_is_none():
    _, _, ledger = found(quiet(high=101.3, close=101.2))
    assert ledger.facts["breakout.up.20.beyond"].number == pytest.approx(0.1, abs=0.01)
    assert holding(ledger) == set()


def test_a_high_beyond_that_closes_inside_is_none():
    _, _, ledger = found(quiet(high=110.0))
    assert holding(ledger) == set()


def test_the_session_itself_is_not_part_of_the_channel():
    """With today's own high in it no close could ever be a breakout."""
    closed, _, ledger = found(quiet(high=103.0, close=103.0))
    assert closed[0].edge.value == 101.0
    assert ledger.select(closed[0].edge.inputs.selector)[1][-1] == 0
    assert "breakout.up.200" in holding(ledger)


def test_the_look_back_is_counted_in_sessions_before():
    bars = quiet(high=103.0, close=103.0)
    bars.loc[299 - 25, "high"] = 120.0
    assert holding(found(bars)[2]) == {"breakout.up.20"}
    bars.loc[299 - 20, "high"] = 120.0
    assert holding(found(bars)[2]) == set()


def test_a_breakdown_is_the_mirror():
    closed, _, ledger = found(quiet(low=97.5, close=98.0))
    assert holding(ledger) == {f"breakout.down.{n}" for n in CHANNELS}
    assert {
        claim.phrase for claim in evaluate(ledger.facts).values() if claim.id.startswith("breakout.d")
    } == {"breakdown"}
    assert all(item.beyond.number > 0 for item in closed if item.direction == "down")


def test_a_running_session_only_trades_beyond():
    """Intraday there is no completed close: "trading above", never a breakout."""
    yesterday = calendar.previous_session(SESSION)
    bars = quiet().assign(date=make_bars(300, end=yesterday)["date"])
    noon = dt.datetime.combine(SESSION, dt.time(12), calendar.NEW_YORK)
    _, quoted, ledger = found(bars, spot=104.0, edition="intraday", as_of=noon)
    assert holding(ledger) == {f"trading.up.{n}" for n in CHANNELS}
    assert all(item.beyond is None for item in quoted)
    assert {item.edge.value for item in quoted if item.direction == "up"} == {101.0}


@pytest.mark.parametrize(("n", "sessions"), [(15, []), (21, [20, 20]), (31, [30, 30, 20, 20]), (14, [])])
def test_a_look_back_longer_than_the_file_is_left_out(n, sessions):
    assert [item.sessions.value for item in found(make_bars(n))[0]] == sessions


def test_a_market_without_a_range_has_no_breakout():
    assert found(quiet(high=100.0, low=100.0).assign(high=100.0, low=100.0))[0] == ()


@given(seed=st.integers(0, 3000))
def test_a_shorter_channel_is_broken_whenever_a_longer_one_is(seed):
    bars = make_bars(260, seed)
    held = holding(found(bars, spot=float(bars["close"].iloc[-1]))[2])
    for direction in ("up", "down"):
        broken = [f"breakout.{direction}.{n}" in held for n in sorted(CHANNELS)]
        assert broken == sorted(broken, reverse=True)


@pytest.mark.recorded
def test_the_recorded_breakout_of_december_is_the_one_the_rule_gives(shared):
    """IWM, 4 December 2025: the seed article's day."""
    bars = pd.read_csv(shared / "data/bars/IWM_daily.csv.gz").astype({"volume": float})
    bars["date"] = pd.to_datetime(bars["date"]).astype("datetime64[s]")
    until = bars[bars["date"] <= "2025-12-04"].reset_index(drop=True)
    _, _, ledger = found(until, session=dt.date(2025, 12, 4))
    edge = until["high"].iloc[-201:-1].max()
    assert ledger.facts["breakout.up.200.edge"].value == edge
    beyond = (until["close"].iloc[-1] - edge) / ledger.facts["technicals.atr_14"].number
    assert ledger.facts["breakout.up.200.beyond"].number == pytest.approx(beyond)
    assert ("breakout.up.200" in holding(ledger)) == (beyond >= 0.25)


def test_a_breakout_is_a_frozen_value():
    closed, _, _ = found(quiet())
    with pytest.raises(dataclasses.FrozenInstanceError):
        closed[0].slug = "other"
