"""
Risk-neutral probabilities under a lognormal price: what options imply, not a forecast.

With skew, P(S > K) = N(d2) - e^(rT) vega dsigma/dK (Breeden and Litzenberger, Journal
of Business, 1978); touching by the reflection principle (Reiner and Rubinstein, 1991).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from generator.analytics.black76 import moneyness_terms
from generator.analytics.normal import cumulative, density


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A price of *spot* in *years*; rate, yield and volatility are fractions a year, continuous."""

    spot: float
    years: float
    rate: float
    dividend_yield: float
    volatility: float

    @property
    def forward(self) -> float:
        """The price agreed on now for delivery at the end."""
        return self.spot * exp((self.rate - self.dividend_yield) * self.years)

    def _d2(self, strike: float) -> float:
        return float(moneyness_terms(self.forward, strike, self.volatility, self.years)[1])

    def above(self, strike: float) -> float:
        """Return the probability (0 to 1) of ending above *strike*."""
        return _normal(self._d2(strike))

    def above_with_slope(self, strike: float, slope: float) -> float:
        """Return it where volatility changes by *slope* a dollar of strike."""
        d2 = self._d2(strike)
        return _normal(d2) - strike * float(density(np.asarray(d2))) * sqrt(self.years) * slope

    def touched(self, level: float) -> float:
        """Return the probability of trading at *level* before the end, watched continuously."""
        drift = self.rate - self.dividend_yield - self.volatility**2 / 2
        deviation, distance = self.volatility * sqrt(self.years), log(level / self.spot)
        side = 1.0 if distance > 0 else -1.0
        straight = side * (drift * self.years - distance) / deviation
        mirrored = side * (-drift * self.years - distance) / deviation
        return _normal(straight) + exp(2 * drift * distance / self.volatility**2) * _normal(mirrored)


def _normal(x: float) -> float:
    return float(cumulative(np.asarray(x)))
