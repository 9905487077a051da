"""
One expiration's smile, from its out-of-the-money quotes.

Volatilities are those of a fitted smile free of arbitrage (`smile_fit`, `arbitrage_free`);
nothing is said outside the quoted strikes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from generator.analytics.cash_boards import Board, Wanted, boards_of
from generator.analytics.cash_places import Nodes, Place
from generator.analytics.distribution import probability_above
from generator.analytics.series import Expiration
from generator.analytics.smile_fit import FINEST, Curve

Array = np.ndarray

SEEN = 0.001  #: a tenth of a volatility point, the last digit printed


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """One expiration: its forward, its valid out-of-the-money quotes by strike, the smile fitted to them."""

    expiration: Expiration
    forward: float
    discount: float
    payout: float  #: dividend yield and cost of borrowing a year, beside cash dividends
    strikes: Array
    volatilities: Array
    calls: Array
    errors: Array  #: half the spread over vega, of each quote
    board: Board | None  #: where cash dividends lie before it
    curve: Curve | None  #: None: too few quotes, or no smile without arbitrage

    def volatility(self, strike: float) -> float | None:
        """Return the volatility at *strike*, or None outside the valid quotes."""
        return None if self.curve is None else self.curve.volatility(math.log(strike / self.forward))

    def slope(self, strike: float) -> float:
        """Return d volatility / d strike at *strike*, 0 outside the valid quotes."""
        slope = None if self.curve is None else self.curve.slope(math.log(strike / self.forward))
        return 0.0 if slope is None else slope / strike

    def probability_above(
        self, level: float, *, forward: float | None = None, years: float | None = None
    ) -> float | None:
        """
        Return the risk-neutral probability (fraction) of a settlement above *level*.

        Of another forward, or in other years, where these are given: each strike keeps its
        volatility. None where *level* has none, or the smile allows no probability there.
        """
        volatility = self.volatility(level)
        if volatility is None:
            return None
        forward = self.forward if forward is None else forward
        years = self.expiration.years if years is None else years
        return probability_above(forward, level, volatility, years, self.slope(level))

    def error(self, strike: float) -> float | None:
        """
        Return the error bar of the volatility at *strike*: half the spread over vega, or the misfit.

        The larger of the two, straight in strike between the quotes around it. None outside the
        quotes, and where the smile is off both by more than their spread and by what would show.
        """
        if self.curve is None or self.volatility(strike) is None:
            return None
        above = int(np.clip(np.searchsorted(self.strikes, strike), 1, len(self.strikes) - 1))
        around = slice(above - 1, above + 1)
        fit = self.curve.volatilities(np.log(self.strikes[around] / self.forward))
        off, errors = np.abs(fit - self.volatilities[around]), np.maximum(self.errors[around], FINEST)
        met = off <= np.maximum(errors, SEEN)
        if not met.any():
            return None
        bars = np.where(met, np.maximum(errors, off), errors)
        return float(np.interp(strike, self.strikes[around], bars))

    @property
    def misfit(self) -> Array:
        """The fitted volatility less the quote's, of each quote; empty without a smile."""
        if self.curve is None:
            return np.array([])
        return np.asarray(self.curve.volatilities(np.log(self.strikes / self.forward)) - self.volatilities)

    def board_at(self, place: Place) -> Board:
        """Return the values of its options seen from *place*, each strike keeping its volatility."""
        if self.curve is None:
            raise ValueError(
                "wanted an expiration with a smile, found one without: ask for a volatility first"
            )
        low, high = (float(np.exp(edge)) * self.forward for edge in (self.curve.low, self.curve.high))
        middle = min(max(0.0, self.curve.low), self.curve.high)
        width = float(self.curve.volatilities(np.array([middle]))[0]) * place.years**0.5
        nodes = Nodes.between(low, high, place.forward, width)
        inside = np.clip(np.log(nodes.strikes / self.forward), self.curve.low, self.curve.high)
        level = self.curve.volatilities(inside) / place.ratio(nodes.strikes)
        return boards_of([Wanted(place, nodes, level)])[0]
