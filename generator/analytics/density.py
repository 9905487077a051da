"""
The risk-neutral distribution that one expiration's fitted smile holds, between its quotes.

The density of ln(K / F) is g(k) phi(d2) / sqrt(w), w total variance and g Gatheral and Jacquier's
function, 0 or more on a smile without arbitrage (Quantitative Finance 14, 2014, section 2.2): the
second derivative of the call price by the strike (Breeden and Litzenberger 1978). Nothing is said
of the tails beyond the lowest and the highest valid quote, only how much they hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.analytics import black76
from generator.analytics.arbitrage_free import density_sign
from generator.analytics.distribution import probabilities_above
from generator.analytics.normal import density
from generator.analytics.smile_fit import Curve

Array = np.ndarray

PLACES = 401  #: between the ends
FEWEST = 3  #: of them with a probability
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """Where a price ends: *above* is the probability of ending above each of *levels*, ascending."""

    levels: Array  #: dollars
    densities: Array  #: a dollar
    above: Array

    @property
    def below_quotes(self) -> float:
        """The probability of ending below the lowest of them."""
        return float(1 - self.above[0])

    @property
    def above_quotes(self) -> float:
        """The probability of ending above the highest of them."""
        return float(self.above[-1])

    @property
    def mass(self) -> float:
        """The probability of ending between the lowest and the highest of them."""
        return float(self.above[0] - self.above[-1])

    def quantile(self, share: float) -> float | None:
        """Return the level that the price ends below with probability *share*; None beyond the quotes."""
        below = 1 - self.above
        if not below[0] <= share <= below[-1]:
            return None
        return float(np.interp(share, below, self.levels))


def distribution_of(curve: Curve, forward: float) -> Distribution | None:
    """
    Return the distribution of a fitted smile.

    An end whose slope leaves no probability, one outside 0 to 1, is left off. None where the
    density is negative: the smile is not free of arbitrage.
    """
    moneyness = np.linspace(curve.low, curve.high, PLACES)
    level, slope, bend = curve.variances(moneyness)
    levels, volatility = forward * np.exp(moneyness), curve.volatilities(moneyness)
    by_strike = slope / (2 * np.sqrt(level * curve.years)) / levels
    above = probabilities_above(forward, levels, volatility, curve.years, by_strike)
    kept = (above >= 0) & (above <= 1)
    sign = density_sign(moneyness / curve.scale, np.asarray(curve.scale), (level, slope, bend))
    if sign.min() < -ROUNDING or kept.sum() < FEWEST:
        return None
    _, second = black76.moneyness_terms(forward, levels, volatility, curve.years)
    densities = sign * density(second) / (curve.scale * np.sqrt(level)) / levels
    return Distribution(levels[kept], densities[kept], above[kept])
