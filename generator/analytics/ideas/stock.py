"""Shares bought on a close above: at risk down to the invalidation, for the target."""

from __future__ import annotations

from generator.analytics.ideas.gate import LEAST_STOCK_REWARD, NoPlanError, Reason
from generator.analytics.ideas.plan_facts import PlanWriter
from generator.analytics.ideas.scenario import Desk, Direction, Scenario, scenarios
from generator.models.analysis import Fact, Idea, IdeaKind, Leg

KIND: IdeaKind = "stock"
DIRECTION: Direction = "up"
ROOM = 0.25  #: average ranges above the trigger up to which the plan still buys
GAP = "A stop is an order and no price; an overnight gap can lose more"


def plan(desk: Desk) -> Idea:
    """Return the plan; `NoPlanError` when there is none."""
    if desk.snapshot.kind == "index":
        raise NoPlanError(Reason.NOT_TRADED)
    scenario = scenarios(desk, DIRECTION)[0]
    goal = _target(scenario)
    write = PlanWriter(desk, KIND, scenario)
    trigger, target = write.same("trigger", scenario.trigger), write.same("target", goal)
    stop = write.same("invalidation", scenario.invalidation)
    loss = write.fact("max_loss", trigger.number - stop.number, "=$1-$2", (trigger, stop))
    profit = write.fact("profit_at_target", target.number - trigger.number, "=$1-$2", (target, trigger))
    return Idea(
        id=write.id,
        kind=KIND,
        direction=DIRECTION,
        legs=(Leg(quantity=1, right=None, strike=None, expiration=None, contract_symbol=None),),
        trigger=trigger,
        trigger_level=scenario.trigger_level,
        limit=_limit(write, trigger),
        last_day=desk.ledger.day(scenario.last_day),
        invalidation=stop,
        target=target,
        price_now=None,
        mid_now=None,
        price_at_trigger=None,
        breakevens=(write.same("breakeven", trigger),),
        max_loss=loss,
        max_gain=None,
        probability_of_profit=None,
        profit_at_target=profit,
        reward_risk=write.ratio("reward_risk", profit, loss),
        expires=None,
        warnings=(GAP,),
    )


def _target(scenario: Scenario) -> Fact:
    """The nearest target that pays at least what is at risk."""
    risk = scenario.trigger.number - scenario.invalidation.number
    for target in scenario.targets:
        if target.number - scenario.trigger.number >= LEAST_STOCK_REWARD * risk:
            return target
    raise NoPlanError(Reason.LITTLE_STOCK_REWARD)


def _limit(write: PlanWriter, trigger: Fact) -> Fact:
    average = write.desk.technicals.atr_14
    if average is None:
        raise NoPlanError(Reason.NO_RANGE)
    return write.fact("limit", trigger.number + ROOM * average.number, "=$1+0.25*$2", (trigger, average))
