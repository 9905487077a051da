"""Every plan again, from its legs and prices: order, money, odds, dates, and what must be said beside it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.audit.findings import TWIN, Finding
from generator.audit.payoffs import Curve, net_now, net_then
from generator.audit.twin import Twin
from generator.rules import consistency as rules

_MOST_PLANS = 3
_CLOSE = 1e-6  # dollars: what two ways of adding up may differ by
_FAMILY = {
    "long call": "up",
    "bull call spread": "up",
    "bull put spread": "up",
    "long put": "down",
    "bear put spread": "down",
    "bear call spread": "down",
    "stock": "shares",
}

Plan = Mapping[str, Any]


def check_plans(twin: Twin) -> Iterator[Finding]:
    """Yield what is wrong with each plan, and with all of them together."""
    plans: Sequence[Plan] = twin.raw["ideas"]
    if len(plans) > _MOST_PLANS:
        yield Finding(TWIN, "ideas", f"wanted at most {_MOST_PLANS} plans, found {len(plans)}")
    families = [_FAMILY.get(plan["kind"], "range") for plan in plans]
    for family in sorted({name for name in families if families.count(name) > 1}):
        yield Finding(TWIN, "ideas", f"two plans are one idea ({family})")
    yield from _leaning(plans, twin)
    for plan in plans:
        for problem in _problems(plan, twin):
            yield Finding(TWIN, f"idea {plan['id']}", problem)


def _problems(plan: Plan, twin: Twin) -> Iterator[str]:
    yield from (problem for problem in _order(plan, twin) if problem)
    yield from _money(plan)
    if any(leg["right"] is not None for leg in plan["legs"]):
        yield from _payoff(plan, twin)
        if plan.get("compared"):
            yield from _compared(plan)
    else:
        yield from _shares(plan)
    yield from _odds(plan, twin)
    yield from _dates(plan, twin)
    yield from _said(plan)


def _leaning(plans: Sequence[Plan], twin: Twin) -> Iterator[Finding]:
    """Hold the order and the roles of the plans against the votes: with the lean first, others marked."""
    way = _way(twin)
    for plan in plans:
        role = "even" if way is None else "lean" if plan["direction"] == way else "alternative"
        if plan["role"] != role:
            yield Finding(TWIN, f"idea {plan['id']}", f"its role is {plan['role']}, the votes make it {role}")
    if sorted(plans, key=lambda plan: plan["role"] != "lean") != list(plans):
        yield Finding(TWIN, "ideas", "a plan with the lean stands behind one against it")


def _way(twin: Twin) -> str | None:
    """Return where three votes or more point with no strong one against, None where they are mixed."""
    names = ("up", "down", "lowest", "highest")
    facts = [twin.facts.get(f"lean.{name}") for name in names]
    up, down, lowest, highest = (0.0 if fact is None else fact.number for fact in facts)
    if up >= 3 and lowest > -2:
        return "up"
    return "down" if down >= 3 and highest < 2 else None


def _order(plan: Plan, twin: Twin) -> Iterator[str | None]:
    trigger, target = float(plan["trigger"]), float(plan["target"])
    stops = [float(plan["invalidation"])]
    if plan["direction"] == "flat":
        stops.append(float(plan["invalidation_above"]))
        if not stops[0] < twin.spot < stops[1]:
            yield f"the price {twin.spot} is not between its bounds {stops[0]} and {stops[1]}"
    else:
        yield rules.trigger_ahead(plan["direction"], trigger, twin.spot)
        yield rules.plan_order(plan["direction"], stops[0], trigger, target)
    average = twin.facts.get("technicals.atr_14")
    if average is not None:
        yield from (rules.stop_distance(stop, trigger, average.number) for stop in stops)
    if plan.get("expires"):
        yield rules.unexpired(dt.date.fromisoformat(plan["expires"]), twin.session)


def _money(plan: Plan) -> Iterator[str]:
    """Yield a profit or a loss that is none, and a limit worse than the plan's own price."""
    profit, loss = float(plan["profit_at_target"]), float(plan["max_loss"])
    if profit <= 0:
        yield f"its profit at its own target is {profit}"
    if loss <= 0:
        yield f"its largest loss is {loss}"
    limit, price = plan.get("limit"), plan.get("price_at_trigger")
    if price is not None and limit is not None and _sign(plan) * limit < _sign(plan) * price:
        yield f"its limit {limit} is {'below' if _sign(plan) > 0 else 'above'} its own price {price}"


def _sign(plan: Plan) -> int:
    """1 for what is paid, -1 for what comes in."""
    return -1 if plan["entry"] == "credit" else 1


