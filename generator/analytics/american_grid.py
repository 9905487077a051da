"""
Finite differences for options on a share that drops by cash amounts, many contracts at once.

Crank and Nicolson's scheme in the share price, on a grid that is dense at the strike (a
hyperbolic sine), started with implicit half steps after each jump (Rannacher, 1984), with
time steps that grow from each jump (Forsyth and Vetzal, SIAM Journal on Scientific
Computing 23, 2002). Exercise is decided inside the elimination (Brennan and Schwartz,
Journal of Finance 32, 1977), which is exact where one end of the grid is exercised: the
columns of calls stand upside down, so that this end comes first.

Arrays are (prices, contracts).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

RANNACHER = 2  #: steps after a jump that are taken as two implicit halves
ALIKE = 2  #: steps in a row of one length, for which one elimination serves
WIDTH = 5.5  #: standard deviations to the top of the grid
TINY = 1e-100  #: instead of zero: numbers that underflow are a hundred times slower
DENSEST, WIDEST = 0.01, 2.0  #: bounds of the grid's scale, over the strike


@dataclass(frozen=True, slots=True, eq=False)
class Contracts:
    """Contracts with the same number of dividends (some may be of nothing): 1-d arrays of one length."""

    spot: Array
    strike: Array
    years: Array
    rate: Array
    payout: Array
    volatility: Array
    width: Array  #: volatility that lays out the grid: the same for bumped volatilities
    dates: Array  #: years to each ex-date, ascending, (dividends, contracts)
    cash: Array  #: amounts, (dividends, contracts)
    call: Array  #: bool
    early: bool  #: False: European


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Values today at the spot, with the two slopes the grid holds."""

    value: Array
    delta: Array
    gamma: Array


def march(contracts: Contracts, prices: int, steps: int) -> Values:
    """Return the values on a grid of *prices* intervals with *steps* steps between two dates."""
    grid = _Grid.of(contracts, prices)
    sign = np.where(contracts.call, 1.0, -1.0)
    payoff = np.maximum(sign * (grid.price - contracts.strike), TINY)
    floor = payoff if contracts.early else np.full_like(payoff, TINY)
    operator, call = _operator(contracts, grid.price), contracts.call
    base = _turned(floor, call)
    edges = np.vstack([np.zeros_like(contracts.years), contracts.dates, contracts.years])
    values = payoff
    for number in range(len(edges) - 2, -1, -1):
        if number < len(contracts.dates):
            values = np.maximum(grid.read(values, grid.price - contracts.cash[number]), floor)
        span = edges[number + 1] - edges[number]
        values = _turned(_backward(_turned(values, call), base, operator, _steps(span, steps)), call)
    return _today(contracts, grid, values)


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    price: Array  #: (prices, contracts), from zero
    centre: Array  #: the strike, halfway between two prices
    scale: Array
    step: Array  #: of the hyperbolic coordinate
    origin: Array  #: intervals below the strike

    @classmethod
    def of(cls, contracts: Contracts, prices: int) -> _Grid:
        deviation = contracts.width * np.sqrt(contracts.years)
        strike, total = contracts.strike, contracts.cash.sum(axis=0)
        scale = strike * np.clip(deviation, DENSEST, WIDEST)
        top = (np.maximum(contracts.spot, strike) + total) * np.exp(WIDTH * deviation)
        bottom = np.arcsinh(-strike / scale)
        step = (np.arcsinh((top - strike) / scale) - bottom) / prices
        origin = np.round(-bottom / step - 0.5)
        step = -bottom / (origin + 0.5)
        place = (np.arange(prices + 1)[:, None] - origin - 0.5) * step
        price = strike + scale * np.sinh(place)
        price[0] = 0
        return cls(price, strike, scale, step, origin)

    def read(self, values: Array, price: Array) -> Array:
        """Values at other prices, by cubics through four neighbours; below zero is zero."""
        place = np.arcsinh((np.maximum(price, 0) - self.centre) / self.scale) / self.step + self.origin + 0.5
        left = np.clip(np.floor(place).astype(np.intp), 1, len(values) - 3)
        t, column = place - left, np.arange(values.shape[1])
        before, here, after, beyond = (values[left + shift, column] for shift in (-1, 0, 1, 2))
        ends = t * (t - 1) / 6 * ((t + 1) * beyond - (t - 2) * before)
        middle = (t + 1) * (t - 2) / 2 * ((t - 1) * here - t * after)
        return np.asarray(ends + middle)


