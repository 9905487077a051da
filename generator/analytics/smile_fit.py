"""
A smooth smile for each expiration: a penalised cubic spline in total variance.

Total variance over its value at the money, W, is a cubic spline of x = ln(K / F) / (s0 sqrt(T)),
s0 the volatility at the money: knots stand evenly in asinh(x), closest near the money. It
minimises the squared misfit in half spreads of volatility plus STIFFNESS times the integral of
the squared third derivative (smoothing spline: Reinsch, Numerische Mathematik 10, 1967; on fixed
knots: Eilers and Marx, Statistical Science 11, 1996). All expirations are solved together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

Array = np.ndarray

SEGMENTS = 20  #: between knots, of the quoted range
STIFFNESS = 1.0  #: misfit, in half spreads squared, that one unit of roughness is worth
STRAIGHTNESS = 1e-4  #: of a second derivative, so that two quotes make a line
FINEST = 2e-4  #: no quote is held to be surer than this, in volatility
FAR_OFF = 2.0  #: half spreads beyond which a quote's pull grows no more (Huber 1964)
ROUNDS = 2  #: of weighing quotes anew
ROUNDING = 1e-9  #: of x, by which an end may be missed
CORNER = np.array([[1, 4, 1, 0], [-3, 0, 3, 0], [3, -6, 3, 0], [-1, 3, -3, 1]]) / 6
POWERS = np.arange(4)


@dataclass(frozen=True, slots=True)
class Points:
    """One expiration's quotes by ascending *moneyness* ln(K / F); volatilities and half spreads a year."""

    moneyness: Array
    volatility: Array
    error: Array  #: half the spread over vega
    years: float


class Rows(NamedTuple):
    """What maps coefficients to W and its first three derivatives by x."""

    level: Array
    slope: Array
    bend: Array
    twist: Array


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One expiration's fitted smile, of moneyness from *low* to *high*; both ends are quoted."""

    years: float
    low: float
    high: float
    scale: float
    start: float  #: asinh of the lowest x
    step: float
    coefficients: Array

    def volatility(self, moneyness: float) -> float | None:
        """Return the volatility at ln(K / F), None outside the quotes."""
        return None if (found := self._variance(moneyness)) is None else math.sqrt(found[0] / self.years)

    def slope(self, moneyness: float) -> float | None:
        """Return d volatility / d ln(K), None outside the quotes."""
        if (found := self._variance(moneyness)) is None:
            return None
        total, change = found
        return change / (2 * math.sqrt(total * self.years))

    def volatilities(self, moneyness: Array) -> Array:
        """Return the volatility at each ln(K / F), which lie between the ends."""
        level, _, _ = self.variances(moneyness)
        return np.asarray(self.scale * np.sqrt(level / self.years))

    def variances(self, moneyness: Array) -> tuple[Array, Array, Array]:
        """Return W and its first two derivatives by x at each ln(K / F), which lie between the ends."""
        edges = (np.sinh(self.start), np.sinh(self.start + SEGMENTS * self.step))
        ends = (np.array([edge]) for edge in (self.scale, *edges, self.step))
        rows = Grid(*ends).rows(np.clip(moneyness / self.scale, *edges)[None, :])
        level, slope, bend = (row[0] @ self.coefficients for row in rows[:3])
        return level, slope, bend

    def within(self, moneyness: Array) -> Array:
        """Return the volatility at each ln(K / F), NaN outside the quotes."""
        slack = ROUNDING * self.scale
        inside = (moneyness >= self.low - slack) & (moneyness <= self.high + slack)
        found = np.full(len(moneyness), np.nan)
        found[inside] = self.volatilities(moneyness[inside])
        return found

    def _variance(self, moneyness: float) -> tuple[float, float] | None:
        """Total variance and its derivative by moneyness."""
        slack = ROUNDING * self.scale
        if not self.low - slack <= moneyness <= self.high + slack:
            return None
        x = moneyness / self.scale
        place = (math.asinh(x) - self.start) / self.step
        segment = min(max(int(place), 0), SEGMENTS - 1)
        near = self.coefficients[segment : segment + 4]
        share = place - segment
        powers, rates = (1.0, share, share**2, share**3), (0.0, 1.0, 2 * share, 3 * share**2)
        level, change = (float(np.array(terms) @ CORNER @ near) for terms in (powers, rates))
        return self.scale**2 * level, self.scale * change / self.step / math.hypot(1, x)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """
    The knots of E expirations and the scale of each, arrays of length E.

    *scale* is s0 sqrt(T); *low* and *high* bound the quoted x; knots run from asinh(low) in
    steps of *step*.
    """

    scale: Array
    low: Array
    high: Array
    step: Array

    def rows(self, x: Array) -> Rows:
        """Return the rows at *x*, E by P; each is E by P by SEGMENTS + 3."""
        place = (np.arcsinh(x) - np.arcsinh(self.low)[:, None]) / self.step[:, None]
        segment = np.clip(place.astype(np.int64), 0, SEGMENTS - 1)
        local = _local(place - segment, self.step[:, None])
        slope = 1 / np.sqrt(1 + np.square(x))
        bend = -x * slope**3
        twist = (2 * np.square(x) - 1) * slope**5
        slope, bend, twist = (value[..., None] for value in (slope, bend, twist))
        first = local[1] * slope
        second = local[2] * slope**2 + local[1] * bend
        third = local[3] * slope**3 + 3 * local[2] * slope * bend + local[1] * twist
        return Rows(*(_spread(value, segment) for value in (local[0], first, second, third)))


