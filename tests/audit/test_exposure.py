"""Gamma exposure by the audit's own road: near the analysis's, and far from any slip."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace

import numpy as np
import pytest

from generator.analytics import analyse
from generator.audit.exposure import exposure_fault, sheet
from generator.audit.rows import Rows
from generator.calendar import expiry_instant, minutes_to, session_close
from generator.models.analysis import Choices
from generator.models.market import History
from generator.providers import gather
from tests.builders import EXPIRATIONS, SESSION, make_chain, make_snapshot

CLOSE = session_close(SESSION)


def columns(chain):
    return {name: Rows({"chain": chain}).column("chain", name) for name in chain.columns}


def judged(snapshot, history=None):
    """The exposures of an analysis, the rows behind them, and what the audit reads beside."""
    facts = analyse(snapshot, history or History(), Choices(rate=0.04)).facts
    twin = SimpleNamespace(facts=facts, spot=snapshot.spot, as_of=snapshot.as_of)
    found = [fact for fact in facts.values() if fact.formula == "gamma.exposure"]
    return found, twin, Rows({"chain": snapshot.chain})


def verdict(fact, twin, rows):
    return exposure_fault(fact, twin, rows, rows.select(fact.inputs.selector)[1])


def test_exposures_are_quantlib_s_at_the_volatility_the_quotes_were_made_with():
    ql = pytest.importorskip("QuantLib", reason="needs QuantLib, the second opinion")
    chain = make_chain(expirations=EXPIRATIONS[2:], volatility=0.5)
    found = sheet(columns(chain), 100.0, CLOSE).exposure
    wanted = np.full(len(chain), np.nan)
    for row in np.flatnonzero(np.isfinite(found)):
        series = chain.iloc[row]
        years = minutes_to(CLOSE, expiry_instant(series["expiration"].date(), "pm")) / 525_600
        payoff = ql.PlainVanillaPayoff(ql.Option.Call, series["strike"])
        forward, discount = 100 * np.exp(0.04 * years), np.exp(-0.04 * years)
        gamma = ql.BlackCalculator(payoff, forward, 0.5 * np.sqrt(years), discount).gamma(100.0)
        wanted[row] = gamma * series["open_interest"] * 100**2
    assert np.nanmax(np.abs(found - wanted)) < 0.01 * np.nanmax(wanted)
    assert np.nansum(found) == pytest.approx(np.nansum(wanted), rel=0.01)
    assert np.isfinite(found).mean() > 0.8


def test_the_analysis_is_near_on_a_made_board():
    found, twin, rows = judged(make_snapshot())
    assert len(found) >= 7
    assert [verdict(fact, twin, rows) for fact in found] == [(True, None)] * len(found)


@pytest.mark.parametrize("slip", [0.01, 0.5, 1.12, 2, 100, -1])
def test_a_slip_in_the_largest_part_is_found_without_a_second_analysis(slip):
    found, twin, rows = judged(make_snapshot())
    largest = max(found, key=lambda fact: fact.number)
    wrong = dataclasses.replace(largest, value=largest.number * slip)
    assert "the quotes give about" in verdict(wrong, twin, rows)[1]


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("symbol", "session"),
    [("IWM", dt.date(2026, 5, 22)), ("SPX", dt.date(2023, 9, 14)), ("AAPL", dt.date(2026, 8, 21))],
)
def test_both_roads_meet_on_recorded_boards_within_half_a_percent(symbol, session, shared):
    snapshot, history = gather(symbol, f"csv:{shared / 'data'}", session)
    found, twin, rows = judged(snapshot, history)
    board = twin.facts["gamma.gross"].number
    own = sheet(columns(snapshot.chain), snapshot.spot, snapshot.as_of)
    gaps = [abs(own.total(rows.select(fact.inputs.selector)[1]) - fact.number) / board for fact in found]
    assert len(gaps) > 20
    assert max(gaps) < 0.005


def test_one_quote_far_off_the_others_changes_next_to_nothing():
    chain = make_chain(expirations=EXPIRATIONS[3:])
    wild = chain.copy()
    wild.loc[(wild["strike"] == 101) & (wild["right"] == "call"), ["bid", "ask"]] = (9.0, 9.1)
    whole, changed = (np.nansum(sheet(columns(item), 100.0, CLOSE).exposure) for item in (chain, wild))
    assert changed == pytest.approx(whole, rel=0.01)


def test_of_a_settlement_without_quotes_nothing_is_said():
    chain = make_chain()
    blank = chain["expiration"] == np.datetime64(EXPIRATIONS[1])
    chain.loc[blank, ["bid", "ask"]] = np.nan
    found = sheet(columns(chain), 100.0, CLOSE)
    assert found.total(np.flatnonzero(blank)) is None
    assert found.total(np.flatnonzero(chain["expiration"] == np.datetime64(EXPIRATIONS[2]))) > 0


def test_what_has_expired_or_stopped_trading_holds_no_gamma():
    tomorrow = SESSION + dt.timedelta(days=1)
    chain = make_chain(expirations=(SESSION, tomorrow), settlement="am")
    assert np.isnan(sheet(columns(chain), 100.0, CLOSE).exposure).all()
    later = make_chain(expirations=(SESSION, dt.date(2026, 3, 20)), settlement="am")
    found = sheet(columns(later), 100.0, CLOSE).exposure
    assert np.isnan(found[(later["expiration"] == np.datetime64(SESSION)).to_numpy()]).all()
    assert np.nansum(found) > 0


def test_adjusted_series_and_empty_chains_hold_none():
    chain = make_chain(expirations=EXPIRATIONS[3:]).assign(standard=False)
    assert np.isnan(sheet(columns(chain), 100.0, CLOSE).exposure).all()
    assert len(sheet(columns(chain.iloc[:0]), 100.0, CLOSE).exposure) == 0
