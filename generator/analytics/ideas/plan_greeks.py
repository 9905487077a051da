"""The greeks of one contract of a plan at its trigger: what its legs' add up to."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from generator.analytics.ideas.plan_facts import PlanWriter
from generator.analytics.ideas.planning import Candidate
from generator.analytics.ideas.scenario import at_trigger
from generator.models.analysis import Fact, Unit

#: greek -> its unit and decimals, of a contract: shares, shares a dollar, dollars a volatility
#: point, a calendar day, a percentage point of the rate
PRINTED: Mapping[str, tuple[Unit, int]] = {
    "delta": (Unit.SHARES, 0),
    "gamma": (Unit.SHARES, 1),
    "vega": (Unit.USD, 0),
    "theta": (Unit.USD, 0),
    "rho": (Unit.USD, 0),
}


def plan_greeks(write: PlanWriter, chosen: Candidate) -> dict[str, Fact]:
    """Write the greeks down, per contract; none where a leg has none."""
    parts = chosen.position.parts
    multiplier = write.multiplier(parts)
    options = [(part.quantity, part.quote) for part in parts if part.quote is not None]
    if multiplier is None:
        return {}
    found = write.desk.surface.greeks_of(
        [quote for _, quote in options],
        spot=chosen.scenario.trigger.number,
        as_of=at_trigger(write.desk),
    )
    counts = [count for count, _ in options]
    sums = {name: float(sum(counts * getattr(found, name))) for name in PRINTED}
    sums["delta"] += sum(part.quantity for part in parts if part.quote is None)
    if not all(map(isfinite, sums.values())):
        return {}
    return {
        name: write.desk.ledger.add(
            write.name(f"greeks.{name}"),
            multiplier * sums[name],
            unit=unit,
            decimals=decimals,
            formula="greeks.of_position",
        )
        for name, (unit, decimals) in PRINTED.items()
    }
