"""
Forwards and the interest rate, read from put-call parity.

C - P = discount * (forward - strike) holds for European options (Stoll, Journal of
Finance 24, 1969). For American ones it holds nearly, close to the money: early exercise
makes a put dearer by about 0.015 per 100 over 30 days at 3.65 %, more at higher strikes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.analytics.series import Book, Expiration
from generator.models.analysis import Choices
from generator.models.market import RatePoint, Snapshot

Array = np.ndarray

POOLED = 5  #: sessions whose quotes speak about a rate together
SEARCHED = 22  #: sessions back: a month-old rate is no longer today's
NEAREST = 8  #: strikes around the forward that are averaged
RATE_DAYS = 14.0  #: shorter expirations say nothing about a rate
RATE_PAIRS = 8  #: strikes with both sides an expiration must have to speak about the rate
EUROPEAN_WINDOW = (0.85, 1.15)  #: strikes over the forward used for the rate
#: American puts above the forward carry early exercise; below it both sides are nearly European
AMERICAN_WINDOW = (0.60, 0.94)
RATE_ERROR = 0.006  #: standard error above which the quotes do not settle a rate
SESSION_ERROR = 0.01  #: what one session's quotes are off by together, whatever their number
RATE_RANGE = (-0.01, 0.12)
SLOPE_RANGE = (0.5, 1.1)  #: discount factors that can be true


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Strikes at which one expiration has both sides quoted, ascending."""

    strike: Array
    call: Array  #: mids
    put: Array
    spread: Array  #: of both sides together

    def __len__(self) -> int:
        return len(self.strike)

    def within(self, low: float, high: float) -> Pairs:
        """Return the pairs with strikes from *low* to *high*."""
        kept = (self.strike >= low) & (self.strike <= high)
        return Pairs(self.strike[kept], self.call[kept], self.put[kept], self.spread[kept])


@dataclass(frozen=True, slots=True)
class Rate:
    """A continuously compounded rate by days, and where it comes from."""

    points: tuple[RatePoint, ...]
    source: str
    known: bool  #: False: nothing on file and nothing implied; zero is used

    def at(self, days: float) -> float:
        """Return the rate to *days*, straight between points and flat outside."""
        if not self.points:
            return 0.0
        return float(np.interp(days, [p.days for p in self.points], [p.rate for p in self.points]))

    def discount(self, years: float) -> float:
        """Return the value now of one dollar after *years*."""
        return float(np.exp(-self.at(365 * years) * years))


def pairs_of(book: Book, expiration: Expiration) -> Pairs:
    """Return the strikes of *expiration* with a two-sided call and put that are not absurdly wide."""
    rows = expiration.rows
    strike, call, mid = book.strike[rows], book.call[rows], book.mid[rows]
    width = (book.ask - book.bid)[rows]
    with np.errstate(invalid="ignore"):
        fine = np.isfinite(mid) & ((width <= 0.25) | (width <= 0.5 * mid))
    first = np.flatnonzero((strike[:-1] == strike[1:]) & call[:-1] & ~call[1:] & fine[:-1] & fine[1:])
    return Pairs(strike[first], mid[first], mid[first + 1], width[first] + width[first + 1])


def forward_from(pairs: Pairs, discount: float) -> float | None:
    """
    Return the forward that parity implies, or None without a pair.

    The strikes nearest to the one with the smallest |C - P| each give K + (C - P) / discount
    with weight 1 / spread^2; those further from the weighted median than half their own
    spread are left out, the rest are averaged.
    """
    if len(pairs) == 0:
        return None
    centre = pairs.strike[int(np.argmin(np.abs(pairs.call - pairs.put)))]
    near = np.argsort(np.abs(pairs.strike - centre), kind="stable")[:NEAREST]
    implied = pairs.strike[near] + (pairs.call - pairs.put)[near] / discount
    spread = np.maximum(pairs.spread[near], 0.01)
    weight = 1 / np.square(spread)
    kept = np.abs(implied - weighted_median(implied, weight)) <= spread / 2
    return float(np.sum((weight * implied)[kept]) / np.sum(weight[kept]))


