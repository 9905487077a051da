"""Plans on small markets: ordered, priced at their trigger, profitable at their own target, or refused."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import calendar
from generator.analytics import analyse
from generator.analytics.distribution import probability_above
from generator.analytics.ideas import warnings
from generator.analytics.ideas.gate import Reason
from generator.analytics.ideas.planning import least_credit, limit_price
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


def family_of(idea):
    return "shares" if idea.kind == "stock" else "range" if idea.direction == "flat" else idea.direction


def refused(analysis):
    return {refusal.family: refusal.reason for refusal in analysis.refusals}


@pytest.fixture(scope="module")
def found():
    """A market with a spread up, one down and a plan in shares."""
    for seed in range(100):
        analysis = analysed(seed)
        if {idea.kind for idea in analysis.ideas} == {"bull call spread", "bear put spread", "stock"}:
            return analysis
    raise AssertionError("no seed gives three plans")


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 5000))
def test_every_plan_is_in_order_and_profitable_at_its_target_on_any_market(seed):
    analysis = analysed(seed)
    families = [family_of(idea) for idea in analysis.ideas]
    assert len(families) <= 3
    assert len(set(families)) == len(families)
    assert {"up", "down", "shares"} <= set(families) | set(refused(analysis))
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
        assert idea.reward_risk.number >= 0.75
        assert idea.max_loss.number > 0
        assert idea.trigger.number in {
            levels[idea.trigger_level].low.number,
            levels[idea.trigger_level].high.number,
        }
        assert idea.last_day.value > SESSION
        assert idea.expires is None or idea.expires.value > idea.last_day.value


@given(seed=st.integers(0, 5000))
@settings(max_examples=10, deadline=None)
def test_reasons_are_on_the_list_and_hold_no_digit(seed):
    for refusal in analysed(seed).refusals:
        assert refusal.reason in set(Reason)
        assert not any(letter.isdigit() for letter in refusal.reason)


def at_the_trigger(idea, leg):
    """The model on the flat volatility the market was quoted with, at the trigger on the next session."""
    close = calendar.session_close(calendar.next_session(SESSION))
    years = calendar.minutes_to(close, calendar.expiry_instant(MONTHLY, "pm")) / 525_600
    # the market was quoted on this forward, to the cent
    start = calendar.minutes_to(calendar.session_close(SESSION), calendar.expiry_instant(MONTHLY, "pm"))
    forward = idea.trigger.number * math.exp(RATE * start / 525_600)
    return black76(forward, leg.strike.number, years, VOLATILITY, leg.right, RATE)


def test_the_price_at_the_trigger_is_the_model_at_the_level_on_the_next_session(found):
    for kind in ("bull call spread", "bear put spread"):
        idea = plan_of(found, kind)
        value = sum(leg.quantity * at_the_trigger(idea, leg) for leg in idea.legs)
        half_spreads = sum((leg.ask.number - leg.bid.number) / 2 for leg in idea.legs)
        assert idea.mid_at_trigger.number == pytest.approx(value, abs=0.04)
        assert idea.price_at_trigger.number == pytest.approx(idea.mid_at_trigger.number + half_spreads)
        assert idea.price_at_trigger.number > idea.price_now.number
        assert idea.expected_value.number == pytest.approx(-half_spreads)
        waiting = 100 * (idea.mid_at_trigger.number / idea.mid_now.number - 1)
        assert idea.waiting.number == pytest.approx(waiting)


def test_a_spread_today_is_bought_at_the_ask_and_sold_at_the_bid(found):
    for kind in ("bull call spread", "bear put spread"):
        bought, sold = plan_of(found, kind).legs
        assert (bought.quantity, sold.quantity) == (1, -1)
        idea = plan_of(found, kind)
        assert idea.price_now.number == pytest.approx(bought.ask.number - sold.bid.number)
        mids = [(leg.bid.number + leg.ask.number) / 2 for leg in (bought, sold)]
        assert idea.mid_now.number == pytest.approx(mids[0] - mids[1])


def test_figures_of_a_spread_follow_from_strikes_and_debit(found):
    for kind, side in (("bull call spread", 1), ("bear put spread", -1)):
        idea = plan_of(found, kind)
        bought, sold = (leg.strike.number for leg in idea.legs)
        paid, width = idea.price_at_trigger.number, side * (sold - bought)
        assert side * (bought - idea.trigger.number) >= 0
        assert side * (sold - idea.target.number) >= 0
        assert idea.breakevens[0].number == pytest.approx(bought + side * paid)
        assert idea.max_loss.number == pytest.approx(paid)
        assert idea.max_loss_contract.number == pytest.approx(100 * paid)
        assert idea.max_gain.number == pytest.approx(width - paid)
        assert idea.profit_at_target.number == pytest.approx(side * (idea.target.number - bought) - paid)
        assert idea.reward_risk.number == pytest.approx(idea.profit_at_target.number / paid)
        assert 0 < idea.probability_of_profit.number < 60
        assert idea.limit.number >= paid
        assert {leg.expiration.value for leg in idea.legs} == {MONTHLY}


def test_what_is_bought_of_a_spread_alone_is_worked_out_at_the_same_target(found):
    for kind, naked, side in (("bull call spread", "long call", 1), ("bear put spread", "long put", -1)):
        idea = plan_of(found, kind)
        other = idea.compared
        (leg,) = other.legs
        assert (other.kind, leg.strike.number) == (naked, idea.legs[0].strike.number)
        value = at_the_trigger(idea, leg) + (leg.ask.number - leg.bid.number) / 2
        assert other.price_at_trigger.number == pytest.approx(value, abs=0.03)
        profit = side * (idea.target.number - leg.strike.number) - other.price_at_trigger.number
        assert other.profit_at_target.number == pytest.approx(profit)
        assert other.reward_risk.number < idea.reward_risk.number


def test_shares_risk_the_way_to_the_invalidation(found):
    idea = plan_of(found, "stock")
    assert idea.max_loss.number == pytest.approx(idea.trigger.number - idea.invalidation.number)
    assert idea.profit_at_target.number == pytest.approx(idea.target.number - idea.trigger.number)
    assert (idea.price_at_trigger, idea.expires, idea.probability_of_profit) == (None, None, None)


def test_every_part_of_a_plan_is_a_fact_of_the_ledger(found):
    idea = plan_of(found, "bull call spread")
    for part in ("trigger", "limit", "target", "invalidation", "price_now", "breakeven", "max_loss"):
        assert f"plan.bull_call_spread.{part}" in found.facts
    assert found.facts["plan.bull_call_spread.trigger"] is idea.trigger
    level = next(level for level in found.levels if level.id == idea.trigger_level)
    assert idea.trigger.inputs.facts in {(level.low.id,), (level.high.id,)}


def test_a_plan_that_is_not_printed_leaves_no_facts():
    for seed in range(15):
        analysis = analysed(seed)
        printed = {idea.id for idea in analysis.ideas}
        named = {name.split(".")[1] for name in analysis.facts if name.startswith("plan.")}
        assert named == printed


def test_wide_quotes_leave_no_liquid_strike(found):
    wide = CHAIN.assign(bid=CHAIN["bid"] * 0.8, ask=CHAIN["ask"] * 1.2)
    analysis = analysed(chain=wide, bars=_bars_of(found))
    assert refused(analysis)["up"] == Reason.NOT_LIQUID
    assert [idea.kind for idea in analysis.ideas] == ["stock"]


def test_where_only_one_strike_is_liquid_there_is_no_spread_but_the_option_itself(found):
    kept = plan_of(found, "bull call spread").legs[0].strike.number
    wide = (CHAIN["right"] == "call") & (CHAIN["strike"] != kept)
    chain = CHAIN.assign(
        bid=CHAIN["bid"].where(~wide, CHAIN["bid"] * 0.85), ask=CHAIN["ask"].where(~wide, CHAIN["ask"] * 1.15)
    )
    analysis = analysed(chain=chain, bars=_bars_of(found))
    assert plan_of(analysis, "bull call spread") is None
    outright = plan_of(analysis, "long call")
    assert outright is None or (outright.max_gain is None and outright.compared is None)
    assert outright is not None or "up" in refused(analysis)


def _bars_of(analysis):
    for seed in range(100):
        bars = make_bars(300, seed, volatility=0.01)
        if tuple(bars["close"].iloc[-126:]) == tuple(close for _, close in analysis.price.closes):
            return bars
    raise AssertionError("no bars give these closes")


def test_without_an_expiration_three_to_eight_weeks_out_there_is_no_plan(found):
    near = CHAIN[CHAIN["expiration"] < "2026-04-01"].reset_index(drop=True)
    reasons = refused(analysed(chain=near, bars=_bars_of(found)))
    assert set(reasons.values()) == {Reason.NO_EXPIRATION}


def test_few_bars_give_no_plan_and_say_why():
    assert set(refused(analysed(bars=make_bars(10))).values()) == {Reason.NO_RANGE}


def test_an_index_has_no_plan_for_shares():
    assert refused(analysed(kind="index"))["shares"] == Reason.NOT_TRADED


def with_dates(found, *, amount, **changes):
    day = calendar.next_session(SESSION)
    dividend = Dividend(ex_date=day, amount=amount, confirmed=True, source="test")
    return analysed(bars=_bars_of(found), dividends=(dividend,), **changes)


def test_a_dividend_before_expiration_is_told_and_what_it_may_bring_a_sold_call(found):
    analysis = with_dates(found, amount=0.05)
    assert warnings.CALLED in plan_of(analysis, "bull call spread").warnings
    assert warnings.EX_DATE in plan_of(analysis, "bear put spread").warnings
    told = [text for idea in analysis.ideas for text in idea.warnings]
    assert not any(letter.isdigit() for text in told for letter in text)


def test_without_one_a_spread_tells_of_assignment_and_the_last_day(found):
    for kind in ("bull call spread", "bear put spread"):
        assert plan_of(found, kind).warnings == (warnings.ASSIGNED, warnings.PINNED)


def test_an_index_settles_in_cash(found):
    analysis = analysed(kind="index", bars=_bars_of(found))
    assert plan_of(analysis, "bull call spread").warnings == (warnings.CASH,)


def test_events_are_told_with_the_side_the_plan_expires_on(found):
    days = [calendar.next_session(SESSION), MONTHLY, MONTHLY + dt.timedelta(days=3)]
    events = tuple(Event(date=day, title=f"Meeting {n}", source="test") for n, day in enumerate(days))
    idea = plan_of(analysed(bars=_bars_of(found), events=events), "bull call spread")
    assert [(event.date.value, event.spanned) for event in idea.events] == [
        (days[0], True),
        (days[1], True),
        (days[2], False),
    ]
    assert [event.title.value for event in idea.events] == ["Meeting 0", "Meeting 1", "Meeting 2"]
    assert plan_of(found, "bull call spread").events == ()


@pytest.mark.parametrize(
    ("time", "spanned"), [(dt.time(8, 30), True), (dt.time(16, 20), False), (None, True)]
)
def test_on_the_expiration_s_own_day_the_hour_says_which_side_an_event_is_on(found, time, spanned):
    events = (Event(date=MONTHLY, title="Earnings", source="test", time=time),)
    idea = plan_of(analysed(bars=_bars_of(found), events=events), "bull call spread")
    assert [event.spanned for event in idea.events] == [spanned]


def test_the_plan_waits_five_sessions(found):
    sessions = calendar.sessions_between(SESSION, plan_of(found, "stock").last_day.value)
    assert len(sessions) == 5


@pytest.mark.parametrize(
    ("estimate", "limit"), [(3.45, 3.6), (6.24, 6.55), (0.4, 0.42), (2.0, 2.1), (2.9, 3.0), (0.01, 0.01)]
)
def test_the_limit_is_five_percent_down_to_the_tick(estimate, limit):
    assert limit_price(estimate, worth=100.0, least=0.75) == limit


@pytest.mark.parametrize(
    ("estimate", "worth", "limit"), [(6.2428, 11.1477, 6.35), (5.03, 8.82, None), (2.0, 3.6, 2.05)]
)
def test_the_limit_leaves_three_quarters_of_it_as_reward_or_there_is_none(estimate, worth, limit):
    assert limit_price(estimate, worth, least=0.75) == limit


@given(estimate=st.floats(0.02, 50), worth=st.floats(0.02, 200), least=st.floats(0.1, 2))
def test_a_limit_is_never_below_the_estimate_nor_too_dear_for_the_target(estimate, worth, least):
    limit = limit_price(estimate, worth, least)
    assert limit is None or (limit >= estimate and worth / limit - 1 >= least - 1e-6)


@pytest.mark.parametrize(
    ("estimate", "at_risk", "limit"),
    [(1.35, 5.0, 1.29), (1.0, 5.0, None), (4.0, 10.0, 3.8), (1.26, 5.0, 1.25)],
)
def test_the_least_credit_is_five_percent_down_or_what_pays_for_the_risk(estimate, at_risk, limit):
    assert least_credit(estimate, at_risk, least=1 / 3) == limit


@given(estimate=st.floats(0.02, 20), at_risk=st.floats(0.5, 50), least=st.floats(0.1, 1))
def test_a_least_credit_is_never_above_the_estimate_nor_too_little_for_the_risk(estimate, at_risk, least):
    limit = least_credit(estimate, at_risk, least)
    assert limit is None or limit <= estimate
    if limit is not None and limit < at_risk:
        assert limit / (at_risk - limit) >= least - 1e-6


def test_the_probability_stands_where_the_price_stands(found):
    idea = plan_of(found, "bull call spread")
    close = calendar.session_close(calendar.next_session(SESSION))
    years = calendar.minutes_to(close, calendar.expiry_instant(MONTHLY, "pm")) / 525_600
    start = calendar.minutes_to(calendar.session_close(SESSION), calendar.expiry_instant(MONTHLY, "pm"))
    forward = idea.trigger.number * math.exp(RATE * start / 525_600)
    above = 100 * probability_above(forward, idea.breakevens[0].number, VOLATILITY, years)
    assert idea.probability_of_profit.number == pytest.approx(above, abs=2.0)
    put = plan_of(found, "bear put spread")
    forward = put.trigger.number * math.exp(RATE * start / 525_600)
    above = 100 * probability_above(forward, put.breakevens[0].number, VOLATILITY, years)
    assert put.probability_of_profit.number == pytest.approx(100 - above, abs=2.0)


@pytest.mark.recorded
def test_the_recorded_friday_of_may_has_the_plans_found_by_hand(shared):
    snapshot, history = gather("IWM", f"csv:{shared / 'data'}", dt.date(2026, 5, 22))
    analysis = analyse(dataclasses.replace(snapshot, news=()), history, Choices(rate=0.0365))
    shares = plan_of(analysis, "stock")
    assert (shares.trigger.number, shares.invalidation.number) == (287.58, 282.49)
    assert shares.target.number == pytest.approx(299.15, abs=0.02)
    assert shares.max_loss.number == pytest.approx(5.09)
    spread = plan_of(analysis, "bull call spread")
    # the hand-made article has the 290/300 at 3.45, 1.65 to one, and the 290 call alone at 0.74
    assert [leg.strike.number for leg in spread.legs] == [289, 300]
    assert spread.expires.value == dt.date(2026, 6, 18)
    assert spread.reward_risk.number == pytest.approx(1.6, abs=0.1)
    assert spread.compared.reward_risk.number == pytest.approx(0.75, abs=0.05)
    down = plan_of(analysis, "bear put spread")
    assert down.expires == spread.expires
    assert down.waiting.number > 25
