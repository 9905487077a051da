"""
The carry American quotes imply: the payout at which calls and puts agree at the money.

Parity of American prices is biased, as puts and calls carry premiums for early exercise.
The premiums are taken off at the volatility of each strike, parity of what is left gives
the forward, and that gives the payout the premiums were computed with: a fixed point, at
which the call and the put of a strike have the same volatility.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.analytics import american, american_dividends, black76, european
from generator.analytics.american import Terms
from generator.analytics.american_boundary import QUICK
from generator.analytics.american_dividends import FAST, CashDividend

Array = np.ndarray

NEAREST = 8  #: strikes around the forward that are used
ROUNDS = 12
ENOUGH = 1e-6  #: change of a forward, over the spot, with which it is settled: one step before the answer
STEEPEST = 5.0  #: payouts above it, or below minus it, are no payouts
TICK = 0.01  #: dollars
FAR = 4.0  #: median deviations from the median beyond which a strike is left out


@dataclass(frozen=True, slots=True, eq=False)
class QuotedPairs:
    """Strikes at which both sides of an expiration are quoted: 1-d arrays of one length."""

    years: Array  #: tells the expirations apart
    rate: Array
    strike: Array
    call: Array  #: mids
    put: Array
    spread: Array  #: of both sides together

    def __len__(self) -> int:
        return len(self.strike)

    def take(self, chosen: Array) -> QuotedPairs:
        """Return some of the pairs."""
        return QuotedPairs(*(getattr(self, name)[chosen] for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class Carry:
    """One carry an expiration, by ascending years; NaN where the quotes do not settle one."""

    years: Array
    payout: Array  #: a year, beside the cash dividends: yield and cost of borrowing
    error: Array  #: standard error of the payout
    forward: Array
    volatility: Array  #: at the strike nearest the forward
    gap: Array  #: call less put volatility at the money that is left, in points
    strikes: Array  #: how many were used

    def at(self, years: Array) -> Array:
        """Return the payout of each of *years*, which must be expirations that were fitted."""
        place = np.searchsorted(self.years, years)
        if not np.array_equal(self.years[np.minimum(place, len(self.years) - 1)], years):
            raise ValueError("wanted years of fitted expirations, found others: fit them first")
        return np.asarray(self.payout[place])


def fit_carry(spot: float, pairs: QuotedPairs, dividends: Sequence[CashDividend] = ()) -> Carry:
    """
    Return each expiration's payout from its nearest strikes, weighted by 1 / spread squared.

    *dividends* are the known cash dividends; what quotes say beyond them is the payout.
    """
    expirations = np.unique(pairs.years)
    pairs = pairs.take(np.isfinite(pairs.call) & np.isfinite(pairs.put))
    group = np.searchsorted(expirations, pairs.years)
    delivery = combined(pairs, parity(pairs), group, len(expirations))[0]
    pairs, group = nearest(pairs, delivery, group)
    state = _Fit(pairs, group, delivery)
    for _ in range(ROUNDS):
        rows = np.flatnonzero(state.unsettled[group])
        if len(rows) == 0:
            break
        part = pairs.take(rows)
        payout = _payout(spot, part, state.delivery[group[rows]], dividends)
        state.early[:, rows], state.volatility[rows] = _premiums(
            spot, part, payout, state.early[:, rows], dividends
        )
        state.step(ENOUGH * spot)
    return _carry(spot, dividends, expirations, state)


class _Fit:
    """How far the fixed point has come: by pair, and by expiration."""

    def __init__(self, pairs: QuotedPairs, group: Array, delivery: Array) -> None:
        self.pairs, self.group, self.delivery = pairs, group, delivery
        self.early = np.zeros((2, len(pairs)))  #: premiums for early exercise, of calls and puts
        self.volatility = np.full(len(pairs), np.nan)
        self.error, self.used = np.full((2, len(delivery)), np.nan)
        self.unsettled = np.isfinite(delivery)
        self.before = np.full((2, len(delivery)), np.nan)

    @property
    def premium(self) -> Array:
        """What early exercise adds to the calls more than to the puts."""
        return np.asarray(self.early[0] - self.early[1])

    def step(self, enough: float) -> None:
        """Move the forwards of what is not settled; those that hardly move are."""
        forwards = parity(self.pairs) - np.exp(self.pairs.rate * self.pairs.years) * self.premium
        own = self.unsettled[self.group]
        found, error, used = combined(
            self.pairs.take(own), forwards[own], self.group[own], len(self.delivery)
        )
        miss = found - self.delivery
        moving = self.unsettled & (np.abs(miss) > enough)
        step = np.where(moving, miss * _speed(self.delivery, miss, self.before), miss)
        self.before = np.stack([self.delivery, miss])
        for whole, part in ((self.delivery, self.delivery + step), (self.error, error), (self.used, used)):
            whole[self.unsettled] = part[self.unsettled]
        self.unsettled = moving


def _speed(here: Array, miss: Array, before: Array) -> Array:
    """What a step of the fixed point is multiplied with: the secant through the last two."""
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = -(here - before[0]) / (miss - before[1])
    return np.asarray(np.where(np.isfinite(speed), np.clip(speed, 0.2, 5), 1))


def _carry(spot: float, dividends: Sequence[CashDividend], years: Array, fit: _Fit) -> Carry:
    pairs, delivery = fit.pairs, fit.delivery
    row = _at_the_money(pairs, delivery, fit.group)
    rate, level = (np.append(values, np.nan)[row] for values in (pairs.rate, fit.volatility))
    market = Terms.of(spot, delivery, years, rate, 0.0, call=True)
    carried = delivery + market.forward - american_dividends.forward(market, dividends)
    with np.errstate(invalid="ignore"):
        payout = rate - np.log(carried / spot) / years
    payout = np.where(np.abs(payout) < STEEPEST, payout, np.nan)
    strike, apart = (
        np.append(values, np.nan)[row] for values in (pairs.strike, pairs.call - pairs.put - fit.premium)
    )
    discount = np.exp(-rate * years)
    vega = black76.vega(delivery, strike, discount, level, years)
    return Carry(
        years=years,
        payout=payout,
        error=fit.error / (carried * years),
        forward=delivery,
        volatility=level,
        gap=100 * (apart - discount * (delivery - strike)) / vega,
        strikes=fit.used,
    )


def _at_the_money(pairs: QuotedPairs, delivery: Array, group: Array) -> Array:
    """The pair nearest each forward; one past the last where there is none."""
    result = np.full(len(delivery), len(pairs))
    order = np.argsort(-np.abs(pairs.strike - delivery[group]), kind="stable")
    result[group[order]] = order  # the nearest is written last
    return result


def parity(pairs: QuotedPairs) -> Array:
    """Return the forward each pair would imply were its options European."""
    return np.asarray(pairs.strike + np.exp(pairs.rate * pairs.years) * (pairs.call - pairs.put))


def _payout(spot: float, pairs: QuotedPairs, delivery: Array, dividends: Sequence[CashDividend]) -> Array:
    """The payouts that give the forwards beside the dividends; growth on those is of second order."""
    market = Terms.of(spot, pairs.strike, pairs.years, pairs.rate, 0.0, call=True)
    carried = delivery + market.forward - american_dividends.forward(market, dividends)
    return np.asarray(np.clip(pairs.rate - np.log(carried / spot) / pairs.years, -STEEPEST, STEEPEST))


def _premiums(
    spot: float, pairs: QuotedPairs, payout: Array, early: Array, dividends: Sequence[CashDividend]
) -> tuple[Array, Array]:
    """
    The early-exercise premiums of calls and puts, (2, pairs), and the volatility they are at.

    *early* are those of the round before: what they are taken off is the out-of-the-money side.
    """
    both = Terms.of(
        spot,
        np.tile(pairs.strike, 2),
        np.tile(pairs.years, 2),
        np.tile(pairs.rate, 2),
        np.tile(payout, 2),
        np.repeat([True, False], len(pairs)),
    )
    calls = both.take(np.arange(len(pairs)))
    delivery = american_dividends.forward(calls, dividends)
    cheap = pairs.strike >= delivery  # the call is out of the money
    payoff = np.maximum(np.where(cheap, spot - pairs.strike, pairs.strike - spot), 0)
    quoted = np.where(cheap, pairs.call, pairs.put)
    cheap ^= (payoff > 0) & (quoted - payoff <= TICK / 2)  # exercised at once: the other side tells
    outside = np.where(cheap, pairs.call - early[0], pairs.put - early[1])
    level = european.implied_volatility(outside, delivery, pairs.strike, calls.discount, pairs.years, cheap)
    return _early(both, np.tile(level, 2), dividends).reshape(2, -1), level


def _early(terms: Terms, volatility: Array, dividends: Sequence[CashDividend]) -> Array:
    """The early-exercise premiums."""
    first = min((dividend.years for dividend in dividends), default=np.inf)
    premium = np.full(len(terms), np.nan)
    plain, paid = np.flatnonzero(terms.years < first), np.flatnonzero(terms.years >= first)
    market, level = terms.take(plain), volatility[plain]
    plainly = black76.price(market.forward, market.strike, market.discount, level, market.years, market.call)
    premium[plain] = american.price(market, level, QUICK) - plainly
    market, level = terms.take(paid), volatility[paid]
    premium[paid] = american_dividends.price(market, level, dividends, FAST)
    premium[paid] -= american_dividends.price(market, level, dividends, FAST, early=False)
    return np.asarray(np.maximum(premium, 0))


def nearest(pairs: QuotedPairs, delivery: Array, group: Array) -> tuple[QuotedPairs, Array]:
    """Return the pairs whose strikes are nearest their expiration's forward, and whose they are."""
    order = np.lexsort((np.abs(pairs.strike - delivery[group]), group))
    rank = np.arange(len(order)) - np.searchsorted(group[order], group[order])
    kept = np.sort(order[rank < NEAREST])
    return pairs.take(kept), group[kept]


def combined(pairs: QuotedPairs, forwards: Array, group: Array, count: int) -> tuple[Array, Array, Array]:
    """Return each expiration's forward, its standard error and how many strikes it rests on."""
    result = np.full((3, count), np.nan)
    for index in np.unique(group):
        own = (group == index) & ~np.isnan(forwards)
        level, spread = forwards[own], np.maximum(pairs.spread[own], 0.01)
        if len(level) == 0:
            continue
        apart = np.abs(level - np.median(level))
        kept = apart <= np.maximum(FAR * np.median(apart), spread)
        level, weight = level[kept], 1 / np.square(spread[kept])
        centre = np.sum(weight * level) / np.sum(weight)
        scatter = np.sqrt(np.sum(weight * np.square(level - centre)) / np.sum(weight))
        quoted = np.sqrt(1 / np.sum(weight)) / 2
        result[:, index] = centre, max(scatter / np.sqrt(len(level)), quoted), len(level)
    return result[0], result[1], result[2]
