"""
Which smile to draw: candidates on recorded chains, as the table of docs/validation.md.

python benchmarks/surface.py DIR [N]: a folder of chains as docs/data.md has them, every Nth. Quotes are those
valid for a volatility, expirations those with eight or more. Left out: every fifth quote in
turn, the outermost kept. Arbitrage is looked for in prices and variances, not in coefficients.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from recorded_chains import recorded_chains
from surface_candidates import CANDIDATES, Candidate, Smile

from generator.analytics import black76
from generator.analytics.slices import Slice
from generator.analytics.smile_fit import FINEST, Points

Array = np.ndarray

FEWEST = 8
EVERY = 5
STRIKES, MEETINGS = 401, 301
HEADER = (
    "| smile | inside the spread | left out, inside | left out, median error, points "
    "| butterfly arbitrage | calendar arbitrage | no smile | ms, median | ms, most |"
)
ROUNDING = 1e-11  #: of a price on a forward of 1


@dataclass
class Tally:
    """What one candidate did on every chain."""

    seconds: list[float] = field(default_factory=list)
    quotes: int = 0
    inside: int = 0
    left_out: int = 0
    left_out_inside: int = 0
    errors: list[Array] = field(default_factory=list)
    expirations: int = 0
    none: int = 0
    butterfly: int = 0
    calendar: int = 0


def surfaces(folder: Path) -> Iterator[tuple[str, list[Points]]]:
    """Yield each chain that has quotes, by name, with its boards, nearest expiration first."""
    for chain in recorded_chains(folder):
        boards = [
            points_of(item)
            for item in chain.surface.slices.values()
            if len(item.strikes) >= FEWEST and not item.expiration.stopped
        ]
        if len(boards) > 1:
            yield chain.name, boards


def points_of(item: Slice) -> Points:
    """Return the quotes of one expiration."""
    moneyness = np.log(item.strikes / item.forward)
    return Points(moneyness, item.volatilities, item.errors, item.expiration.years)


def judge(candidate: Candidate, boards: Sequence[Points], tally: Tally) -> None:
    """Add what *candidate* does on one chain."""
    start = time.perf_counter()
    smiles = candidate(boards)
    tally.seconds.append(time.perf_counter() - start)
    for smile, board in zip(smiles, boards, strict=True):
        tally.expirations += 1
        tally.none += smile is None
        tally.quotes += len(board.moneyness)
        if smile is not None:
            tally.inside += int(_inside(smile, board).sum())
            tally.butterfly += negative_density(smile, board)
    for (near, first), (far, second) in pairwise(zip(smiles, boards, strict=True)):
        if near is not None and far is not None:
            tally.calendar += falls(near, first, far, second)


def judge_left_out(candidate: Candidate, boards: Sequence[Points], tally: Tally) -> None:
    """Add how it does on quotes it has not seen."""
    for turn in range(1, EVERY):
        masks = [_mask(len(board.moneyness), turn) for board in boards]
        kept = [_part(board, ~mask) for board, mask in zip(boards, masks, strict=True)]
        for smile, board, mask in zip(candidate(kept), boards, masks, strict=True):
            hidden = _part(board, mask)
            tally.left_out += len(hidden.moneyness)
            if smile is not None:
                tally.left_out_inside += int(_inside(smile, hidden).sum())
                tally.errors.append(np.abs(smile(hidden.moneyness) - hidden.volatility))


def _mask(count: int, turn: int) -> Array:
    mask = np.arange(count) % EVERY == turn
    mask[[0, -1]] = False
    return mask


def _part(board: Points, mask: Array) -> Points:
    return Points(board.moneyness[mask], board.volatility[mask], board.error[mask], board.years)


def _inside(smile: Smile, board: Points) -> Array:
    return np.abs(smile(board.moneyness) - board.volatility) <= np.maximum(board.error, FINEST)


def negative_density(smile: Smile, board: Points) -> bool:
    """Whether a butterfly of the fitted smile costs less than nothing."""
    scale = np.interp(0, board.moneyness, board.volatility) * np.sqrt(board.years)
    start, stop = np.arcsinh(board.moneyness[[0, -1]] / scale)
    k = np.clip(np.sinh(np.linspace(start, stop, STRIKES)) * scale, board.moneyness[0], board.moneyness[-1])
    strikes = np.exp(k)
    calls = black76.price(1.0, strikes, 1.0, smile(k), board.years, call=True)
    slopes = np.diff(calls) / np.diff(strikes)
    return bool((np.diff(slopes) * np.diff(strikes)[1:] < -ROUNDING).any())


def falls(near: Smile, first: Points, far: Smile, second: Points) -> bool:
    """Whether total variance falls where both expirations are quoted."""
    low = max(first.moneyness[0], second.moneyness[0])
    high = min(first.moneyness[-1], second.moneyness[-1])
    if high <= low:
        return False
    k = np.linspace(low, high, MEETINGS)
    return bool((far(k) ** 2 * second.years < near(k) ** 2 * first.years - ROUNDING).any())


def row(name: str, tally: Tally) -> str:
    """Return a line of the table."""
    error = 100 * np.nanmedian(np.concatenate(tally.errors))
    return (
        f"| {name} | {tally.inside / tally.quotes:.2%} | {tally.left_out_inside / tally.left_out:.2%} "
        f"| {error:.3f} | {tally.butterfly} | {tally.calendar} | {tally.none} "
        f"| {1000 * statistics.median(tally.seconds):.0f} | {1000 * max(tally.seconds):.0f} |"
    )


def table(folder: Path, every: int = 1) -> str:
    """Return the comparison of all candidates, on every so many chains."""
    found = list(surfaces(folder))[::every]
    boards = sum(len(item) for _, item in found)
    quotes = sum(len(board.moneyness) for _, item in found for board in item)
    lines = [
        f"{len(found)} chains, {boards} expirations, {quotes:,} quotes.\n",
        HEADER,
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, candidate in CANDIDATES.items():
        tally = Tally()
        for _, item in found:
            judge(candidate, item, tally)
            judge_left_out(candidate, item, tally)
        lines.append(row(name, tally))
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(Path(sys.argv[1]), *map(int, sys.argv[2:])))
