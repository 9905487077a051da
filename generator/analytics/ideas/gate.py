"""
The gate: what stops a plan, each with the reason that is printed.

Triggers, stops and targets are held to the consistency rules of a brief: in order, not
met yet, a profit above zero at the plan's own target, nothing that expires too soon.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from generator.models.analysis import Idea

STOP_DISTANCE = 0.25  #: average ranges between trigger and invalidation, at least
LEAST_STOCK_REWARD = 1.0  #: profit at the target over what is at risk
WIDEST_SPREAD = 10.0  #: percent of the mid
PENNY_SPREAD, PENNY_PRICE = 0.05, 1.0  #: dollars; below a dollar this spread will do


class Reason(StrEnum):
    """Why there is no plan: the end of a sentence, without a digit; in the order they are met."""

    NOT_TRADED = "an index cannot be bought"
    MOVED_LESS = "the price has not moved clearly more than options price"
    NO_RECORD = "too few sessions are on file to say whether premium is dear"
    NOT_DEAR = "premium is not dear for its own record"
    NOT_HELD = "no range has held on both sides"
    NO_BOUNDS = "no level stands within reach on each side of the price"
    NO_RANGE = "there are too few sessions on file for an average range"
    NO_TRIGGER_ABOVE = "no level above stands within reach and clear of the price"
    NO_TRIGGER_BELOW = "no level below stands within reach and clear of the price"
    NO_INVALIDATION = "no level on the other side says when the plan is wrong"
    NO_EXPIRATION = "no monthly or Friday expiration two to eight weeks out is listed"
    NO_TARGET = "options price too small a move beyond the trigger"
    NOT_LIQUID = "no strike beyond the trigger is quoted tightly enough"
    LOSES_AT_TARGET = "every strike would lose money at the target"
    LITTLE_REWARD = "the profit at the target is too little for what it can lose"
    LITTLE_STOCK_REWARD = "the profit at the target is under what it can lose"
    OUT_OF_ORDER = "trigger, target and invalidation are out of order"
    TRIGGER_MET = "the trigger is already met"
    STOP_TOO_NEAR = "the invalidation is too near the trigger"
    UNBOUNDED = "what it can lose has no bound"
    EXPIRES_TOO_SOON = "it would expire before its last day to enter"


class NoPlanError(Exception):
    """A structure found no plan; caught where plans are collected and turned into a refusal."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(str(reason))


def liquid(bid: float | None, ask: float | None) -> bool:
    """Whether a two-sided quote is tight: 10 % of the mid, or five cents below a dollar."""
    if bid is None or ask is None or not 0 < bid <= ask:
        return False
    mid, spread = (bid + ask) / 2, ask - bid
    penny = mid < PENNY_PRICE and spread <= PENNY_SPREAD + 1e-9
    return penny or 100 * spread / mid <= WIDEST_SPREAD + 1e-9


def check(idea: Idea, *, spot: float, average_range: float, reached: float | None = None) -> None:
    """
    Hold a finished plan to the rules; `NoPlanError` with the first that it breaks.

    *reached* is how far today's bar went the plan's way: a trigger short of it is already met.
    """
    rules = _flat_rules if idea.direction == "flat" else _rules
    broken = {
        **rules(idea, spot, average_range, reached),
        Reason.LOSES_AT_TARGET: idea.profit_at_target.number <= 0,
        Reason.EXPIRES_TOO_SOON: _expires_too_soon(idea),
    }
    for reason, failed in broken.items():
        if failed:
            raise NoPlanError(reason)


def _rules(idea: Idea, spot: float, average_range: float, reached: float | None) -> dict[Reason, bool]:
    side = 1 if idea.direction == "up" else -1
    stop, trigger, target = (side * fact.number for fact in (idea.invalidation, idea.trigger, idea.target))
    return {
        Reason.TRIGGER_MET: side * spot >= trigger or (reached is not None and side * reached > trigger),
        Reason.OUT_OF_ORDER: not stop < side * spot < trigger < target,
        Reason.STOP_TOO_NEAR: trigger - stop < STOP_DISTANCE * average_range,
    }


def _flat_rules(idea: Idea, spot: float, average_range: float, _reached: float | None) -> dict[Reason, bool]:
    low, above = idea.invalidation.number, idea.invalidation_above
    high = low if above is None else above.number
    return {
        Reason.OUT_OF_ORDER: not low < spot < high,
        Reason.STOP_TOO_NEAR: min(spot - low, high - spot) < STOP_DISTANCE * average_range,
    }


def _expires_too_soon(idea: Idea) -> bool:
    if idea.expires is None:
        return False
    last, expires = idea.last_day.value, idea.expires.value
    return not (isinstance(last, dt.date) and isinstance(expires, dt.date) and last < expires)
