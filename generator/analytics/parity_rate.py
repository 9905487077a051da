"""
The interest rate that put-call parity implies, where no source gives one.

The slope of call less put over strikes is the discount. Of American options the premiums for
early exercise are taken off first (`american`): they grow with the strike of a put and make the
slope steeper, the rate of boards two years long lower by a point (QQQ and SPY of 2023: 4.6 and
4.7 % before, 5.4 and 5.3 % after, beside 5.4 and 5.7 % of the index on the same days). They are
worked out at the rate that is found with them, a fixed point, from a few strikes: what call
premiums are over put premiums runs smoothly in the strike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.analytics import american, black76, european
from generator.analytics.american import Terms
from generator.analytics.american_boundary import QUICK
from generator.analytics.forwards import Pairs, Rate, forward_from, pairs_of, regression, weighted_median
from generator.analytics.series import Book
from generator.models.analysis import Choices
from generator.models.market import RatePoint, Snapshot

Array = np.ndarray

POOLED = 5  #: sessions whose quotes speak about a rate together
SEARCHED = 22  #: sessions back: a month-old rate is no longer today's
RATE_DAYS = 14.0  #: shorter expirations say nothing about a rate
RATE_PAIRS = 8  #: strikes with both sides an expiration must have to speak about the rate
EUROPEAN_WINDOW = (0.85, 1.15)  #: strikes over the forward used for the rate
#: American puts above the forward carry much early exercise; below it both sides are nearly European
AMERICAN_WINDOW = (0.60, 0.94)
RATE_ERROR = 0.006  #: standard error above which the quotes do not settle a rate
SESSION_ERROR = 0.01  #: what the quotes of a session of SHORT boards are off by together
SHORT = 0.25  #: years; of longer boards the same error of prices is a smaller one of the rate
RATE_RANGE = (-0.01, 0.12)
SLOPE_RANGE = (0.5, 1.1)  #: discount factors that can be true
ROUNDS = 3  #: of the fixed point; each leaves a fifth
STRIKES = 6  #: of each expiration at which premiums are worked out
USUAL = 0.3  #: volatility of a strike whose quotes hold none


def choose_rate(snapshot: Snapshot, books: Sequence[Book], choices: Choices) -> Rate:
    """
    Return the rate set by the user, else the source's curve, else the one parity implies, else zero.

    *books* are today's and those of the sessions before, newest first; quotes of five in a row
    are pooled. Where today's five settle no rate the latest earlier five that do are taken.
    """
    if choices.rate is not None:
        return Rate((RatePoint(days=30, rate=choices.rate),), "set by the user", known=True)
    if snapshot.rates:
        source = next((s.name for s in snapshot.sources if s.part == "rates"), "the source's curve")
        points = tuple(sorted(snapshot.rates, key=lambda point: point.days))
        return Rate(points, source, known=True)
    style = snapshot.kind == "index"
    implied, source = implied_rate(books[:POOLED], european=style), "implied by put-call parity"
    if implied is None:
        implied = _earlier_rate(books[:SEARCHED], is_european=style)
        source = "implied by put-call parity on an earlier session"
    if implied is None:
        return Rate((), "none on file, and put-call parity does not settle one: zero is used", known=False)
    return Rate((RatePoint(days=30, rate=implied),), source, known=True)


def _earlier_rate(books: Sequence[Book], *, is_european: bool) -> float | None:
    """The latest rate that a session before today settled together with those before it."""
    found = [_session(book, is_european=is_european) for book in books]
    rates = (_pooled(found[first : first + POOLED]) for first in range(1, len(found)))
    return next((rate for rate in rates if rate is not None), None)


def implied_rate(books: Sequence[Book], *, european: bool) -> float | None:
    """
    Return one rate for all expirations beyond 14 days, or None where the quotes do not settle it.

    Each expiration's discount is the slope of parity; a session's rates are averaged with
    weights years^2 / variance of the discount, so that long and tight boards count most,
    and the sessions with weights that grant each a common error of its own.
    """
    return _pooled([_session(book, is_european=european) for book in books])


@dataclass(frozen=True, slots=True, eq=False)
class _Session:
    """One session's expirations with a slope: their pairs, and arrays of one length of what these gave."""

    pairs: tuple[Pairs, ...]
    years: Array
    forward: Array
    discount: Array
    weight: Array
    is_european: bool
    spot: float

    @property
    def variance(self) -> float:
        """Of the rate: what the spreads leave, and the common error."""
        duration = float(np.sum(self.weight * self.years) / np.sum(self.weight))
        common = SESSION_ERROR * min(1.0, SHORT / duration)
        return 1 / float(np.sum(self.weight)) + common**2

    @property
    def rates(self) -> Array:
        """Each expiration's own rate."""
        return np.asarray(-np.log(self.discount) / self.years)


