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
        near = self.chain.call & (np.abs(np.log(self.chain.strike / SPOT)) < NEAR)
        rows, count = np.flatnonzero(near), int(near.sum())
        pairs = QuotedPairs(
            years=self.chain.years[rows],
            rate=np.full(count, RATE),
            strike=self.chain.strike[rows],
            call=self.premium[rows],
            put=self.premium[rows + 1],
            spread=np.full(count, SPREAD),
        )
        self.fitted = fit_carry(SPOT, pairs)
        payout = self.fitted.at(self.chain.years)
        self.terms = Terms.of(SPOT, self.chain.strike, self.chain.years, RATE, payout, self.chain.call)

    def volatility(self) -> None:
        """Invert every premium."""
        self.implied = implied_volatility(self.terms, self.premium)

    def greeks(self) -> None:
        """Work out five greeks where there is a volatility."""
        self.sensitivities = american.greeks(self.terms, self.implied.volatility, QUICK)

    def exposures(self) -> None:
        """Weigh gamma with open interest: gross, net, by strike, where the net turns, and max pain."""
        call, held = self.chain.call, self.open_interest
        exposed = exposures(self.sensitivities.gamma, held, SPOT)
        self.gross, self.net = gross(exposed), net(exposed, call)
        self.strikes = by_strike(self.chain.strike, exposed, call)
        terms, level = self.terms, self.implied.volatility
        self.flip = zero_gamma(
            Contracts(terms.strike, call, held, terms.forward, terms.discount, level, terms.years),
            SPOT,
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
            self.fitted.payout,
            self.implied.volatility,
            self.sensitivities,
            self.gross,
            self.net,
            self.flip,
            self.pains,
        )
