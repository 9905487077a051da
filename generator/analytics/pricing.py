"""Volatilities, values and greeks, American or European as the market is."""

from __future__ import annotations

import numpy as np

from generator.analytics import american, american_volatility, black76, european
from generator.analytics.american import Numbers, Terms
from generator.analytics.american_volatility import TICK, WIDEST_ERROR, Quoted, Refusal, decimals_of
from generator.analytics.black76 import Greeks
from generator.analytics.market_terms import Market
from generator.analytics.series import Book

Array = np.ndarray


def quoted_volatility(market: Market, book: Book, rows: Array) -> Quoted:
    """
    Return the volatility at the mid of each of *rows*, its error bar, or why there is none.

    Their forwards must be known and their time above zero.
    """
    bid, ask = book.bid[rows], book.ask[rows]
    if not market.european:
        terms = market.terms(rows, book.strike[rows], book.call[rows])
        return american_volatility.quoted_volatility(terms, bid, ask)
    mid = np.where((bid > 0) & (ask >= bid), (bid + ask) / 2, np.nan)
    priced = (market.forward[rows], book.strike[rows], market.discount[rows])
    years, call = market.years[rows], book.call[rows]
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


def value(terms: Terms, volatility: Numbers, *, is_european: bool) -> Array:
    """Return the values per share; at the end of time the payoff."""
    if not is_european:
        return american.price(terms, volatility)
    return black76.price(terms.forward, terms.strike, terms.discount, volatility, terms.years, terms.call)


def greeks(terms: Terms, volatility: Array, *, is_european: bool) -> Greeks:
    """Return the sensitivities to the price the quotes are on; volatilities and times above zero."""
    if not is_european:
        return american.greeks(terms, volatility)
    return black76.greeks(
        terms.spot, terms.forward, terms.strike, terms.discount, volatility, terms.years, terms.call
    )
