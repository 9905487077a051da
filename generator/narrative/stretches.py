"""
Where along the calendar options price the most a session.

Volatility is compared per session (variance over sessions), since calendar minutes make
weekends and holidays look calm; expirations under five sessions away only start a stretch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from generator.models.analysis import Analysis, TermPoint

FEWEST_SESSIONS = 5
MOST_SESSIONS = 65  #: about three months; further out a stretch is months wide
MINUTES_A_YEAR = 525_600


@dataclass(frozen=True, slots=True)
class Stretch:
    """The sessions after one expiration up to another."""

    start: TermPoint
    end: TermPoint
    times_usual: float  #: its volatility a session over that of the whole board


def dearest_stretch(analysis: Analysis) -> Stretch | None:
    """Return the stretch with the highest volatility a session, None with fewer than two of them."""
    priced = [term for term in analysis.volatility.terms if term.atm_volatility is not None]
    stretches = [(a, b) for a, b in pairwise(priced) if _counts(a, b)]
    usual = _per_session(0, priced[-1]) if priced else None
    if len(stretches) < 2 or not usual:
        return None
    start, end = max(stretches, key=lambda pair: _forward(*pair))
    return Stretch(start, end, _forward(start, end) / usual)


def _counts(start: TermPoint, end: TermPoint) -> bool:
    near = FEWEST_SESSIONS <= end.sessions.number <= MOST_SESSIONS
    later = near and end.sessions.number > start.sessions.number
    return later and end.forward_volatility is not None and _variance(end) > _variance(start)


def _forward(start: TermPoint, end: TermPoint) -> float:
    sessions = end.sessions.number - start.sessions.number
    return math.sqrt((_variance(end) - _variance(start)) / sessions)


def _per_session(variance_before: float, end: TermPoint) -> float:
    return math.sqrt((_variance(end) - variance_before) / max(end.sessions.number, 1))


def _variance(term: TermPoint) -> float:
    """Return total variance; the caller has seen that the volatility is there."""
    volatility = term.atm_volatility.number / 100 if term.atm_volatility else 0.0
    return volatility * volatility * term.minutes.number / MINUTES_A_YEAR
