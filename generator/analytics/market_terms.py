"""
What a book's options are priced with: the price they are quoted on, the forwards, the carry.

European chains (indices): the forwards of put-call parity, the carry what lies between them
and the price. American chains: the payout at which call and put have one volatility at the
money, which gives the forward; cash dividends that are known before an expiration are taken
as cash (`cash_carry`), what quotes say beyond them and without them is the payout
(`american_carry`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.analytics.american import Terms
from generator.analytics.american_carry import QuotedPairs, fit_carry
from generator.analytics.american_dividends import CashDividend
from generator.analytics.cash_boards import Board
from generator.analytics.cash_carry import Quotes, fit_boards
from generator.analytics.forwards import Pairs, Rate, forward_from, pairs_of
from generator.analytics.series import MINUTES_A_YEAR, Book, Expiration
from generator.calendar import NEW_YORK, minutes_to
from generator.models.market import Dividend

Array = np.ndarray

FEWEST_PAIRS = 5  #: strikes quoted on both sides before an expiration speaks about the price
SOON = 14.0  #: days within which carry is no more than the error of the price
APART = 0.006  #: of the price; quotes further off are not of another moment but wrong
OPENING = dt.time(9, 30)  #: of an ex-date, when the dividend leaves the price


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """What the rows of a book are priced with; forwards and payouts are NaN where quotes give none."""

    spot: float  #: the price the quotes are on, which the printed one may lag or lead
    european: bool
    forward: Array
    discount: Array
    years: Array  #: zero once settled
    rate: Array  #: continuously compounded, a year
    payout: Array  #: dividend yield and cost of borrowing, a year, beside the cash dividends
    dividends: tuple[CashDividend, ...]  #: known, nearest first
    board: Array  #: place in `boards` of each row, -1 where no cash dividend lies before it
    boards: tuple[Board, ...]

    def terms(self, rows: Array, strike: Array, call: Array) -> Terms:
        """Return what options at *rows* without cash dividends are valued with."""
        return Terms.of(self.spot, strike, self.years[rows], self.rate[rows], self.payout[rows], call)


def market_of(
    book: Book,
    spot: float,
    rate: Rate,
    *,
    european: bool,
    dividends: Sequence[Dividend] = (),
    wanted: Array | None = None,
) -> Market:
    """
    Return what *book* is priced with; *wanted* marks rows whose expirations matter (default: all).

    *spot* is the printed price; it stands where the nearest options say nothing of the price
    or something more than six tenths of a percent off. *dividends* are those announced or
    expected to come.
    """
    found: list[tuple[Expiration, Pairs]] = []
    for item in book.expirations:
        if item.minutes > 0 and (wanted is None or bool(wanted[item.rows].any())):
            pairs = pairs_of(book, item)
            found += [(item, pairs)] if len(pairs) else []
    cash = () if european else cash_dividends(dividends, book.as_of)
    quoted_on = quoted_spot(book, spot, rate, cash)
    years, discount, level = _clock(book, rate)
    forward = np.full(len(book), np.nan)
    paid = [(item, pairs) for item, pairs in found if cash and item.years >= cash[0].years]
    plain = [(item, pairs) for item, pairs in found if not cash or item.years < cash[0].years]
    if european:
        for item, pairs in plain:
            forward[item.rows] = forward_from(pairs, float(discount[item.start]))
    else:
        _carried(forward, plain, quoted_on, rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        payout = level - np.log(forward / quoted_on) / years
    board, boards = np.full(len(book), -1), list[Board]()
    fitted = fit_boards(quoted_on, [_quotes(book, *pair, rate) for pair in paid], cash)
    for (item, _), one in zip(paid, fitted, strict=True):
        if one is not None:
            board[item.rows] = len(boards)
            forward[item.rows], payout[item.rows] = one.place.forward, one.place.payout
            boards.append(one)
    return Market(
        spot=quoted_on,
        european=european,
        forward=forward,
        discount=discount,
        years=years,
        rate=level,
        payout=payout,
        dividends=cash,
        board=board,
        boards=tuple(boards),
    )


def cash_dividends(dividends: Sequence[Dividend], as_of: dt.datetime) -> tuple[CashDividend, ...]:
    """Return the dividends that leave the price after *as_of*, at the open of ex-dates, nearest first."""
    found = [
        CashDividend(
            minutes_to(as_of, dt.datetime.combine(item.ex_date, OPENING, NEW_YORK)) / MINUTES_A_YEAR,
            item.amount,
        )
        for item in dividends
        if item.amount > 0
    ]
    return tuple(sorted((item for item in found if item.years > 0), key=lambda item: item.years))


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
    strike, call, put, spread = (
        np.concatenate([getattr(pairs, name) for _, pairs in found])
        for name in ("strike", "call", "put", "spread")
    )
    pairs = QuotedPairs(np.repeat(years, counts), np.repeat(levels, counts), strike, call, put, spread)
    carry = fit_carry(spot, pairs)
    for item, _ in found:
        place = int(np.searchsorted(carry.years, item.years))
        if np.isfinite(carry.payout[place]):
            forward[item.rows] = carry.forward[place]


def _quotes(book: Book, item: Expiration, pairs: Pairs, rate: Rate) -> Quotes:
    years, level = item.years, rate.at(365 * item.years)
    rows = np.arange(item.start, item.stop)[np.isfinite(book.mid[item.rows])]
    return Quotes(
        years=years,
        rate=level,
        pairs=QuotedPairs(
            np.full(len(pairs), years),
            np.full(len(pairs), level),
            pairs.strike,
            pairs.call,
            pairs.put,
            pairs.spread,
        ),
        strike=book.strike[rows],
        call=book.call[rows],
        bid=book.bid[rows],
        ask=book.ask[rows],
    )


def quoted_spot(book: Book, spot: float, rate: Rate, dividends: Sequence[CashDividend] = ()) -> float:
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
        if forward is None:
            break
        implied = forward * discount + still_paid(item.years, rate, dividends)
        return implied if abs(implied / spot - 1) <= APART else spot
    return spot


def still_paid(years: float, rate: Rate, dividends: Sequence[CashDividend]) -> float:
    """Return the value now of the dividends that leave the price within *years*."""
    return sum(item.amount * rate.discount(item.years) for item in dividends if item.years <= years)
