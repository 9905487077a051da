"""
The pass over ten thousand American contracts on a share that pays cash four times a year.

As `american_chains`, with known ex-dates: an expiration after one is valued on a board. Quotes are
QuantLib's finite differences (spot model, 200 x 200). Brute force is the same a contract at a time,
on a sample, scaled. Values are judged on 800 x 800, in and out of the money.
"""

from __future__ import annotations

import time

import numpy as np
from american_chains import drawn
from american_pass import STEPS, Pass
from chain_market import RATE, SPOT, Chain
from measuring import medians, show
from quantlib_paid import AMOUNT, EX_DAYS, FINE, brute_force, prices

from generator.analytics import american
from generator.analytics.american_boundary import QUICK
from generator.analytics.american_dividends import CashDividend
from generator.analytics.american_volatility import implied_volatility
from generator.analytics.black76 import Greeks
from generator.analytics.cash_carry import Quotes, fit_boards

Array = np.ndarray

RUNS, SAMPLE, JUDGED = 3, 20, 150
GOAL = 0.5  #: seconds
DIVIDENDS = tuple(CashDividend(day / 365, AMOUNT) for day in EX_DAYS)


class PaidPass(Pass):
    """The pass where cash dividends lie before most expirations."""

    def carry(self) -> None:
        """Fit a payout before the first ex-date, and a board to each expiration after it."""
        chain, first = self.chain, DIVIDENDS[0].years
        self.early = np.flatnonzero(chain.years < first)
        self.groups = [np.flatnonzero(chain.years == y) for y in np.unique(chain.years[chain.years >= first])]
        self.plain = self.terms_of(self.early)
        self.boards = fit_boards(SPOT, [self._quotes(rows) for rows in self.groups], DIVIDENDS)
        self.payout, self.forward = np.empty((2, len(chain)))
        self.payout[self.early], self.forward[self.early] = self.plain.payout, self.plain.forward
        for rows, board in zip(self.groups, self.boards, strict=True):
            self.payout[rows], self.forward[rows] = board.place.payout, board.place.forward

    def _quotes(self, rows: Array) -> Quotes:
        mid = self.premium[rows]
        return Quotes(
            years=float(self.chain.years[rows[0]]),
            rate=RATE,
            pairs=self.pairs(rows),
            strike=self.chain.strike[rows],
            call=self.chain.call[rows],
            bid=mid,
            ask=mid,
        )

    def volatility(self) -> None:
        """Invert every premium: volatilities of the forward."""
        self.level = np.empty(len(self.chain))
        self.level[self.early] = implied_volatility(self.plain, self.premium[self.early]).volatility
        for rows, board in zip(self.groups, self.boards, strict=True):
            mid = self.premium[rows]
            found = board.solved(self.chain.strike[rows], self.chain.call[rows], mid, mid)
            self.level[rows] = found.volatility

    def greeks(self) -> None:
        """Work out five greeks where there is a volatility."""
        parts = [(self.early, american.greeks(self.plain, self.level[self.early], QUICK))]
        for rows, board in zip(self.groups, self.boards, strict=True):
            strike, call = self.chain.strike[rows], self.chain.call[rows]
            parts.append((rows, board.greeks(strike, call, self.level[rows])))
        self.sensitivities = Greeks(*np.empty((len(Greeks.__slots__), len(self.chain))))
        for rows, part in parts:
            for name in Greeks.__slots__:
                getattr(self.sensitivities, name)[rows] = getattr(part, name)

    def values(self, rows: Array) -> Array:
        """Return the values of *rows* at the volatilities that were put in."""
        result = american.price(self.plain, self.chain.volatility[self.early])
        whole = np.empty(len(self.chain))
        whole[self.early] = result
        for own, board in zip(self.groups, self.boards, strict=True):
            strike = self.chain.strike[own]
            level = self.chain.volatility[own] * board.place.ratio(strike)
            whole[own] = board.values(strike, self.chain.call[own], level)
        return whole[rows]


def compare(
    chain: Chain, runs: int = RUNS, sample: int = SAMPLE, judged: int = JUDGED
) -> tuple[float, float]:
    """Print the table; return the seconds of the pass and the worst error of a value."""
    premium, draw = prices(chain), np.random.default_rng(1)
    work = PaidPass(chain, premium)
    found = work.run()
    part = drawn(draw, chain, sample)
    forced = brute_force(chain.take(part), premium[part])
    steps = medians(runs, *work.steps, forced, clock=time.process_time)
    ours, brute = sum(steps[:-1]), steps[-1] * len(chain) / len(part)
    print(
        f"{len(chain):,} American contracts, {len(DIVIDENDS)} dividends of {AMOUNT}; "
        f"brute force on {len(part)} of them, scaled.\n"
    )
    print("| step | ms |\n| --- | ---: |")
    for name, taken in zip((*STEPS, "the whole pass"), (*steps[:-1], ours), strict=True):
        print(f"| {name} | {1e3 * taken:.0f} |")
    print(f"| QuantLib's grid a contract, secant, volatility and greeks | {1e3 * brute:,.0f} |\n")
    part = drawn(draw, chain, judged)
    error = np.abs(work.values(part) - prices(chain.take(part), FINE))
    print(f"Brute force takes {brute / ours:.0f} times as long. ", end="")
    print(f"The payout beside the dividends, none, is found to {np.max(np.abs(found.payout)):.0e}.")
    print(
        f"Values of {len(part)} contracts are off by {error.max():.1e} dollars at worst, "
        f"{np.median(error):.0e} in the middle."
    )
    return ours, float(error.max())


def main() -> None:
    """Print the table, and whether the goal is met."""
    seconds, _ = compare(Chain.of(whole_days=True))
    print()
    figure = f"{seconds:.2f} s"
    show("the full American pass with cash dividends", figure, "at most 0.5 s", met=seconds <= GOAL)


if __name__ == "__main__":
    main()
