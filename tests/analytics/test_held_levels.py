"""Resistance that held: three separate touches and no close beyond."""

from __future__ import annotations

import pytest

from generator.analytics.held_levels import held_levels, separate
from generator.analytics.ledger import Ledger
from generator.analytics.levels import levels
from generator.analytics.price import price
from generator.analytics.technicals import technicals
from generator.models.analysis import Choices
from generator.rules.claims import evaluate
from tests.analytics.test_levels import chain_view
from tests.builders import make_bars, make_chain, make_snapshot

CHAIN = make_chain()


def market(**marks):
    """A wandering market far from the highs and lows of *marks*, which stand by sessions ago."""
    bars = make_bars(300)
    for column, places in marks.items():
        for ago, value in places.items():
            bars.loc[299 - ago, column] = value
    return bars


def held(bars):
    snapshot = make_snapshot(chain=CHAIN, bars=bars)
    ledger = Ledger({"chain": snapshot.chain, "bars": bars}, snapshot.session)
    spot, signals = price(snapshot, ledger).spot, technicals(snapshot, ledger, Choices())
    lines = levels(snapshot, ledger, price(snapshot, ledger), signals, chain_view())
    found = held_levels(snapshot, ledger, lines, spot, signals.atr_14)
    claims = {
        name for name, claim in evaluate(ledger.facts).items() if claim.holds and name.startswith("held")
    }
    return {item.side: item for item in found}, claims


def test_a_market_that_wanders_holds_nothing():
    assert held(market())[1] == set()


def test_touches_within_five_sessions_are_one():
    assert separate([3, 4, 7, 8, 13]) == [3, 8, 13]
    assert separate([]) == []


def test_three_separate_touches_without_a_close_beyond_are_resistance_held():
    found, claims = held(market(high={40: 140.0, 20: 139.9, 0: 139.8}))
    item = found["resistance"]
    assert (item.price.value, item.touches.value, item.beyond.value, item.today) == (140.0, 3, 0, True)
    assert "held.resistance" in claims


def test_two_touches_are_too_few_and_so_are_three_in_one_week():
    assert "held.resistance" not in held(market(high={40: 140.0, 20: 139.9}))[1]
    assert "held.resistance" not in held(market(high={20: 140.0, 19: 139.9, 18: 139.9}))[1]


def test_a_high_further_than_a_quarter_range_away_is_no_touch():
    assert held(market(high={40: 140.0, 30: 138.0, 0: 139.9}))[0]["resistance"].touches.value == 2


def test_one_close_beyond_ends_it():
    bars = market(high={50: 140.0, 30: 139.9, 10: 139.9, 40: 142.0})
    bars.loc[299 - 40, "close"] = 141.0
    found, claims = held(bars)
    assert found["resistance"].price.value == 142.0
    assert "held.resistance" not in claims


def test_touches_before_the_sixty_sessions_do_not_count():
    found, claims = held(market(high={100: 140.0, 80: 139.9, 70: 139.9, 20: 139.9}))
    assert found["resistance"].touches.value < 3
    assert claims == set()


def test_support_held_is_the_mirror_and_lies_below_the_price():
    found, claims = held(market(low={40: 60.0, 20: 60.1, 10: 60.1}))
    item = found["support"]
    assert (item.price.value, item.touches.value, item.today) == (60.0, 3, False)
    assert item.price.number < 100.0
    assert claims == {"held.support"}


@pytest.mark.parametrize("n", [5, 59])
def test_too_few_sessions_hold_nothing(n):
    assert held(make_bars(n))[0] == {}
