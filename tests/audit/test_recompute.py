from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.audit.indicators import INDICATORS, least_payouts
from generator.audit.recompute import check_facts
from generator.audit.twin import read_twin
from generator.models.analysis import Fact, Unit
from tests.audit.handmade import NEXT


def places(small):
    return {finding.place for finding in small.audited()}


def without_mentions(small, name):
    """Let only the recomputation speak: the text no longer prints *name*."""
    return {finding.problem for finding in small.audited() if finding.place == f"fact {name}"}


@pytest.mark.parametrize(
    "name",
    [
        "spot",
        "price.change_percent",
        "open_interest.put.all",
        "put_call.open_interest.all",
        f"open_interest.put.{NEXT}.95.change",
        "technicals.rsi_14",
        "technicals.sma_50",
        "level.high",
        "plan.long_call.breakeven",
        "plan.long_call.profit_at_target",
        "volatility.constant_30",
    ],
)
def test_a_value_off_by_a_millionth_is_found(small, name):
    small.fact(name)["value"] *= 1 + 1e-6
    assert without_mentions(small, name)


def test_a_value_off_by_less_than_the_last_bits_is_not(small):
    small.fact("technicals.rsi_14")["value"] *= 1 + 1e-14
    assert without_mentions(small, "technicals.rsi_14") == set()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("open_interest.put.all", {"rows": 61}),
        ("open_interest.put.all", {"sha256": "0" * 16}),
        ("open_interest.put.all", {"selector": "chain[right=call standard=true]"}),
        ("open_interest.put.all", {"selector": "chain[right=put"}),
        ("open_interest.put.all", {"selector": "chain[right~put]"}),
        ("open_interest.put.all", {"selector": "chain[colour=put]"}),
        ("open_interest.put.all", {"selector": "tape[right=put]"}),
        ("price.change_percent", {"facts": ["price.previous_close", "spot"]}),
        ("price.change_percent", {"facts": ["spot", "nothing"]}),
        ("price.change_percent", {"facts": ["spot"]}),
    ],
)
def test_other_rows_or_operands_are_found(small, name, change):
    small.fact(name)["inputs"].update(change)
    assert without_mentions(small, name)


@pytest.mark.parametrize(
    "formula",
    [
        "=sum(volume)",
        "=sum(open_interest",
        "=open_interest",
        "=sum(1)",
        "=value(open_interest)",
        "=sum(colour)",
        "guess",
    ],
)
def test_a_formula_that_does_not_give_the_value_is_found(small, formula):
    small.fact("open_interest.put.all")["formula"] = formula
    small.second.pop("open_interest.put.all")
    assert without_mentions(small, "open_interest.put.all")


def test_a_changed_row_is_found(small):
    chain = small.frames["chain"].copy()
    chain.loc[chain.index[5], "open_interest"] += 1
    small.frames["chain"] = chain
    assert {"fact open_interest.put.all", "fact open_interest.call.all"} & places(small)


def test_a_changed_column_that_no_formula_reads_is_found_by_the_rows_fingerprint(small):
    chain = small.frames["chain"].copy()
    chain.loc[chain["right"] == "put", "last"] = 1.0
    small.frames["chain"] = chain
    assert any("are not those it was made from" in finding.problem for finding in small.audited())


def test_a_missing_frame_is_found(small):
    del small.frames["chain@2026-05-21"]
    assert any("wanted the frame chain@2026-05-21" in finding.problem for finding in small.audited())


def test_a_second_analysis_that_differs_is_found(small):
    known = small.second["volatility.constant_30"]
    small.second["volatility.constant_30"] = Fact(
        id=known.id, value=22.69, unit=known.unit, decimals=1, formula=known.formula
    )
    assert any("a second analysis says 22.69" in finding.problem for finding in small.audited())


def test_a_named_formula_that_nothing_proves_is_found(small):
    del small.second["volatility.constant_30"]
    assert any("nothing proves 'black76" in finding.problem for finding in small.audited())


def test_a_tick_and_a_date_must_say_what_their_ids_say(small):
    small.fact("chart.price.y.90")["value"] = 91.0
    small.fact("date.2026-05-29")["value"] = "2026-05-30"
    assert {"fact chart.price.y.90", "fact date.2026-05-29"} <= places(small)


