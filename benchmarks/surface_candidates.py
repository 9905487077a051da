"""
The ways to draw a smile that `surface.py` compares: each takes boards, gives back functions of ln(K / F).

Raw SVI: Gatheral 2004, fitted quasi-explicitly (De Marco and Martini 2009), negative densities
penalised. SSVI with the power law: Gatheral and Jacquier 2014, equation 4.5 and its bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import minimize, nnls

from generator.analytics.arbitrage_free import density_sign, fitted
from generator.analytics.smile_fit import FAR_OFF, FINEST, SEGMENTS, Curve, Points, problem_of

Array = np.ndarray
Smile = Callable[[Array], Array]
Candidate = Callable[[Sequence[Points]], list[Smile | None]]

PLACES = 121
PENALTY = 1e6


def lines(boards: Sequence[Points]) -> list[Smile | None]:
    """Straight between the quotes, as before the surface was fitted."""
    return [lambda k, b=board: np.interp(k, b.moneyness, b.volatility) for board in boards]


def spline(boards: Sequence[Points]) -> list[Smile | None]:
    """The penalised spline, arbitrage left as it is."""
    problem = problem_of(boards)
    grid, found = problem.grid, problem.solved()
    return [
        Curve(
            years=board.years,
            low=board.moneyness[0],
            high=board.moneyness[-1],
            scale=grid.scale[place],
            start=np.arcsinh(grid.low[place]),
            step=grid.step[place],
            coefficients=found[place],
        ).volatilities
        for place, board in enumerate(boards)
    ]


def free_spline(boards: Sequence[Points]) -> list[Smile | None]:
    """The penalised spline without arbitrage, as the brief uses it."""
    return [None if curve is None else curve.volatilities for curve in fitted(boards)]


def svi(boards: Sequence[Points]) -> list[Smile | None]:
    """Raw SVI, an expiration at a time."""
    return [_svi(board) for board in boards]


def ssvi(boards: Sequence[Points]) -> list[Smile | None]:
    """One SSVI surface; variance at the money never falls."""
    level = [np.interp(0, board.moneyness, board.volatility) ** 2 * board.years for board in boards]
    money = np.maximum.accumulate(level)

    def cost(terms: Array) -> float:
        smiles = _ssvi(terms, money, boards)
        return sum(_cost(smile(board.moneyness), board) for smile, board in zip(smiles, boards, strict=True))

    starts = ((-0.7, 0.0, 0.0), (-0.3, -0.5, -1.0))
    best = min((minimize(cost, start, method="Nelder-Mead") for start in starts), key=lambda r: r.fun)
    return list(_ssvi(best.x, money, boards))


def _ssvi(terms: Array, money: Array, boards: Sequence[Points]) -> list[Smile]:
    """Volatility of each board from three free numbers, folded into the region without arbitrage."""
    lean = np.tanh(terms[0])
    most = 2 / (1 + abs(lean))  # of eta, by the second bound of theorem 4.2 for gamma up to a half
    eta, power = most / (1 + np.exp(-terms[1])), 0.5 / (1 + np.exp(-terms[2]))

    def smile(theta: float, years: float) -> Smile:
        bend = eta / (theta**power * (1 + theta) ** (1 - power))

        def volatility(k: Array) -> Array:
            root = np.sqrt(np.square(bend * k + lean) + 1 - lean**2)
            return np.sqrt(np.maximum(theta / 2 * (1 + lean * bend * k + root), 0) / years)

        return volatility

    return [smile(theta, board.years) for theta, board in zip(money, boards, strict=True)]


def _svi(board: Points) -> Smile:
    scale = np.interp(0, board.moneyness, board.volatility) * np.sqrt(board.years)
    x = board.moneyness / scale
    places = np.linspace(x[0], x[-1], PLACES)

    def cost(terms: Array) -> float:
        weights = _wings(terms, x, board, scale)
        lean, short = _basis(terms, places)[0] @ weights, 0.0
        derivatives = [basis @ weights for basis in _basis(terms, places)]
        short = np.minimum(density_sign(places, np.array(scale), (lean, *derivatives[1:])), 0)
        return _cost(_level(terms, weights, x, scale, board.years), board) + PENALTY * float(np.sum(short**2))

    starts = ((0.0, 0.0), (0.5, -1.0), (-0.5, 1.0))
    best = min((minimize(cost, start, method="Nelder-Mead") for start in starts), key=lambda r: r.fun).x
    weights = _wings(best, x, board, scale)
    return lambda k: _level(best, weights, k / scale, scale, board.years)


def _basis(terms: Array, x: Array) -> list[Array]:
    """A level and two wings, and their first two derivatives by x."""
    middle, width = terms[0], np.exp(np.clip(terms[1], -5, 4))
    y = (x - middle) / width
    root = np.sqrt(y**2 + 1)
    none = np.zeros_like(x)
    values = np.stack([none + 1, root + y, root - y], axis=-1)
    slopes = np.stack([none, y / root + 1, y / root - 1], axis=-1) / width
    bends = np.stack([none, root**-3, root**-3], axis=-1) / width**2
    return [values, slopes, bends]


def _wings(terms: Array, x: Array, board: Points, scale: float) -> Array:
    """The best level and wings, none below zero (|rho| <= 1 and b, a >= 0), for a middle and a width."""
    level = scale / np.sqrt(board.years)
    weight = level**2 / (2 * board.volatility * np.maximum(board.error, FINEST))
    basis = _basis(terms, x)[0]
    return nnls(basis * weight[:, None], np.square(board.volatility / level) * weight)[0]


def _level(terms: Array, weights: Array, x: Array, scale: float, years: float) -> Array:
    return scale * np.sqrt(np.maximum(_basis(terms, x)[0] @ weights, 1e-9) / years)


def _cost(volatility: Array, board: Points) -> float:
    """Huber's cost of the misfit in half spreads."""
    off = np.abs(volatility - board.volatility) / np.maximum(board.error, FINEST)
    return float(np.sum(np.where(off < FAR_OFF, off**2 / 2, FAR_OFF * (off - FAR_OFF / 2))))


CANDIDATES: dict[str, Candidate] = {
    "straight lines (before)": lines,
    "raw SVI, no butterfly": svi,
    "SSVI surface": ssvi,
    f"spline, {SEGMENTS} segments": spline,
    "spline without arbitrage": free_spline,
}
