"""A spoiled plan is found, whatever its structure."""

from __future__ import annotations

import copy
import datetime as dt

import pytest

from generator.audit.payoffs import Curve, net_now, net_then
from generator.audit.plans import check_plans
from generator.audit.twin import Twin
from generator.models.analysis import Fact, Unit

SESSION, EXPIRES = dt.date(2026, 5, 22), "2026-06-18"
SPOT = 285.0
QUOTES = {
    ("put", 260.0): (0.9, 1.0, 0.95),
    ("put", 270.0): (2.0, 2.1, 2.05),
    ("call", 290.0): (4.0, 4.2, 4.1),
    ("call", 300.0): (1.2, 1.3, 1.25),
}
BUILT = {
    "bull call spread": ("up", [(1, "call", 290.0), (-1, "call", 300.0)]),
    "bull put spread": ("up", [(-1, "put", 270.0), (1, "put", 260.0)]),
    "bear put spread": ("down", [(1, "put", 270.0), (-1, "put", 260.0)]),
    "covered call": ("flat", [(1, None, None), (-1, "call", 300.0)]),
    "cash-secured put": ("flat", [(-1, "put", 270.0)]),
    "strangle": ("flat", [(1, "put", 270.0), (1, "call", 290.0)]),
    "iron condor": (
        "flat",
        [(1, "put", 260.0), (-1, "put", 270.0), (-1, "call", 290.0), (1, "call", 300.0)],
    ),
}
PRICES = {"up": (287.58, 282.0, 299.0), "down": (277.0, 286.0, 262.0), "flat": (SPOT, 275.0, SPOT)}


def leg_of(quantity, right, strike):
    bid, ask, value = QUOTES.get((right, strike), (None, None, None))
    return {
        "quantity": quantity,
        "right": right,
        "strike": strike,
        "expiration": None if right is None else EXPIRES,
        "bid": bid,
        "ask": ask,
        "value_at_trigger": value,
    }


def plan_of(kind):
    direction, built = BUILT[kind]
    legs = [leg_of(*each) for each in built]
    trigger, stop, target = PRICES[direction]
    if kind == "strangle":
        target = 310.0
    now, then = net_now(legs, SPOT), net_then(legs, trigger)
    curve = Curve(legs, then[0])
    sign = -1 if then[0] < 0 else 1
    return {
        "id": kind.replace(" ", "_"),
        "kind": kind,
        "direction": direction,
        "role": "even",
        "entry": "credit" if sign < 0 else "debit",
        "legs": legs,
        "trigger": trigger,
        "invalidation": stop,
        "invalidation_above": 295.0 if direction == "flat" else None,
        "target": target,
        "limit": round(sign * then[0] + 0.01 * sign, 2),
        "last_day": "2026-06-01",
        "expires": EXPIRES,
        "price_now": sign * now[0],
        "mid_now": sign * now[1],
        "price_at_trigger": sign * then[0],
        "mid_at_trigger": sign * then[1],
        "breakevens": curve.turns,
        "max_loss": -curve.least,
        "max_gain": curve.most if curve.most < 1e9 else None,
        "profit_at_target": curve.at(target),
        "expected_value": then[1] - then[0],
        "reward_risk": curve.at(target) / -curve.least,
        "compared": None,
        "events": [],
        "facts": {},
        "warnings": ["A sold option can be assigned", "An overnight gap can lose more"],
    }


def problems(*plans, votes=None):
    facts = {
        f"lean.{name}": Fact(id=f"lean.{name}", value=value, unit=Unit.COUNT, decimals=0, formula="test")
        for name, value in (votes or {}).items()
    }
    twin = Twin(
        raw={"ideas": list(plans)},
        session=SESSION,
        as_of=dt.datetime(2026, 5, 22, 16, tzinfo=dt.UTC),
        open_interest_date=dt.date(2026, 5, 21),
        spot=SPOT,
        headline="",
        standfirst="",
        facts=facts,
        sections=(),
        orphans=(),
        charts=(),
        claims={},
    )
    return [finding.problem for finding in check_plans(twin)]


@pytest.mark.parametrize("kind", BUILT)
def test_a_plan_of_any_structure_that_adds_up_passes(kind):
    assert problems(plan_of(kind)) == []


@pytest.mark.parametrize("kind", BUILT)
@pytest.mark.parametrize(
    "name",
    [
        "price_now",
        "mid_now",
        "price_at_trigger",
        "mid_at_trigger",
        "max_loss",
        "profit_at_target",
        "expected_value",
        "reward_risk",
    ],
)
def test_a_figure_a_cent_off_is_found(kind, name):
    plan = plan_of(kind)
    plan[name] += 0.01
    assert any(name in problem for problem in problems(plan))


@pytest.mark.parametrize("kind", BUILT)
def test_a_breakeven_off_left_out_or_made_up_is_found(kind):
    for change in (
        lambda prices: [prices[0] + 0.01, *prices[1:]],
        lambda prices: prices[1:],
        lambda prices: [*prices, 400.0],
    ):
        plan = plan_of(kind)
        plan["breakevens"] = change(plan["breakevens"])
        assert any("break even" in problem for problem in problems(plan))


