"""Risk-neutral probabilities where spot, rate and yield are given: one lognormal price."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from generator.analytics.distribution import probabilities_above, probability_of_touch


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

    def above(self, strike: float) -> float:
        """Return the probability (0 to 1) of ending above *strike*."""
        return self.above_with_slope(strike, 0.0)

    def above_with_slope(self, strike: float, slope: float) -> float:
        """Return it where volatility changes by *slope* a dollar of strike."""
        return float(probabilities_above(self.forward, strike, self.volatility, self.years, slope))

    def touched(self, level: float) -> float:
        """Return the probability of trading at *level* before the end, watched continuously."""
        return probability_of_touch(self.spot, self.forward, level, self.volatility, self.years)
