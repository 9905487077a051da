"""
What a price moved over as many sessions as its options price, against what they price.

The mean absolute move of the year before, close to close: the same quantity as a straddle.
"""

from __future__ import annotations

import numpy as np

from generator.analytics.bar_rows import span
from generator.analytics.ideas.gate import NoPlanError, Reason
from generator.analytics.ideas.range_scenario import Targets
from generator.analytics.ideas.scenario import Desk
from generator.models.analysis import Fact, TermPoint, Unit

YEAR = 252  #: windows, each ending a session after the one before
CLEARLY = 1.25  #: times the straddle


def moved_more(desk: Desk) -> Targets:
    """Return the targets of what is bought to move either way: the mean move up and down."""

    def targets(term: TermPoint) -> tuple[Fact, ...]:
        sessions = int(term.sessions.number)
        bars = desk.snapshot.bars
        if term.straddle_percent is None or sessions < 1 or len(bars) < YEAR + sessions:
            return ()
        mean = mean_move(bars["close"].to_numpy(dtype=float), sessions)
        if mean < CLEARLY * term.straddle_percent.number:
            return ()
        moved = desk.ledger.add(
            f"moved.{sessions}",
            mean,
            unit=Unit.PERCENT,
            decimals=1,
            formula=f"moved.mean({YEAR})",
            rows=span(bars, -YEAR - sessions),
            of=(term.sessions,),
        )
        return tuple(_goal(desk, sessions, moved, sign) for sign in (1, -1))

    return targets


def mean_move(closes: np.ndarray, sessions: int) -> float:
    """Return the mean absolute change over so many sessions in percent, of the last 252 windows."""
    changes = closes[sessions:] / closes[:-sessions] - 1
    return 100 * float(np.mean(np.abs(changes[-YEAR:])))


def _goal(desk: Desk, sessions: int, moved: Fact, sign: int) -> Fact:
    spot = desk.price.spot
    return desk.ledger.add(
        f"moved.{sessions}.{'up' if sign > 0 else 'down'}",
        spot.number * (1 + sign * moved.number / 100),
        unit=desk.unit,
        decimals=2,
        formula=f"=$1*(1{'+' if sign > 0 else '-'}$2/100)",
        of=(spot, moved),
    )


def refuse_unmoved(found: int) -> None:
    """Raise `NoPlanError` where no expiration was found whose options price clearly less."""
    if not found:
        raise NoPlanError(Reason.MOVED_LESS)
