"""
European volatilities and five greeks of ten thousand contracts, beside the libraries people use.

Milliseconds are CPU time, medians of runs in turns in one process; accuracy is against
volatilities put in and greeks worked out with forty digits. A premium *determines* its volatility
where half a unit in the last digit of it, and in the money of forward and strike, moves it by less
than 1e-10; it holds *none* where that moves it by more than a point, so that any number found there
is made up. *Tradable*: worth a cent, half a cent of it time value.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields

import numpy as np
from chain_market import SPOT, Chain, Worth, european_worth
from chain_solvers import SOLVERS, Greeks, Solver
from measuring import medians, show

Array = np.ndarray

RUNS = 15
OFF = 1e-6  #: of a volatility: wrong, where the premium determines it
DETERMINED, NONE = 1e-10, 0.01
TRADABLE = (0.01, 0.005)  #: dollars: premium, time value
GOAL = 5e-3  #: seconds, volatility and five greeks
HEADS = (
    "library",
    "volatility, ms",
    "five greeks, ms",
    "both, times ours",
    "tradable: worst error",
    "determined: worst error",
    "off by more than 1e-6",
    "no number",
    "made up",
    "greeks, tradable: worst error",
)


@dataclass(frozen=True, slots=True)
class Sets:
    """Which contracts are judged how."""

    tradable: Array
    determined: Array
    none: Array

    @classmethod
    def of(cls, chain: Chain, worth: Worth) -> Sets:
        """Sort the contracts by what a double tells of their volatility."""
        side = np.where(chain.call, 1, -1)
        payoff = np.maximum(side * (chain.forward - chain.strike), 0) * chain.discount
        parity = np.where(payoff > 0, np.spacing(chain.forward) + np.spacing(chain.strike), 0)
        reached = (np.spacing(worth.price) + parity) / 2 / np.maximum(100 * worth.vega, 1e-300)
        sound = worth.price > np.finfo(float).tiny
        return cls(
            tradable=(worth.price >= TRADABLE[0]) & (worth.price - payoff >= TRADABLE[1]),
            determined=sound & (reached < DETERMINED),
            none=~sound | (reached > NONE),
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """How right a solver is."""

    tradable: float  #: worst errors
    determined: float
    off: int  #: numbers off by more than OFF though the premium determines them
    silent: int  #: of the determined, without a number
    dearest: float  #: of those, dollars
    made_up: int  #: numbers where the premium holds none
    greeks: float | None  #: worst error among tradable contracts, in printed units


def judge(solver: Solver, chain: Chain, worth: Worth, sets: Sets) -> Judged:
    """Hold a solver against what is known."""
    found = np.asarray(solver.volatility(), dtype=float)
    error, silent = np.abs(found - chain.volatility), sets.determined & ~np.isfinite(found)
    return Judged(
        tradable=float(np.nanmax(error[sets.tradable])),
        determined=float(np.nanmax(error[sets.determined])),
        off=int((error[sets.determined] > OFF).sum()),
        silent=int(silent.sum()),
        dearest=float(worth.price[silent].max(initial=0)),
        made_up=int((np.isfinite(found) & (found != 0))[sets.none].sum()),
        greeks=None if solver.greeks is None else _greeks_error(solver.greeks(), solver, worth, sets),
    )


def _greeks_error(found: Greeks, solver: Solver, worth: Worth, sets: Sets) -> float:
    scale = {} if solver.per_point else {"vega": 100, "rho": 100, "theta": 365}
    errors = [
        np.abs(np.asarray(found[field.name]) / scale.get(field.name, 1) - getattr(worth, field.name))
        for field in fields(Worth)[1:]
    ]
    return float(np.max(np.array(errors)[:, sets.tradable]))


def solvers(chain: Chain, premium: Array) -> tuple[dict[str, Solver], list[str]]:
    """Return those that are installed, ours first, and the names of those that are not."""
    found, missing = {}, []
    for name, make in SOLVERS.items():
        try:
            found[name] = make(chain, premium)
        except ModuleNotFoundError:
            missing.append(name)
    return found, missing


def compare(chain: Chain, worth: Worth, runs: int = RUNS) -> tuple[dict[str, Judged], float]:
    """Print the table; return the judgements and the seconds this program took for both jobs."""
    sets = Sets.of(chain, worth)
    found, missing = solvers(chain, worth.price)
    jobs = [job for solver in found.values() for job in (solver.volatility, solver.greeks or (lambda: None))]
    seconds = np.reshape(medians(runs, *jobs, clock=time.process_time), (-1, 2))
    judged = {name: judge(solver, chain, worth, sets) for name, solver in found.items()}
    print(
        f"{len(chain):,} European contracts at {SPOT:.0f}: {sets.tradable.sum():,} tradable; "
        f"{sets.determined.sum():,} premiums determine their volatility, {sets.none.sum():,} hold none.\n"
    )
    print("| " + " | ".join(HEADS) + " |\n| --- |" + " ---: |" * (len(HEADS) - 1))
    for (name, its), (volatility, greeks) in zip(judged.items(), seconds, strict=True):
        both, whole = found[name].greeks is not None, seconds[0].sum()
        print(
            f"| {name} | {1e3 * volatility:.2f} | {f'{1e3 * greeks:.2f}' if both else 'three, with it'} "
            f"| {(volatility + greeks) / whole:.1f} | {its.tradable:.1e} | {its.determined:.1e} "
            f"| {its.off:,} | {its.silent:,} | {its.made_up:,} "
            f"| {'' if its.greeks is None else f'{its.greeks:.0e}'} |"
        )
    if missing:
        print(f"\nnot installed here, `make bench` installs them: {', '.join(missing)}")
    return judged, float(seconds[0].sum())


def main() -> None:
    """Print the table, and whether the goals are met."""
    chain = Chain.of()
    judged, seconds = compare(chain, european_worth(chain))
    ours = next(iter(judged.values()))
    print(
        f"\n{ours.silent:,} determined premiums are refused because vega is under 1e-12; "
        f"the dearest is worth {ours.dearest:.0e} dollars.\n"
    )
    show(
        "European volatility and five greeks", f"{1e3 * seconds:.1f} ms", "at most 5 ms", met=seconds <= GOAL
    )
    wrong = ours.off + ours.made_up
    show("numbers silently wrong", str(wrong), "none", met=wrong == 0)


if __name__ == "__main__":
    main()
