"""
The volatility surface: one smile an expiration, from out-of-the-money quotes.

Volatilities are Black-76 on parity forwards; between strikes they run straight in
log-moneyness ln(K / F), and nothing is said outside the quoted strikes.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.analytics import black76
from generator.analytics.forwards import Rate, forward_from, pairs_of
from generator.analytics.normal import cumulative
from generator.analytics.quotes import Judged, judge_quotes
from generator.analytics.series import MINUTES_A_YEAR, Book, Expiration
from generator.calendar import expiry_instant, minutes_to
from generator.models.market import Right

Array = np.ndarray

ERROR_LIMIT = 0.05  #: half the spread over vega: a wider error bar carries no volatility
SLOPE_WIDTH = 0.25  #: standard deviations either side over which a smile's slope is taken
FEWEST_POINTS = 2


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
    """One expiration: its forward, and its valid out-of-the-money points by strike."""

    expiration: Expiration
    forward: float
    discount: float
    strikes: Array
    volatilities: Array
    calls: Array

    def volatility(self, strike: float) -> float | None:
        """Return the volatility at *strike*, or None outside the valid points."""
        if len(self.strikes) < FEWEST_POINTS or not self.strikes[0] <= strike <= self.strikes[-1]:
            return None
        return float(np.interp(np.log(strike), np.log(self.strikes), self.volatilities))

    def slope(self, strike: float, years: float | None = None) -> float:
        """Return d volatility / d strike around *strike*, over half a standard deviation of *years*."""
        level = self.volatility(strike)
        if level is None:
            return 0.0
        width = SLOPE_WIDTH * level * math.sqrt(self.expiration.years if years is None else years) * strike
        low = max(strike - width, float(self.strikes[0]))
        high = min(strike + width, float(self.strikes[-1]))
        below, above = self.volatility(low), self.volatility(high)
        if below is None or above is None or high <= low:
            return 0.0
        return (above - below) / (high - low)


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """
    Every expiration's smile, and the quotes behind it.

    Expirations are dates; where a date settles twice (index options) the afternoon
    settlement is meant unless *settlement* says "am".
    """

    book: Book
    spot: float
    rate: Rate
    judged: Judged
    implied: Array  #: volatility of each row of the book, NaN where invalid
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
        """Return the parity forward."""
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
        Return the Black-76 value, now or with another spot and at another time.

        The strike keeps its volatility, the forward its ratio to spot. None where the
        strike has no volatility.
        """
        smile = self.slice_of(expiration, settlement)
        level = None if smile is None else smile.volatility(strike)
        if smile is None or level is None:
            return None
        years = self._years_from(smile.expiration, as_of)
        forward = smile.forward * (1.0 if spot is None else spot / self.spot)
        discount = self.rate.discount(years)
        return float(black76.price(forward, strike, discount, level, years, right == "call"))

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
        volatility = None if smile is None else smile.volatility(level)
        if smile is None or volatility is None:
            return None
        years = self._years_from(smile.expiration, as_of)
        forward = smile.forward * (1.0 if spot is None else spot / self.spot)
        return probability_above(forward, level, volatility, years, smile.slope(level, years))

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


def probability_above(
    forward: float, level: float, volatility: float, years: float, slope: float = 0.0
) -> float | None:
    """
    Return N(d2) less the smile's term, vega * d volatility / d strike, or None outside [0, 1].

    Breeden and Litzenberger, Journal of Business 51 (1978), applied to Black-76 with a
    volatility that depends on the strike.
    """
    _, second = black76.moneyness_terms(forward, level, volatility, years)
    tilt = float(black76.vega(forward, level, 1.0, volatility, years)) * slope
    chance = float(cumulative(second)) - tilt
    return chance if 0 <= chance <= 1 else None


def surface_of(
    book: Book, spot: float, rate: Rate, *, european: bool, wanted: Array | None = None
) -> Surface:
    """
    Return the surface of *book*: forwards from parity, quotes judged, volatilities solved.

    *wanted* marks the rows to solve (default: all). An expiration without a strike quoted
    on both sides has no slice.
    """
    forward, discount = np.full(len(book), np.nan), np.full(len(book), np.nan)
    years = np.zeros(len(book))
    for expiration in book.expirations:
        rows = expiration.rows
        years[rows] = max(expiration.years, 0)
        discount[rows] = rate.discount(max(expiration.years, 0))
        if expiration.minutes > 0:
            implied = forward_from(pairs_of(book, expiration), float(discount[expiration.start]))
            forward[rows] = np.nan if implied is None else implied
    judged = _judge(book, spot, forward, discount, european=european)
    solve = judged.tight if wanted is None else judged.tight & wanted
    volatility = _volatilities(book, judged, solve, forward, discount, years)
    slices: dict[tuple[dt.date, str], Slice] = {
        (item.date, item.settlement): _slice(book, item, volatility, forward, discount)
        for item in book.expirations
        if item.minutes > 0 and np.isfinite(forward[item.start])
    }
    return Surface(book=book, spot=spot, rate=rate, judged=judged, implied=volatility, slices=slices)


def _judge(book: Book, spot: float, forward: Array, discount: Array, *, european: bool) -> Judged:
    """Hold each quote against its own exercise style's bounds; a settled or unpaired expiration's spot."""
    strike = book.strike
    if european:
        reach = np.where(np.isnan(forward), spot, forward) * discount
        cap = np.where(book.call, reach, strike * discount)
        inside = np.where(book.call, reach - strike * discount, strike * discount - reach)
    else:
        cap = np.where(book.call, spot, strike)
        inside = np.where(book.call, spot - strike, strike - spot)
    return judge_quotes(book.bid, book.ask, payoff=np.maximum(inside, 0), cap=cap, age=book.age)


def _volatilities(
    book: Book, judged: Judged, solve: Array, forward: Array, discount: Array, years: Array
) -> Array:
    """Solve the out-of-the-money side; NaN where unsolved or with too large an error bar."""
    with np.errstate(invalid="ignore"):
        outside = np.where(book.call, book.strike >= forward, book.strike < forward)
    use = np.flatnonzero(outside & solve & (years > 0))
    volatility = np.full(len(book), np.nan)
    terms = (forward[use], book.strike[use], discount[use])
    solved = black76.implied_volatility(judged.mid[use], *terms, years[use], book.call[use])
    with np.errstate(invalid="ignore", divide="ignore"):
        error = (book.ask - book.bid)[use] / 2 / black76.vega(*terms, solved, years[use])
        volatility[use] = np.where(error <= ERROR_LIMIT, solved, np.nan)
    return volatility


def _slice(book: Book, expiration: Expiration, volatility: Array, forward: Array, discount: Array) -> Slice:
    rows = expiration.rows
    valid = np.isfinite(volatility[rows])
    return Slice(
        expiration=expiration,
        forward=float(forward[expiration.start]),
        discount=float(discount[expiration.start]),
        strikes=book.strike[rows][valid],
        volatilities=volatility[rows][valid],
        calls=book.call[rows][valid],
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
