"""
Volatilities, values and greeks, as the market is: European, American, or American with cash dividends.

Volatilities are those of the forward.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from generator.analytics import american, american_volatility, black76, european
from generator.analytics.american_volatility import TICK, WIDEST_ERROR, Quoted, Refusal, decimals_of
from generator.analytics.black76 import Greeks
from generator.analytics.cash_boards import Board
from generator.analytics.cash_places import Place
from generator.analytics.market_terms import Market
from generator.analytics.series import Book

Array = np.ndarray


def quoted_volatility(market: Market, book: Book, rows: Array) -> Quoted:
    """
    Return the volatility at the mid of each of *rows*, its error bar, or why there is none.

    Their forwards must be known and their time above zero.
    """
    if market.european:
        return _european(market, book, rows)
    result = Quoted(
        volatility=np.full(len(rows), np.nan),
        vega=np.full(len(rows), np.nan),
        refusal=np.zeros(len(rows), dtype=np.int8),
        error=np.full(len(rows), np.nan),
        decimals=np.full(len(rows), -1),
    )
    for number, places in _parts(market, rows):
        own = rows[places]
        strike, call, bid, ask = (column[own] for column in (book.strike, book.call, book.bid, book.ask))
        if number < 0:
            terms = market.terms(own, strike, call)
            found = american_volatility.quoted_volatility(terms, bid, ask)
        else:
            found = market.boards[number].solved(strike, call, bid, ask)
        for field in fields(Quoted):
            getattr(result, field.name)[places] = getattr(found, field.name)
    return result


def greeks(market: Market, book: Book, rows: Array, volatility: Array) -> Greeks:
    """
    Return the sensitivities of *rows* at *volatility*, which is above zero as their time is.

    To the price the quotes are on, in the units of `Greeks`.
    """
    result = Greeks(*(np.full(len(rows), np.nan) for _ in fields(Greeks)))
    for number, places in _parts(market, rows):
        own, level = rows[places], volatility[places]
        strike, call = book.strike[own], book.call[own]
        if number >= 0:
            found = market.boards[number].greeks(strike, call, level)
        elif market.european:
            priced = (market.forward[own], strike, market.discount[own])
            found = black76.greeks(market.spot, *priced, level, market.years[own], call)
        else:
            found = american.greeks(market.terms(own, strike, call), level)
        for field in fields(Greeks):
            getattr(result, field.name)[places] = getattr(found, field.name)
    return result


def values(
    place: Place, board: Board | None, strike: Array, call: Array, volatility: Array, *, is_european: bool
) -> Array:
    """
    Return the values of options of one expiration per share; at the end of time the payoff.

    NaN where the volatility is. *board* holds the values where cash dividends lie before it.
    """
    terms = place.terms(strike, call)
    if place.years <= 0:
        return np.where(np.isnan(volatility), np.nan, terms.intrinsic)
    if is_european:
        return black76.price(place.forward, strike, terms.discount, volatility, place.years, call)
    return american.price(terms, volatility) if board is None else board.values(strike, call, volatility)


def _parts(market: Market, rows: Array) -> list[tuple[int, Array]]:
    """The places in *rows* of each board's, and under -1 of those without one."""
    board = market.board[rows]
    return [(int(number), np.flatnonzero(board == number)) for number in np.unique(board)]


def _european(market: Market, book: Book, rows: Array) -> Quoted:
    bid, ask, call = (column[rows] for column in (book.bid, book.ask, book.call))
    mid = np.where((bid > 0) & (ask >= bid), (bid + ask) / 2, np.nan)
    priced = (market.forward[rows], book.strike[rows], market.discount[rows])
    years = market.years[rows]
    volatility = european.implied_volatility(mid, *priced, years, call)
    refusal = refusals(mid, volatility, *priced, call)
    with np.errstate(invalid="ignore", divide="ignore"):
        vega = black76.vega(*priced, volatility, years) / 100
        error = (ask - bid) / 2 / (100 * vega)
        refusal[error > WIDEST_ERROR] = Refusal.WIDE_SPREAD
    known = refusal == Refusal.NONE
    return Quoted(
        volatility=np.where(known, volatility, np.nan),
        vega=vega,
        refusal=refusal,
        error=error,
        decimals=np.where(known, decimals_of(error), -1),
    )


def refusals(
    premium: Array,
    volatility: Array,
    forward: Array,
    strike: Array,
    discount: Array,
    call: Array,
    *,
    tick: float = TICK,
) -> Array:
    """
    Return why European premiums hold no *volatility* (`Refusal`, int8); half a *tick* of time value is none.

    Of the time left nothing is said: it must be above zero.
    """
    floor = discount * np.maximum(np.where(call, forward - strike, strike - forward), 0)
    causes = (
        (np.isnan(premium), Refusal.NO_PRICE),
        (premium - floor <= tick / 2, Refusal.NO_TIME_VALUE),
        (premium >= discount * np.where(call, forward, strike), Refusal.ABOVE_BOUND),
        (np.isnan(volatility), Refusal.NO_VEGA),
    )
    chosen = np.select([where for where, _ in causes], [cause for _, cause in causes], Refusal.NONE)
    return chosen.astype(np.int8)
