"""
The variance that a whole strip of options prices, and a volatility index of 30 days from it.

The Cboe Volatility Index by its white paper (2009): the out-of-the-money options of one
expiration, weighted by 1 / strike squared, replicate the variance to it (Demeterfi, Derman,
Kamal and Zou, Journal of Derivatives 6, 1999). It holds for European options; for American
ones it is an approximation. It is another figure than volatility at the forward: it holds
the wings, and stands higher.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from generator.analytics.series import MINUTES_A_YEAR
from generator.analytics.term_structure import constant_maturity

Array = np.ndarray

INDEX_MINUTES = 30 * 1440.0
FEWEST_STRIKES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """The quotes of one expiration: 1-d arrays of one length, strikes ascending; NaN where missing."""

    strike: Array
    call_bid: Array
    call_ask: Array
    put_bid: Array
    put_ask: Array

    @property
    def call_mid(self) -> Array:
        """Mids of the calls; NaN without a bid, and where bid and ask are crossed."""
        return _mid(self.call_bid, self.call_ask)

    @property
    def put_mid(self) -> Array:
        """Mids of the puts; NaN without a bid, and where bid and ask are crossed."""
        return _mid(self.put_bid, self.put_ask)


@dataclass(frozen=True, slots=True)
class StripVariance:
    """The variance of one expiration and the strikes it was read from."""

    variance: float  #: a year
    forward: float
    centre: float  #: the first strike at or below the forward
    low: float  #: the lowest strike used
    high: float
    strikes: int  #: how many


def strip_variance(strip: Strip, minutes: float, rate: float) -> StripVariance | None:
    """
    Return the variance a year that *strip* prices, to *minutes* from now.

    The forward is that of the strike at which call and put are nearest. From the first strike
    at or below it puts count downwards and calls upwards, those without a bid left out, up to
    the second of two in a row; at the strike itself the mean of both. *rate* is continuous, a
    year. None without time left, without both sides quoted at the centre, with fewer than
    three strikes, and where the sum is not above zero.
    """
    years = minutes / MINUTES_A_YEAR
    call, put = strip.call_mid, strip.put_mid
    apart = np.abs(call - put)
    if years <= 0 or not np.isfinite(apart).any():
        return None
    growth = math.exp(rate * years)
    nearest = int(np.nanargmin(apart))
    forward = float(strip.strike[nearest] + growth * (call - put)[nearest])
    centre = int(np.searchsorted(strip.strike, forward, side="right")) - 1
    if centre < 0 or not np.isfinite(apart[centre]):
        return None
    below = centre - 1 - _kept(put[:centre][::-1])[::-1]
    above = centre + 1 + _kept(call[centre + 1 :])
    used = np.concatenate((below, [centre], above))
    if len(used) < FEWEST_STRIKES:
        return None
    strikes = strip.strike[used]
    price = np.concatenate((put[below], [(call[centre] + put[centre]) / 2], call[above]))
    # half the distance between the strikes on both sides, the whole one at the ends
    total = float(np.sum(np.gradient(strikes) / np.square(strikes) * price))
    lifted = (forward / float(strip.strike[centre]) - 1) ** 2
    variance = (2 * growth * total - lifted) / years
    if variance <= 0:
        return None
    ends = float(strikes[0]), float(strikes[-1])
    return StripVariance(variance, forward, float(strip.strike[centre]), *ends, len(used))


def index_of(near: tuple[float, float], following: tuple[float, float]) -> float | None:
    """
    Return the index, percent, from (minutes, variance a year) of the expirations around 30 days.

    Total variance runs straight in time between them; None where they do not stand around 30 days.
    """
    points = [(minutes, math.sqrt(variance)) for minutes, variance in (near, following)]
    level = constant_maturity(points[0], points[1], INDEX_MINUTES)
    return None if level is None else 100 * level


def _mid(bid: Array, ask: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where((bid > 0) & (ask >= bid), (bid + ask) / 2, np.nan))


def _kept(outwards: Array) -> Array:
    """The places of the quotes that count, from the centre outwards."""
    none = np.isnan(outwards)
    paired = np.flatnonzero(none[1:] & none[:-1])
    end = int(paired[0]) if len(paired) else len(outwards)
    return np.flatnonzero(~none[:end])