def _payoff(plan: Plan, twin: Twin) -> Iterator[str]:
    """Yield every figure that the legs and their quotes do not give."""
    legs, sign = plan["legs"], _sign(plan)
    now, mid_now = net_now(legs, twin.spot)
    then, mid_then = net_then(legs, float(plan["trigger"]))
    curve = Curve(legs, then)
    if sign * then <= 0:
        yield f"it is called a {plan['entry']} and its legs cost {then:.2f}"
    wanted = {
        "price_now": sign * now,
        "mid_now": sign * mid_now,
        "price_at_trigger": sign * then,
        "mid_at_trigger": sign * mid_then,
        "profit_at_target": curve.at(float(plan["target"])),
        "max_loss": -curve.least,
        "max_gain": curve.most,
        "expected_value": mid_then - then,
        "reward_risk": curve.at(float(plan["target"])) / -curve.least,
    }
    for name, value in wanted.items():
        yield from _differing(name, plan[name], value)
    yield from _breakevens(plan["breakevens"], curve.turns)


def _differing(name: str, said: float | None, made: float) -> Iterator[str]:
    """Yield a difference; what has no bound is said as none."""
    if said is None:
        if math.isfinite(made):
            yield f"its legs give a {name} of {made:.2f}, it says none"
    elif not math.isclose(said, made, rel_tol=_CLOSE, abs_tol=_CLOSE):
        yield f"its legs give a {name} of {made:.2f}, it says {said:.2f}"


def _breakevens(said: Sequence[float], made: Sequence[float]) -> Iterator[str]:
    same = len(said) == len(made) and all(
        math.isclose(one, other, rel_tol=_CLOSE, abs_tol=_CLOSE)
        for one, other in zip(sorted(said), made, strict=True)
    )
    if not same:
        yield f"its legs break even at {_listed(made)}, it says {_listed(said)}"


def _listed(prices: Sequence[float]) -> str:
    return ", ".join(f"{price:.2f}" for price in prices) or "none"


def _compared(plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the other way to build the same idea."""
    other = plan["compared"]
    then, _ = net_then(other["legs"], float(plan["trigger"]))
    curve = Curve(other["legs"], then)
    profit = curve.at(float(plan["target"]))
    reward = profit / -curve.least if math.isfinite(curve.least) else math.inf
    found = (
        *_differing("price_at_trigger", other["price_at_trigger"], abs(then)),
        *_differing("profit_at_target", other["profit_at_target"], profit),
        *_differing("reward_risk", other["reward_risk"], reward),
    )
    yield from (f"compared: {problem}" for problem in found)


def _shares(plan: Plan) -> Iterator[str]:
    trigger, side = float(plan["trigger"]), 1 if plan["direction"] == "up" else -1
    risk, gain = side * (trigger - float(plan["invalidation"])), side * (float(plan["target"]) - trigger)
    yield from _differing("max_loss", plan["max_loss"], risk)
    yield from _differing("profit_at_target", plan["profit_at_target"], gain)


def _odds(plan: Plan, twin: Twin) -> Iterator[str]:
    """A probability is never printed without the largest loss."""
    printed = {mention.fact for mention in twin.mentions}
    facts = plan.get("facts", {})
    if facts.get("probability_of_profit") in printed and facts.get("max_loss") not in printed:
        yield "its probability is printed and its largest loss is not"


def _dates(plan: Plan, twin: Twin) -> Iterator[str]:
    last = dt.date.fromisoformat(plan["last_day"])
    if last <= twin.session:
        yield f"its last day {last} is not after the session {twin.session}"
    if plan.get("expires") and last >= dt.date.fromisoformat(plan["expires"]):
        yield f"its last day {last} is not before it expires"
    for leg in plan["legs"]:
        if leg["expiration"] and leg["expiration"] != plan.get("expires"):
            yield f"a leg expires on {leg['expiration']}, the plan on {plan.get('expires')}"
    for event in plan.get("events", ()):
        day, expires = dt.date.fromisoformat(event["date"]), _expires(plan, twin)
        if day != expires and (twin.session < day < expires) != event["spanned"]:  # that day the hour decides
            yield f"it expires on {plan.get('expires')}, on the other side of {event['date']} than it says"


def _expires(plan: Plan, twin: Twin) -> dt.date:
    return dt.date.fromisoformat(plan["expires"]) if plan.get("expires") else twin.session


def _said(plan: Plan) -> Iterator[str]:
    """A sold option of shares can be assigned, and shares with a stop can gap: both must be said."""
    told = " ".join(plan["warnings"]).casefold()
    sold = [leg for leg in plan["legs"] if leg["right"] is not None and leg["quantity"] < 0]
    if sold and "assign" not in told and "cash" not in told:
        yield "it sells an option and does not say what assignment or settlement may bring"
    if all(leg["right"] is None for leg in plan["legs"]) and "gap" not in told:
        yield "it has a stop and does not say that the price may gap over it"
