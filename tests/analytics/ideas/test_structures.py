"""Each structure on a small market: its legs, the textbook's figures, its evidence, and the audit's word."""

from __future__ import annotations

import datetime as dt
import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from generator import calendar
from generator.analytics.ideas import STRUCTURES, choosing, warnings
from generator.analytics.ideas.gate import NoPlanError, Reason
from generator.analytics.ideas.moved import mean_move
from generator.analytics.ideas.range_scenario import RECORD
from generator.audit.plans import check_plans
from generator.models.analysis import HeldLevel, Unit
from generator.models.market import Dividend
from generator.renderers.json_plans import idea_entry
from tests.analytics.ideas.desks import desk_on, number, placed
from tests.builders import SESSION, black76, make_bars, make_chain

MONTHLY = dt.date(2026, 4, 17)
CALM = make_chain(volatility=0.12, rate=0.04, width=30)


def held(low=95.0, high=105.0, touches=3, beyond=0):
    return tuple(
        HeldLevel(
            slug=f"held.{side}",
            side=side,
            price=number(f"held.{side}.price", price, Unit.USD),
            touches=number(f"held.{side}.touches", touches),
            beyond=number(f"held.{side}.beyond", beyond),
            sessions=number(f"held.{side}.sessions", 60),
            today=False,
        )
        for side, price in (("support", low), ("resistance", high))
    )


def dear_desk(**changes):
    changes.setdefault("places", {RECORD: placed(90)})
    changes.setdefault("held", held())
    desk = desk_on(**changes)
    for level in desk.held:  # their prices are facts of the ledger, as in an analysis
        desk.ledger.facts[level.price.id] = level.price
    return desk


def restless(**changes):
    """A market that moved far and whose options price little."""
    return desk_on(chain=CALM, bars=make_bars(400, 5, volatility=0.02), **changes)


def planned(desk, name):
    (idea,), refusals = choosing.choose(desk, [STRUCTURES[name]])
    assert refusals == ()
    return idea


def prices(idea):
    """Strike and price of each option leg, natural at the trigger."""
    return [
        (
            leg.strike.number,
            leg.value_at_trigger.number
            + (1 if leg.quantity > 0 else -1) * (leg.ask.number - leg.bid.number) / 2,
        )
        for leg in idea.legs
        if leg.strike is not None
    ]


def audited(desk, *ideas):
    entries = json.loads(json.dumps([idea_entry(idea) for idea in ideas]))
    twin = SimpleNamespace(
        raw={"ideas": entries},
        session=desk.snapshot.session,
        spot=desk.spot,
        facts={"technicals.atr_14": desk.technicals.atr_14},
        mentions=(),
    )
    return [finding.problem for finding in check_plans(twin)]


def test_an_iron_condor_sells_outside_the_range_and_buys_an_average_range_further():
    desk = dear_desk()
    idea = planned(desk, "iron_condor")
    (low, low_price), (short_put, put_price), (short_call, call_price), (high, high_price) = prices(idea)
    assert [leg.quantity for leg in idea.legs] == [1, -1, -1, 1]
    assert (short_put, short_call) == (95, 105)
    reach = desk.average_range
    assert short_put - low >= reach > short_put - low - 1
    assert high - short_call >= reach > high - short_call - 1
    credit = put_price + call_price - low_price - high_price
    assert (idea.entry, idea.price_at_trigger.number) == ("credit", pytest.approx(credit))
    assert idea.max_gain.number == pytest.approx(credit)
    assert idea.max_loss.number == pytest.approx(max(short_put - low, high - short_call) - credit)
    assert [fact.number for fact in idea.breakevens] == pytest.approx(
        [short_put - credit, short_call + credit]
    )
    assert idea.profit_at_target.number == pytest.approx(credit)
    assert (idea.trigger.number, idea.invalidation.number, idea.invalidation_above.number) == (100, 95, 105)
    assert 0 < idea.probability_of_profit.number < 100
    assert idea.expected_value.number < 0
    assert idea.limit.number <= credit
    assert idea.warnings == (warnings.WIDE, warnings.ASSIGNED, warnings.PINNED)
    assert audited(desk, idea) == []


