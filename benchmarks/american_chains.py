"""
The pass over ten thousand American contracts, beside QuantLib a contract at a time and other short cuts.

Forward and carry from calls and puts at the money, every contract's volatility, five greeks,
exposures. Quotes are QuantLib's values (QdFp, accurate) with a spread put around them; whole days,
as QuantLib counts. Milliseconds are CPU time. Brute force is timed on a sample of the chain and
scaled to the whole. Accuracy is against volatilities put into QdFp at high precision, on contracts
with a cent over what exercise, now or at expiration, pays for certain.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable

import numpy as np
from american_pass import STEPS, Found, Pass
from chain_market import PAYOUT, RATE, SPOT, Chain
from measuring import medians, show
from quantlib_americans import brute_force, prices

from generator.analytics import european
from generator.analytics.american import Terms
from generator.analytics.american_volatility import implied_volatility

Array = np.ndarray

RUNS = 5
SAMPLE = 250  #: contracts of the brute force
JUDGED = 1000  #: contracts priced at high precision
TIME_VALUE = 0.01  #: dollars
OFF = 1e-4  #: of a volatility: a hundredth of a point
BRUTE = "QdFp (fast) a contract, secant"
GOAL = 0.5  #: seconds
HEADS = (
    "volatility by",
    "ms",
    "worst error, points",
    "median",
    "off by more than 0.01",
    "no number",
    "made up",
)


def shortcuts(chain: Chain, premium: Array) -> dict[str, Callable[[], Array]]:
    """Return other ways to the volatilities, for the libraries that are installed."""
    market = (chain.forward, chain.strike, chain.discount)
    found: dict[str, Callable[[], Array]] = {
        "Black-76, as if European": lambda: european.implied_volatility(
            premium, *market, chain.years, chain.call
        )
    }
    try:
        library = importlib.import_module("pybaw")
    except ModuleNotFoundError:
        return found
    sides = np.where(chain.call, "c", "p")
    spot = np.full(len(chain), SPOT)

    def approximate() -> Array:
        spread = library.vectorized_baw_implied_vol(
            premium, spot, chain.strike, chain.discount, chain.forward, sides
        )
        return np.where(spread == 0, np.nan, spread / np.sqrt(chain.years))

    return {**found, "pybaw (Barone-Adesi and Whaley)": approximate}


def compare(
    chain: Chain, runs: int = RUNS, sample: int = SAMPLE, judged: int = JUDGED
) -> tuple[Found, float]:
    """Print the tables; return what the pass found and its seconds."""
    premium = prices(chain)
    work, short = Pass(chain, premium), shortcuts(chain, premium)
    found, draw = work.run(), np.random.default_rng(1)
    part = drawn(draw, chain, sample)
    forced = brute_force(chain.take(part), premium[part])
    steps = medians(runs, *work.steps, *short.values(), forced, clock=time.process_time)
    count = len(STEPS)
    ours, brute = sum(steps[:count]), steps[-1] * len(chain) / len(part)
    print(f"{len(chain):,} American contracts; brute force on {len(part)} of them, scaled.\n")
    print("| step | ms |\n| --- | ---: |")
    for name, taken in zip((*STEPS, "the whole pass"), (*steps[:count], ours), strict=True):
        print(f"| {name} | {1e3 * taken:.0f} |")
    print(f"| {BRUTE}, volatility and greeks | {1e3 * brute:,.0f} |\n")
    print(f"Brute force takes {brute / ours:.0f} times as long. ", end="")
    print(f"The payout that was put in is found to {np.max(np.abs(found.payout - PAYOUT)):.0e}.\n")
    _accuracy(
        chain.take(drawn(draw, chain, judged)),
        {"strikebrief": steps[1]} | dict(zip(short, steps[count:], strict=False)),
    )
    return found, ours


def drawn(draw: np.random.Generator, chain: Chain, count: int) -> Array:
    """Return places of so many contracts, ascending."""
    return np.sort(draw.choice(len(chain), min(count, len(chain)), replace=False))


def _accuracy(part: Chain, seconds: dict[str, float]) -> None:
    """Print how right each way is on contracts priced at high precision."""
    premium = prices(part, "highPrecisionScheme")
    terms = Terms.of(SPOT, part.strike, part.years, RATE, PAYOUT, part.call)
    side = np.where(part.call, 1, -1)
    delivered = side * (terms.forward - terms.strike) * terms.discount
    told = premium - np.maximum(terms.intrinsic, delivered) >= TIME_VALUE
    exercised = premium - terms.intrinsic < np.spacing(SPOT)
    ways = {
        "strikebrief": lambda: implied_volatility(terms, premium).volatility,
        **shortcuts(part, premium),
        BRUTE: brute_force(part, premium),
    }
    print(
        f"{told.sum()} contracts with a cent over their payoff, {exercised.sum()} worth their payoff now.\n"
    )
    print("| " + " | ".join(HEADS) + " |\n| --- |" + " ---: |" * (len(HEADS) - 1))
    for name, way in ways.items():
        level = way()
        error, known = np.abs(level - part.volatility)[told], np.isfinite(level)
        print(
            f"| {name} | {f'{1e3 * seconds[name]:.0f}' if name in seconds else ''} "
            f"| {100 * np.nanmax(error):.1e} | {100 * np.nanmedian(error):.0e} | {int((error > OFF).sum())} "
            f"| {int((~known[told]).sum())} | {int(known[exercised].sum())} |"
        )


def main() -> None:
    """Print the tables, and whether the goal is met."""
    _, seconds = compare(Chain.of(whole_days=True))
    print()
    show("the full American pass, 10,000 contracts", f"{seconds:.2f} s", "at most 0.5 s", met=seconds <= GOAL)


if __name__ == "__main__":
    main()
