"""
Implied volatility of European options for whole chains, faster than `black76` and as exact.

Three of Halley's steps on the logarithm of the out-of-the-money price with a normal that is
right to 1e-15, one with the exact one. What has not settled then (prices in the last digits
of their bounds) is left to `black76.implied_volatility`, which settles always.
"""

from __future__ import annotations

import numpy as np

from generator.analytics import black76
from generator.analytics.american_boundary import normal
from generator.analytics.normal import INVERSE_SQRT_TWO_PI

Array = np.ndarray
Numbers = Array | float

ROUNDS = 3
SETTLED = 1e-5  #: relative change of the exact step; the error is its cube
LEAST = 1e-280  #: premium over the root of forward times strike; under it logarithms run out


def implied_volatility(
    premium: Numbers, forward: Numbers, strike: Numbers, discount: Numbers, years: Numbers, call: Numbers
) -> Array:
    """
    Return the volatility each premium implies, NaN where it holds none.

    The refusals are those of `black76.implied_volatility`.
    """
    premium, forward, strike, discount, years, call = np.broadcast_arrays(
        np.atleast_1d(np.asarray(premium, dtype=float)), forward, strike, discount, years, call
    )
    result = np.full(premium.shape, np.nan)
    with np.errstate(all="ignore"):  # what leaves the numbers is not held or not settled
        undiscounted = premium / discount
        inside = np.where(call, forward - strike, strike - forward)
        outside = undiscounted - np.maximum(inside, 0)
        root = np.sqrt(forward) * np.sqrt(strike)
        held = (years > 0) & (outside > black76.SMALLEST_TIME_VALUE * undiscounted) & (outside > LEAST * root)
        rows = np.flatnonzero(held)
        forward, strike, discount, years = (value.flat[rows] for value in (forward, strike, discount, years))
        moneyness = -np.abs(np.log(forward / strike))
        spread, settled = _solve(moneyness, outside.flat[rows] / root.flat[rows])
        exponent = np.square(moneyness / spread) + np.square(spread / 2)
        slope = np.exp(-0.5 * exponent) * INVERSE_SQRT_TWO_PI * discount * root.flat[rows] * np.sqrt(years)
        steep = slope >= black76.SMALLEST_VEGA
        result.flat[rows] = np.where(settled & steep, spread / np.sqrt(years), np.nan)
    if not settled.all():
        left, rows = ~settled, rows[~settled]
        market = (forward[left], strike[left], discount[left], years[left])
        result.flat[rows] = black76.implied_volatility(premium.flat[rows], *market, call.flat[rows])
    return result


def _solve(moneyness: Array, target: Array) -> tuple[Array, Array]:
    """The spreads at which the normalised premiums are *target*, and whether they have settled."""
    wanted, weight = np.log(target), np.exp(moneyness / 2)
    spread = np.hypot(target / INVERSE_SQRT_TWO_PI, moneyness / np.sqrt(-2 * wanted))
    for _ in range(ROUNDS):
        upper, _ = normal(moneyness / spread + spread / 2)
        lower, _ = normal(moneyness / spread - spread / 2)
        spread = _halley(moneyness, spread, weight * upper - lower / weight, wanted)
    following = _halley(moneyness, spread, black76.normalised(moneyness, spread), wanted)
    return following, np.abs(following / spread - 1) < SETTLED


def _halley(moneyness: Array, spread: Array, premium: Array, wanted: Array) -> Array:
    """One step on the logarithm of the premium."""
    centre, half = moneyness / spread, spread / 2
    bell = INVERSE_SQRT_TWO_PI * np.exp(-0.5 * (np.square(centre) + np.square(half)))
    slope = bell / premium
    newton = (wanted - np.log(premium)) / slope
    bend = (np.square(centre) - np.square(half)) / spread - slope
    return np.asarray(spread + newton / (1 + newton * bend / 2))
