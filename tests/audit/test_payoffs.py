"""The audit's own payoffs against recorded structures, the article's own faults and the program's algebra."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics.ideas import payoff
from generator.audit.payoffs import Curve, net_now, net_then

RIGHTS = {"C": "call", "P": "put", "stock": None}


def leg(right, quantity, strike=None, **quote):
    return {"right": right, "quantity": quantity, "strike": strike, **quote}


@pytest.mark.recorded
def test_every_recorded_structure_comes_out(shared):
    rows = json.loads((shared / "reference/structures.json").read_text())["rows"]
    assert rows
    for row in rows:
        legs = [leg(RIGHTS[each["kind"]], each["qty"], each.get("K")) for each in row["legs"]]
        curve = Curve(legs, row["net_debit_per_share"])
        assert curve.turns == pytest.approx(row["breakevens"], abs=1e-9), row["id"]
        gain, loss = row["max_gain_per_share"], row["max_loss_per_share"]
        assert curve.most == pytest.approx(math.inf if gain is None else gain, abs=1e-9)
        assert curve.least == pytest.approx(-math.inf if loss is None else -loss, abs=1e-9)


holdings = st.lists(
    st.builds(
        payoff.Holding,
        st.sampled_from(["call", "put"]),
        st.sampled_from([-2, -1, 1, 2]),
        st.integers(0, 2000).map(lambda cents: cents / 100 + 0.003),
        st.integers(80, 120).map(float),
    ),
    min_size=1,
    max_size=4,
)


@given(holdings)
def test_search_and_algebra_agree(held):
    legs = [leg(each.kind, each.quantity, each.strike) for each in held]
    curve = Curve(legs, payoff.cost(held))
    gain, loss = payoff.max_gain(held), payoff.max_loss(held)
    assert curve.most == pytest.approx(math.inf if gain is None else gain, abs=1e-9)
    assert curve.least == pytest.approx(-math.inf if loss is None else -loss, abs=1e-9)
    inside = [price for price in payoff.breakevens(held) if price < curve.corners[-1] - 1]
    clear = all(abs(curve.at(corner)) > 1e-6 for corner in curve.corners)
    if clear and len(inside) == len(payoff.breakevens(held)):
        assert curve.turns == pytest.approx(inside, abs=1e-6)


def test_a_call_may_lose_at_an_articles_own_target():
    assert Curve([leg("call", 1, 255.0)], 0.6).at(255.5) == pytest.approx(-0.1)
    assert Curve([leg("put", 1, 275.0)], 1.84).at(270.36) == pytest.approx(2.8)


def test_what_is_bought_costs_the_ask_and_what_is_sold_brings_the_bid():
    legs = [
        leg("call", 1, 290.0, bid=4.0, ask=4.2, value_at_trigger=5.0),
        leg("call", -1, 300.0, bid=1.0, ask=1.1, value_at_trigger=1.4),
        leg(None, 1),
    ]
    assert net_now(legs, 285.0) == pytest.approx((285 + 4.2 - 1.0, 285 + 4.1 - 1.05))
    assert net_then(legs, 288.0) == pytest.approx((288 + 3.6 + 0.15, 288 + 3.6))
