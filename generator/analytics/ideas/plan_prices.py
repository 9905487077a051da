"""What a plan's position costs, or brings in: today and at its trigger, at mid and as one could trade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.analytics.ideas.plan_facts import PlanWriter
from generator.analytics.ideas.planning import Candidate
from generator.analytics.ideas.sums import Sum
from generator.models.analysis import Fact, Leg


@dataclass(frozen=True, slots=True)
class Prices:
    """What a position costs, or brings in where it is a credit."""

    now: Fact
    mid_now: Fact
    then: Fact
    mid_then: Fact


def legs_of(write: PlanWriter, chosen: Candidate) -> tuple[Leg, ...]:
    """Write the legs down."""
    pairs = zip(chosen.position.parts, chosen.position.values, strict=True)
    return tuple(write.leg(place, part, value) for place, (part, value) in enumerate(pairs, 1))


def prices_of(write: PlanWriter, legs: Sequence[Leg], trigger: Fact, *, credit: bool) -> Prices:
    """Write the net prices down; taken in and not paid where the plan is a *credit*."""
    sign, spot = -1 if credit else 1, write.desk.price.spot
    now: list[tuple[int, Fact]] = []
    twice_mid, then, twice_spread = list(now), list(now), list(now)
    for leg in legs:
        count = sign * leg.quantity
        if leg.bid is None or leg.ask is None or leg.value_at_trigger is None:
            now.append((count, spot))
            twice_mid.append((2 * count, spot))
            then.append((count, trigger))
            continue
        now.append((count, leg.ask if leg.quantity > 0 else leg.bid))
        twice_mid += [(count, leg.bid), (count, leg.ask)]
        then.append((count, leg.value_at_trigger))
        size = sign * abs(leg.quantity)
        twice_spread += [(size, leg.ask), (-size, leg.bid)]
    natural = Sum.of([*((2 * count, fact) for count, fact in then), *twice_spread])
    return Prices(
        now=write.sum("price_now", Sum.of(now)),
        mid_now=write.sum("mid_now", Sum.of(twice_mid), 2),
        then=write.sum("price_at_trigger", natural, 2),
        mid_then=write.sum("mid_at_trigger", Sum.of(then)),
    )
