"""
The volatility surface: one smile an expiration, from out-of-the-money quotes.

Volatilities are those of a fitted smile free of arbitrage (`smile_fit`, `arbitrage_free`);
nothing is said outside the quoted strikes.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from generator.analytics import pricing
from generator.analytics.american import Numbers, Terms
from generator.analytics.black76 import Greeks
from generator.analytics.distribution import probability_above
from generator.analytics.forwards import Rate
from generator.analytics.market_terms import Market
from generator.analytics.quotes import Judged
from generator.analytics.series import MINUTES_A_YEAR, Book, Expiration
from generator.analytics.smile_fit import FINEST, Curve
from generator.calendar import expiry_instant, minutes_to
from generator.models.market import Right

Array = np.ndarray

SEEN = 0.001  #: a tenth of a volatility point, the last digit printed
NOT_ASKED = -1  #: beside `Refusal`: no out-of-the-money quote with two sides, or not wanted


@dataclass(frozen=True, slots=True)
class Quote:
    """One series as quoted; None where missing. Prices per share, volatility a fraction a year."""

    contract_symbol: str
    expiration: dt.date
    settlement: str
    right: Right
    strike: float
    bid: float | None
    ask: float | None
    mid: float | None
    implied_volatility: float | None  #: None unless out of the money and well quoted
    open_interest: float | None
    volume: float | None
    spread_percent: float | None  #: of the mid
    tradable: bool  #: two-sided, and the filter lets its price be used


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """One expiration: its forward, its valid out-of-the-money quotes by strike, the smile fitted to them."""

    expiration: Expiration
    forward: float
    discount: float
    payout: float  #: what lies between forward, price and rate, a year
    strikes: Array
    volatilities: Array
    calls: Array
    errors: Array  #: half the spread over vega, of each quote
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


@dataclass(frozen=True, eq=False)
class Surface:
    """
    Every expiration's smile, and the quotes behind it.

    *spot* is the printed price, `market.spot` the one the quotes are on. Prices given to
    `value` and `probability_above` are printed ones.

    Expirations are dates; where a date settles twice (index options) the afternoon
    settlement is meant unless *settlement* says "am".
    """

    book: Book
    spot: float
    rate: Rate
    market: Market
    judged: Judged
    implied: Array  #: volatility of each row of the book, NaN where invalid
    refusal: Array  #: `Refusal` of each row, or NOT_ASKED
    slices: Mapping[tuple[dt.date, str], Slice]

    def slice_of(self, expiration: dt.date, settlement: str | None = None) -> Slice | None:
        """Return the smile of an expiration, or None when it has no forward or has settled."""
        if settlement is not None:
            return self.slices.get((expiration, settlement))
        return self.slices.get((expiration, "pm")) or self.slices.get((expiration, "am"))

    def quote(self, contract_symbol: str) -> Quote | None:
        """Return one series' quote, or None when it is not a listed standard series."""
        row = self.book.find(contract_symbol)
        return None if row is None else self._quote(row)

    def contracts(
        self, expiration: dt.date, right: Right, settlement: str | None = None
    ) -> tuple[Quote, ...]:
        """Return the tradable series of one side of an expiration, by strike."""
        smile = self.slice_of(expiration, settlement)
        if smile is None:
            return ()
        rows = range(smile.expiration.start, smile.expiration.stop)
        wanted = right == "call"
        return tuple(
            self._quote(row) for row in rows if self.book.call[row] == wanted and self.judged.usable[row]
        )

    def forward(self, expiration: dt.date, settlement: str | None = None) -> float | None:
        """Return the price for delivery at expiration."""
        smile = self.slice_of(expiration, settlement)
        return None if smile is None else smile.forward

    def discount(self, expiration: dt.date, settlement: str | None = None) -> float | None:
        """Return the value now of a dollar at expiration."""
        smile = self.slice_of(expiration, settlement)
        return None if smile is None else smile.discount

    def years(self, expiration: dt.date, settlement: str | None = None) -> float | None:
        """Return calendar minutes to expiration over 525,600."""
        smile = self.slice_of(expiration, settlement)
        return None if smile is None else smile.expiration.years

    def volatility(self, expiration: dt.date, strike: float, settlement: str | None = None) -> float | None:
        """Return the volatility at *strike* (fraction a year), None outside the valid points."""
        smile = self.slice_of(expiration, settlement)
        return None if smile is None else smile.volatility(strike)

    def value(
        self,
        expiration: dt.date,
        strike: float,
        right: Right,
        *,
        spot: float | None = None,
        as_of: dt.datetime | None = None,
        settlement: str | None = None,
    ) -> float | None:
        """
        Return the value, American for stocks and funds, now or with another spot and at another time.

        The strike keeps its volatility, the expiration its carry. None where the strike has no
        volatility.
        """
        smile = self.slice_of(expiration, settlement)
        level = None if smile is None else smile.volatility(strike)
        if smile is None or level is None:
            return None
        terms = self._terms(smile, strike, spot, as_of, call=right == "call")
        return _known(float(pricing.value(terms, level, is_european=self.market.european)[0]))

    def values(
        self, quotes: Sequence[Quote], *, spot: float | None = None, as_of: dt.datetime | None = None
    ) -> Array:
        """Return the values of series that expire together, as `value` gives them; NaN for none."""
        smile = self.slice_of(quotes[0].expiration, quotes[0].settlement) if quotes else None
        if smile is None or smile.curve is None:
            return np.full(len(quotes), np.nan)
        strikes = np.array([quote.strike for quote in quotes])
        calls = np.array([quote.right == "call" for quote in quotes])
        terms = self._terms(smile, strikes, spot, as_of, call=calls)
        levels = smile.curve.within(np.log(strikes / smile.forward))
        return pricing.value(terms, levels, is_european=self.market.european)

    def probability_above(
        self,
        expiration: dt.date,
        level: float,
        *,
        spot: float | None = None,
        as_of: dt.datetime | None = None,
        settlement: str | None = None,
    ) -> float | None:
        """
        Return the risk-neutral probability (fraction) of a settlement above *level*.

        Now, or with another spot and at another time, as in `value`. None where the level has
        no volatility, or the smile allows no probability there.
        """
        smile = self.slice_of(expiration, settlement)
        if smile is None:
            return None
        terms = self._terms(smile, level, spot, as_of, call=True)
        forward, years = float(terms.forward[0]), float(terms.years[0])
        return smile.probability_above(level, forward=forward, years=years)

    def _terms(
        self, smile: Slice, strike: Numbers, spot: float | None, as_of: dt.datetime | None, *, call: Numbers
    ) -> Terms:
        """What options are priced with, from a printed price and another time."""
        price = self.market.spot * (1.0 if spot is None else spot / self.spot)
        years = self._years_from(smile.expiration, as_of)
        return Terms.of(price, strike, years, self.rate.at(365 * years), smile.payout, call)

    @cached_property
    def volatilities(self) -> Array:
        """
        The volatility of each row, both sides of a strike the same; NaN where there is none.

        That of the out-of-the-money quote, else the fitted smile's.
        """
        found = np.full(len(self.book), np.nan)
        for item in self.slices.values():
            rows, strikes = item.expiration.rows, self.book.strike[item.expiration.rows]
            if item.curve is not None:
                found[rows] = item.curve.within(np.log(strikes / item.forward))
            place = np.searchsorted(item.strikes, strikes)
            quoted = np.append(item.strikes, np.nan)[place] == strikes
            found[rows] = np.where(quoted, np.append(item.volatilities, np.nan)[place], found[rows])
        return found

    @cached_property
    def greeks(self) -> Greeks:
        """
        The greeks of each row at `volatilities`, NaN where that is; per share.

        Delta and gamma are to the price; vega is of a volatility point, theta of a calendar
        day, rho of a percentage point.
        """
        result = Greeks(*(np.full(len(self.book), np.nan) for _ in fields(Greeks)))
        rows = np.flatnonzero(np.isfinite(self.volatilities))
        terms = self.market.terms(rows, self.book.strike[rows], self.book.call[rows])
        found = pricing.greeks(terms, self.volatilities[rows], is_european=self.market.european)
        for field in fields(Greeks):
            getattr(result, field.name)[rows] = getattr(found, field.name)
        return result

    def _years_from(self, expiration: Expiration, as_of: dt.datetime | None) -> float:
        if as_of is None:
            return expiration.years
        end = expiry_instant(expiration.date, expiration.settlement)
        return max(minutes_to(as_of, end), 0.0) / MINUTES_A_YEAR

    def _quote(self, row: int) -> Quote:
        book, mid = self.book, _known(self.judged.mid[row])
        expiration = book.expiration_of(row)
        bid, ask = _known(book.bid[row]), _known(book.ask[row])
        spread = None if not mid or bid is None or ask is None else 100 * (ask - bid) / mid
        return Quote(
            contract_symbol=str(book.symbol[row]),
            expiration=expiration.date,
            settlement=expiration.settlement,
            right=book.right(row),
            strike=float(book.strike[row]),
            bid=bid,
            ask=ask,
            mid=mid,
            implied_volatility=_known(self.implied[row]),
            open_interest=_known(book.open_interest[row]),
            volume=_known(book.volume[row]),
            spread_percent=spread,
            tradable=bool(self.judged.usable[row]),
        )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