def test_a_covered_call_gains_up_to_its_strike_and_loses_all_but_the_premium():
    desk = dear_desk()
    idea = planned(desk, "covered_call")
    ((strike, premium),) = prices(idea)
    assert [leg.quantity for leg in idea.legs] == [1, -1]
    assert strike >= idea.invalidation_above.number
    assert idea.max_gain.number == pytest.approx(strike - 100 + premium)
    assert idea.max_loss.number == pytest.approx(100 - premium)
    assert [fact.number for fact in idea.breakevens] == pytest.approx([100 - premium])
    assert idea.profit_at_target.number == pytest.approx(premium)
    assert 100 - premium <= idea.limit.number <= 100 - 0.95 * premium
    assert idea.greeks["delta"].number < 100
    assert {warnings.ASSIGNED, warnings.GAP} <= set(idea.warnings)
    assert audited(desk, idea) == []


def test_a_cash_secured_put_gains_its_premium_and_may_buy_at_the_strike():
    desk = dear_desk()
    idea = planned(desk, "cash_secured_put")
    ((strike, premium),) = prices(idea)
    assert strike <= idea.invalidation.number
    assert idea.entry == "credit"
    assert idea.max_gain.number == pytest.approx(premium)
    assert idea.max_loss.number == pytest.approx(strike - premium)
    assert idea.max_loss_contract.number == pytest.approx(100 * (strike - premium))
    assert [fact.number for fact in idea.breakevens] == pytest.approx([strike - premium])
    assert audited(desk, idea) == []


@pytest.mark.parametrize(
    ("name", "side", "right"), [("bull_put_spread", 1, "put"), ("bear_call_spread", -1, "call")]
)
def test_a_credit_spread_sells_behind_the_invalidation(name, side, right):
    for seed in range(60):
        desk = dear_desk(seed=seed)
        try:
            STRUCTURES[name].find(desk)
        except NoPlanError:
            continue
        break
    idea = planned(desk, name)
    (sold, sold_price), (bought, bought_price) = prices(idea)
    assert [(leg.quantity, leg.right) for leg in idea.legs] == [(-1, right), (1, right)]
    credit, width = sold_price - bought_price, side * (sold - bought)
    assert side * (idea.invalidation.number - sold) >= 0
    assert width >= desk.average_range
    assert idea.max_gain.number == pytest.approx(credit)
    assert idea.max_loss.number == pytest.approx(width - credit)
    assert [fact.number for fact in idea.breakevens] == pytest.approx([sold - side * credit])
    assert idea.reward_risk.number >= 1 / 3
    assert audited(desk, idea) == []


@pytest.mark.parametrize("name", ["straddle", "strangle"])
def test_what_is_bought_to_move_either_way_pays_at_the_mean_move_on_both_sides(name):
    desk = restless()
    idea = planned(desk, name)
    (put, put_price), (call, call_price) = prices(idea)
    cost = put_price + call_price
    assert [(leg.quantity, leg.right) for leg in idea.legs] == [(1, "put"), (1, "call")]
    assert (put == call) == (name == "straddle")
    assert put <= 100 <= call
    assert idea.max_gain is None
    assert idea.max_loss.number == pytest.approx(cost)
    assert [fact.number for fact in idea.breakevens] == pytest.approx([put - cost, call + cost])
    sessions = next(t.sessions.number for t in desk.volatility.terms if t.expiration.value == MONTHLY)
    closes = desk.snapshot.bars["close"].to_numpy()
    move = np.mean([abs(closes[-1 - k] / closes[-1 - k - int(sessions)] - 1) for k in range(252)])
    sides = [max(100 * (1 + move) - call, 0) - cost, max(put - 100 * (1 - move), 0) - cost]
    assert idea.profit_at_target.number == pytest.approx(min(sides))
    assert idea.reward_risk.number >= 0.2
    assert idea.warnings == ()
    assert audited(desk, idea) == []


def test_the_mean_move_is_that_of_a_loop():
    closes = make_bars(300, 2)["close"].to_numpy(dtype=float)
    changes = [abs(closes[i] / closes[i - 20] - 1) for i in range(300 - 252, 300)]
    assert mean_move(closes, 20) == pytest.approx(100 * sum(changes) / 252)


SOLD = ("iron_condor", "covered_call", "cash_secured_put", "bull_put_spread", "bear_call_spread")


