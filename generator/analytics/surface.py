"""
The surface of a chain: forwards from parity, quotes judged, volatilities solved, smiles fitted.

Volatilities are Black-76 on parity forwards, of the out-of-the-money side.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from generator.analytics import black76
from generator.analytics.arbitrage_free import fitted
from generator.analytics.european import implied_volatility
from generator.analytics.forwards import Rate, forward_from, pairs_of
from generator.analytics.quotes import Judged, judge_quotes
from generator.analytics.series import Book, Expiration
from generator.analytics.smile import Slice, Surface
from generator.analytics.smile_fit import Points

Array = np.ndarray

ERROR_LIMIT = 0.05  #: half the spread over vega: a wider error bar carries no volatility
FEWEST_POINTS = 2


def surface_of(
    book: Book, spot: float, rate: Rate, *, european: bool, wanted: Array | None = None
) -> Surface:
    """
    Return the surface of *book*: forwards from parity, quotes judged, volatilities solved, smiles fitted.

    *wanted* marks the rows to solve (default: all). An expiration without a strike quoted
    on both sides has no slice.
    """
    terms = _terms(book, rate)
    judged = _judge(book, spot, terms, european=european)
    solve = judged.tight if wanted is None else judged.tight & wanted
    volatility, error = quoted_volatilities(book, judged, solve, terms)
    found = [item for item in book.expirations if item.minutes > 0 and np.isfinite(terms.forward[item.start])]
    slices = [_slice(book, item, terms, volatility, error) for item in found]
    smooth = [item for item in slices if len(item.strikes) >= FEWEST_POINTS and not item.expiration.stopped]
    curves = dict(zip(map(_key, smooth), fitted([_points(item) for item in smooth]), strict=True))
    return Surface(
        book=book,
        spot=spot,
        rate=rate,
        judged=judged,
        implied=volatility,
        slices={_key(item): replace(item, curve=curves.get(_key(item))) for item in slices},
    )


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What a book's rows are priced with; NaN forwards where parity gives none."""

    forward: Array
    discount: Array
    years: Array


def _terms(book: Book, rate: Rate) -> Terms:
    forward, discount = np.full(len(book), np.nan), np.full(len(book), np.nan)
    years = np.zeros(len(book))
    for expiration in book.expirations:
        rows = expiration.rows
        years[rows] = max(expiration.years, 0)
        discount[rows] = rate.discount(max(expiration.years, 0))
        if expiration.minutes > 0:
            implied = forward_from(pairs_of(book, expiration), float(discount[expiration.start]))
            forward[rows] = np.nan if implied is None else implied
    return Terms(forward, discount, years)


def _judge(book: Book, spot: float, terms: Terms, *, european: bool) -> Judged:
    """Hold each quote against its own exercise style's bounds; a settled or unpaired expiration's spot."""
    strike, forward, discount = book.strike, terms.forward, terms.discount
    if european:
        reach = np.where(np.isnan(forward), spot, forward) * discount
        cap = np.where(book.call, reach, strike * discount)
        inside = np.where(book.call, reach - strike * discount, strike * discount - reach)
    else:
        cap = np.where(book.call, spot, strike)
        inside = np.where(book.call, spot - strike, strike - spot)
    return judge_quotes(book.bid, book.ask, payoff=np.maximum(inside, 0), cap=cap, age=book.age)


def quoted_volatilities(book: Book, judged: Judged, solve: Array, terms: Terms) -> tuple[Array, Array]:
    """
    Return the volatility of each row and its error bar, half the spread over vega, fractions a year.

    Of the out-of-the-money side; NaN where *solve* is False, where the mid holds no volatility
    and where the error bar is over ERROR_LIMIT. Every smile is made from these.
    """
    with np.errstate(invalid="ignore"):
        outside = np.where(book.call, book.strike >= terms.forward, book.strike < terms.forward)
    use = np.flatnonzero(outside & solve & (terms.years > 0))
    volatility, error = np.full(len(book), np.nan), np.full(len(book), np.nan)
    priced = (terms.forward[use], book.strike[use], terms.discount[use])
    solved = implied_volatility(judged.mid[use], *priced, terms.years[use], book.call[use])
    with np.errstate(invalid="ignore", divide="ignore"):
        half = (book.ask - book.bid)[use] / 2 / black76.vega(*priced, solved, terms.years[use])
        kept = half <= ERROR_LIMIT
    volatility[use[kept]], error[use[kept]] = solved[kept], half[kept]
    return volatility, error


def _slice(book: Book, expiration: Expiration, terms: Terms, volatility: Array, error: Array) -> Slice:
    rows = expiration.rows
    valid = np.isfinite(volatility[rows])
    return Slice(
        expiration=expiration,
        forward=float(terms.forward[expiration.start]),
        discount=float(terms.discount[expiration.start]),
        strikes=book.strike[rows][valid],
        volatilities=volatility[rows][valid],
        calls=book.call[rows][valid],
        errors=error[rows][valid],
        curve=None,
    )


def _points(item: Slice) -> Points:
    moneyness = np.log(item.strikes / item.forward)
    return Points(moneyness, item.volatilities, item.errors, item.expiration.years)


def _key(item: Slice) -> tuple[dt.date, str]:
    return item.expiration.date, item.expiration.settlement
