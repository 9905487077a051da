"""The 25-delta skew: how much more volatility a put carries than a call as far out."""

from __future__ import annotations

import numpy as np

from generator.analytics import black76
from generator.analytics.normal import cumulative
from generator.analytics.smile import Slice

Array = np.ndarray

DELTA = 0.25


def skew_25(smile: Slice, spot: float) -> float | None:
    """
    Return put less call volatility at 25 delta (fraction), None where either is not bracketed.

    Delta is to spot, what the share pays out taken off; between strikes volatility runs
    straight in delta.
    """
    years, discount = smile.expiration.years, smile.discount
    if len(smile.strikes) == 0:
        return None
    first, _ = black76.moneyness_terms(smile.forward, smile.strikes, smile.volatilities, years)
    carried = discount * smile.forward / spot
    call = at_delta(carried * cumulative(first[smile.calls]), smile.volatilities[smile.calls])
    puts = ~smile.calls
    put = at_delta(carried * cumulative(-first[puts])[::-1], smile.volatilities[puts][::-1])
    return None if call is None or put is None else put - call


def at_delta(deltas: Array, volatilities: Array, target: float = DELTA) -> float | None:
    """Return the volatility at *target*; deltas run from the money outwards, falling."""
    beyond = np.flatnonzero(deltas <= target)
    if len(beyond) == 0 or beyond[0] == 0:
        return None
    outer, inner = int(beyond[0]), int(beyond[0]) - 1
    share = (deltas[inner] - target) / (deltas[inner] - deltas[outer])
    return float(volatilities[inner] + share * (volatilities[outer] - volatilities[inner]))
