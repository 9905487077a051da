"""American options on a share that pays cash, by QuantLib's finite differences, a contract at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import QuantLib as ql  # noqa: N813  its own documentation calls it so
from chain_market import RATE, SPOT, Chain

Array = np.ndarray

TODAY = ql.Date(22, 5, 2026)
AMOUNT = 0.3
EX_DAYS = tuple(range(30, 731, 91))  #: days ahead
LOOSE, FINE = 200, 800  #: steps in time and in price
STEPS, ENOUGH = 12, 1e-4
BUMP = 1e-3  #: of volatility and rate


class Contract:
    """One option and its volatility, which can be moved."""

    def __init__(self, strike: float, years: float, *, call: bool, grid: int) -> None:
        self.sigma, self.rate = ql.SimpleQuote(0.2), ql.SimpleQuote(RATE)
        count, days = ql.Actual365Fixed(), round(365 * years)
        rates, payouts = (
            ql.YieldTermStructureHandle(ql.FlatForward(TODAY, ql.QuoteHandle(quote), count))
            for quote in (self.rate, ql.SimpleQuote(0.0))
        )
        level = ql.BlackConstantVol(TODAY, ql.NullCalendar(), ql.QuoteHandle(self.sigma), count)
        process = ql.BlackScholesMertonProcess(
            ql.QuoteHandle(ql.SimpleQuote(SPOT)), payouts, rates, ql.BlackVolTermStructureHandle(level)
        )
        paid = [day for day in EX_DAYS if day < days]
        dividends = ql.DividendVector([TODAY + day for day in paid], [AMOUNT] * len(paid))
        payoff = ql.PlainVanillaPayoff(ql.Option.Call if call else ql.Option.Put, strike)
        self.option = ql.VanillaOption(payoff, ql.AmericanExercise(TODAY, TODAY + days))
        self.option.setPricingEngine(ql.FdBlackScholesVanillaEngine(process, dividends, grid, grid))

    def price(self, sigma: float) -> float:
        """Return the value at a volatility of the share."""
        self.sigma.setValue(sigma)
        return float(self.option.NPV())

    def whole(self, premium: float, guess: float) -> float:
        """Invert the premium by the secant method, then read and bump the greeks; NaN where it finds none."""
        before, here = guess, 1.05 * guess
        miss = self.price(before) - premium
        for _ in range(STEPS):
            now = self.price(here) - premium
            if abs(now - miss) < ENOUGH / 100:
                return float("nan")
            before, miss, here = here, now, max(here - now * (here - before) / (now - miss), 0.01)
            if abs(here - before) < ENOUGH * here:
                break
        middle = self.price(here)
        greeks = [self.option.delta(), self.option.gamma(), self.option.theta()]
        greeks.append((self.price(here + BUMP) - middle) / BUMP)
        self.rate.setValue(RATE + BUMP)
        greeks.append((self.price(here) - middle) / BUMP)
        self.rate.setValue(RATE)
        return here


def contracts(chain: Chain, grid: int) -> Iterator[Contract]:
    """Yield the chain's contracts; their years are whole days."""
    ql.Settings.instance().evaluationDate = TODAY
    rows = zip(chain.strike.tolist(), chain.years.tolist(), chain.call.tolist(), strict=True)
    return (Contract(strike, years, call=call, grid=grid) for strike, years, call in rows)


def prices(chain: Chain, grid: int = LOOSE) -> Array:
    """Return the values at the chain's volatilities."""
    levels = chain.volatility.tolist()
    return np.array([item.price(level) for item, level in zip(contracts(chain, grid), levels, strict=True)])


def brute_force(chain: Chain, premium: Array) -> Callable[[], Array]:
    """Return a job that inverts each premium and works out its greeks; it returns the volatilities."""
    made = list(contracts(chain, LOOSE))

    def job() -> Array:
        return np.array([item.whole(price, 0.25) for item, price in zip(made, premium.tolist(), strict=True)])

    return job
