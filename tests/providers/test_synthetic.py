from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import math

import numpy as np
import pandas as pd
import pytest

from generator import calendar
from generator.errors import DataError, ProviderError, UsageError
from generator.models.schema import validated_bars, validated_chain
from generator.providers import gather
from generator.providers.synthetic import DEMO_SEED, DEMO_SESSION, PAST_SESSIONS, Synthetic
from generator.providers.synthetic_path import make_path
from generator.providers.synthetic_quotes import prices, smile, total_variance

SESSIONS = [DEMO_SESSION, dt.date(2025, 7, 3), dt.date(2026, 5, 22), dt.date(2026, 12, 31)]


def market(seed=DEMO_SEED, when=DEMO_SESSION):
    return gather("DEMO", f"synthetic:{seed}", when)


@pytest.fixture(scope="module")
def demo():
    return market()


@pytest.mark.parametrize("seed", [DEMO_SEED, 1, 2, 999])
@pytest.mark.parametrize("session", SESSIONS)
def test_any_seed_and_session_holds_the_schema(seed, session):
    snapshot, history = market(seed, session)
    pd.testing.assert_frame_equal(validated_chain(snapshot.chain), snapshot.chain)
    pd.testing.assert_frame_equal(validated_bars(snapshot.bars), snapshot.bars)
    assert snapshot.synthetic
    assert len(snapshot.bars) >= 400
    assert snapshot.bars["date"].iloc[-1].date() == session
    assert snapshot.spot == snapshot.bars["close"].iloc[-1]
    assert len(history.chains) == PAST_SESSIONS
    assert history.chains[0].session == snapshot.previous_session
    assert snapshot.gaps == ()


def test_the_same_seed_and_session_give_the_same_market(demo):
    snapshot, history = Synthetic(DEMO_SEED).snapshot("DEMO", DEMO_SESSION), demo[1]
    again = Synthetic(str(DEMO_SEED))
    for field in dataclasses.fields(snapshot):
        if field.name not in {"chain", "bars"}:
            assert getattr(snapshot, field.name) == getattr(demo[0], field.name)
    pd.testing.assert_frame_equal(snapshot.chain, demo[0].chain)
    pd.testing.assert_frame_equal(snapshot.bars, demo[0].bars)
    for one, other in zip(again.history(snapshot).chains, history.chains, strict=True):
        pd.testing.assert_frame_equal(one.chain, other.chain)


def test_another_seed_gives_another_market(demo):
    assert market(DEMO_SEED + 1)[0].spot != demo[0].spot


@pytest.mark.parametrize("back", [1, 4, PAST_SESSIONS])
def test_yesterday_seen_from_today_is_yesterday(demo, back):
    past = demo[1].chains[back - 1]
    then, _ = market(when=past.session)
    assert (then.spot, then.as_of) == (past.spot, past.as_of)
    alive = past.chain["expiration"] >= np.datetime64(past.session)
    assert alive.all()
    pd.testing.assert_frame_equal(then.chain, past.chain)


def test_bars_of_the_past_do_not_change_with_the_future():
    short, long = make_path(5, dt.date(2025, 3, 3)), make_path(5, dt.date(2027, 3, 3))
    pd.testing.assert_frame_equal(short.bars, long.bars.iloc[: len(short.bars)])


def test_volatility_clusters():
    moves = np.diff(np.log(make_path(DEMO_SEED, dt.date(2035, 6, 1)).close))
    size = np.abs(moves) - np.abs(moves).mean()
    assert (size[1:] * size[:-1]).mean() / size.var() > 0.05
    assert 0.10 < moves.std() * math.sqrt(252) < 0.30


def test_open_interest_changes_by_no_more_than_the_volume(demo):
    snapshot, history = demo
    chains = [snapshot.chain, *(past.chain for past in history.chains)]
    for today, before in itertools.pairwise(chains):
        both = today.merge(before, on="contract_symbol", suffixes=("", "_before"))
        change = both["open_interest"] - both["open_interest_before"]
        assert (change.abs() <= both["volume_before"]).all()
        assert (change != 0).mean() > 0.2


def test_open_interest_gathers_at_round_strikes(demo):
    chain = demo[0].chain
    whole = chain[chain["expiration"] == np.datetime64("2026-03-20")]
    by_kind = whole.groupby(whole["strike"] % 10 == 0)["open_interest"].mean()
    assert by_kind[True] > 1.5 * by_kind[False]


def test_on_the_day_of_the_demo_a_position_has_moved_down_two_strikes(demo):
    snapshot, history = demo
    both = snapshot.chain.merge(history.chains[0].chain, on="contract_symbol", suffixes=("", "_before"))
    both["change"] = both["open_interest"] - both["open_interest_before"]
    part = both["change"] / both["volume_before"]
    large = both[(both["change"].abs() > 2000) & (part.abs() >= 0.5)]
    assert set(large["right"]) == {"put"}
    assert len(set(large["expiration"])) == 1
    lost, gained = large[large["change"] < 0], large[large["change"] > 0]
    assert len(lost) == len(gained) == 2
    assert gained["strike"].max() < lost["strike"].min() < snapshot.spot * 1.05
    assert abs(lost["change"].sum() + gained["change"].sum()) < 0.25 * gained["change"].sum()


