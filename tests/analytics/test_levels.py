"""The level registry: each price once, on its side of spot, with rows behind it."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import calendar
from generator.analytics.bar_levels import round_step
from generator.analytics.ledger import Ledger
from generator.analytics.levels import levels
from generator.analytics.price import price
from generator.analytics.technicals import technicals
from generator.models.analysis import Board, ChainView, Choices, Contract, Fact, Ratio, Unit
from tests.builders import SESSION, make_bars, make_chain, make_snapshot

CHAIN = make_chain()


def number(name, value, unit=Unit.CONTRACTS):
    return Fact(id=name, value=value, unit=unit, decimals=0, formula="test")


def contract(right, strike, expiration=dt.date(2026, 3, 20)):
    return Contract(
        contract_symbol=f"{right}{strike}",
        expiration=number("expiration", expiration, Unit.DATE),
        strike=number(f"strike.{right}.{strike}", strike, Unit.USD),
        right=right,
        open_interest=None,
        distance=None,
    )


def chain_view(*, boards=(), biggest_call=None, biggest_put=None):
    ratio = Ratio(scope="all", puts=number("puts", 1), calls=number("calls", 1), ratio=None)
    return ChainView(
        open_interest_all=ratio,
        open_interest_live=ratio,
        volume_all=ratio,
        volume_live=ratio,
        contracts=number("contracts", 1),
        expirations=number("expirations", 1),
        last_expiration=number("last", dt.date(2026, 3, 20), Unit.DATE),
        like_for_like=None,
        like_for_like_week=None,
        boards=boards,
        biggest_call=biggest_call,
        biggest_put=biggest_put,
        increases=(),
        decreases=(),
        roll=None,
        busiest=(),
        busiest_share=None,
        history_sessions=None,
    )


def board(calls, puts, expiration):
    ratio = Ratio(scope="one", puts=number("puts", 1), calls=number("calls", 1), ratio=None)
    return Board(
        expiration=number("expiration", expiration, Unit.DATE),
        calls=tuple(contract("call", strike, expiration) for strike in calls),
        puts=tuple(contract("put", strike, expiration) for strike in puts),
        ratio=ratio,
        call_share=None,
        put_share=None,
        ratio_without=None,
        max_pain=None,
    )


def registry(view=None, **changes):
    snapshot = make_snapshot(chain=CHAIN, **changes)
    ledger = Ledger({"chain": snapshot.chain, "bars": snapshot.bars}, snapshot.session)
    quote, indicators = price(snapshot, ledger), technicals(snapshot, ledger, Choices())
    return levels(snapshot, ledger, quote, indicators, view or chain_view()), ledger


def by_id(found):
    return {level.id: level for level in found}


@given(seed=st.integers(0, 10_000), volatility=st.sampled_from([0.003, 0.01, 0.03]))
def test_support_is_below_and_resistance_above_the_price_on_any_market(seed, volatility):
    found, _ = registry(bars=make_bars(260, seed, volatility=volatility))
    assert len({level.id for level in found}) == len(found)
    for level in found:
        assert level.low.number <= level.high.number
        if level.kind == "support":
            assert level.high.number < 100.0
            assert level.touches >= 2
        if level.kind == "resistance":
            assert level.low.number > 100.0
    for side in ("support", "resistance"):
        distances = [abs(level.value - 100.0) for level in found if level.kind == side]
        assert distances == sorted(distances)
        assert len(distances) <= 2


@given(seed=st.integers(0, 10_000))
def test_edges_come_from_the_rows_they_name(seed):
    found, ledger = registry(bars=make_bars(260, seed))
    for level in found:
        for edge in (level.low, level.high):
            if edge.inputs.selector is None or edge.formula not in {"=value(high)", "=value(low)"}:
                continue
            name, mask = ledger.select(edge.inputs.selector)
            assert ledger.frames[name][edge.formula[7:-1]][mask].item() == edge.value


def test_prior_extremes_leave_today_out():
    bars = make_bars(300)
    bars.loc[299, ["high", "low"]] = [100.5, 99.5]
    found = by_id(registry(bars=bars)[0])
    assert found["session.high"].high.number == 100.5
    assert found["high.252"].high.number == bars["high"].iloc[47:299].max()
    assert found["high.252"].kind == "prior high"
    assert found["high.252"].touch_date < SESSION


def flat_bars(high, low, priors):
    """Quiet bars with single extremes in *priors* (position, column, value), and today's range."""
    bars = make_bars(300)
    bars["high"], bars["low"] = bars["close"] + 0.1, bars["close"] - 0.1
    bars.loc[:298, ["open", "high", "low", "close"]] = [100.0, 100.1, 99.9, 100.0]
    for position, column, value in priors:
        bars.loc[position, column] = value
    bars.loc[299, ["open", "high", "low", "close"]] = [100.0, high, low, 100.0]
    return bars