def grid_of(boards: Sequence[Points]) -> Grid:
    """Return the knots that fit the quotes of *boards*."""
    level = np.array([np.interp(0.0, board.moneyness, board.volatility) for board in boards])
    scale = level * np.sqrt([board.years for board in boards])
    low = np.array([board.moneyness[0] for board in boards]) / scale
    high = np.array([board.moneyness[-1] for board in boards]) / scale
    return Grid(scale, low, high, (np.arcsinh(high) - np.arcsinh(low)) / SEGMENTS)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """
    The quadratic each expiration minimises, c' *normal* c / 2 - *pull* . c, and what it was made of.

    *rough* is the roughness alone, so that stiffness may be added.
    """

    grid: Grid
    normal: Array
    pull: Array
    rough: Array

    def solved(self) -> Array:
        """Return each expiration's coefficients, E by SEGMENTS + 3."""
        return np.asarray(np.linalg.solve(self.normal, self.pull[..., None])[..., 0])


def problem_of(boards: Sequence[Points]) -> Problem:
    """Return the least squares of *boards*, quotes far off the smile weighed down."""
    grid = grid_of(boards)
    x, wanted, weight = _padded(boards, grid)
    basis = grid.rows(x).level
    rough, lines = _roughness(grid)
    fixed = STIFFNESS * rough + STRAIGHTNESS * lines
    pulled = weight
    for _ in range(ROUNDS + 1):
        weighed = basis * np.square(pulled)[..., None]
        normal = basis.transpose(0, 2, 1) @ weighed + fixed
        pull = np.einsum("epn,ep->en", weighed, wanted)
        problem = Problem(grid, normal, pull, rough)
        misfit = np.abs(np.einsum("epn,en->ep", basis, problem.solved()) - wanted) * weight
        pulled = weight * np.sqrt(np.minimum(1, FAR_OFF / np.maximum(misfit, FAR_OFF)))
    return problem


def _padded(boards: Sequence[Points], grid: Grid) -> tuple[Array, Array, Array]:
    """Moneyness x, W and its weight, E by the longest board; weight 0 beyond a board's end."""
    longest = max(len(board.moneyness) for board in boards)
    shape = (len(boards), longest)
    x, wanted, weight = np.broadcast_to(grid.low[:, None], shape).copy(), np.ones(shape), np.zeros(shape)
    for place, board in enumerate(boards):
        count, level = len(board.moneyness), grid.scale[place] / np.sqrt(board.years)
        x[place, :count] = board.moneyness / grid.scale[place]
        wanted[place, :count] = np.square(board.volatility / level)
        error = np.maximum(board.error, FINEST)
        weight[place, :count] = level**2 / (2 * board.volatility * error)
    return np.clip(x, grid.low[:, None], grid.high[:, None]), wanted, weight


def _roughness(grid: Grid) -> tuple[Array, Array]:
    """The integrals of the squared third and second derivatives, by two points a segment (Gauss)."""
    places = (np.arange(SEGMENTS)[:, None] + 0.5 + np.array([-1, 1]) / np.sqrt(12)).ravel()
    inner = np.arcsinh(grid.low)[:, None] + grid.step[:, None] * places
    x = np.sinh(inner)
    length = grid.step[:, None] / 2 * np.cosh(inner)
    rows = grid.rows(x)
    return _squared(rows.twist, length), _squared(rows.bend, length)


def _squared(rows: Array, length: Array) -> Array:
    return np.asarray(rows.transpose(0, 2, 1) @ (rows * length[..., None]))


def _local(fraction: Array, step: Array) -> tuple[Array, ...]:
    """The four B-splines of a segment and their derivatives by asinh(x), at *fraction* of it."""
    found, factors = [], np.ones(4)
    for order in range(4):
        powers = np.power(fraction[..., None], np.maximum(POWERS - order, 0)) * factors
        found.append(powers @ CORNER / step[..., None] ** order)
        factors = factors * np.maximum(POWERS - order, 0)
    return tuple(found)


def _spread(local: Array, segment: Array) -> Array:
    """Put the four values of each point at the coefficients of its segment."""
    rows = np.zeros((*segment.shape, SEGMENTS + 3))
    np.put_along_axis(rows, segment[..., None] + POWERS, local, axis=-1)
    return rows
