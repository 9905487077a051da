"""
Skew at 25 delta: how much more volatility a put carries than a call as far out, and both than the middle.

Delta is to spot, what the share pays out taken off (definitions of the interbank market: Clark,
"Foreign Exchange Option Pricing", 2011, with spot delta). The strike of a delta is found on the
smile, outwards from the forward; a smile that ends before it has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from generator.analytics import black76
from generator.analytics.normal import cumulative
from generator.analytics.slices import Slice

Array = np.ndarray

DELTA = 0.25
PLACES = 129  #: of the smile looked at in a round
ROUNDS = 4  #: each looks between two neighbouring places of the one before


@dataclass(frozen=True, slots=True)
class Wing:
    """Where a smile has a delta of 25 %."""

    strike: float
    volatility: float


@dataclass(frozen=True, slots=True)
class Skew:
    """Volatilities (fractions a year) of the put and the call at 25 delta and at the forward."""

    put: Wing
    call: Wing
    middle: float

    @property
    def steepness(self) -> float:
        """Put less call: the risk reversal with its sign turned."""
        return self.put.volatility - self.call.volatility

    @property
    def fly(self) -> float:
        """The mean of put and call less the volatility at the forward."""
        return (self.put.volatility + self.call.volatility) / 2 - self.middle


@dataclass(frozen=True, slots=True)
class Smile:
    """A smile as a function of ln(K / F), arrays to arrays, good from *low* to *high*."""

    volatility: Callable[[Array], Array]
    low: float
    high: float
    forward: float
    years: float
    carried: float  #: discount times forward over spot: the delta of a call that is sure to be exercised


def skew_25(smile: Slice, spot: float) -> Skew | None:
    """Return the skew of a fitted smile, None where 25 delta is not between two quotes on each side."""
    curve = smile.curve
    if curve is None:
        return None
    carried = smile.discount * smile.forward / spot
    return skew_of(Smile(curve.volatilities, curve.low, curve.high, smile.forward, curve.years, carried))


def skew_of(smile: Smile) -> Skew | None:
    """Return the skew of a smile, None where it does not reach from 25 delta to 25 delta."""
    if not smile.low <= 0 <= smile.high:
        return None
    put, call = at_delta(smile, smile.low, call=False), at_delta(smile, smile.high, call=True)
    if put is None or call is None:
        return None
    return Skew(put, call, float(smile.volatility(np.zeros(1))[0]))


def at_delta(smile: Smile, end: float, *, call: bool, target: float = DELTA) -> Wing | None:
    """Return where delta first falls to *target* from the forward to *end* (ln(K / F)), None if nowhere."""
    near, far = 0.0, end
    for _ in range(ROUNDS):
        places = np.linspace(near, far, PLACES)
        volatility = smile.volatility(places)
        strikes = smile.forward * np.exp(places)
        first, _ = black76.moneyness_terms(smile.forward, strikes, volatility, smile.years)
        deltas = smile.carried * cumulative(first if call else -first)
        beyond = np.flatnonzero(deltas <= target)
        if len(beyond) == 0 or beyond[0] == 0:
            return None
        near, far = places[beyond[0] - 1], places[beyond[0]]
    return Wing(float(smile.forward * np.exp(far)), float(volatility[beyond[0]]))
