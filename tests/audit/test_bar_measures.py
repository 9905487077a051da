"""The audit's own code for bars against the analysis', fact by fact, on any market."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.analytics.held_levels import held_levels
from generator.analytics.ideas.moved import YEAR, mean_move
from generator.analytics.ledger import Ledger
from generator.analytics.levels import levels
from generator.analytics.price import price
from generator.analytics.technicals import technicals
from generator.audit.bar_measures import BAR_MEASURES
from generator.audit.indicators import INDICATORS
from generator.models.analysis import Choices
from tests.analytics.test_levels import chain_view
from tests.builders import make_bars, make_chain, make_snapshot

CHAIN = make_chain()
MOVED = f"moved.mean({YEAR})"  # of plans alone, which need options that price little


def written(bars):
    snapshot = make_snapshot(chain=CHAIN, bars=bars, spot=float(bars["close"].iloc[-1]))
    ledger = Ledger({"chain": snapshot.chain, "bars": bars}, snapshot.session)
    quote, signals = price(snapshot, ledger), technicals(snapshot, ledger, Choices())
    lines = levels(snapshot, ledger, quote, signals, chain_view())
    held_levels(snapshot, ledger, lines, quote.spot, signals.atr_14)
    return ledger


def again(fact, ledger):
    name, mask = ledger.select(fact.inputs.selector)
    table = {column: ledger.frames[name][column].to_numpy()[mask] for column in ledger.frames[name]}
    if fact.formula in INDICATORS:
        return INDICATORS[fact.formula](table)
    return BAR_MEASURES[fact.formula](table, [ledger.facts[of].number for of in fact.inputs.facts])


def check(bars):
    ledger = written(bars)
    known = {*INDICATORS, *BAR_MEASURES}
    made = [fact for fact in ledger.facts.values() if fact.formula in known]
    for fact in made:
        assert fact.number == pytest.approx(again(fact, ledger), rel=1e-9, abs=1e-9), fact.id
    return {fact.formula for fact in made}


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(61, 330), volatility=st.sampled_from([0.002, 0.01, 0.04]))
def test_both_agree_on_any_market(seed, n, volatility):
    check(make_bars(n, seed, volatility=volatility))


def test_every_measure_is_compared():
    assert set(BAR_MEASURES) - {MOVED} <= check(make_bars(330, 3)) | check(make_bars(330, 4))


@pytest.mark.parametrize("sessions", [1, 5, 21])
def test_both_agree_on_the_mean_move_over_so_many_sessions(sessions):
    closes = make_bars(330, 3)["close"].to_numpy()
    rows = {"close": closes[-YEAR - sessions :]}
    assert BAR_MEASURES[MOVED](rows, [sessions]) == pytest.approx(mean_move(closes, sessions))


def test_both_agree_on_days_alike_and_at_prices_of_a_tick():
    bars = make_bars(330)
    alike = bars.assign(open=10.0, high=10.7, low=10.0, close=10.3, volume=77.0)
    check(alike)
    tiny = bars.assign(open=5.0, high=5.0, low=5.0, close=5.0)
    tiny.loc[::3, ["high", "low"]] = [5.02, 4.98]
    tiny.loc[1::3, ["open", "high", "low", "close"]] = 5.01
    check(tiny)
