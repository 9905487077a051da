"""Plans on small markets: ordered, priced at their trigger, profitable at their own target, or refused."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import calendar
from generator.analytics import analyse, ideas
from generator.analytics.distribution import probability_above
from generator.analytics.ideas.gate import Reason
from generator.analytics.ideas.outright import limit_price
from generator.models.analysis import Choices
from generator.models.market import Dividend, Event, History
from generator.providers import gather
from tests.builders import SESSION, black76, make_bars, make_chain, make_snapshot

VOLATILITY, RATE = 0.4, 0.04
MONTHLY = dt.date(2026, 4, 17)
CHAIN = make_chain(volatility=VOLATILITY, rate=RATE, width=30)


def analysed(seed=3, **changes):
    changes.setdefault("bars", make_bars(300, seed, volatility=0.01))
    return analyse(make_snapshot(**{"chain": CHAIN, **changes}), History(), Choices(rate=RATE))


def plan_of(analysis, kind):
    return next((idea for idea in analysis.ideas if idea.kind == kind), None)


def refused(analysis):
    return {refusal.kind: refusal.reason for refusal in analysis.refusals}


@pytest.fixture(scope="module")
def found():
    """A market in which all three structures have a plan."""
    for seed in range(100):
        analysis = analysed(seed)
        if len(analysis.ideas) == 3:
            return analysis
    raise AssertionError("no seed gives three plans")


@settings(max_examples=25)
@given(seed=st.integers(0, 5000))
def test_every_plan_is_in_order_and_profitable_at_its_target_on_any_market(seed):
    analysis = analysed(seed)
    assert len(analysis.ideas) + len(analysis.refusals) == len(ideas.STRUCTURES)
    average = analysis.technicals.atr_14.number
    levels = {level.id: level for level in analysis.levels}
    for idea in analysis.ideas:
        side = 1 if idea.direction == "up" else -1
        prices = [idea.invalidation.number, 100.0, idea.trigger.number, idea.target.number]
        assert prices == sorted(prices, reverse=side < 0)
        assert abs(idea.trigger.number - idea.invalidation.number) >= 0.25 * average
        assert abs(idea.trigger.number - 100.0) >= 0.25 * average
        reached = analysis.price.high if side > 0 else analysis.price.low
        assert side * idea.trigger.number >= side * reached.number
        assert idea.profit_at_target.number > 0
        assert idea.kind == "stock" or idea.reward_risk.number >= 0.75
        assert idea.max_loss.number > 0
        assert idea.trigger.number in {
            levels[idea.trigger_level].low.number,
            levels[idea.trigger_level].high.number,
        }
        assert idea.last_day.value > SESSION
        assert idea.expires is None or idea.expires.value > idea.last_day.value


@given(seed=st.integers(0, 5000))
@settings(max_examples=10)
def test_reasons_are_on_the_list_and_hold_no_digit(seed):
    for refusal in analysed(seed).refusals:
        assert refusal.reason in set(Reason)
        assert not any(letter.isdigit() for letter in refusal.reason)


def test_the_price_at_the_trigger_is_the_model_at_the_level_on_the_next_session(found):
    idea = plan_of(found, "long call")
    strike, trigger = idea.legs[0].strike.number, idea.trigger.number
    close = calendar.session_close(calendar.next_session(SESSION))
    years = calendar.minutes_to(close, calendar.expiry_instant(MONTHLY, "pm")) / 525_600
    # the market was quoted on this forward and volatility, to the cent
    start = calendar.minutes_to(calendar.session_close(SESSION), calendar.expiry_instant(MONTHLY, "pm"))
    forward = trigger * 2.718281828459045 ** (RATE * start / 525_600)
    value = black76(forward, strike, years, VOLATILITY, "call", RATE)
    half_spread = idea.price_now.number - idea.mid_now.number
    assert idea.price_at_trigger.number == pytest.approx(value + half_spread, abs=0.03)
    assert idea.price_at_trigger.number > idea.price_now.number


def test_figures_of_a_call_and_a_put_follow_from_strike_and_price(found):
    for kind, side in (("long call", 1), ("long put", -1)):
        idea = plan_of(found, kind)
        strike, paid = idea.legs[0].strike.number, idea.price_at_trigger.number
        assert side * (strike - idea.trigger.number) >= 0
        assert idea.breakevens[0].number == pytest.approx(strike + side * paid)
        assert idea.max_loss.number == pytest.approx(paid)
        assert idea.profit_at_target.number == pytest.approx(side * (idea.target.number - strike) - paid)
        assert idea.reward_risk.number == pytest.approx(idea.profit_at_target.number / paid)
        assert 0 < idea.probability_of_profit.number < 50
        assert idea.limit.number > paid
        assert idea.legs[0].expiration.value == MONTHLY
    assert plan_of(found, "long call").max_gain is None
    put = plan_of(found, "long put")
    assert put.max_gain.number == pytest.approx(put.breakevens[0].number)


def test_shares_risk_the_way_to_the_invalidation(found):
    idea = plan_of(found, "stock")
    assert idea.max_loss.number == pytest.approx(idea.trigger.number - idea.invalidation.number)
    assert idea.profit_at_target.number == pytest.approx(idea.target.number - idea.trigger.number)
    assert (idea.price_at_trigger, idea.expires, idea.probability_of_profit) == (None, None, None)


def test_every_part_of_a_plan_is_a_fact_of_the_ledger(found):
    idea = plan_of(found, "long call")
    for part in ("trigger", "limit", "target", "invalidation", "price_now", "breakeven", "max_loss"):
        assert f"plan.long_call.{part}" in found.facts
    assert found.facts["plan.long_call.trigger"] is idea.trigger
    level = next(level for level in found.levels if level.id == idea.trigger_level)
    assert idea.trigger.inputs.facts in {(level.low.id,), (level.high.id,)}


def test_a_refused_plan_leaves_no_facts():
    for seed in range(15):
        analysis = analysed(seed)
        for refusal in analysis.refusals:
            prefix = f"plan.{refusal.kind.replace(' ', '_')}."
            assert not [name for name in analysis.facts if name.startswith(prefix)]


def test_wide_quotes_leave_no_liquid_strike(found):
    wide = CHAIN.assign(bid=CHAIN["bid"] * 0.8, ask=CHAIN["ask"] * 1.2)
    analysis = analysed(chain=wide, bars=_bars_of(found))
    assert Reason.NOT_LIQUID in refused(analysis).values()
    assert plan_of(analysis, "long call") is None


def _bars_of(analysis):
    for seed in range(100):
        bars = make_bars(300, seed, volatility=0.01)
        if tuple(bars["close"].iloc[-126:]) == tuple(close for _, close in analysis.price.closes):
            return bars
    raise AssertionError("no bars give these closes")


def test_without_an_expiration_two_to_six_weeks_out_there_is_no_plan(found):
    near = CHAIN[CHAIN["expiration"] < "2026-04-01"].reset_index(drop=True)
    reasons = refused(analysed(chain=near, bars=_bars_of(found)))
    assert set(reasons.values()) == {Reason.NO_EXPIRATION}


def test_few_bars_give_no_plan_and_say_why():
    assert set(refused(analysed(bars=make_bars(10))).values()) == {Reason.NO_RANGE}


def test_an_index_has_no_plan_for_shares():
    assert refused(analysed(kind="index"))["stock"] == Reason.NOT_TRADED


def test_what_happens_before_expiration_is_a_warning(found):
    day = calendar.next_session(SESSION)
    dividend = Dividend(ex_date=day, amount=0.05, confirmed=True, source="test")
    event = Event(date=day, title="Meeting", source="test")
    analysis = analysed(bars=_bars_of(found), dividends=(dividend,), events=(event,))
    warnings = plan_of(analysis, "long call").warnings
    assert any("ex-dividend" in warning for warning in warnings)
    assert any("event" in warning for warning in warnings)
    assert not any(letter.isdigit() for warning in warnings for letter in warning)
    assert plan_of(found, "long call").warnings == ()


def test_the_plan_waits_five_sessions(found):
    sessions = calendar.sessions_between(SESSION, plan_of(found, "stock").last_day.value)
    assert len(sessions) == 5


@pytest.mark.parametrize(
    ("estimate", "limit"), [(3.45, 3.6), (6.24, 6.55), (0.4, 0.42), (2.0, 2.1), (2.9, 3.0), (0.01, 0.01)]
)
def test_the_limit_is_five_percent_down_to_the_tick(estimate, limit):
    assert limit_price(estimate, worth=100.0) == limit


@pytest.mark.parametrize(
    ("estimate", "worth", "limit"), [(6.2428, 11.1477, 6.35), (5.03, 8.82, None), (2.0, 3.6, 2.05)]
)
def test_the_limit_leaves_three_quarters_of_it_as_reward_or_there_is_none(estimate, worth, limit):
    assert limit_price(estimate, worth) == limit


@given(estimate=st.floats(0.02, 50), worth=st.floats(0.02, 200))
def test_a_limit_is_never_below_the_estimate_nor_too_dear_for_the_target(estimate, worth):
    limit = limit_price(estimate, worth)
    assert limit is None or (limit >= estimate and worth / limit - 1 >= 0.75 - 1e-6)


def test_the_probability_stands_where_the_price_stands(found):
    idea = plan_of(found, "long call")
    close = calendar.session_close(calendar.next_session(SESSION))
    years = calendar.minutes_to(close, calendar.expiry_instant(MONTHLY, "pm")) / 525_600
    start = calendar.minutes_to(calendar.session_close(SESSION), calendar.expiry_instant(MONTHLY, "pm"))
    forward = idea.trigger.number * math.exp(RATE * start / 525_600)
    above = 100 * probability_above(forward, idea.breakevens[0].number, VOLATILITY, years)
    assert idea.probability_of_profit.number == pytest.approx(above, abs=2.0)
    assert idea.trigger.id.removeprefix("plan.long_call.") == "trigger"
    level = next(level for level in found.levels if level.id == idea.trigger_level)
    assert level.high.id in idea.probability_of_profit.inputs.facts


@pytest.mark.recorded
def test_the_recorded_friday_of_may_has_the_plan_for_shares_found_by_hand(shared):
    snapshot, history = gather("IWM", f"csv:{shared / 'data'}", dt.date(2026, 5, 22))
    analysis = analyse(dataclasses.replace(snapshot, news=()), history, Choices(rate=0.0365))
    shares = plan_of(analysis, "stock")
    assert (shares.trigger.number, shares.invalidation.number) == (287.58, 282.49)
    assert shares.target.number == pytest.approx(299.15, abs=0.02)
    assert shares.max_loss.number == pytest.approx(5.09)
    call = plan_of(analysis, "long call")
    assert call.legs[0].expiration.value == dt.date(2026, 6, 18)
    # the hand-made article has the 290 call at 5.26, 0.74 to 1; ours takes a strike that pays more
    assert call.reward_risk.number >= 0.75
    assert (call.target.number - 288) / call.limit.number - 1 >= 0.75
    assert call.probability_of_profit.number == pytest.approx(34.9, abs=0.3)
