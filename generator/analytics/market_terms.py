"""
What a book's options are priced with: the price they are quoted on, the forwards, the carry.

European chains (indices): the forwards of put-call parity, the carry what lies between them
and the price. American chains: the payout at which call and put have one volatility at the
money (`american_carry`), which gives the forward.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.analytics.american import Terms
from generator.analytics.american_carry import QuotedPairs, fit_carry
from generator.analytics.forwards import Pairs, Rate, forward_from, pairs_of
from generator.analytics.series import Book, Expiration

Array = np.ndarray

FEWEST_PAIRS = 5  #: strikes quoted on both sides before an expiration speaks about the price
SOON = 14.0  #: days within which carry is no more than the error of the price
APART = 0.006  #: of the price; quotes further off are not of another moment but wrong


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """What the rows of a book are priced with; forwards and payouts are NaN where quotes give none."""

    spot: float  #: the price the quotes are on, which the printed one may lag or lead
    european: bool
    forward: Array
    discount: Array
    years: Array  #: zero once settled
    rate: Array  #: continuously compounded, a year
    payout: Array  #: dividend yield and cost of borrowing, a year

    def terms(self, rows: Array, strike: Array, call: Array) -> Terms:
        """Return what American options at *rows* are valued with."""
        return Terms.of(self.spot, strike, self.years[rows], self.rate[rows], self.payout[rows], call)


def market_of(book: Book, spot: float, rate: Rate, *, european: bool, wanted: Array | None = None) -> Market:
    """
    Return what *book* is priced with; *wanted* marks rows whose expirations matter (default: all).

    *spot* is the printed price; it stands where the nearest options say nothing of the price
    or something more than six tenths of a percent off.
    """
    found: list[tuple[Expiration, Pairs]] = []
    for item in book.expirations:
        if item.minutes > 0 and (wanted is None or bool(wanted[item.rows].any())):
            pairs = pairs_of(book, item)
            found += [(item, pairs)] if len(pairs) else []
    quoted_on = quoted_spot(book, spot, rate)
    years, discount, level = _clock(book, rate)
    forward = np.full(len(book), np.nan)
    if european:
        for item, pairs in found:
            forward[item.rows] = forward_from(pairs, float(discount[item.start]))
    else:
        _carried(forward, found, quoted_on, rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        payout = level - np.log(forward / quoted_on) / years
    return Market(quoted_on, european, forward, discount, years, level, payout)


def _clock(book: Book, rate: Rate) -> tuple[Array, Array, Array]:
    """Years, discounts and rates of every row."""
    terms = np.empty((3, len(book)))
    for item in book.expirations:
        years = max(item.years, 0.0)
        terms[:, item.rows] = np.array([[years], [rate.discount(years)], [rate.at(365 * years)]])
    return terms[0], terms[1], terms[2]


def _carried(forward: Array, found: list[tuple[Expiration, Pairs]], spot: float, rate: Rate) -> None:
    """Write the forwards of the carry that American quotes imply."""
    if not found:
        return
    counts = [len(pairs) for _, pairs in found]
    years = np.array([item.years for item, _ in found])
    levels = np.array([rate.at(365 * value) for value in years])
    joined = [
        np.concatenate([getattr(pairs, name) for _, pairs in found])
        for name in ("strike", "call", "put", "spread")
    ]
    pairs = QuotedPairs(np.repeat(years, counts), np.repeat(levels, counts), *joined)
    carry = fit_carry(spot, pairs)
    for item, _ in found:
        place = int(np.searchsorted(carry.years, item.years))
        if np.isfinite(carry.payout[place]):
            forward[item.rows] = carry.forward[place]


def quoted_spot(book: Book, spot: float, rate: Rate) -> float:
    """
    Return the price the nearest options are quoted on, by parity; *spot* where they do not tell.

    Funds' and indices' options are quoted a quarter of an hour past the close, delayed ones a
    quarter of an hour ago.
    """
    for item in book.expirations:
        if item.minutes <= 0 or item.stopped:
            continue
        if item.minutes > SOON * 1440:
            break
        pairs = pairs_of(book, item)
        if len(pairs) < FEWEST_PAIRS:
            continue
        discount = rate.discount(item.years)
        forward = forward_from(pairs, discount)
        if forward is not None and abs(forward * discount / spot - 1) <= APART:
            return forward * discount
        break
    return spot
