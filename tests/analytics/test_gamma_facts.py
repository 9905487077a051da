"""Gamma of a board as facts: what is summed, what is left out, and what is told of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from statistics import median

import numpy as np
import pandas as pd
import pytest

from generator.analytics import analyse
from generator.analytics.evidence import gathered
from generator.analytics.gamma import exposures
from generator.analytics.gamma_board import gamma_board
from generator.analytics.gamma_facts import gamma
from generator.analytics.ledger import Ledger
from generator.analytics.price import price
from generator.analytics.volatility import todays_surface
from generator.models.analysis import Choices
from generator.models.market import History
from generator.models.schema import validated_chain
from generator.providers import gather
from tests.analytics.evidence import make_evidence, recomputed
from tests.builders import EXPIRATIONS, SESSION, make_bars, make_chain, make_snapshot

RATE = Choices(rate=0.04)


def found(**changes):
    evidence = make_evidence(**changes)
    return gamma(gamma_board(evidence, todays_surface(evidence, RATE))), evidence


def by_quantlib(evidence, chosen):
    """Calls and puts of *chosen* rows at the flat volatility they were priced with."""
    ql = pytest.importorskip("QuantLib", reason="needs QuantLib, the second opinion")
    book, sides = evidence.book, {"call": 0.0, "put": 0.0}
    spot = evidence.spot.number
    for row in np.flatnonzero(chosen):
        years, strike = book.expiration_of(row).years, float(book.strike[row])
        discount = np.exp(-0.04 * years)
        payoff = ql.PlainVanillaPayoff(ql.Option.Call, strike)
        forward = float(spot * np.exp(0.04 * years))
        value = ql.BlackCalculator(payoff, forward, 0.2 * np.sqrt(years), discount).gamma(spot)
        sides[book.right(row)] += value * book.open_interest[row] * spot**2
    return sides


def test_the_board_s_gamma_is_quantlib_s_summed():
    made, evidence = found()
    board = gamma_board(evidence, todays_surface(evidence, RATE))
    wanted = by_quantlib(evidence, np.isfinite(board.exposure))
    assert made.gross.number == pytest.approx(wanted["call"] + wanted["put"], rel=0.02)
    assert evidence.ledger.facts["gamma.calls"].number == pytest.approx(wanted["call"], rel=0.02)
    assert made.gross.number - made.net.number == pytest.approx(2 * wanted["put"], rel=0.02)


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("symbol", "session"), [("SPX", dt.date(2023, 9, 14)), ("AAPL", dt.date(2026, 7, 24))]
)
def test_recorded_boards_hold_what_the_vendor_s_gammas_sum_to(symbol, session, shared):
    """Cboe's own files carry a gamma each series, of four decimals and another clock: within 1 %."""
    (path,) = (shared / "data" / "chains").glob(f"{symbol}_{session}_cboe-*.csv.gz")
    vendor = pd.read_csv(path).drop_duplicates("contract_symbol")
    compact = vendor["contract_symbol"].str.replace(" ", "")
    named = dict(zip(compact, vendor["gamma"], strict=True))
    snapshot, _ = gather(symbol, f"csv:{shared / 'data'}", session)
    ledger = Ledger({"chain": snapshot.chain, "bars": snapshot.bars}, session)
    evidence = gathered(snapshot, (), ledger, price(snapshot, ledger).spot)
    board = gamma_board(evidence, todays_surface(evidence, Choices()))
    theirs = np.array([named.get(symbol.replace(" ", ""), np.nan) for symbol in evidence.book.symbol])
    other = exposures(theirs, evidence.book.open_interest, snapshot.spot)
    both = np.isfinite(board.exposure) & np.isfinite(other)
    assert both.sum() > 0.7 * board.counted.sum()
    assert other[both].sum() == pytest.approx(board.exposure[both].sum(), rel=0.01)
    assert other[board.counted & ~both].sum() < 0.001 * board.exposure[both].sum()


def test_every_sum_and_share_is_arithmetic_over_other_facts():
    made, evidence = found()
    facts = [fact for name, fact in evidence.ledger.facts.items() if name.startswith("gamma.")]
    sums = [fact for fact in facts if fact.formula.startswith("=")]
    assert {
        "gamma.gross",
        "gamma.net",
        "gamma.net_share",
        "gamma.near_spot_share",
        "gamma.unknown_share",
    } <= {fact.id for fact in sums}
    for fact in sums:
        assert recomputed(fact, evidence.ledger) == pytest.approx(fact.number, rel=1e-12)
    assert sum(item.share.number for item in made.expirations) == pytest.approx(100)


def test_open_interest_of_gamma_is_dated_by_its_count():
    made, evidence = found()
    assert evidence.counted < evidence.session
    for fact in (made.gross, made.net, made.near_spot_share, made.expirations[0].share):
        assert fact.date == evidence.counted


def test_series_that_expired_at_the_close_have_no_gamma():
    made, _ = found()
    assert {item.expiration.value for item in made.expirations} == set(EXPIRATIONS[1:])
    assert made.gross_live is made.gross
    assert made.net_live is made.net


