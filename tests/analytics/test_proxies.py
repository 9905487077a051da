"""A volatility index beside the market, and the bars' own year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics import proxies
from generator.analytics.ledger import Ledger
from generator.audit.indicators import INDICATORS
from generator.calendar import previous_session
from generator.models.analysis import Unit
from generator.models.market import VolatilityIndex
from generator.models.schema import validated_bars
from tests.analytics.evidence import make_evidence, recomputed
from tests.builders import SESSION, make_bars


def index_of(closes, end=SESSION):
    dates = [end]
    while len(dates) < len(closes):
        dates.append(previous_session(dates[-1]))
    levels = np.asarray(closes, dtype=float)
    frame = pd.DataFrame({"date": pd.to_datetime(dates[::-1]), "open": levels, "high": levels, "low": levels})
    frame = frame.assign(close=levels, volume=np.nan)
    return VolatilityIndex(symbol="RVX", measures="Russell 2000", bars=validated_bars(frame))


def beside(index, **changes):
    evidence = make_evidence(volatility_index=index, **changes)
    evidence.ledger.frames[f"bars@{index.symbol}"] = index.bars
    return proxies.proxy(evidence), evidence


@given(st.lists(st.integers(900, 6000), min_size=21, max_size=300))
def test_the_index_is_placed_among_its_own_year(hundredths):
    closes = [number / 100 for number in hundredths]
    found, evidence = beside(index_of(closes))
    before = closes[-253:-1]
    assert found.close.value == closes[-1]
    assert found.year.sessions.value == len(before)
    assert found.year.lower.value == sum(item < closes[-1] for item in before)
    assert found.year.higher.value == sum(item > closes[-1] for item in before)
    for fact in (found.close, found.year.sessions, found.year.lower, found.year.higher):
        assert recomputed(fact, evidence.ledger) == fact.value
        assert fact.inputs.selector.startswith("bars@RVX[")


def test_it_is_told_under_its_own_name_and_what_it_measures():
    found, _ = beside(index_of([20.0] * 30))
    assert (found.symbol.value, found.measures.value) == ("RVX", "Russell 2000")
    assert (found.close.unit, found.close.date) == (Unit.POINTS, SESSION)


def test_under_twenty_sessions_it_has_no_year():
    assert beside(index_of([20.0] * 20))[0].year is None
    assert beside(index_of([20.0] * 21))[0].year is not None


def test_bars_that_end_a_session_early_are_withheld_with_the_reason():
    found, evidence = beside(index_of([20.0] * 30, end=previous_session(SESSION)))
    assert found is None
    assert [(held.metric, held.reason) for held in evidence.withheld] == [
        ("volatility_index", f"RVX has no bar of {SESSION}")
    ]


def test_an_index_without_a_bar_is_withheld_too():
    index = index_of([20.0] * 30)
    empty = VolatilityIndex(symbol="RVX", measures="Russell 2000", bars=index.bars[:0])
    assert beside(empty)[0] is None


def test_during_a_session_it_is_the_close_before():
    before = previous_session(SESSION)
    found, _ = beside(index_of([20.0] * 30, end=before), edition="intraday")
    assert found.close.date == before


def test_without_an_index_there_is_nothing_to_say():
    evidence = make_evidence()
    assert proxies.proxy(evidence) is None
    assert evidence.withheld == []


# --- the bars' own year


def realised(bars):
    """The realised volatility of the last bars as a fact, placed in their year."""
    evidence = make_evidence(bars=bars)
    closes = bars["close"].to_numpy()[-22:]
    value = 100 * float(np.std(np.diff(np.log(closes)), ddof=1) * np.sqrt(252))
    fact = evidence.ledger.add("volatility.realised_21", value, unit=Unit.PERCENT, formula="source")
    return proxies.realised_year(evidence, fact), evidence.ledger


@pytest.mark.parametrize("seed", range(5))
def test_realised_volatility_is_placed_as_the_audit_places_it(seed):
    found, ledger = realised(make_bars(400, seed))
    assert found.sessions.value == 252
    assert recomputed(found.sessions, ledger) == 252
    for fact in (found.lower, found.higher):
        frame, mask = ledger.select(fact.inputs.selector)
        rows = {name: column.to_numpy() for name, column in ledger.frames[frame][mask].items()}
        assert INDICATORS[fact.formula](rows) == fact.value
    assert found.lower.value + found.higher.value == 252  # no two windows of a walk are equal


def test_it_agrees_with_the_standard_deviation_of_each_window():
    bars = make_bars(120, 3)
    found, _ = realised(bars)
    returns = np.log(bars["close"]).diff()
    levels = returns.rolling(21).std().dropna()
    assert found.sessions.value == len(levels) - 1
    assert found.lower.value == int((levels[:-1] < levels.iloc[-1]).sum())


def test_a_short_history_has_no_year():
    assert realised(make_bars(41))[0] is None
    assert realised(make_bars(42))[0].sessions.value == 20
    evidence = make_evidence(bars=make_bars(300))
    assert proxies.realised_year(evidence, None) is None


def test_prices_that_never_move_are_neither_lower_nor_higher():
    bars = make_bars(300).assign(open=100.0, high=100.0, low=100.0, close=100.0)
    found, _ = realised(bars)
    assert (found.lower.value, found.higher.value) == (0, 0)


def test_the_ledger_reads_the_index_under_its_name():
    ledger = Ledger({"bars@VIX": index_of([20.0] * 3).bars}, SESSION)
    assert len(ledger.row_hashes("bars@VIX[close>19]")) == 3
