"""
Exercise boundaries shared by contracts that differ in strike and volatility only.

For one group (years, rate, payout) the boundary is solved at a few volatilities; between
them its depth over the volatility is a polynomial in the volatility's logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from generator.analytics.american_boundary import Scheme, highest, squared_depths

Array = np.ndarray

BLOCK = 128  #: boundaries at a time: what they need stays in the processor's cache
MARGIN = 1.005  #: how far the volatilities reach over those asked for
NARROW = 1.02  #: highest over lowest volatility for which a parabola is enough
BUMP = 1e-4  #: of the rate, for its derivative


@dataclass(frozen=True, slots=True, eq=False)
class Puts:
    """Contracts as puts with strike 1: 1-d arrays of one length."""

    level: Array  #: spot over strike, or strike over spot for calls
    scale: Array  #: what a put's value is multiplied with
    years: Array
    rate: Array
    payout: Array
    turned: Array  #: bool; True: a call, whose rate is the put's payout

    def take(self, chosen: Array | slice) -> Puts:
        """Return some of them."""
        return Puts(*(getattr(self, field.name)[chosen] for field in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Logarithms of boundaries at today and the points of a price, (count, 1 + price_points)."""

    level: Array
    vega: Array  #: derivative to the volatility
    rho: Array | None  #: derivative to the contract's rate, where asked for


@dataclass(frozen=True, slots=True, eq=False)
class Boundaries:
    """The boundaries of puts with strike 1."""

    scheme: Scheme
    group: Array  #: of each contract; -1 where early exercise never pays
    log_top: Array  #: of each group
    low: Array  #: logarithm of the lowest volatility of each group
    high: Array
    depths: tuple[Array, ...]  #: Chebyshev coefficients of each group, (count, 1 + price_points)
    rhos: tuple[Array, ...]  #: the same of the derivative to the rate; empty when not asked for

    @property
    def pays(self) -> Array:
        """Where early exercise can pay."""
        return self.group >= 0

    @classmethod
    def between(cls, puts: Puts, low: Array, high: Array, scheme: Scheme, *, rho: bool = False) -> Boundaries:
        """Solve for volatilities from the lowest *low* to the highest *high* of each group."""
        group, first = _groups(puts)
        chosen = puts.take(first)
        market = np.stack([chosen.years, chosen.rate, chosen.payout])
        low, high = _ranges(group, len(first), low, high)
        counts = _counts(low, high, scheme)
        owner = np.repeat(np.arange(len(first)), counts)
        places = [_places(count) for count in counts]
        flat = np.concatenate(places) if places else np.empty(0)
        middle, half = (high + low) / 2, (high - low) / 2
        levels = np.exp(middle[owner] + half[owner] * flat)
        depth = _depths(market[:, owner], levels, scheme) / levels[:, None]
        edges = np.cumsum(counts)[:-1]
        fits = tuple(_fit(part) for part in np.split(depth, edges)) if len(first) else ()
        slopes: tuple[Array, ...] = ()
        if rho and len(first):
            moved = _rhos(market[:, owner], chosen.turned[owner], levels, scheme)
            slopes = tuple(_fit(part) for part in np.split(moved, edges))
        return cls(scheme, group, np.log(highest(market[1], market[2])), low, high, fits, slopes)

    def take(self, rows: Array) -> Boundaries:
        """Return the same boundaries for some of the contracts."""
        return replace(self, group=self.group[rows])

    def lines(self, rows: Array, volatility: Array) -> Lines:
        """Return the boundaries of the contracts *rows* at their volatilities."""
        width = 1 + self.scheme.price_points
        level, vega = np.empty((len(rows), width)), np.empty((len(rows), width))
        rho = np.empty((len(rows), width)) if self.rhos else None
        group = self.group[rows]
        for index in np.unique(group):
            own = group == index
            place = self._place(index, volatility[own])
            basis, bend = _basis(place, len(self.depths[index]))
            depth = basis @ self.depths[index]
            half = (self.high[index] - self.low[index]) / 2
            level[own] = self.log_top[index] - volatility[own, None] * depth
            vega[own] = -depth - bend @ self.depths[index] / half
            if rho is not None:
                rho[own] = volatility[own, None] * (basis @ self.rhos[index])
        return Lines(level, vega, rho)

    def _place(self, index: int, volatility: Array) -> Array:
        """Where volatilities stand in the group's range, -1 to 1."""
        low, high = self.low[index], self.high[index]
        return np.asarray(np.clip((2 * np.log(volatility) - low - high) / (high - low), -1, 1))