def test_while_they_trade_today_s_series_are_told_of_with_and_without():
    now = make_snapshot().as_of - dt.timedelta(hours=5)
    made, evidence = found(as_of=now, chain=make_chain(as_of=now, volatility=0.8), edition="intraday")
    shares = {item.expiration.value: item.gross.number for item in made.expirations}
    assert SESSION in shares
    assert made.gross.number - made.gross_live.number == pytest.approx(shares[SESSION])
    assert made.net_live.id == "gamma.net.live"
    assert "expiration>=" in evidence.ledger.facts["gamma.near_spot"].inputs.selector


def test_in_its_last_half_hour_a_series_has_no_gamma():
    now = make_snapshot().as_of - dt.timedelta(minutes=29)
    made, _ = found(as_of=now, chain=make_chain(as_of=now, volatility=0.8), edition="intraday")
    assert SESSION not in {item.expiration.value for item in made.expirations}
    assert made.gross_live is made.gross


def test_a_series_outside_the_quotes_has_no_gamma_and_its_open_interest_is_told_of():
    chain = make_chain(expirations=EXPIRATIONS[3:], volatility=0.6)
    far = chain["strike"] >= 114
    chain.loc[far, ["bid", "ask"]] = 0.0
    made, evidence = found(chain=chain)
    unknown = evidence.ledger.facts["gamma.unknown_open_interest"]
    assert unknown.number == chain["open_interest"][far].sum() > 0
    assert made.unknown_share.number == pytest.approx(
        100 * unknown.number / evidence.ledger.facts["gamma.open_interest"].number
    )


def test_a_board_mostly_without_volatilities_has_no_gamma_and_says_why():
    chain = make_chain()
    chain.loc[chain["expiration"] > np.datetime64(EXPIRATIONS[1]), ["bid", "ask"]] = np.nan
    made, evidence = found(chain=chain)
    assert made is None
    assert [held.reason for held in evidence.withheld if held.metric == "gamma"] == [
        "too much of the open interest near the price has no volatility"
    ]


def test_open_interest_that_the_gate_bars_weighs_nothing():
    evidence = make_evidence()
    barred = dataclasses.replace(evidence, past=(), barred={"open_interest": "too many missing"})
    assert gamma(gamma_board(barred, todays_surface(barred, RATE))) is None


def test_the_middle_dollar_volume_is_that_of_twenty_sessions():
    made, evidence = found()
    bars = evidence.snapshot.bars.tail(20)
    assert made.dollar_volume.number == median(bars["close"] * bars["volume"])
    assert made.share_of_volume.number == 100 * made.gross.number / made.dollar_volume.number


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "index"}, "an index is not traded itself"),
        ({"bars": make_bars(19, end=SESSION)}, "fewer than 20 sessions with a volume on file"),
    ],
)
def test_without_a_dollar_volume_there_is_no_share_of_it(changes, reason):
    made, evidence = found(**changes)
    assert (made.dollar_volume, made.share_of_volume) == (None, None)
    assert reason in [held.reason for held in evidence.withheld]


def test_no_flip_in_range_is_said_and_not_the_edge_of_the_range():
    chain = make_chain()
    chain.loc[chain["right"] == "put", "open_interest"] = 0.0
    made, evidence = found(chain=chain)
    assert made.flip is None
    assert "gamma.flip" in {held.metric for held in evidence.withheld}


def test_settlements_of_one_date_are_counted_once_each_and_share_the_date():
    day = EXPIRATIONS[3]
    morning = make_chain(expirations=(day,), root="ABCDM", settlement="am")
    both = pd.concat([make_chain(expirations=(day,)), morning], ignore_index=True)
    made, evidence = found(chain=validated_chain(both), kind="index")
    alone = [
        found(chain=item, kind="index")[0].gross.number for item in (make_chain(expirations=(day,)), morning)
    ]
    assert made.gross.number == pytest.approx(sum(alone), rel=1e-6)
    (share,) = made.expirations
    assert share.share.number == pytest.approx(100)
    assert len(share.gross.inputs.facts) == 4
    keys = {name.rpartition(".")[2] for name in evidence.ledger.facts if name.startswith("gamma.calls.")}
    assert keys == {"2026-04-17", "2026-04-17am"}


def test_adjusted_and_odd_sized_series_weigh_nothing():
    chain = make_chain()
    odd = make_chain(root="ABCD1").assign(standard=False, multiplier=10, open_interest=99_999.0)
    plain, mixed = (
        found(chain=validated_chain(item))[0] for item in (chain, pd.concat([chain, odd], ignore_index=True))
    )
    for name in ("gross", "net", "net_share", "near_spot_share", "flip", "unknown_share"):
        one, other = getattr(plain, name), getattr(mixed, name)
        assert (one and one.number) == (other and other.number)


def test_key_dates_tell_how_much_of_all_gamma_expires():
    analysis = analyse(make_snapshot(), History(), RATE)
    told = {date.date.value: date.gamma for date in analysis.dates if date.kind == "expiration"}
    shares = {item.expiration.value: item.share for item in analysis.gamma.expirations}
    assert told
    assert told == {day: shares[day] for day in told}
