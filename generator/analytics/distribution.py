"""
Risk-neutral probabilities: what option prices imply, not a forecast.

Of ending beyond a level, from a volatility with its slope (Breeden and Litzenberger, Journal of
Business 51, 1978) or from two quoted options; of trading at a level before the end (Reiner and
Rubinstein, Risk 4, 1991). Volatilities are fractions a year, times are years, probabilities
fractions of 1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from generator.analytics import black76
from generator.analytics.normal import SQRT_HALF, cumulative, scaled_tail

Array = np.ndarray
Numbers = Array | float

ROUNDING = 1e-12  #: by which arithmetic may leave the range from 0 to 1


class Market(NamedTuple):
    """One side of a market, per share."""

    bid: float
    ask: float


class Estimate(NamedTuple):
    """A probability from mid prices, and the bounds that the quotes set on it."""

    middle: float
    low: float
    high: float


def probability_above(
    forward: float, level: float, volatility: float, years: float, slope: float = 0.0
) -> float | None:
    """
    Return the probability of ending above *level*: N(d2) less vega times d volatility / d strike.

    *volatility* is that at *level*, *slope* its change a dollar of strike; without a slope this is
    N(d2). Arguments but the slope are above zero. None where the slope leaves no probability, one
    outside 0 to 1: such a smile has an arbitrage.
    """
    found = float(probabilities_above(forward, level, volatility, years, slope))
    return min(max(found, 0.0), 1.0) if -ROUNDING <= found <= 1 + ROUNDING else None


def probabilities_above(
    forward: Numbers, level: Numbers, volatility: Numbers, years: Numbers, slope: Numbers = 0.0
) -> Array:
    """Return what `probability_above` does for many levels at once, whatever it comes to."""
    _, second = black76.moneyness_terms(forward, level, volatility, years)
    tilt = black76.vega(forward, level, 1.0, volatility, years) * slope
    return np.asarray(cumulative(second) - tilt)


def probability_of_touch(spot: float, forward: float, level: float, volatility: float, years: float) -> float:
    """
    Return the probability of trading at *level* within *years*, watched without a pause.

    A lognormal price of one volatility with the drift of the forward; 1 where *level* is *spot*.
    Arguments are above zero. About twice the probability of ending beyond, the rule of thumb.
    """
    deviation, distance = volatility * math.sqrt(years), math.log(level / spot)
    side = 1.0 if distance >= 0 else -1.0
    drift = side * (math.log(forward / spot) - deviation**2 / 2)
    ahead, beyond = (drift - abs(distance)) / deviation, (drift + abs(distance)) / deviation
    if beyond > 0:  # the exponent may overflow where the normal underflows: their product, taken at once
        mirrored = 0.5 * math.exp(-(ahead**2) / 2) * float(scaled_tail(np.asarray(beyond * SQRT_HALF)))
    else:
        mirrored = math.exp(2 * drift * abs(distance) / deviation**2) * _normal(-beyond)
    return min(_normal(ahead) + mirrored, 1.0)


def call_spread(below: Market, above: Market, discount: float, width: float) -> Estimate | None:
    """
    Return the probability of ending above the middle of two calls' strikes, *width* apart.

    (C(below) - C(above)) / (discount * width) on mid prices, bounded by what the spread costs and
    fetches. Prices are of European options. None where the mid prices allow no probability.
    """
    unit = discount * width
    middle = (_mid(below) - _mid(above)) / unit
    low, high = (below.bid - above.ask) / unit, (below.ask - above.bid) / unit
    return Estimate(middle, max(low, 0.0), min(high, 1.0)) if 0 <= middle <= 1 else None


def put_spread(below: Market, above: Market, discount: float, width: float) -> Estimate | None:
    """Return the same from two puts: 1 - (P(above) - P(below)) / (discount * width)."""
    fallen = call_spread(above, below, discount, width)
    return None if fallen is None else Estimate(1 - fallen.middle, 1 - fallen.high, 1 - fallen.low)


def _mid(market: Market) -> float:
    return (market.bid + market.ask) / 2


def _normal(x: float) -> float:
    return float(cumulative(np.asarray(x)))