def test_a_prior_extreme_that_today_went_beyond_is_none():
    priors = [(200, "high", 110.0), (290, "high", 104.0), (290, "low", 96.0), (200, "low", 90.0)]
    found = by_id(registry(bars=flat_bars(105.0, 95.0, priors))[0])
    assert found["high.252"].value == 110.0
    assert found["low.252"].value == 90.0
    for prior in (level for level in found.values() if level.kind in {"prior high", "prior low"}):
        assert prior.value not in {104.0, 96.0, 100.1, 99.9}
    assert found["session.high"].overran
    assert found["session.low"].overran


def test_a_prior_extreme_that_today_only_reached_stands():
    found = by_id(registry(bars=flat_bars(104.0, 99.9, [(290, "high", 104.0)]))[0])
    assert found["high.252"].value == 104.0
    assert not found["session.low"].overran


def test_a_prior_high_below_the_price_is_not_ahead_of_it():
    bars = flat_bars(105.0, 99.0, [(290, "high", 99.5), (298, "high", 99.5)])
    bars.loc[298, ["high", "low"]] = [99.5, 99.0]
    assert by_id(registry(bars=bars)[0])["high.1"].value == 99.5


def test_a_session_extreme_inside_a_zone_leaves_the_zone_to_speak():
    low = [(280, "low", 94.0), (288, "low", 94.2), (298, "low", 96.0)]
    found = by_id(registry(bars=flat_bars(100.1, 94.1, low))[0])
    assert (found["support.1"].low.number, found["support.1"].high.number) == (94.0, 94.2)
    assert not found["session.low"].overran
    found = by_id(registry(bars=flat_bars(100.1, 93.5, low))[0])
    assert found["session.low"].overran


def test_of_look_backs_with_one_extreme_the_longest_is_kept():
    bars = make_bars(300)
    bars.loc[297, "high"] = 500.0
    bars.loc[298, "high"] = 400.0
    found = by_id(registry(bars=bars)[0])
    assert found["high.252"].high.number == 500.0
    assert "high.60" not in found
    assert "high.20" not in found
    assert found["high.1"].high.number == 400.0


def test_a_look_back_longer_than_the_file_is_left_out():
    found = by_id(
        registry(bars=flat_bars(100.1, 99.9, [(270, "low", 96.0)]).iloc[-61:].reset_index(drop=True))[0]
    )
    assert "low.252" not in found
    assert found["low.60"].lookback == 60
    short = flat_bars(100.1, 99.9, [(270, "low", 96.0)]).iloc[-60:].reset_index(drop=True)
    assert "low.60" not in by_id(registry(bars=short)[0])


def test_floor_pivots_stand_on_the_last_complete_session():
    bars = make_bars()
    bars.loc[299, ["high", "low", "close"]] = [102.0, 98.0, 100.0]
    found = by_id(registry(bars=bars)[0])
    assert found["pivot.p"].value == pytest.approx(100)
    assert [found[f"pivot.{name}"].value for name in ("r1", "s1", "r2", "s2")] == pytest.approx(
        [102, 98, 104, 96]
    )


@pytest.mark.recorded
def test_floor_pivots_agree_with_the_vectors(shared):
    bars = pd.read_csv(shared / "reference/technicals_bars_IBM.csv").astype({"volume": float})
    bars["date"] = pd.to_datetime(bars["date"]).astype("datetime64[s]")
    expected = pd.read_csv(shared / "reference/technicals_expected_IBM.csv").iloc[300]
    until = bars.iloc[:300]
    session = until["date"].iloc[-1].date()
    found = by_id(registry(session=session, bars=until, spot=until["close"].iloc[-1])[0])
    for name in ("p", "r1", "s1", "r2", "s2"):
        assert found[f"pivot.{name}"].value == pytest.approx(expected[f"pivot_{name}"], abs=1e-8)


