"""
What options price for one dated session, apart from the others.

The expiration that first covers an event holds its variance and that of ordinary sessions; what
an ordinary one holds is read from an expiration before the event, else from the next after it.
The move is a jump on one session whose variance adds to the others' (Dubinsky, Johannes, Kaeck
and Seeger, "Option pricing of earnings announcement risks", Review of Financial Studies 32, 2019).
"""

from __future__ import annotations

from typing import NamedTuple


class Priced(NamedTuple):
    """An expiration's total variance (volatility squared times years) and the sessions it spans."""

    variance: float
    sessions: int


def session_variance(first: Priced, second: Priced | None, before: Priced | None = None) -> float | None:
    """
    Return an ordinary session's variance, None where the expirations do not tell or it is negative.

    That of *before*, which settles before the event, spread over its sessions; without it the
    growth of variance from *first* to *second*, which both cover the event.
    """
    if before is not None and before.sessions > 0:
        return before.variance / before.sessions
    if second is None or second.sessions <= first.sessions:
        return None
    grown = (second.variance - first.variance) / (second.sessions - first.sessions)
    return grown if grown >= 0 else None


def event_variance(first: Priced, second: Priced | None, before: Priced | None = None) -> float | None:
    """
    Return the variance of the one session that answers to the event, None where there is none.

    *first* is the first expiration that covers it: its variance less that of its other sessions.
    """
    ordinary = session_variance(first, second, before)
    if ordinary is None or first.sessions < 1:
        return None
    left = first.variance - ordinary * (first.sessions - 1)
    return left if left > 0 else None
