"""The greeks of one contract of a plan today: what its legs' add up to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from generator.analytics.ideas.plan_facts import PlanWriter
from generator.analytics.ideas.planning import Candidate
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
    """Write the greeks down, per contract, at today's price; none where a leg has none."""
    surface, parts = write.desk.surface, chosen.position.parts
    multiplier = write.multiplier(parts)
    found = [surface.book.find(part.quote.contract_symbol) for part in parts if part.quote is not None]
    rows = np.array([row for row in found if row is not None])
    if multiplier is None or not np.isfinite(surface.volatilities[rows]).all():
        return {}
    greeks, counts = surface.greeks_of(rows), [part.quantity for part in parts if part.quote is not None]
    sums = {name: float(np.dot(counts, getattr(greeks, name))) for name in PRINTED}
    sums["delta"] += sum(part.quantity for part in parts if part.quote is None)
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
