"""
Where along the calendar options price the most.

A stretch is dear only when it is so both a session and a minute: by minutes alone a weekend
looks calm, by sessions alone it looks dear. Expirations under five sessions away only start one.
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
    """The time after one expiration up to another."""

    start: TermPoint
    end: TermPoint
    times_usual: float  #: its volatility over that of the whole board, the lesser of both clocks


def dearest_stretch(analysis: Analysis) -> Stretch | None:
    """Return the stretch with the highest forward volatility, None with fewer than two of them."""
    priced = [term for term in analysis.volatility.terms if term.atm_volatility is not None]
    found = [(a, b) for a, b in pairwise(priced) if _counts(a, b)]
    if len(found) < 2:
        return None
    start, end = max(found, key=lambda pair: _forward(pair[1]))
    return Stretch(start, end, _times(start, end, priced[-1]))


def _forward(term: TermPoint) -> float:
    return term.forward_volatility.number if term.forward_volatility else 0.0


def _counts(start: TermPoint, end: TermPoint) -> bool:
    near = FEWEST_SESSIONS <= end.sessions.number <= MOST_SESSIONS
    later = near and end.sessions.number > start.sessions.number
    return later and end.forward_volatility is not None and _variance(end) > _variance(start)


def _times(start: TermPoint, end: TermPoint, board: TermPoint) -> float:
    """Return the stretch's volatility over the board's, the lesser of a session's and a minute's."""
    share = (_variance(end) - _variance(start)) / _variance(board)
    sessions = (end.sessions.number - start.sessions.number) / board.sessions.number
    minutes = (end.minutes.number - start.minutes.number) / board.minutes.number
    return math.sqrt(share / max(sessions, minutes))


def _variance(term: TermPoint) -> float:
    """Return total variance; the caller has seen that the volatility is there."""
    volatility = term.atm_volatility.number / 100 if term.atm_volatility else 0.0
    return volatility * volatility * term.minutes.number / MINUTES_A_YEAR
