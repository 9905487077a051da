"""
Quotes of the synthetic share: Black (1976) on a surface free of arbitrage, in the ticks of the exchanges.

The smile is the surface SVI of Gatheral and Jacquier (2014, theorem 4.2), with the power-law
phi(theta) = eta / sqrt(theta * (1 + theta)); eta * (1 + |rho|) <= 2 keeps it free of arbitrage.
"""

from __future__ import annotations

import math

import numpy as np

RHO, ETA = -0.60, 0.85
LONG_VOLATILITY, REVERSION = 0.19, 2.5  # where variance is heading, and how fast a year
PREMIUM = 1.08  # options price a little more than the walk's own volatility
SMALL_TICK, LARGE_TICK, TICK_CHANGE = 0.01, 0.05, 3.0  # a penny below three dollars, a nickel from there


def total_variance(volatility: float, years: float) -> float:
    """Return the at-the-money variance to an expiration; it rises with time whatever the volatility now."""
    now, later = (volatility * PREMIUM) ** 2, LONG_VOLATILITY**2
    return later * years + (now - later) * (1 - math.exp(-REVERSION * years)) / REVERSION


def smile(log_strikes: np.ndarray, at_the_money: float) -> np.ndarray:
    """Return total variances at log-strikes (strike over forward) around one at the money."""
    phi = ETA / math.sqrt(at_the_money * (1 + at_the_money))
    slope = phi * log_strikes + RHO
    variance: np.ndarray = at_the_money / 2 * (1 + RHO * phi * log_strikes + np.sqrt(slope**2 + 1 - RHO**2))
    return variance


def prices(
    forward: float, strikes: np.ndarray, variance: np.ndarray, discount: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return call and put prices per share."""
    spread = np.sqrt(variance)
    d1 = np.log(forward / strikes) / spread + spread / 2
    calls = discount * (forward * _cumulative(d1) - strikes * _cumulative(d1 - spread))
    return calls, calls - discount * (forward - strikes)


def market(price: np.ndarray, nearness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Return bid and ask around a price, on the exchanges' ticks.

    The market is wider for dear options and for those far from the money (*nearness* falls to 0).
    """
    half = 0.004 + 0.006 * price + 0.02 * (1 - nearness) * np.minimum(price, 1)
    tick = np.where(price < TICK_CHANGE, SMALL_TICK, LARGE_TICK)
    bid = np.maximum(np.floor((price - half) / tick + 1e-9) * tick, 0)
    ask = np.maximum(np.ceil((price + half) / tick - 1e-9) * tick, bid + tick)
    return np.round(bid, 2), np.round(ask, 2)


def _cumulative(values: np.ndarray) -> np.ndarray:
    """Return the standard normal distribution at each value."""
    return np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in values.tolist()])