@pytest.mark.parametrize("name", SOLD)
@pytest.mark.parametrize(
    ("places", "reason"),
    [
        ({}, Reason.NO_RECORD),
        ({RECORD: placed(None, sessions=40)}, Reason.NO_RECORD),
        ({RECORD: placed(80)}, Reason.NOT_DEAR),
        ({RECORD: placed(30)}, Reason.NOT_DEAR),
    ],
)
def test_premium_is_sold_only_where_it_is_dear_for_its_own_record(name, places, reason):
    with pytest.raises(NoPlanError) as refused:
        STRUCTURES[name].find(dear_desk(places=places))
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    "levels", [(), held()[:1], held(touches=2), held(beyond=1)], ids=["none", "one side", "two", "passed"]
)
def test_a_condor_needs_a_range_that_held_on_both_sides(levels):
    with pytest.raises(NoPlanError) as refused:
        STRUCTURES["iron_condor"].find(dear_desk(held=levels))
    assert refused.value.reason is Reason.NOT_HELD


@pytest.mark.parametrize("name", ["straddle", "strangle"])
def test_a_price_that_moved_as_options_price_or_few_bars_give_no_straddle(name):
    for desk in (desk_on(), desk_on(chain=CALM, bars=make_bars(260, 5, volatility=0.02))):
        with pytest.raises(NoPlanError) as refused:
            STRUCTURES[name].find(desk)
        assert refused.value.reason is Reason.MOVED_LESS


def test_income_needs_a_level_on_each_side():
    with pytest.raises(NoPlanError) as refused:
        STRUCTURES["cash_secured_put"].find(dear_desk(levels=()))
    assert refused.value.reason is Reason.NO_BOUNDS


def test_shares_of_an_index_cannot_be_held():
    with pytest.raises(NoPlanError) as refused:
        STRUCTURES["covered_call"].find(dear_desk(kind="index"))
    assert refused.value.reason is Reason.NOT_TRADED


def test_a_range_prints_one_plan_of_several():
    desk = dear_desk()
    ideas, _ = choosing.choose(desk, STRUCTURES.values())
    assert sum(idea.direction == "flat" for idea in ideas) == 1
    assert len(ideas) <= 3
    assert audited(desk, *ideas) == []


@pytest.mark.parametrize("price", [101.0, 104.0, 110.0, 120.0])
@pytest.mark.parametrize("amount", [0.01, 0.3, 1.0, 3.0])
def test_a_call_is_called_early_where_exercise_is_worth_more_than_holding_on(amount, price):
    """Exercised it is worth the price less the strike; held, a call on the price without the cash."""
    ex_date = MONTHLY - dt.timedelta(days=2)
    dividend = Dividend(ex_date=ex_date, amount=amount, confirmed=True, source="test")
    desk = desk_on(dividends=(dividend,))
    call = next(quote for quote in desk.surface.contracts(MONTHLY, "call") if quote.strike == 100)
    eve = calendar.session_close(calendar.previous_session(ex_date))
    years = calendar.minutes_to(eve, calendar.expiry_instant(MONTHLY, "pm")) / 525_600
    holding = black76((price - amount) * math.exp(0.04 * years), 100, years, 0.4, "call", 0.04)
    gain = price - 100 - holding
    if abs(gain) > 0.03:  # quoted to the cent, and without the dividend, which the carry makes up for
        assert warnings.called_early(desk, call, price, dividend) is (gain > 0)
    assert not warnings.called_early(desk, call, 99.0, dividend)


def test_a_sold_call_in_the_money_at_the_target_before_a_large_dividend_is_told_gravely():
    dividend = Dividend(ex_date=MONTHLY - dt.timedelta(days=2), amount=4.0, confirmed=True, source="test")
    desk = dear_desk(dividends=(dividend,))
    chosen = STRUCTURES["covered_call"].find(desk)
    strike = chosen.position.parts[1].quote.strike
    beyond = number("beyond", strike + 12, Unit.USD)
    moved = type(chosen)(chosen.shape, chosen.scenario, beyond, chosen.position)
    assert warnings.CALLED_AT_TARGET in tuple(warnings.warnings(desk, moved))
    assert warnings.CALLED in tuple(warnings.warnings(desk, chosen))


def test_a_session_is_no_expiration_of_a_plan():
    assert planned(dear_desk(), "iron_condor").expires.value > SESSION