def _turned(table: Array, call: Array) -> Array:
    """Turn the columns of calls upside down."""
    return np.where(call, table[::-1], table)


def _operator(contracts: Contracts, price: Array) -> tuple[Array, Array, Array]:
    """
    The weights of the price before, at and after each in its column.

    Linear at the top, nothing at zero.
    """
    below, above = price[1:-1] - price[:-2], price[2:] - price[1:-1]
    spread = np.square(contracts.volatility * price[1:-1])
    drift = (contracts.rate - contracts.payout) * price[1:-1]
    lower, upper = np.zeros_like(price), np.zeros_like(price)
    lower[1:-1] = (spread - drift * above) / (below * (below + above))
    upper[1:-1] = (spread + drift * below) / (above * (below + above))
    slope = (contracts.rate - contracts.payout) * price[-1] / (price[-1] - price[-2])
    lower[-1] = -slope
    middle, call = -(lower + upper) - contracts.rate, contracts.call
    first, last = np.where(call, upper[::-1], lower), np.where(call, lower[::-1], upper)
    return first, _turned(middle, call), last


def _steps(span: Array, steps: int) -> Array:
    """Half time steps that grow, ALIKE in a row of one length, (steps, contracts)."""
    shares = np.diff(np.square(np.arange(steps + 1) / steps))
    for start in range(0, steps, ALIKE):
        shares[start : start + ALIKE] = shares[start : start + ALIKE].mean()
    return np.asarray(shares[:, None] * span / 2)


def _backward(values: Array, floor: Array, operator: tuple[Array, Array, Array], halves: Array) -> Array:
    """Go back through the half steps; in each column the end that is exercised comes first."""
    lower, middle, upper = operator
    for number, half in enumerate(halves):
        if number % ALIKE == 0:
            solver = _Solver.of(-half * lower, 1 - half * middle, -half * upper)
        if number < RANNACHER:
            values = solver.solve(solver.solve(values.copy(), floor), floor)
        else:
            values = solver.solve(solver.explicit(values), floor)
    return values


@dataclass(frozen=True, slots=True, eq=False)
class _Solver:
    """One time step's three bands, eliminated from the last row up."""

    lower: Array
    middle: Array
    upper: Array
    factor: Array  #: of the row below in each row
    inverse: Array  #: of the pivots
    carried: Array  #: the lower band over the pivots

    @classmethod
    def of(cls, lower: Array, middle: Array, upper: Array) -> _Solver:
        factor, inverse = np.empty_like(middle), np.empty_like(middle)
        inverse[-1] = 1 / middle[-1]
        for row in range(len(middle) - 2, -1, -1):
            np.multiply(upper[row], inverse[row + 1], out=factor[row])
            np.divide(1, middle[row] - factor[row] * lower[row + 1], out=inverse[row])
        return cls(lower, middle, upper, factor, inverse, lower * inverse)

    def explicit(self, values: Array) -> Array:
        """The right side of Crank and Nicolson's step."""
        right = values * (2 - self.middle)
        right[1:] -= self.lower[1:] * values[:-1]
        right[:-1] -= self.upper[:-1] * values[1:]
        return np.asarray(right)

    def solve(self, right: Array, floor: Array) -> Array:
        """Solve with values at least *floor*; *right* is overwritten with the answer."""
        kept = np.empty_like(right[0])
        for row in range(len(right) - 2, -1, -1):
            np.multiply(self.factor[row], right[row + 1], out=kept)
            right[row] -= kept
        right *= self.inverse
        np.maximum(right[0], floor[0], out=right[0])
        for row in range(1, len(right)):
            np.multiply(self.carried[row], right[row - 1], out=kept)
            right[row] -= kept
            np.maximum(right[row], floor[row], out=right[row])
        return right


def _today(contracts: Contracts, grid: _Grid, values: Array) -> Values:
    below, above = np.diff(grid.price, axis=0)[:-1], np.diff(grid.price, axis=0)[1:]
    down, up = np.diff(values, axis=0)[:-1] / below, np.diff(values, axis=0)[1:] / above
    delta, gamma = np.empty_like(values), np.zeros_like(values)
    delta[1:-1] = (below * up + above * down) / (below + above)
    delta[0], delta[-1] = delta[1], delta[-2]
    gamma[1:-1] = 2 * (up - down) / (below + above)
    spot = contracts.spot[None]
    return Values(*(grid.read(table, spot)[0] for table in (values, delta, gamma)))