@pytest.mark.parametrize(("unit", "formula"), [(Unit.TEXT, "source"), (Unit.TEXT, "gap")])
def test_a_source_or_gap_that_the_brief_does_not_list_is_found(small, unit, formula):
    small.twin["facts"].append(
        {
            "id": f"{formula}.9",
            "value": "made up",
            "unit": str(unit),
            "decimals": 0,
            "date": None,
            "formula": formula,
            "inputs": {"selector": None, "rows": 0, "sha256": None, "facts": []},
        }
    )
    assert any(f"is no {formula} of the brief" in finding.problem for finding in small.audited())


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_no_fact_of_a_brief_can_change_unseen(demo, data):
    place = data.draw(st.integers(0, len(demo.twin["facts"]) - 1))
    entry = demo.twin["facts"][place]
    facts = [*demo.twin["facts"]]
    facts[place] = {**entry, "value": changed(entry)}
    twin = read_twin({**demo.twin, "facts": facts})
    found = {finding.place for finding in check_facts(twin, demo.frames, demo.second)}
    assert f"fact {entry['id']}" in found


def changed(entry):
    """Return another value of the same kind: a thousandth more, a day later, a letter longer."""
    value = entry["value"]
    if entry["unit"] == "date":
        return (dt.date.fromisoformat(value) + dt.timedelta(days=1)).isoformat()
    if entry["unit"] == "time":
        return (dt.datetime.fromisoformat(value) + dt.timedelta(minutes=1)).isoformat()
    return f"{value}x" if isinstance(value, str) else value * 1.001 + (value == 0)


# --- the audit's own indicators against TA-Lib, another implementation

WALK = st.lists(st.floats(-0.05, 0.05), min_size=160, max_size=300)


def bars(moves):
    close = 100 * np.exp(np.cumsum(moves))
    wide = 1 + 0.01 * np.abs(np.sin(np.arange(len(close))))
    return {"close": close, "high": close * wide, "low": close / wide}


@given(WALK)
def test_the_indicators_are_those_of_ta_lib(moves):
    rows = bars([*moves, 0.01, -0.01])
    close = rows["close"]
    macd, signal, histogram = talib.MACD(close, 12, 26, 9)
    upper, _, lower = talib.BBANDS(close, 20, 2.0, 2.0)
    expected = {
        "ema(12)": talib.EMA(close, 12)[-1],
        "ema(26)": talib.EMA(close, 26)[-1],
        "appel.macd(12,26,9)": macd[-1],
        "appel.signal(12,26,9)": signal[-1],
        "appel.histogram(12,26,9)": histogram[-1],
        "wilder.rsi(14)": talib.RSI(close, 14)[-1],
        "wilder.atr(14)": talib.ATR(rows["high"], rows["low"], close, 14)[-1],
    }
    for name, value in expected.items():
        assert INDICATORS[name](rows) == pytest.approx(value, rel=1e-9, abs=1e-9), name
    for name, value in (("bollinger.upper(20,2)", upper[-1]), ("bollinger.lower(20,2)", lower[-1])):
        assert INDICATORS[name](rows) == pytest.approx(value, rel=1e-6), name


def test_the_least_payout_is_the_published_one_by_hand():
    rows = pd.DataFrame(
        {
            "strike": [90.0, 100.0, 110.0, 90.0, 100.0, 110.0],
            "right": ["call"] * 3 + ["put"] * 3,
            "open_interest": [10.0, 5.0, np.nan, 0.0, 5.0, 20.0],
        }
    )
    table = {name: rows[name].to_numpy(dtype=object if name == "right" else float) for name in rows}
    # at 90: puts pay 5*10 + 20*20; at 100: calls 10*10, puts 20*10; at 110: calls 10*20 + 5*10
    assert list(least_payouts(table)) == [110.0]


def test_a_date_of_an_extreme_is_proved_by_its_rows(small):
    bars_frame = small.frames["bars"]
    day = bars_frame["date"].iloc[int(bars_frame["high"].tail(20).idxmax())].date()
    entry = dict(small.fact("level.high"), id="level.day", unit="date", formula="date.of_max(high)")
    small.twin["facts"].append({**entry, "value": day.isoformat()})
    assert places(small) == set()
    small.twin["facts"][-1]["value"] = (day - dt.timedelta(days=1)).isoformat()
    assert "fact level.day" in places(small)
