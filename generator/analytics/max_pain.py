"""Max pain: the listed strike at which the open interest of one expiration pays out least."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

FEWEST_CONTRACTS = 1000


def payouts(strikes: Array, calls: Array, puts: Array) -> Array:
    """
    Return what all options would pay at each strike, in contract points.

    *calls* and *puts* are open interest by strike; the sum over strikes K of
    calls * max(X - K, 0) + puts * max(K - X, 0) for each listed X.
    """
    distance = strikes[:, None] - strikes[None, :]
    return np.asarray(np.maximum(distance, 0) @ calls + np.maximum(-distance, 0) @ puts)


def max_pain(strikes: Array, calls: Array, puts: Array, spot: float) -> float | None:
    """Return the strike that pays least; ties go to the nearest to *spot*, then to the lower."""
    if len(strikes) == 0:
        return None
    paid = payouts(strikes, calls, puts)
    least = strikes[paid == paid.min()]
    return float(min(least, key=lambda strike: (abs(strike - spot), strike)))


def reason_to_withhold(strikes: Array, calls: Array, puts: Array, strike: float | None) -> str | None:
    """Return why the figure would mislead: few contracts, or a minimum at the edge of the board."""
    total = calls.sum() + puts.sum()
    if strike is None or total < FEWEST_CONTRACTS:
        return f"open interest of {total:.0f} contracts, fewer than {FEWEST_CONTRACTS}"
    paid = payouts(strikes, calls, puts)
    if paid.min() in (paid[np.argmin(strikes)], paid[np.argmax(strikes)]):
        return "the least payout lies at the edge of the board"
    return None
