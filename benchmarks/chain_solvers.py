"""
European volatilities and greeks of a chain by this program and by the libraries people use.

Each solver takes a chain and its premiums and gives two jobs: one returns the volatilities,
the other delta, gamma, vega, theta and rho at the chain's own, as the library gives them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from chain_market import PAYOUT, RATE, SPOT, Chain

from generator.analytics import black76, european

Array = np.ndarray
Greeks = dict[str, Array]


@dataclass(frozen=True, slots=True)
class Solver:
    """A library ready to be timed on one chain."""

    volatility: Callable[[], Array]
    greeks: Callable[[], Greeks] | None  #: None where they come with the volatility
    per_point: bool = True  #: vega and rho a point, theta a day; else of whole units and years


def ours(chain: Chain, premium: Array) -> Solver:
    """Return this program's."""
    market = (chain.forward, chain.strike, chain.discount)

    def greeks() -> Greeks:
        found = black76.greeks(SPOT, *market, chain.volatility, chain.years, chain.call)
        return {name: getattr(found, name) for name in found.__slots__}

    return Solver(lambda: european.implied_volatility(premium, *market, chain.years, chain.call), greeks)


def lbriv(chain: Chain, premium: Array) -> Solver:
    """Return lbriv's: compiled, with delta, gamma and vega to the forward in the same pass."""
    import lbriv as library

    found = [np.empty(len(chain)) for _ in range(4)]
    side, forward, discount = chain.call.astype(np.int8), chain.forward, chain.discount

    def volatility() -> Array:
        library.compute_trades_greeks(premium / discount, forward, chain.strike, side, discount, *found)
        return np.where(found[0] == 0, np.nan, found[0] / np.sqrt(chain.years))

    return Solver(volatility, None)


def pyvolr(chain: Chain, premium: Array) -> Solver:
    """Return pyvolr's, compiled."""
    from pyvolr import bs

    side = np.where(chain.call, 1, -1)
    market = {"S": SPOT, "K": chain.strike, "T": chain.years, "r": RATE, "q": PAYOUT}
    return Solver(
        lambda: bs.implied_vol(premium, side, **market, on_error="ignore"),
        lambda: bs.greeks(side, **market, sigma=chain.volatility),
        per_point=False,
    )


def fast_vollib(chain: Chain, premium: Array) -> Solver:
    """Return fast-vollib's, on its numba backend where that is installed."""
    import fast_vollib as library

    side = np.where(chain.call, "c", "p")
    market = {"S": SPOT, "K": chain.strike, "t": chain.years, "r": RATE, "q": PAYOUT}
    model = {"flag": side, "model": "black_scholes_merton"}

    def volatility() -> Array:
        found = library.fast_implied_volatility(
            premium, **market, **model, on_error="ignore", return_as="numpy"
        )
        return np.asarray(found).ravel()

    return Solver(
        volatility,
        lambda: library.get_all_greeks(**market, **model, sigma=chain.volatility, return_as="dict"),
    )


def vollib(chain: Chain, premium: Array) -> Solver:
    """Return vollib's, a contract at a time as it is called."""
    from vollib.black_scholes_merton.greeks import analytical
    from vollib.black_scholes_merton.implied_volatility import implied_volatility
    from vollib.lets_be_rational.exceptions import AboveMaximumException, BelowIntrinsicException

    sides = np.where(chain.call, "c", "p").tolist()
    strikes, years, levels = chain.strike.tolist(), chain.years.tolist(), chain.volatility.tolist()

    def volatility() -> Array:
        found = np.full(len(chain), np.nan)
        for row, price in enumerate(premium.tolist()):
            with contextlib.suppress(AboveMaximumException, BelowIntrinsicException):
                found[row] = implied_volatility(
                    price, SPOT, strikes[row], years[row], RATE, PAYOUT, sides[row]
                )
        return found

    def greeks() -> Greeks:
        rows = list(zip(sides, strikes, years, levels, strict=True))
        return {
            name: np.array(
                [getattr(analytical, name)(side, SPOT, k, t, RATE, s, PAYOUT) for side, k, t, s in rows]
            )
            for name in ("delta", "gamma", "vega", "theta", "rho")
        }

    return Solver(volatility, greeks)


SOLVERS = {
    "strikebrief": ours,
    "lbriv": lbriv,
    "pyvolr": pyvolr,
    "vollib": vollib,
    "fast-vollib": fast_vollib,
}