def test_the_board_has_dailies_weeklies_monthlies_and_a_leap(demo):
    snapshot, _ = demo
    days = sorted({day.date() for day in snapshot.chain["expiration"]})
    assert days[0] == DEMO_SESSION
    assert all(calendar.is_session(day) for day in days)
    assert sum(calendar.friday_week(day) for day in days) >= 8
    assert sum(calendar.is_monthly(day) for day in days) >= 6
    assert days[-1] > DEMO_SESSION + dt.timedelta(days=300)


def test_quotes_stand_on_the_ticks_and_never_cross(demo):
    chain = demo[0].chain
    assert (chain["ask"] > chain["bid"]).all()
    assert (chain["bid"] >= 0).all()
    assert 0.02 < (chain["bid"] == 0).mean() < 0.4
    for side in ("bid", "ask"):
        cents = np.round(chain[side] * 100)
        assert np.allclose(cents, chain[side] * 100)
        dear = chain["bid"] >= 3.05
        assert (cents[dear] % 5 == 0).all()


@pytest.mark.parametrize("volatility", [0.08, 0.2, 0.6])
def test_the_surface_holds_no_arbitrage(volatility):
    strikes = np.arange(20.0, 400.0)
    before = np.zeros_like(strikes)
    for years in (1 / 365, 0.02, 0.1, 0.5, 1, 2):
        variance = smile(np.log(strikes / 100), total_variance(volatility, years))
        assert (variance >= before).all()
        before = variance
        calls, puts = prices(100, strikes, variance, 1.0)
        assert (np.diff(calls) <= 1e-9).all()
        assert (np.diff(calls, 2) >= -1e-9).all()
        assert np.allclose(calls - puts, 100 - strikes)


def test_parity_of_the_quotes_gives_the_price_less_the_dividend_back(demo):
    snapshot, _ = demo
    (first, *_) = snapshot.dividends
    chain = snapshot.chain.assign(middle=(snapshot.chain["bid"] + snapshot.chain["ask"]) / 2)
    for expiration, part in chain.groupby("expiration"):
        day = expiration.date()
        if not DEMO_SESSION < day < dt.date(2026, 6, 1):
            continue
        wide = part.pivot_table(index="strike", columns="right", values="middle")
        wide = wide[(wide.index > snapshot.spot * 0.98) & (wide.index < snapshot.spot * 1.02)]
        years = (day - DEMO_SESSION).days / 365
        implied = (wide["call"] - wide["put"] + wide.index * math.exp(-0.0365 * years)).median()
        paid = first.amount if day >= first.ex_date else 0
        assert abs(implied + paid - snapshot.spot) < 0.05


def test_everything_said_is_dated_up_to_the_close_and_expected_after_it(demo):
    snapshot, _ = demo
    assert len(snapshot.news) >= 3
    assert all(item.published_at <= snapshot.as_of and item.url is None for item in snapshot.news)
    assert {item.publisher for item in snapshot.news} == {"Demo Wire", "Invented Press", "Placeholder Post"}
    assert snapshot.events
    assert all(event.date > DEMO_SESSION for event in snapshot.events)
    assert snapshot.dividends[0].confirmed
    assert all(dividend.ex_date > DEMO_SESSION for dividend in snapshot.dividends)


@pytest.mark.parametrize(
    ("when", "session"),
    [
        ("2026-03-11T16:00", "2026-03-11"),
        ("2026-03-11T15:59", "2026-03-10"),
        ("2026-03-14T12:00", "2026-03-13"),
    ],
)
def test_an_instant_sees_the_last_close(when, session):
    snapshot, _ = market(when=dt.datetime.fromisoformat(when))
    assert snapshot.session.isoformat() == session


@pytest.mark.parametrize("seed", ["x", "-1", "1.5", "٣", "1" * 30])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(UsageError, match="wanted a whole number after synthetic:"):
        market(seed)


def test_there_is_one_symbol_and_the_error_names_it():
    with pytest.raises(ProviderError, match="DEMO and no other, found IWM"):
        gather("IWM", "synthetic:1", DEMO_SESSION)


@pytest.mark.parametrize(
    "day", [dt.date(2026, 5, 25), dt.date(2026, 5, 24), dt.date(2020, 1, 2), dt.date(2090, 1, 3)]
)
def test_a_closed_day_and_a_day_out_of_reach_are_refused(day):
    with pytest.raises(DataError, match="wanted a session"):
        market(when=day)
