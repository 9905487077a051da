"""
Forwards from put-call parity, and discounts from a rate.

C - P = discount * (forward - strike) holds for European options (Stoll, Journal of
Finance 24, 1969). For American ones it holds nearly, close to the money: early exercise
makes a put dearer by about 0.015 per 100 over 30 days at 3.65 %, more at higher strikes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.analytics.series import Book, Expiration
from generator.models.market import RatePoint

Array = np.ndarray

NEAREST = 8  #: strikes around the forward that are averaged


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Strikes at which one expiration has both sides quoted, ascending."""

    strike: Array
    call: Array  #: mids
    put: Array
    spread: Array  #: of both sides together

    def __len__(self) -> int:
        return len(self.strike)

    def within(self, low: float, high: float) -> Pairs:
        """Return the pairs with strikes from *low* to *high*."""
        kept = (self.strike >= low) & (self.strike <= high)
        return Pairs(self.strike[kept], self.call[kept], self.put[kept], self.spread[kept])


@dataclass(frozen=True, slots=True)
class Rate:
    """A continuously compounded rate by days, and where it comes from."""

    points: tuple[RatePoint, ...]
    source: str
    known: bool  #: False: nothing on file and nothing implied; zero is used

    def at(self, days: float) -> float:
        """Return the rate to *days*, straight between points and flat outside."""
        if not self.points:
            return 0.0
        return float(np.interp(days, [p.days for p in self.points], [p.rate for p in self.points]))

    def discount(self, years: float) -> float:
        """Return the value now of one dollar after *years*."""
        return float(np.exp(-self.at(365 * years) * years))


def pairs_of(book: Book, expiration: Expiration) -> Pairs:
    """Return the strikes of *expiration* with a two-sided call and put that are not absurdly wide."""
    rows = expiration.rows
    strike, call, mid = book.strike[rows], book.call[rows], book.mid[rows]
    width = (book.ask - book.bid)[rows]
    with np.errstate(invalid="ignore"):
        fine = np.isfinite(mid) & ((width <= 0.25) | (width <= 0.5 * mid))
    first = np.flatnonzero((strike[:-1] == strike[1:]) & call[:-1] & ~call[1:] & fine[:-1] & fine[1:])
    return Pairs(strike[first], mid[first], mid[first + 1], width[first] + width[first + 1])


def forward_from(pairs: Pairs, discount: float) -> float | None:
    """
    Return the forward that parity implies, or None without a pair.

    The strikes nearest to the one with the smallest |C - P| each give K + (C - P) / discount
    with weight 1 / spread^2; those further from the weighted median than half their own
    spread are left out, the rest are averaged.
    """
    if len(pairs) == 0:
        return None
    centre = pairs.strike[int(np.argmin(np.abs(pairs.call - pairs.put)))]
    near = np.argsort(np.abs(pairs.strike - centre), kind="stable")[:NEAREST]
    implied = pairs.strike[near] + (pairs.call - pairs.put)[near] / discount
    spread = np.maximum(pairs.spread[near], 0.01)
    weight = 1 / np.square(spread)
    kept = np.abs(implied - weighted_median(implied, weight)) <= spread / 2
    return float(np.sum((weight * implied)[kept]) / np.sum(weight[kept]))


def weighted_median(values: Array, weights: Array) -> float:
    """Return the value at which half of the weight is reached."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order])
    return float(values[order][int(np.searchsorted(share, share[-1] / 2))])


def regression(pairs: Pairs) -> tuple[float, float, float]:
    """
    Return forward, discount and the discount's variance from C - P on strike.

    Least squares with weights 1 / spread^2, on at least three strikes; the variance is
    the larger of what the spreads and what the residuals suggest.
    """
    spread = np.maximum(pairs.spread, 0.01)
    weight = 1 / np.square(spread)
    total = weight.sum()
    gap = pairs.call - pairs.put
    centre, level = (weight * pairs.strike).sum() / total, (weight * gap).sum() / total
    distance = pairs.strike - centre
    moment = (weight * distance**2).sum()
    slope = (weight * distance * (gap - level)).sum() / moment
    residual = gap - level - slope * distance
    scatter = (weight * residual**2).sum() / max(len(pairs) - 2, 1)
    return float(centre - level / slope), float(-slope), float(max(scatter, 0.05) / moment)
