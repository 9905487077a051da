"""
Smiles without arbitrage: no negative density within an expiration, no variance lost between two.

A smile is free of butterfly arbitrage where g >= 0, its density's sign (Gatheral and Jacquier,
Quantitative Finance 14, 2014, theorem 2.9), and two are free of calendar arbitrage where the
later has at least the earlier's total variance at the same ln(K / F). Both are held to at
points of the range that is quoted, by penalties on what falls short.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.analytics.smile_fit import SEGMENTS, Curve, Grid, Points, Problem, problem_of

Array = np.ndarray

PLACES = 6 * SEGMENTS + 1  #: at which g is looked at, even in asinh(x)
MEETINGS = 141  #: at which two expirations are compared
MARGIN = 0.01  #: g that is asked for where it fell below zero: between places it may be a little less
GROWTH = 0.005  #: variance over that at the money, by which the later is asked to be above
PRESSURE = 10.0  #: of a shortfall, in what the quotes set against it
STEPS = 40
FINER = 4  #: times as many places are looked at in the end
STIFFER = 10.0  #: times as stiff, where a smile cannot be mended as it is
ATTEMPTS = 4
LEAST = 1e-6  #: variance at the money


def density_sign(x: Array, scale: Array, total: tuple[Array, Array, Array]) -> Array:
    """
    Return g: 0 or more where the smile's density is.

    *x* is moneyness over *scale*, *total* the variance W over that at the money and its first
    two derivatives by x.
    """
    level, slope, bend = total
    level = np.maximum(level, LEAST)
    lean = 1 - x * slope / (2 * level)
    return np.asarray(lean**2 - slope**2 / 4 * (1 / level + scale**2 / 4) + bend / 2)


class Rules:
    """
    What E fitted expirations, nearest first, must keep to.

    *finer* multiplies the places looked at. Rows are made once.
    """

    def __init__(self, grid: Grid, finer: int = 1) -> None:
        self.grid, self.scale = grid, grid.scale[:, None]
        share = np.linspace(0, 1, finer * (PLACES - 1) + 1)
        start = np.arcsinh(grid.low)[:, None]
        self.x = np.sinh(start + share * (SEGMENTS * grid.step[:, None]))
        self.level, self.slope, self.bend, _ = grid.rows(self.x)
        self.near, self.far = _meetings(grid, finer * (MEETINGS - 1) + 1)

    def density(self, coefficients: Array) -> Array:
        """Return g at each place, E by PLACES."""
        level, slope, bend = self._total(coefficients)
        return np.where(level > LEAST, density_sign(self.x, self.scale, (level, slope, bend)), -1.0)

    def change(self, coefficients: Array) -> Array:
        """Return the derivative of g at each place by the coefficients."""
        level, slope, _ = self._total(coefficients)
        level = np.maximum(level, LEAST)
        lean = 1 - self.x * slope / (2 * level)
        by_level = (lean * self.x * slope + slope**2 / 4) / level**2
        by_slope = -lean * self.x / level - slope / 2 * (1 / level + self.scale**2 / 4)
        change = by_level[..., None] * self.level + by_slope[..., None] * self.slope + self.bend / 2
        return np.asarray(change)

    def _total(self, coefficients: Array) -> tuple[Array, Array, Array]:
        level, slope, bend = (
            np.einsum("epn,en->ep", rows, coefficients) for rows in (self.level, self.slope, self.bend)
        )
        return level, slope, bend

    def broken(self, coefficients: Array) -> Array:
        """Mark the expirations with an arbitrage, a calendar one at both of its ends."""
        falling = (self.growth(coefficients) < 0).any(axis=1)
        beside = np.append(falling, False) | np.append(False, falling)
        return np.asarray((self.density(coefficients) < 0).any(axis=1) | beside)

    def growth(self, coefficients: Array) -> Array:
        """Return what variance grows by to the next, over its own at the money, E - 1 by MEETINGS."""
        later = np.einsum("epn,en->ep", self.far, coefficients[1:])
        return np.asarray(later - np.einsum("epn,en->ep", self.near, coefficients[:-1]))


def _meetings(grid: Grid, count: int) -> tuple[Array, Array]:
    """Rows to the variance of each expiration and of the next, at moneyness both quote."""
    scale = grid.scale[:, None]
    low, high = (edge * grid.scale for edge in (grid.low, grid.high))
    start, stop = np.maximum(low[:-1], low[1:])[:, None], np.minimum(high[:-1], high[1:])[:, None]
    first, last = np.arcsinh(start / scale[:-1]), np.arcsinh(np.maximum(start, stop) / scale[:-1])
    moneyness = np.sinh(first + np.linspace(0, 1, count) * (last - first)) * scale[:-1]
    common = (stop > start)[..., None]
    near = Grid(grid.scale[:-1], grid.low[:-1], grid.high[:-1], grid.step[:-1])
    far = Grid(grid.scale[1:], grid.low[1:], grid.high[1:], grid.step[1:])
    ratio = common * np.square(scale[:-1] / scale[1:])[..., None]
    return near.rows(moneyness / scale[:-1]).level * ratio, far.rows(moneyness / scale[1:]).level * common


def fitted(boards: Sequence[Points]) -> tuple[Curve | None, ...]:
    """
    Return the smile of each of *boards*, nearest expiration first; each has two quotes or more.

    None where no smile through the quotes is free of arbitrage.
    """
    if not boards:
        return ()
    problem = problem_of(boards)
    found, broken = arbitrage_free(problem)
    grid = problem.grid
    return tuple(
        None
        if broken[place]
        else Curve(
            years=board.years,
            low=float(board.moneyness[0]),
            high=float(board.moneyness[-1]),
            scale=float(grid.scale[place]),
            start=float(np.arcsinh(grid.low[place])),
            step=float(grid.step[place]),
            coefficients=found[place],
        )
        for place, board in enumerate(boards)
    )


def arbitrage_free(problem: Problem) -> tuple[Array, Array]:
    """
    Return coefficients that leave no arbitrage, and which expirations could not be mended.

    Where the quotes allow it they are those of `Problem.solved`.
    """
    rules, closely = Rules(problem.grid), Rules(problem.grid, FINER)
    stiffness = np.zeros(len(problem.pull))
    for _ in range(ATTEMPTS):
        normal = problem.normal + stiffness[:, None, None] * problem.rough
        found = _mended(rules, normal, problem.pull)
        broken = closely.broken(found)
        if not broken.any():
            break
        stiffness = np.where(broken, STIFFER * np.maximum(stiffness, 1), stiffness)
    return found, broken


def _mended(rules: Rules, normal: Array, pull: Array) -> Array:
    """
    Press on what falls short until nothing does (method of multipliers, Hestenes 1969; Powell 1969).

    Each step is Newton's; what a place falls short by is owed on top of it at the next.
    """
    give = np.linalg.inv(normal)
    found = np.linalg.solve(normal, pull[..., None])[..., 0]
    yielding = _variance(rules.near, give[:-1]) + _variance(rules.far, give[1:])
    dense, grown = np.zeros((len(pull), PLACES)), np.zeros((len(pull) - 1, MEETINGS))
    for _ in range(STEPS):
        density, growth = rules.density(found), rules.growth(found)
        if density.min() >= 0 and growth.min(initial=0) >= 0:
            break
        change = rules.change(found)
        dense = np.maximum(dense + np.where((dense > 0) | (density < 0), MARGIN - density, 0), 0)
        grown = np.maximum(grown + np.where((grown > 0) | (growth < 0), GROWTH - growth, 0), 0)
        system = _System(normal.copy(), pull.copy())
        target = MARGIN + dense - density + np.einsum("epn,en->ep", change, found)
        system.press(change, target, (dense > 0) * PRESSURE / _variance(change, give))
        system.tie(rules, GROWTH + grown, (grown > 0) * PRESSURE / np.where(grown > 0, yielding, 1))
        found = _towards(rules, found, system.solved())
    return np.asarray(found)


def _variance(rows: Array, give: Array) -> Array:
    """How far a unit of force at each row moves it."""
    return np.asarray(np.sum((rows @ give) * rows, axis=-1))


def _towards(rules: Rules, found: Array, wanted: Array) -> Array:
    """Step to *wanted*, each expiration only so far that no variance halves."""
    level = np.einsum("epn,en->ep", rules.level, found)
    drop = level - np.einsum("epn,en->ep", rules.level, wanted)
    share = np.min(np.where(drop > level / 2, level / 2 / np.where(drop > 0, drop, 1), 1), axis=1)
    return np.asarray(found + np.clip(share, 0.01, 1)[:, None] * (wanted - found))


class _System:
    """Normal equations of all expirations, tied between neighbours: blocks on and beside the diagonal."""

    def __init__(self, normal: Array, pull: Array) -> None:
        self.normal, self.pull = normal, pull
        self.beside = np.zeros((len(pull) - 1, *normal.shape[1:]))

    def press(self, change: Array, target: Array, weight: Array) -> None:
        """Ask *change* @ c to be *target* at each place."""
        weighed = change * weight[..., None]
        self.normal += weighed.transpose(0, 2, 1) @ change
        self.pull += np.einsum("epn,ep->en", weighed, target)

    def tie(self, rules: Rules, target: Array, weight: Array) -> None:
        """Ask each expiration's variance to be *target* above that of the one before."""
        near, far = rules.near * weight[..., None], rules.far * weight[..., None]
        self.normal[:-1] += near.transpose(0, 2, 1) @ rules.near
        self.normal[1:] += far.transpose(0, 2, 1) @ rules.far
        self.beside -= near.transpose(0, 2, 1) @ rules.far
        self.pull[:-1] -= np.einsum("epn,ep->en", near, target)
        self.pull[1:] += np.einsum("epn,ep->en", far, target)

    def solved(self) -> Array:
        """Eliminate forwards, then substitute back (Thomas's algorithm on blocks)."""
        normal, pull = self.normal, self.pull
        count = len(pull)
        carried = np.empty_like(self.beside)
        for place in range(count - 1):
            both = np.concatenate([self.beside[place], pull[place][:, None]], axis=1)
            solved = np.linalg.solve(normal[place], both)
            carried[place], pull[place] = solved[:, :-1], solved[:, -1]
            normal[place + 1] -= self.beside[place].T @ carried[place]
            pull[place + 1] -= self.beside[place].T @ pull[place]
        pull[-1] = np.linalg.solve(normal[-1], pull[-1])
        for place in range(count - 2, -1, -1):
            pull[place] -= carried[place] @ pull[place + 1]
        return pull
