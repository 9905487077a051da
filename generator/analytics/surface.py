"""
The surface of a chain: carry fitted, quotes judged, volatilities solved, smiles fitted.

Volatilities are of the out-of-the-money side: of American values for stocks and funds, of
Black-76 on parity forwards for indices.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.analytics import pricing
from generator.analytics.american_volatility import BELIEVED, Quoted, Refusal
from generator.analytics.arbitrage_free import fitted
from generator.analytics.forwards import Rate
from generator.analytics.market_terms import Market, market_of
from generator.analytics.quotes import Judged, judge_quotes
from generator.analytics.series import Book, Expiration
from generator.analytics.slices import Slice
from generator.analytics.smile import NOT_ASKED, Surface
from generator.analytics.smile_fit import Points
from generator.models.market import Dividend

Array = np.ndarray

FEWEST_POINTS = 2


def surface_of(
    book: Book,
    spot: float,
    rate: Rate,
    *,
    european: bool,
    dividends: Sequence[Dividend] = (),
    wanted: Array | None = None,
) -> Surface:
    """
    Return the surface of *book*; *spot* is the printed price, *dividends* are those to come.

    *wanted* marks the rows to solve (default: all). An expiration without a strike quoted
    on both sides has no slice.
    """
    market = market_of(book, spot, rate, european=european, dividends=dividends, wanted=wanted)
    judged = _judge(book, market)
    asked = outside(book, market) & judged.usable
    found = _solved(book, market, judged, asked if wanted is None else asked & wanted)
    known = [
        item for item in book.expirations if item.minutes > 0 and np.isfinite(market.forward[item.start])
    ]
    slices = [_slice(book, item, market, found) for item in known]
    smooth = [item for item in slices if len(item.strikes) >= FEWEST_POINTS and not item.expiration.stopped]
    curves = dict(zip(map(_key, smooth), fitted([_points(item) for item in smooth]), strict=True))
    return Surface(
        book=book,
        spot=spot,
        rate=rate,
        market=market,
        judged=judged,
        implied=found.volatility,
        refusal=found.refusal,
        slices={_key(item): replace(item, curve=curves.get(_key(item))) for item in slices},
    )


def outside(book: Book, market: Market) -> Array:
    """Mark the rows that are out of the money by their forward, at it the call, and not settled."""
    with np.errstate(invalid="ignore"):
        beyond = np.where(book.call, book.strike >= market.forward, book.strike < market.forward)
    return np.asarray(beyond & (market.years > 0))


def _judge(book: Book, market: Market) -> Judged:
    """Hold each quote against its own exercise style's bounds; a settled or unpaired expiration's spot."""
    strike, forward, discount, spot = book.strike, market.forward, market.discount, market.spot
    if market.european:
        reach = np.where(np.isnan(forward), spot, forward) * discount
        cap = np.where(book.call, reach, strike * discount)
        inside = np.where(book.call, reach - strike * discount, strike * discount - reach)
    else:
        cap = np.where(book.call, spot, strike)
        inside = np.where(book.call, spot - strike, strike - spot)
    return judge_quotes(book.bid, book.ask, payoff=np.maximum(inside, 0), cap=cap, age=book.age)


def _solved(book: Book, market: Market, judged: Judged, asked: Array) -> Quoted:
    """
    Solve the rows *asked*; a quote too wide for a headline is refused like a wide error bar.

    Refused too is a volatility nobody would believe.
    """
    rows = np.flatnonzero(asked)
    found = pricing.quoted_volatility(market, book, rows)
    wide = (found.refusal == Refusal.NONE) & ~judged.tight[rows]
    volatility, vega, error = (np.full(len(book), np.nan) for _ in range(3))
    refusal, decimals = np.full(len(book), NOT_ASKED, dtype=np.int8), np.full(len(book), -1)
    with np.errstate(invalid="ignore"):
        odd = (found.volatility < BELIEVED[0]) | (found.volatility > BELIEVED[1])
    refusal[rows] = np.select([wide, odd], [Refusal.WIDE_SPREAD, Refusal.OUT_OF_RANGE], default=found.refusal)
    kept = rows[refusal[rows] == Refusal.NONE]
    for whole, part in ((volatility, found.volatility), (error, found.error), (decimals, found.decimals)):
        whole[kept] = part[refusal[rows] == Refusal.NONE]
    vega[rows] = found.vega
    return Quoted(volatility=volatility, vega=vega, refusal=refusal, error=error, decimals=decimals)


def _slice(book: Book, expiration: Expiration, market: Market, found: Quoted) -> Slice:
    rows = expiration.rows
    valid = np.isfinite(found.volatility[rows])
    first = expiration.start
    board = int(market.board[first])
    return Slice(
        expiration=expiration,
        forward=float(market.forward[first]),
        discount=float(market.discount[first]),
        payout=float(market.payout[first]),
        strikes=book.strike[rows][valid],
        volatilities=found.volatility[rows][valid],
        calls=book.call[rows][valid],
        errors=found.error[rows][valid],
        board=None if board < 0 else market.boards[board],
        curve=None,
    )


def _points(item: Slice) -> Points:
    moneyness = np.log(item.strikes / item.forward)
    return Points(moneyness, item.volatilities, item.errors, item.expiration.years)


def _key(item: Slice) -> tuple[dt.date, str]:
    return item.expiration.date, item.expiration.settlement
