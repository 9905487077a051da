"""
An expiration seen from one price, with the cash that is paid before it, and strikes laid over it.

The volatility of an option is that of the forward, as where nothing is paid. The share's own,
which a grid takes, is lower: before an ex-date the forward is smaller than the share that
moves it. Along the likeliest path from forward to strike, straight in logarithms, the square of
their ratio is the mean of (1 + A / F)^2, A being what is still to be paid, at expiration.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.analytics import american_dividends
from generator.analytics.american import Terms
from generator.analytics.american_dividends import CashDividend

Array = np.ndarray

NODES = 24  #: strikes that are valued, of each side; docs/models.md has the error of reading between them
_POINTS, _WEIGHTS = (values / 2 for values in np.polynomial.legendre.leggauss(4))


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One expiration seen from one price: what its options have in common."""

    spot: float
    years: float
    rate: float
    payout: float
    dividends: tuple[CashDividend, ...]  #: before it expires

    def terms(self, strike: Array, call: Array) -> Terms:
        """Return what these options are valued with, cash dividends apart."""
        return Terms.of(self.spot, strike, self.years, self.rate, self.payout, call)

    @property
    def forward(self) -> float:
        """The price for delivery at expiration."""
        return float(american_dividends.forward(self.terms(np.ones(1), np.ones(1)), self.dividends)[0])

    def ratio(self, strike: Array) -> Array:
        """Return the forward's volatility over the share's at each strike."""
        forward, growth = self.forward, self.rate - self.payout
        dates = np.array([0.0, *(item.years for item in self.dividends)]) / self.years
        owed = np.array([item.amount for item in self.dividends])
        owed = owed * np.exp(growth * self.years * (1 - dates[1:]))
        left = np.cumsum(owed[::-1])[::-1] / forward  # between each date and the one before
        places = dates[:-1, None] + np.diff(dates)[:, None] * (_POINTS + 0.5)
        weights = np.diff(dates)[:, None] * _WEIGHTS
        share = left[:, None] * np.exp(-np.log(strike / forward)[:, None, None] * places)
        return np.asarray(np.sqrt(1 + np.sum(weights * share * (2 + share), axis=(1, 2))))


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """The strikes valued, evenly spaced in asinh(ln(K / F) / width)."""

    forward: float
    width: float
    start: float
    step: float
    count: int

    @classmethod
    def between(cls, low: float, high: float, forward: float, width: float, count: int = NODES) -> Nodes:
        """Return nodes from strike *low* to *high*; *width* is one deviation of ln(K / F)."""
        ends = np.arcsinh(np.log(np.array([low, high]) / forward) / width)
        return cls(forward, width, float(ends[0]), float(max(ends[1] - ends[0], 1e-6) / (count - 1)), count)

    @property
    def strikes(self) -> Array:
        """The strikes, ascending."""
        places = self.start + self.step * np.arange(self.count)
        return np.asarray(self.forward * np.exp(self.width * np.sinh(places)))

    def read(self, table: Array, strike: Array, side: Array) -> Array:
        """Return *table*, (2, count), at each strike of each side by cubics; flat outside."""
        place = (np.arcsinh(np.log(strike / self.forward) / self.width) - self.start) / self.step
        place = np.clip(place, 0, self.count - 1)
        left = np.clip(np.floor(place).astype(np.intp), 1, self.count - 3)
        t = place - left
        before, here, after, beyond = (table[side, left + shift] for shift in (-1, 0, 1, 2))
        ends = t * (t - 1) / 6 * ((t + 1) * beyond - (t - 2) * before)
        return np.asarray(ends + (t + 1) * (t - 2) / 2 * ((t - 1) * here - t * after))