def _groups(puts: Puts) -> tuple[Array, Array]:
    """Number the distinct markets; return each contract's number and each number's first contract."""
    pays = highest(puts.rate, puts.payout) > 0
    group, rows = np.full(len(pays), -1), np.flatnonzero(pays)
    if len(rows) == 0:
        return group, rows
    keys = np.stack([puts.years, puts.rate, puts.payout, puts.turned])[:, rows]
    order = np.lexsort(keys)
    ordered = keys[:, order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
    group[rows[order]] = np.cumsum(new) - 1
    return group, rows[order[new]]


def _ranges(group: Array, count: int, lowest: Array, highest_: Array) -> tuple[Array, Array]:
    """The logarithms of each group's lowest and highest volatility, with a margin."""
    low, high = np.full(count, np.inf), np.zeros(count)
    used = group >= 0
    np.minimum.at(low, group[used], lowest[used])
    np.maximum.at(high, group[used], highest_[used])
    return np.log(low / MARGIN), np.log(high * MARGIN)


def _counts(low: Array, high: Array, scheme: Scheme) -> Array:
    """How many volatilities each group is solved at."""
    span = high - low
    wide = np.ceil(scheme.nodes * (0.6 + 0.5 * span)).astype(int)
    return np.asarray(np.where(span < np.log(NARROW), 3, wide))


def _places(count: int) -> Array:
    """Chebyshev points of the first kind."""
    return np.asarray(np.cos((2 * np.arange(count) + 1) * np.pi / (2 * count)))


def _fit(values: Array) -> Array:
    """Chebyshev coefficients of the polynomials through values at the points."""
    count = len(values)
    matrix = np.cos(np.outer(np.arange(count), (2 * np.arange(count) + 1) * np.pi / (2 * count)))
    matrix[0] /= 2
    return np.asarray(2 / count * matrix @ values)


def _basis(place: Array, count: int) -> tuple[Array, Array]:
    """Chebyshev polynomials at *place* and their derivatives, (len(place), count)."""
    value, slope = np.ones((count, len(place))), np.zeros((count, len(place)))
    value[1], slope[1] = place, 1
    for degree in range(2, count):
        value[degree] = 2 * place * value[degree - 1] - value[degree - 2]
        slope[degree] = 2 * value[degree - 1] + 2 * place * slope[degree - 1] - slope[degree - 2]
    return value.T, slope.T


def _depths(market: Array, volatility: Array, scheme: Scheme) -> Array:
    """The logarithms of top over boundary at the points of a price, (count, 1 + price_points)."""
    result = np.empty((len(volatility), 1 + scheme.price_points))
    for start in range(0, len(volatility), BLOCK):
        block = slice(start, start + BLOCK)
        years, rate, payout = market[:, block]
        squares, _ = squared_depths(years, rate, payout, volatility[block], scheme)
        result[block] = np.sqrt(np.maximum(squares @ scheme.to_price_points.T, 0))
    return result


def _rhos(market: Array, turned: Array, volatility: Array, scheme: Scheme) -> Array:
    """Derivatives of the boundaries' logarithms to the contract's rate, over the volatility."""
    row = np.where(turned, 2, 1)  # the rate of a call is the payout of its put
    rate = np.where(turned, market[2], market[1])
    bump = np.where(turned & (market[1] == 0), np.minimum(BUMP, np.abs(rate) / 2), BUMP)
    higher, lower = (
        rate + bump,
        np.where(~turned & (rate >= 0), np.maximum(rate - bump, 0.5 * rate), rate - bump),
    )
    sides = []
    for changed in (higher, lower):
        moved = market.copy()
        moved[row, np.arange(len(row))] = changed
        top = np.log(highest(moved[1], moved[2]))
        sides.append(top[:, None] - _depths(moved, volatility, scheme))
    return np.asarray((sides[0] - sides[1]) / ((higher - lower) * volatility)[:, None])
