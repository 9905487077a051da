"""
The volatility surface: one smile an expiration, from out-of-the-money quotes.

Volatilities are those of a fitted smile free of arbitrage (`smile_fit`, `arbitrage_free`);
nothing is said outside the quoted strikes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np

from generator.analytics import pricing
from generator.analytics.american_dividends import CashDividend
from generator.analytics.black76 import Greeks
from generator.analytics.cash_boards import Board
from generator.analytics.cash_places import Place
from generator.analytics.forwards import Rate
from generator.analytics.market_terms import Market
from generator.analytics.quotes import Judged
from generator.analytics.series import MINUTES_A_YEAR, Book, Expiration
from generator.analytics.slices import Slice
from generator.calendar import expiry_instant, minutes_to
from generator.models.market import Right

__all__ = ["NOT_ASKED", "Quote", "Slice", "Surface"]

Array = np.ndarray

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
    _boards: dict[tuple[str, float, float], Board] = field(default_factory=dict, init=False, repr=False)

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
        one = (np.array([strike]), np.array([right == "call"]), np.array([level]))
        place = self._place(smile, spot, as_of)
        found = pricing.values(place, self._board(smile, place), *one, is_european=self.market.european)
        return _known(float(found[0]))

    def values(
        self, quotes: Sequence[Quote], *, spot: float | None = None, as_of: dt.datetime | None = None
    ) -> Array:
        """Return the values of series that expire together, as `value` gives them; NaN for none."""
        smile = self._smile_of(quotes)
        if smile is None or smile.curve is None:
            return np.full(len(quotes), np.nan)
        place = self._place(smile, spot, as_of)
        return pricing.values(
            place, self._board(smile, place), *_told(smile, quotes), is_european=self.market.european
        )

    def _smile_of(self, quotes: Sequence[Quote]) -> Slice | None:
        return self.slice_of(quotes[0].expiration, quotes[0].settlement) if quotes else None

    def _board(self, smile: Slice, place: Place) -> Board | None:
        """The board of an expiration with cash dividends before it; worked out once a place."""
        if not place.dividends or place.years <= 0:
            return None
        key = (smile.expiration.key, place.spot, place.years)
        board = self._boards.get(key) or smile.board_at(place)
        self._boards[key] = board
        return board

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
        place = self._place(smile, spot, as_of)
        return smile.probability_above(level, forward=place.forward, years=place.years)

    def _place(self, smile: Slice, spot: float | None, as_of: dt.datetime | None) -> Place:
        """An expiration seen from a printed price and another time: the carry stays."""
        years = self._years_from(smile.expiration, as_of)
        passed = smile.expiration.years - years
        return Place(
            spot=self.market.spot * (1.0 if spot is None else spot / self.spot),
            years=years,
            rate=self.rate.at(365 * years),
            payout=smile.payout,
            dividends=tuple(
                CashDividend(item.years - passed, item.amount)
                for item in self.market.dividends
                if passed < item.years <= smile.expiration.years
            ),
        )

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
        found = self.greeks_of(rows)
        for item in fields(Greeks):
            getattr(result, item.name)[rows] = getattr(found, item.name)
        return result

    def greeks_of(self, rows: Array) -> Greeks:
        """Return the greeks of some rows, all of them with a volatility."""
        return pricing.greeks(self.market, self.book, rows, self.volatilities[rows])

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


def _told(smile: Slice, quotes: Sequence[Quote]) -> tuple[Array, Array, Array]:
    """Strikes, sides and the smile's volatilities, NaN outside it."""
    strikes = np.array([quote.strike for quote in quotes])
    calls = np.array([quote.right == "call" for quote in quotes])
    levels = np.full(len(quotes), np.nan)
    if smile.curve is not None:
        levels = smile.curve.within(np.log(strikes / smile.forward))
    return strikes, calls, levels


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