def test_a_gain_said_to_have_no_bound_or_a_bound_it_has_not_is_found():
    plan = plan_of("bull call spread")
    plan["max_gain"] = None
    assert any("it says none" in problem for problem in problems(plan))
    plan = plan_of("strangle")
    plan["max_gain"] = 50.0
    assert any("max_gain of inf" in problem for problem in problems(plan))


@pytest.mark.parametrize("kind", BUILT)
def test_a_side_turned_round_is_found(kind):
    plan = plan_of(kind)
    plan["legs"][-1]["quantity"] *= -1
    assert problems(plan)


def test_a_debit_called_a_credit_is_found():
    plan = plan_of("bull call spread")
    plan["entry"] = "credit"
    assert any("called a credit" in problem for problem in problems(plan))


def test_a_limit_worse_than_the_estimate_is_found_for_what_is_paid_and_what_comes_in():
    for kind, change in (("bull call spread", -0.5), ("iron condor", 0.5)):
        plan = plan_of(kind)
        plan["limit"] += change
        assert any("its limit" in problem for problem in problems(plan))


def test_a_flat_plan_whose_price_has_left_its_bounds_is_found():
    plan = plan_of("iron condor")
    plan["invalidation_above"] = 284.0
    assert any("not between its bounds" in problem for problem in problems(plan))


def test_a_sold_option_without_a_word_on_assignment_is_found():
    plan = plan_of("iron condor")
    plan["warnings"] = ["An overnight gap can lose more"]
    assert any("assignment" in problem for problem in problems(plan))


def test_two_plans_of_one_idea_and_a_fourth_plan_are_found():
    spread = plan_of("bull call spread")
    assert any("one idea (up)" in problem for problem in problems(spread, plan_of("bull put spread")))
    four = [spread, plan_of("bear put spread"), plan_of("iron condor"), copy.deepcopy(spread)]
    assert any("at most 3 plans" in problem for problem in problems(*four))


def test_what_a_plan_is_compared_with_is_worked_out_too():
    plan = plan_of("bull call spread")
    alone = [leg_of(1, "call", 290.0)]
    then = net_then(alone, plan["trigger"])[0]
    curve = Curve(alone, then)
    profit = curve.at(plan["target"])
    plan["compared"] = {
        "legs": alone,
        "price_at_trigger": then,
        "profit_at_target": profit,
        "reward_risk": profit / then,
    }
    assert problems(plan) == []
    for name in ("price_at_trigger", "profit_at_target", "reward_risk"):
        spoiled = copy.deepcopy(plan)
        spoiled["compared"][name] += 0.01
        assert any(problem.startswith("compared: ") for problem in problems(spoiled))


def test_an_event_on_the_other_side_of_the_expiration_is_found():
    plan = plan_of("bull call spread")
    for date, spanned in (("2026-06-17", True), ("2026-06-19", False)):
        plan["events"] = [{"title": "Meeting", "date": date, "spanned": spanned}]
        assert problems(plan) == []
        plan["events"][0]["spanned"] = not spanned
        assert any("on the other side" in problem for problem in problems(plan))
    for spanned in (True, False):  # on the expiration's own day the hour decides
        plan["events"] = [{"title": "Meeting", "date": "2026-06-18", "spanned": spanned}]
        assert problems(plan) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"last_day": EXPIRES}, "not before it expires"),
        ({"last_day": "2026-05-22"}, "not after the session"),
        ({"expires": "2026-06-12"}, "a leg expires on 2026-06-18"),
        ({"trigger": 284.0}, "already met"),
        ({"target": 287.0}, "not beyond its trigger"),
        ({"invalidation": 288.0}, "wrong side"),
    ],
)
def test_dates_and_order_are_held(change, words):
    plan = plan_of("bull call spread")
    plan.update(change)
    assert any(words in problem for problem in problems(plan))


BULLISH = {"up": 3, "down": 0, "lowest": 0, "highest": 1}
BEARISH = {"up": 1, "down": 3, "lowest": -1, "highest": 1}


def both(first, second, roles):
    found = [plan_of(first), plan_of(second)]
    for plan, role in zip(found, roles, strict=True):
        plan["role"] = role
    return found


def test_the_order_and_the_roles_of_plans_are_held_against_the_votes():
    up, down = "bull call spread", "bear put spread"
    assert problems(*both(up, down, ("lean", "alternative")), votes=BULLISH) == []
    assert problems(*both(down, up, ("lean", "alternative")), votes=BEARISH) == []
    assert problems(*both(up, down, ("even", "even")), votes={**BULLISH, "lowest": -2}) == []
    wrong = problems(*both(down, up, ("alternative", "lean")), votes=BULLISH)
    assert wrong == ["a plan with the lean stands behind one against it"]
    wrong = problems(*both(up, down, ("lean", "alternative")), votes=BEARISH)
    assert any("the votes make it alternative" in problem for problem in wrong)
    assert any("the votes make it even" in problem for problem in problems(*both(up, down, ("lean", "even"))))
