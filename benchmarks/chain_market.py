"""
A chain of ten thousand contracts with known volatilities, and what it is worth by mpmath.

19 expirations from 6 hours to 2 years, strikes e^-0.7 to e^0.7 times the price, a dividend
yield, a smile: from contracts that trade to some worth less than 1e-250, and to some so deep in the
money that a double holds nothing of their volatility.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

Array = np.ndarray

CONTRACTS = 10_000
EXPIRATIONS = 19
SPOT, RATE, PAYOUT = 100.0, 0.04, 0.012
NEAREST, FARTHEST = 6 / 8760, 2.0  #: years
REACH = 0.7  #: of ln(strike / spot)
DIGITS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Contracts as arrays of one length; pairs of a call and a put, by expiration and strike."""

    strike: Array
    years: Array
    call: Array  #: bool
    volatility: Array

    @classmethod
    def of(cls, contracts: int = CONTRACTS, *, whole_days: bool = False) -> Chain:
        """Return a chain of so many contracts, an even number; the nearest of whole days is two."""
        expirations = np.geomspace(NEAREST, FARTHEST, EXPIRATIONS)
        if whole_days:
            expirations = np.round(np.geomspace(2, 365 * FARTHEST, EXPIRATIONS)) / 365
        counts = [len(part) for part in np.array_split(np.arange(contracts // 2), EXPIRATIONS)]
        strike = SPOT * np.exp(np.concatenate([np.linspace(-REACH, REACH, count) for count in counts]))
        moneyness = np.log(strike / SPOT)
        volatility = 0.22 - 0.15 * moneyness + 0.2 * np.square(moneyness)
        return cls(
            strike=np.repeat(strike, 2),
            years=np.repeat(np.repeat(expirations, counts), 2),
            call=np.tile([True, False], contracts // 2),
            volatility=np.repeat(volatility, 2),
        )

    def __len__(self) -> int:
        return len(self.strike)

    def take(self, chosen: Array) -> Chain:
        """Return some of the contracts."""
        return Chain(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @property
    def discount(self) -> Array:
        """The value now of one dollar at expiration."""
        return np.exp(-RATE * self.years)

    @property
    def forward(self) -> Array:
        """The price for delivery at expiration."""
        return SPOT * np.exp((RATE - PAYOUT) * self.years)


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """Values and greeks, in the units of `black76.Greeks`."""

    price: Array
    delta: Array
    gamma: Array
    vega: Array
    theta: Array
    rho: Array


def european_worth(chain: Chain) -> Worth:
    """Return the formulas of Black, Scholes and Merton in arithmetic of forty digits, rounded once."""
    import mpmath

    mpmath.mp.dps = DIGITS
    rate, payout, spot = (mpmath.mpf(value) for value in (RATE, PAYOUT, SPOT))

    def worth(strike: float, years: float, sigma: float, side: int) -> list[float]:
        strike, years, sigma = mpmath.mpf(strike), mpmath.mpf(years), mpmath.mpf(sigma)
        spread = sigma * mpmath.sqrt(years)
        kept, paid = spot * mpmath.exp(-payout * years), strike * mpmath.exp(-rate * years)
        first = mpmath.log(kept / paid) / spread + spread / 2
        share, cash = kept * mpmath.ncdf(side * first), paid * mpmath.ncdf(side * (first - spread))
        bell = kept * mpmath.npdf(first)
        theta = -bell * sigma / (2 * mpmath.sqrt(years)) + side * (payout * share - rate * cash)
        found = (
            side * (share - cash),
            side * share / spot,
            bell / (spot**2 * spread),
            bell * mpmath.sqrt(years) / 100,
            theta / 365,
            side * years * cash / 100,
        )
        return [float(value) for value in found]

    sides = np.where(chain.call, 1, -1)
    columns = (values.tolist() for values in (chain.strike, chain.years, chain.volatility, sides))
    return Worth(*np.array([worth(*row) for row in zip(*columns, strict=True)]).T)
