"""A series that a figure is about is listed, has not expired, and is the one its name says."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from generator import analytics, calendar
from generator.analytics.ledger import Ledger
from generator.models.analysis import Choices
from generator.models.market import History
from generator.providers import gather
from generator.providers.synthetic import DEMO_SESSION
from tests.builders import SESSION, make_chain, make_history, make_snapshot

SERIES = re.compile(r"\b(call|put)\.(\d{4}-\d\d-\d\d)(?:am)?\.(\d+(?:\.\d+)?)$")
NOON = dt.datetime.combine(SESSION, dt.time(12), calendar.NEW_YORK)


def markets():
    running = make_snapshot(as_of=NOON, edition="intraday", chain=make_chain(as_of=NOON))
    return {
        "synthetic": gather("DEMO", "synthetic:1", DEMO_SESSION),
        "close of an expiration": (make_snapshot(), make_history()),
        "noon of an expiration": (running, History()),
    }


@pytest.mark.parametrize("market", list(markets()))
def test_every_series_of_the_facts_is_listed_and_alive(market):
    snapshot, history = markets()[market]
    facts = analytics.analyse(snapshot, history, Choices()).facts
    listed = {
        (row.right, row.expiration.date(), row.strike)
        for row in snapshot.chain.itertuples()
        if row.standard and row.expiration.date() >= snapshot.session
    }
    named = {name: found for name in facts if (found := SERIES.search(name)) is not None}
    assert len(named) > 20
    for name, found in named.items():
        day = dt.date.fromisoformat(found[2])
        assert (found[1], day, float(found[3])) in listed, name
        assert calendar.expiry_instant(day, "pm") >= snapshot.as_of, name


@pytest.mark.parametrize("market", list(markets()))
def test_rows_behind_a_series_are_that_series(market):
    snapshot, history = markets()[market]
    facts = analytics.analyse(snapshot, history, Choices()).facts
    ledger = Ledger({"chain": snapshot.chain}, snapshot.session)
    checked = 0
    for name, fact in facts.items():
        found, selector = SERIES.search(name), fact.inputs.selector or ""
        if found is None or not selector.startswith("chain[") or "strike=" not in selector:
            continue
        rows = snapshot.chain[ledger.select(selector)[1]]
        assert set(rows["strike"]) == {float(found[3])}, name
        assert set(rows["right"]) == {found[1]}, name
        assert {day.date().isoformat() for day in rows["expiration"]} == {found[2]}, name
        checked += 1
    assert checked > 10


def test_a_ratio_is_that_of_the_unrounded_sums_it_names():
    facts = analytics.analyse(*gather("DEMO", "synthetic:1", DEMO_SESSION), Choices()).facts
    ratios = [fact for fact in facts.values() if fact.formula == "=$1/$2"]
    assert len(ratios) > 10
    for fact in ratios:
        top, bottom = (facts[name].value for name in fact.inputs.facts)
        assert fact.value == top / bottom
    assert any(round(fact.value, fact.decimals) != fact.value for fact in ratios)