def test_before_the_close_there_is_no_session_high():
    yesterday = calendar.previous_session(SESSION)
    found = by_id(registry(bars=make_bars(end=yesterday), edition="intraday")[0])
    assert "session.high" not in found
    assert found["high.1"].touch_date == yesterday


@pytest.mark.parametrize(
    ("spot", "step"),
    [(3, 0.05), (20, 0.5), (45, 1), (100, 5), (285.12, 5), (740, 10), (5500, 100)],
)
def test_round_numbers_grow_with_the_price(spot, step):
    assert round_step(spot) == pytest.approx(step)


def test_round_numbers_stand_strictly_on_each_side():
    found = by_id(registry()[0])
    assert (found["round.above"].value, found["round.below"].value) == (105.0, 95.0)


def test_strikes_with_most_open_interest_are_never_called_support():
    expiration = dt.date(2026, 3, 20)
    biggest = contract("put", 90.0, expiration)
    view = chain_view(boards=(board([105.0, 110.0], [95.0], expiration),), biggest_put=biggest)
    found = by_id(registry(view)[0])
    call, put = found["wall.call.2026-03-20"], found["wall.put.2026-03-20"]
    assert (call.kind, call.value) == ("call open interest", 105.0)
    assert (put.kind, put.value) == ("put open interest", 90.0)  # the biggest of the board goes first
    assert put.low.formula == "=$1"


def test_averages_are_levels_when_there_are_bars_for_them():
    assert {"average.50", "average.200"} <= set(by_id(registry()[0]))
    assert "average.200" not in by_id(registry(bars=make_bars(150))[0])


def test_too_few_bars_leave_out_zones_and_not_the_rest():
    found = by_id(registry(bars=make_bars(3))[0])
    assert not [level for level in found.values() if level.kind in {"support", "resistance"}]
    assert {"session.low", "pivot.p", "round.above"} <= set(found)
    assert set(by_id(registry(bars=make_bars(1).iloc[:0])[0])) == {"round.above", "round.below"}


@pytest.mark.recorded
def test_the_recorded_friday_of_may_has_the_levels_found_by_hand(shared):
    bars = pd.read_csv(shared / "data/bars/IWM_daily.csv.gz").astype({"volume": float})
    bars["date"] = pd.to_datetime(bars["date"]).astype("datetime64[s]")
    bars = bars[bars["date"] <= "2026-05-22"].reset_index(drop=True)
    found, ledger = registry(session=dt.date(2026, 5, 22), bars=bars, spot=285.12)
    found = by_id(found)
    zone = found["support.2"]
    assert (zone.low.number, zone.high.number, zone.touches) == (270.36, 271.95, 3)
    assert ledger.facts["level.support.2.since"].value == dt.date(2026, 4, 23)
    assert (found["high.252"].value, found["high.252"].touch_date) == (287.58, dt.date(2026, 5, 7))
    assert (found["low.1"].value, found["low.1"].touch_date) == (277.15, dt.date(2026, 5, 21))
    assert not [level for level in found.values() if level.kind == "resistance"]


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("symbol", "session", "spot", "stale"),
    [
        ("QQQ", dt.date(2026, 5, 22), 717.54, {722.03}),
        ("IWM", dt.date(2026, 7, 10), 295.99, {297.88, 294.90}),
        ("SPX", dt.date(2026, 7, 10), 7575.39, {7577.9199}),
    ],
)
def test_recorded_extremes_that_the_day_went_beyond_are_gone(shared, symbol, session, spot, stale):
    bars = pd.read_csv(shared / f"data/bars/{symbol}_daily.csv.gz").astype({"volume": float})
    bars["date"] = pd.to_datetime(bars["date"]).astype("datetime64[s]")
    bars = bars[bars["date"] <= session.isoformat()].reset_index(drop=True)
    found, _ = registry(session=session, bars=bars, spot=spot)
    assert not stale & {level.value for level in found}
    assert by_id(found)["session.high"].overran