def _session(book: Book, *, is_european: bool) -> _Session | None:
    """What one session's quotes say of the rate, early exercise not taken off."""
    window = EUROPEAN_WINDOW if is_european else AMERICAN_WINDOW
    boards, found, spot = [], [], None
    for expiration in book.expirations:
        if expiration.minutes <= 0:
            continue
        pairs = pairs_of(book, expiration)
        forward = forward_from(pairs, 1.0)
        spot = forward if spot is None else spot
        if forward is None or expiration.minutes <= RATE_DAYS * 1440:
            continue
        near = pairs.within(window[0] * forward, window[1] * forward)
        if len(near) < RATE_PAIRS:
            continue
        delivery, discount, variance = regression(near)
        if SLOPE_RANGE[0] < discount < SLOPE_RANGE[1]:
            boards.append(near)
            found.append((expiration.years, delivery, discount, expiration.years**2 / variance))
    if not boards or spot is None:
        return None
    years, forwards, discounts, weights = np.array(found).T
    return _Session(tuple(boards), years, forwards, discounts, weights, is_european, spot)


def _pooled(sessions: Sequence[_Session | None]) -> float | None:
    """One rate from those of several sessions, None where they do not settle it."""
    found = [session for session in sessions if session is not None]
    if not found or sum(float(np.sum(session.weight)) for session in found) < 1 / RATE_ERROR**2:
        return None
    rises = _early_exercise(found[0])
    rates = [
        _robust_mean(session.rates + np.interp(session.years, found[0].years, rises), session.weight)
        for session in found
    ]
    rate = float(np.average(rates, weights=[1 / session.variance for session in found]))
    return rate if RATE_RANGE[0] <= rate <= RATE_RANGE[1] else None


def _early_exercise(session: _Session) -> Array:
    """
    What early exercise takes from each expiration's rate; zeros for European options.

    Sessions next to each other are granted the same: it changes with the time to expiration.
    """
    plain, rates, forwards = session.rates, session.rates, session.forward
    if session.is_european:
        return np.zeros_like(plain)
    for _ in range(ROUNDS):
        rate = _robust_mean(rates, session.weight)
        apart = _premiums_apart(session, rate, forwards)
        slopes = [
            regression(Pairs(pairs.strike, pairs.call - more, pairs.put, pairs.spread))
            for pairs, more in zip(session.pairs, apart, strict=True)
        ]
        forwards, discounts = np.array([slope[:2] for slope in slopes]).T
        sound = (discounts > SLOPE_RANGE[0]) & (discounts < SLOPE_RANGE[1]) & (forwards > 0)
        if not sound.all():
            return np.zeros_like(plain)
        rates = -np.log(discounts) / session.years
    return np.asarray(rates - plain)


def _premiums_apart(session: _Session, rate: float, forwards: Array) -> list[Array]:
    """What calls' premiums for early exercise are over puts', at each pair of each expiration."""
    picked = [np.unique(np.linspace(0, len(pairs) - 1, STRIKES).astype(int)) for pairs in session.pairs]
    both = list(zip(session.pairs, picked, strict=True))
    strike, call, put = (
        np.concatenate([getattr(pairs, name)[rows] for pairs, rows in both])
        for name in ("strike", "call", "put")
    )
    counts = [len(rows) for rows in picked]
    years, forward = np.repeat(session.years, counts), np.repeat(forwards, counts)
    cheap = strike >= forward  # the call is out of the money
    outside = np.where(cheap, call, put)
    level = european.implied_volatility(outside, forward, strike, np.exp(-rate * years), years, cheap)
    level = np.where(np.isfinite(level), level, USUAL)
    payout = rate - np.log(forward / session.spot) / years
    sides = []
    for side in (True, False):
        terms = Terms.of(session.spot, strike, years, rate, payout, side)
        plain = black76.price(terms.forward, strike, terms.discount, level, years, side)
        premium = np.maximum(american.price(terms, level, QUICK) - plain, 0)
        sides.append(np.where(np.isfinite(premium), premium, 0))  # unknown below zero: not taken off
    apart = np.split(sides[0] - sides[1], np.cumsum(counts)[:-1])
    return [
        np.interp(pairs.strike, pairs.strike[rows], more)
        for (pairs, rows), more in zip(both, apart, strict=True)
    ]


def _robust_mean(values: Array, weights: Array) -> float:
    """The weighted mean of the values within two points of the weighted median."""
    kept = np.abs(values - weighted_median(values, weights)) <= 0.02
    return float(np.sum(values[kept] * weights[kept]) / np.sum(weights[kept]))
