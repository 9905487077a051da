"""American options by QuantLib, a contract at a time: the values that are believed, and the brute force."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import QuantLib as ql  # noqa: N813  its own documentation calls it so
from chain_market import PAYOUT, RATE, SPOT, Chain

Array = np.ndarray

TODAY = ql.Date(22, 5, 2026)
STEPS = 30
ENOUGH = 1e-7  #: relative change of a secant's last step
FIRST, LOWEST = 0.25, 0.005  #: volatilities
BUMP = 1e-3  #: of the price, for delta and gamma
FINE = 1e-4  #: of volatility and rate


class Contract:
    """One option and what can be moved."""

    def __init__(self, strike: float, years: float, *, call: bool, scheme: str) -> None:
        self.spot, self.sigma, self.rate = (ql.SimpleQuote(value) for value in (SPOT, 0.2, RATE))
        count = ql.Actual365Fixed()
        rates, payouts = (
            ql.YieldTermStructureHandle(ql.FlatForward(TODAY, ql.QuoteHandle(quote), count))
            for quote in (self.rate, ql.SimpleQuote(PAYOUT))
        )
        level = ql.BlackConstantVol(TODAY, ql.NullCalendar(), ql.QuoteHandle(self.sigma), count)
        process = ql.BlackScholesMertonProcess(
            ql.QuoteHandle(self.spot), payouts, rates, ql.BlackVolTermStructureHandle(level)
        )
        payoff = ql.PlainVanillaPayoff(ql.Option.Call if call else ql.Option.Put, strike)
        self.option = ql.VanillaOption(payoff, ql.AmericanExercise(TODAY, TODAY + round(365 * years)))
        self.option.setPricingEngine(ql.QdFpAmericanEngine(process, getattr(ql.QdFpAmericanEngine, scheme)()))

    def price(self, sigma: float) -> float:
        """Return the value at a volatility."""
        self.sigma.setValue(sigma)
        return float(self.option.NPV())

    def implied(self, premium: float, guess: float) -> float:
        """Return the volatility of a premium by the secant method, NaN where it finds none."""
        before, here = guess, 1.05 * guess
        miss = self.price(before) - premium
        for _ in range(STEPS):
            now = self.price(here) - premium
            if now == miss:
                break
            before, miss, here = here, now, here - now * (here - before) / (now - miss)
            here = max(here, LOWEST)
            if abs(here - before) < ENOUGH * here:
                return here
        return float("nan")

    def greeks(self, sigma: float) -> tuple[float, ...]:
        """Return delta, gamma and vega, and rho, by bumps; theta from the equation they solve."""
        middle = self.price(sigma)
        moved = []
        for side in (1, -1):
            self.spot.setValue(SPOT * (1 + side * BUMP))
            moved.append(float(self.option.NPV()))
        self.spot.setValue(SPOT)
        delta = (moved[0] - moved[1]) / (2 * BUMP * SPOT)
        gamma = (moved[0] - 2 * middle + moved[1]) / np.square(BUMP * SPOT)
        vega = (self.price(sigma + FINE) - self.price(sigma - FINE)) / (2 * FINE) / 100
        self.sigma.setValue(sigma)
        self.rate.setValue(RATE + FINE)
        rho = (float(self.option.NPV()) - middle) / FINE / 100
        self.rate.setValue(RATE)
        theta = RATE * middle - (RATE - PAYOUT) * SPOT * delta - np.square(sigma * SPOT) * gamma / 2
        return delta, gamma, vega, theta / 365, rho


def contracts(chain: Chain, scheme: str) -> Iterator[Contract]:
    """Yield the chain's contracts; their years are whole days."""
    ql.Settings.instance().evaluationDate = TODAY
    rows = zip(chain.strike.tolist(), chain.years.tolist(), chain.call.tolist(), strict=True)
    return (Contract(strike, years, call=call, scheme=scheme) for strike, years, call in rows)


def prices(chain: Chain, scheme: str = "accurateScheme") -> Array:
    """Return the values at the chain's volatilities."""
    levels = chain.volatility.tolist()
    return np.array([item.price(level) for item, level in zip(contracts(chain, scheme), levels, strict=True)])


def brute_force(chain: Chain, premium: Array, scheme: str = "fastScheme") -> Callable[[], Array]:
    """Return a job that inverts each premium and works out its greeks; it returns the volatilities."""
    made = list(contracts(chain, scheme))

    def job() -> Array:
        found = np.array(
            [item.implied(price, FIRST) for item, price in zip(made, premium.tolist(), strict=True)]
        )
        for item, level in zip(made, found.tolist(), strict=True):
            if np.isfinite(level):
                item.greeks(level)
        return found

    return job