def weighted_median(values: Array, weights: Array) -> float:
    """Return the value at which half of the weight is reached."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order])
    return float(values[order][int(np.searchsorted(share, share[-1] / 2))])


def regression(pairs: Pairs) -> tuple[float, float, float]:
    """
    Return forward, discount and the discount's variance from C - P on strike.

    Least squares with weights 1 / spread^2, on at least three strikes; the variance is
    the larger of what the spreads and what the residuals suggest.
    """
    spread = np.maximum(pairs.spread, 0.01)
    weight = 1 / np.square(spread)
    total = weight.sum()
    gap = pairs.call - pairs.put
    centre, level = (weight * pairs.strike).sum() / total, (weight * gap).sum() / total
    distance = pairs.strike - centre
    moment = (weight * distance**2).sum()
    slope = (weight * distance * (gap - level)).sum() / moment
    residual = gap - level - slope * distance
    scatter = (weight * residual**2).sum() / max(len(pairs) - 2, 1)
    return float(centre - level / slope), float(-slope), float(max(scatter, 0.05) / moment)


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
    european = snapshot.kind == "index"
    implied, source = implied_rate(books[:POOLED], european=european), "implied by put-call parity"
    if implied is None:
        implied = _earlier_rate(books[:SEARCHED], european=european)
        source = "implied by put-call parity on an earlier session"
    if implied is None:
        return Rate((), "none on file, and put-call parity does not settle one: zero is used", known=False)
    return Rate((RatePoint(days=30, rate=implied),), source, known=True)


def _earlier_rate(books: Sequence[Book], *, european: bool) -> float | None:
    """The latest rate that a session before today settled together with those before it."""
    window = EUROPEAN_WINDOW if european else AMERICAN_WINDOW
    found = [_session_rate(book, window) for book in books]
    rates = (_pooled(found[first : first + POOLED]) for first in range(1, len(found)))
    return next((rate for rate in rates if rate is not None), None)


def implied_rate(books: Sequence[Book], *, european: bool) -> float | None:
    """
    Return one rate for all expirations beyond 14 days, or None where the quotes do not settle it.

    Each expiration's discount is the slope of parity; a session's rates are averaged with
    weights years^2 / variance of the discount, so that long and tight boards count most,
    and the sessions with weights that grant each a common error of its own.
    """
    window = EUROPEAN_WINDOW if european else AMERICAN_WINDOW
    return _pooled([_session_rate(book, window) for book in books])


def _pooled(estimates: Sequence[tuple[float, float] | None]) -> float | None:
    """One rate from those of several sessions, None where they do not settle it."""
    found = [estimate for estimate in estimates if estimate is not None]
    if not found:
        return None
    rates, variances = (np.array(values) for values in zip(*found, strict=True))
    if np.sum(1 / variances) < 1 / RATE_ERROR**2:
        return None
    weights = 1 / (variances + SESSION_ERROR**2)
    rate = float(np.sum(weights * rates) / np.sum(weights))
    return rate if RATE_RANGE[0] <= rate <= RATE_RANGE[1] else None


def _session_rate(book: Book, window: Sequence[float]) -> tuple[float, float] | None:
    """The rate one session's quotes imply, and its variance."""
    rates, weights = [], []
    for expiration in book.expirations:
        estimate = _slope_of(book, expiration, window)
        if estimate is not None:
            discount, variance = estimate
            rates.append(-np.log(discount) / expiration.years)
            weights.append(expiration.years**2 / variance)
    if not rates:
        return None
    return _robust_mean(np.array(rates), np.array(weights)), 1 / float(np.sum(weights))


def _slope_of(book: Book, expiration: Expiration, window: Sequence[float]) -> tuple[float, float] | None:
    if expiration.minutes <= RATE_DAYS * 1440:
        return None
    pairs = pairs_of(book, expiration)
    forward = forward_from(pairs, 1.0)
    if forward is None:
        return None
    pairs = pairs.within(window[0] * forward, window[1] * forward)
    if len(pairs) < RATE_PAIRS:
        return None
    _, discount, variance = regression(pairs)
    return (discount, variance) if SLOPE_RANGE[0] < discount < SLOPE_RANGE[1] else None


def _robust_mean(values: Array, weights: Array) -> float:
    """The weighted mean of the values within two points of the weighted median."""
    kept = np.abs(values - weighted_median(values, weights)) <= 0.02
    return float(np.sum(values[kept] * weights[kept]) / np.sum(weights[kept]))
