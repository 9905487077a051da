"""A candidate written down as a plan, every figure with its arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from generator.analytics.ideas import payoff
from generator.analytics.ideas.gate import NoPlanError, Reason
from generator.analytics.ideas.plan_events import plan_events
from generator.analytics.ideas.plan_facts import PlanWriter
from generator.analytics.ideas.plan_greeks import plan_greeks
from generator.analytics.ideas.plan_prices import Prices, legs_of, prices_of
from generator.analytics.ideas.planning import Candidate
from generator.analytics.ideas.profit_probability import probability_of_profit
from generator.analytics.ideas.scenario import Desk
from generator.analytics.ideas.sums import Entered, Sum
from generator.analytics.ideas.warnings import warnings
from generator.models.analysis import Compared, Fact, Idea, Leg, Unit


def written(desk: Desk, chosen: Candidate, rival: Candidate | None = None) -> Idea:
    """Return the plan of *chosen*, with a word on *rival*, the same idea built another way."""
    write, scenario = PlanWriter(desk, chosen.shape.kind), chosen.scenario
    legs, trigger = legs_of(write, chosen), write.same("trigger", scenario.trigger)
    credit = chosen.position.natural_then < 0
    prices = prices_of(write, legs, trigger, credit=credit)
    entered = Entered(chosen.position.parts, [leg.strike for leg in legs], prices.then, credit)
    target = write.same("target", chosen.target)
    profit = write.sum("profit_at_target", entered.payoff(target.number, target))
    loss, gain = (_extreme(write, chosen, entered, legs, sign) for sign in (-1, 1))
    if loss is None:
        raise NoPlanError(Reason.UNBOUNDED)
    breakevens = tuple(_breakevens(write, chosen, entered))
    above = scenario.invalidation_above
    return Idea(
        id=write.id,
        kind=chosen.shape.kind,
        direction=scenario.direction,
        legs=legs,
        trigger=trigger,
        trigger_level=scenario.trigger_level,
        limit=_limit(write, chosen, prices.then, target, legs),
        last_day=desk.ledger.day(scenario.last_day),
        invalidation=write.same("invalidation", scenario.invalidation),
        invalidation_above=None if above is None else write.same("invalidation_above", above),
        target=target,
        price_now=prices.now,
        mid_now=prices.mid_now,
        price_at_trigger=prices.then,
        mid_at_trigger=prices.mid_then,
        entry="credit" if credit else "debit",
        waiting=_waiting(write, prices),
        breakevens=breakevens,
        max_loss=loss,
        max_loss_contract=_contract(write, loss, chosen),
        max_gain=gain,
        probability_of_profit=probability_of_profit(write, chosen, breakevens),
        profit_at_target=profit,
        greeks=plan_greeks(write, chosen),
        expected_value=_expected(write, prices, credit=credit),
        reward_risk=write.ratio("reward_risk", profit, loss),
        expires=desk.ledger.day(scenario.expiration),
        compared=None if rival is None else _compared(desk, write, rival),
        events=tuple(plan_events(desk, scenario)),
        warnings=tuple(warnings(desk, chosen)),
    )


def _extreme(
    write: PlanWriter, chosen: Candidate, entered: Entered, legs: Sequence[Leg], sign: int
) -> Fact | None:
    """Write the most to gain (1) or to lose (-1), read at the strike, or at zero, where it lies."""
    held = chosen.position.held
    if (payoff.max_gain(held) if sign > 0 else payoff.max_loss(held)) is None:
        return None
    corners: list[tuple[float, Fact | None]] = [(0.0, None)]
    corners += [(leg.strike.number, leg.strike) for leg in legs if leg.strike is not None]
    spot, at = max(corners, key=lambda corner: sign * payoff.profit(held, corner[0]))
    total = entered.payoff(spot, at)
    if sign < 0:
        total = Sum(tuple((-count, fact) for count, fact in total.terms))
    return write.sum("max_gain" if sign > 0 else "max_loss", total)


def _breakevens(write: PlanWriter, chosen: Candidate, entered: Entered) -> list[Fact]:
    found = []
    many = len(chosen.breakevens) > 1
    for place, price in enumerate(chosen.breakevens, 1):
        value, formula, of = entered.breakeven(price)
        found.append(write.fact(f"breakeven.{place}" if many else "breakeven", value, formula, of))
    return found


def _limit(write: PlanWriter, chosen: Candidate, then: Fact, target: Fact, legs: Sequence[Leg]) -> Fact:
    if chosen.limit is None:
        raise NoPlanError(Reason.LITTLE_REWARD)
    name = "limit.below_estimate(5%)" if chosen.position.natural_then < 0 else "limit.above_estimate(5%)"
    strikes = [leg.strike for leg in legs if leg.strike is not None]
    return write.fact("limit", chosen.limit, name, (then, target, *strikes))


def _waiting(write: PlanWriter, prices: Prices) -> Fact | None:
    """By how much the mid changes from today to the trigger, in percent."""
    if prices.mid_now.number <= 0:
        return None
    value = 100 * (prices.mid_then.number / prices.mid_now.number - 1)
    return write.percent("waiting", value, "=100*($1/$2-1)", (prices.mid_then, prices.mid_now))


def _expected(write: PlanWriter, prices: Prices, *, credit: bool) -> Fact:
    """At the model's own value: less what the quoted spreads cost, and so below zero."""
    first, second = (prices.then, prices.mid_then) if credit else (prices.mid_then, prices.then)
    return write.sum("expected_value", Sum.of([(1, first), (-1, second)]))


def _contract(write: PlanWriter, loss: Fact, chosen: Candidate) -> Fact | None:
    """Write the most that one contract can lose, in dollars: its own multiplier times a share's."""
    multiplier = write.multiplier(chosen.position.parts)
    quote = next((part.quote for part in chosen.position.parts if part.quote is not None), None)
    if multiplier is None or quote is None:
        return None
    return write.desk.ledger.add(
        write.name("max_loss_contract"),
        loss.number * multiplier,
        unit=Unit.USD,
        formula="=$1*value(multiplier)",
        rows=write.series(quote)[1],
        of=(loss,),
    )


def _compared(desk: Desk, write: PlanWriter, rival: Candidate) -> Compared:
    """Write down what the rival costs at the trigger and makes at the same target."""
    aside = PlanWriter(desk, write.kind, "compared.")
    legs = legs_of(aside, rival)
    trigger = aside.same("trigger", rival.scenario.trigger)
    credit = rival.position.natural_then < 0
    prices = prices_of(aside, legs, trigger, credit=credit)
    entered = Entered(rival.position.parts, [leg.strike for leg in legs], prices.then, credit)
    target = aside.same("target", rival.target)
    profit = aside.sum("profit_at_target", entered.payoff(target.number, target))
    loss = _extreme(aside, rival, entered, legs, -1)
    return Compared(
        kind=rival.shape.kind,
        legs=legs,
        price_at_trigger=prices.then,
        profit_at_target=profit,
        reward_risk=None if loss is None else aside.ratio("reward_risk", profit, loss),
    )
