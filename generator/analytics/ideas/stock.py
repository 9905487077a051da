"""Shares bought on a close above: at risk down to the invalidation, for the target."""

from __future__ import annotations

from generator.analytics.ideas.gate import LEAST_STOCK_REWARD, NoPlanError, Reason
from generator.analytics.ideas.plan_facts import PlanWriter
from generator.analytics.ideas.planning import Candidate, Shape
from generator.analytics.ideas.position import Part, Position
from generator.analytics.ideas.scenario import Desk, Scenario, scenarios
from generator.analytics.ideas.warnings import GAP
from generator.models.analysis import Fact, Idea, Leg

SHAPE = Shape(kind="stock", direction="up", family="shares", least_reward=LEAST_STOCK_REWARD)
ROOM = 0.25  #: average ranges above the trigger up to which the plan still buys


class Shares(Candidate):
    """Shares at risk down to the stop, not to zero."""

    @property
    def loss(self) -> float:
        """The way from the trigger to the stop."""
        return self.scenario.trigger.number - self.scenario.invalidation.number


def find(desk: Desk) -> Candidate:
    """Return the shares of the up scenario; `NoPlanError` when there are none."""
    if desk.snapshot.kind == "index":
        raise NoPlanError(Reason.NOT_TRADED)
    scenario = scenarios(desk, "up")[0]
    trigger = scenario.trigger.number
    return Shares(SHAPE, scenario, _target(scenario), Position((Part(1),), desk.spot, trigger, (trigger,)))


def written(desk: Desk, chosen: Candidate) -> Idea:
    """Return the plan of *chosen*."""
    write, scenario = PlanWriter(desk, SHAPE.kind), chosen.scenario
    trigger, target = write.same("trigger", scenario.trigger), write.same("target", chosen.target)
    stop = write.same("invalidation", scenario.invalidation)
    loss = write.fact("max_loss", trigger.number - stop.number, "=$1-$2", (trigger, stop))
    profit = write.fact("profit_at_target", target.number - trigger.number, "=$1-$2", (target, trigger))
    return Idea(
        id=write.id,
        kind=SHAPE.kind,
        direction=scenario.direction,
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
