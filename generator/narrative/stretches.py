"""
Where along the calendar options price the most.

A stretch is dear only when it is so both a session and a minute: by minutes alone a weekend
looks calm, by sessions alone it looks dear; and when it still is at the low end of its error bar:
between two expirations a day apart the spreads of the quotes alone make volatilities of any size.
Expirations under five sessions away only start one.
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
    times_usual: float  #: its volatility, less its error bar, over the board's, the lesser of both clocks


def dearest_stretch(analysis: Analysis) -> Stretch | None:
    """
    Return the stretch that is dear beyond its error bar the most, None with fewer than two of them.

    None too where another is as dear within that error bar: which is the dearest is then not known.
    """
    priced = [term for term in analysis.volatility.terms if term.atm_volatility is not None]
    found = [(a, b) for a, b in pairwise(priced) if _counts(a, b)]
    if len(found) < 2:
        return None
    told = [_times(start, end, priced[-1]) for start, end in found]
    sure = [times * _sure(start, end) for times, (start, end) in zip(told, found, strict=True)]
    most = max(range(len(found)), key=sure.__getitem__)
    rival = max(times for place, times in enumerate(told) if place != most)
    return Stretch(*found[most], sure[most]) if sure[most] > rival else None


def _sure(start: TermPoint, end: TermPoint) -> float:
    """Return the low end of a forward volatility's error bar over the volatility itself, 0 at least."""
    spread = math.hypot(_slack(start), _slack(end)) / (_variance(end) - _variance(start))
    return max(1 - spread / 2, 0.0)


def _slack(term: TermPoint) -> float:
    """Return what the error bar of an expiration's volatility leaves open of its total variance."""
    error = term.atm_error.number / 100 if term.atm_error else 0.0
    volatility = term.atm_volatility.number / 100 if term.atm_volatility else 0.0
    return 2 * volatility * error * term.minutes.number / MINUTES_A_YEAR


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
