"""The steps of a whole pass over American contracts: carry, volatilities, greeks, exposures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from chain_market import RATE, SPOT, Chain

from generator.analytics import american
from generator.analytics.american import Terms
from generator.analytics.american_boundary import QUICK
from generator.analytics.american_carry import QuotedPairs, fit_carry
from generator.analytics.american_volatility import implied_volatility
from generator.analytics.black76 import Greeks
from generator.analytics.gamma import Contracts, by_strike, exposures, gross, net, zero_gamma
from generator.analytics.max_pain import max_pain

Array = np.ndarray

SPREAD = 0.05  #: dollars, of call and put together
NEAR = 0.15  #: of ln(strike / spot): pairs handed to the fit of the carry
STEPS = ("forward and carry", "volatility", "five greeks", "exposures")


@dataclass(frozen=True, slots=True)
class Found:
    """What the pass gives."""

    payout: Array
    volatility: Array
    greeks: Greeks
    gross: float
    net: float
    flip: float | None
    pains: tuple[float | None, ...]


class Pass:
    """The steps of a whole pass; each keeps what the next needs."""

    def __init__(self, chain: Chain, premium: Array) -> None:
        self.chain, self.premium = chain, premium
        self.open_interest = np.arange(len(chain)) * 7919 % 5000 * 1.0
        self.starts = np.unique(chain.years, return_index=True)[1]

    def carry(self) -> None:
        """Fit forwards and payouts to calls and puts near the money."""
        self.plain = self.terms_of(np.arange(len(self.chain)))
        self.payout, self.forward = self.plain.payout, self.plain.forward

    def terms_of(self, rows: Array) -> Terms:
        """Return what *rows* are valued with, the payout fitted to their own pairs."""
        years, strike, call = self.chain.years[rows], self.chain.strike[rows], self.chain.call[rows]
        return Terms.of(SPOT, strike, years, RATE, fit_carry(SPOT, self.pairs(rows)).at(years), call)

    def pairs(self, rows: Array) -> QuotedPairs:
        """Return the calls and puts near the money among *rows*."""
        near = self.chain.call[rows] & (np.abs(np.log(self.chain.strike[rows] / SPOT)) < NEAR)
        calls = rows[near]
        return QuotedPairs(
            years=self.chain.years[calls],
            rate=np.full(len(calls), RATE),
            strike=self.chain.strike[calls],
            call=self.premium[calls],
            put=self.premium[calls + 1],
            spread=np.full(len(calls), SPREAD),
        )

    def volatility(self) -> None:
        """Invert every premium."""
        self.level = implied_volatility(self.plain, self.premium).volatility

    def greeks(self) -> None:
        """Work out five greeks where there is a volatility."""
        self.sensitivities = american.greeks(self.plain, self.level, QUICK)

    def exposures(self) -> None:
        """Weigh gamma with open interest: gross, net, by strike, where the net turns, and max pain."""
        call, held = self.chain.call, self.open_interest
        exposed = exposures(self.sensitivities.gamma, held, SPOT)
        self.gross, self.net = gross(exposed), net(exposed, call)
        self.strikes = by_strike(self.chain.strike, exposed, call)
        chain = self.chain
        self.flip = zero_gamma(
            Contracts(chain.strike, call, held, self.forward, chain.discount, self.level, chain.years), SPOT
        )
        self.pains = tuple(
            max_pain(strikes[::2], interest[::2], interest[1::2], SPOT)
            for strikes, interest in zip(
                np.split(self.chain.strike, self.starts[1:]), np.split(held, self.starts[1:]), strict=True
            )
        )

    @property
    def steps(self) -> tuple[Callable[[], None], ...]:
        """The steps, in order."""
        return self.carry, self.volatility, self.greeks, self.exposures

    def run(self) -> Found:
        """Take every step."""
        for step in self.steps:
            step()
        return Found(
            self.payout,
            self.level,
            self.sensitivities,
            self.gross,
            self.net,
            self.flip,
            self.pains,
        )
