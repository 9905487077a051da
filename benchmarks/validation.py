"""
The tables of docs/validation.md: volatilities, smiles and greeks of recorded chains, held against goals.

python benchmarks/validation.py DIR [--smiles]: a folder of chains as docs/data.md has them. Tables
are put between their marks in docs/validation.md; the slow comparison of smiles only when asked for.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import surface as smiles
from recorded_chains import Recorded, recorded_chains

from generator.analytics import pricing
from generator.analytics.american_volatility import Refusal
from generator.analytics.cash_places import Place
from generator.analytics.slices import Slice
from generator.analytics.smile import NOT_ASKED
from generator.analytics.surface import outside

Array = np.ndarray

PAGE = Path(__file__).parents[1] / "docs" / "validation.md"
SYNCHRONOUS = 3.0  #: basis points between printed price and that of the quotes
ALIKE = 0.3  #: volatility points
TICK = 0.01
SAMPLED = 8  #: of so many chains one is used to compare smiles, which takes minutes a chain
NEAR_DELTA = 0.05  #: vendor's greeks are compared where the option is not next to nothing


@dataclass(frozen=True)
class Measured:
    """What one chain shows."""

    name: str
    kind: str
    asked: int  #: two-sided, out of the money, live, with a forward
    solved: int  #: with a volatility, however wide the spread
    kept: int  #: also within five points of half the spread
    reasons: dict[str, int]
    repriced: float  #: worst error of a value at its own volatility, dollars
    inside: float  #: share of kept quotes whose bid and ask hold the value at the fitted volatility
    gap: float  #: basis points, price of the quotes over the printed one
    agree: Array  #: call less put volatility at the money of each expiration, points
    bars: Array  #: their error bars, points
    butterfly: int
    calendar: int
    vendor: dict[str, tuple[int, float]]  #: figure -> rows, median difference


def measure(chain: Recorded) -> Measured:
    """Measure one chain."""
    found, book = chain.surface, chain.surface.book
    two_sided = (book.bid > 0) & (book.ask >= book.bid)
    live = outside(book, found.market) & two_sided & book.live
    rows = np.flatnonzero(live)
    free = pricing.quoted_volatility(found.market, book, rows)
    solved = np.isin(free.refusal, (Refusal.NONE, Refusal.WIDE_SPREAD)) & np.isfinite(free.error)
    kept = found.refusal[rows] == Refusal.NONE
    gaps, bars = agreement(chain)
    butterfly, falls = arbitrage(chain)
    return Measured(
        name=chain.name.removesuffix(".csv.gz"),
        kind=chain.kind,
        asked=len(rows),
        solved=int(solved.sum()),
        kept=int(kept.sum()),
        reasons=reasons(chain, rows, solved),
        repriced=repricing(chain, rows[kept]),
        inside=fitted_inside(chain, rows[kept]),
        gap=1e4 * (found.market.spot / chain.spot - 1),
        agree=gaps,
        bars=bars,
        butterfly=butterfly,
        calendar=falls,
        vendor=beside_vendor(chain),
    )


def reasons(chain: Recorded, rows: Array, solved: Array) -> dict[str, int]:
    """Why quotes were not kept."""
    refusal = chain.surface.refusal[rows]
    counts = {
        "wide": int(((refusal == Refusal.WIDE_SPREAD) & solved).sum()),
        "no time value": int((refusal == Refusal.NO_TIME_VALUE).sum()),
        "no vega": int((refusal == Refusal.NO_VEGA).sum()),
        "out of range": int((refusal == Refusal.OUT_OF_RANGE).sum()),
        "quote rejected": int((refusal == NOT_ASKED).sum()),
    }
    return {name: count for name, count in counts.items() if count}


def _values(chain: Recorded, rows: Array, volatility: Array) -> Array:
    """Values at volatilities, by expiration."""
    result, book, market = np.full(len(rows), np.nan), chain.surface.book, chain.surface.market
    for item in chain.surface.slices.values():
        own = (rows >= item.expiration.start) & (rows < item.expiration.stop)
        if own.any():
            place = _place(chain, item)
            terms = (book.strike[rows[own]], book.call[rows[own]], volatility[own])
            result[own] = pricing.values(place, item.board, *terms, is_european=market.european)
    return result


def _place(chain: Recorded, item: Slice) -> Place:
    years = item.expiration.years
    return Place(chain.surface.market.spot, years, chain.surface.rate.at(365 * years), item.payout, ())


def repricing(chain: Recorded, rows: Array) -> float:
    """The worst error of a value at the volatility that was solved from its mid."""
    off = _values(chain, rows, chain.surface.implied[rows]) - chain.surface.book.mid[rows]
    return float(np.nanmax(np.abs(off), initial=0))


def fitted_inside(chain: Recorded, rows: Array) -> float:
    """The share of quotes whose bid and ask hold the value at the fitted volatility, to half a tick."""
    found, book = chain.surface, chain.surface.book
    level = np.full(len(book), np.nan)
    for item in found.slices.values():
        own = item.expiration.rows
        if item.curve is not None:
            level[own] = item.curve.within(np.log(book.strike[own] / item.forward))
    value = _values(chain, rows, level[rows])
    known = np.isfinite(value)
    held = (value >= book.bid[rows] - TICK / 2) & (value <= book.ask[rows] + TICK / 2)
    return float(held[known].mean()) if known.any() else np.nan


def agreement(chain: Recorded) -> tuple[Array, Array]:
    """Call less put volatility at the money, points, of each expiration, and the error bar of the two."""
    found, book = chain.surface, chain.surface.book
    gaps, bars = [], []
    for item in found.slices.values():
        first, stop = item.expiration.start, item.expiration.stop
        rows = np.arange(first, stop - 1)
        usable = found.judged.tight
        pairs = rows[(book.strike[rows] == book.strike[rows + 1]) & usable[rows] & usable[rows + 1]]
        if item.expiration.stopped or not book.live[first] or len(pairs) == 0:
            continue
        near = pairs[np.argsort(np.abs(book.strike[pairs] - item.forward), kind="stable")[:4]]
        both = pricing.quoted_volatility(found.market, book, np.concatenate([near, near + 1]))
        level, error = both.volatility.reshape(2, -1), both.error.reshape(2, -1)
        known = np.isfinite(level).all(axis=0)
        if known.any():
            gaps.append(100 * float(np.mean((level[0] - level[1])[known])))
            bars.append(100 * float(np.mean(np.hypot(*error)[known]) / np.sqrt(known.sum())))
    return np.array(gaps), np.array(bars)


def arbitrage(chain: Recorded) -> tuple[int, int]:
    """How many fitted smiles have a negative density, and how many pairs of them lose variance."""
    kept = [
        (item, smiles.points_of(item)) for item in chain.surface.slices.values() if item.curve is not None
    ]
    butterfly = sum(smiles.negative_density(item.curve.volatilities, board) for item, board in kept)
    falls = sum(
        smiles.falls(near.curve.volatilities, first, far.curve.volatilities, second)
        for (near, first), (far, second) in pairwise(kept)
    )
    return butterfly, falls


def beside_vendor(chain: Recorded) -> dict[str, tuple[int, float]]:
    """Rows and median absolute difference of our figures from the vendor's, where both have them."""
    found = chain.surface
    ours = {"implied_volatility": 100 * found.implied}
    ours |= {name: getattr(found.greeks, name) for name in ("delta", "gamma", "theta", "vega", "rho")}
    theirs = dict(chain.vendor, implied_volatility=100 * chain.vendor["implied_volatility"])
    weighty = (np.abs(found.greeks.delta) > NEAR_DELTA) & (np.abs(found.greeks.delta) < 1 - NEAR_DELTA)
    weighty &= found.refusal == Refusal.NONE
    result = {}
    for name, values in ours.items():
        known = weighty & np.isfinite(values) & np.isfinite(theirs[name])
        if known.sum():
            off = np.abs(values - theirs[name])[known]
            scale = (
                1.0 if name in ("implied_volatility", "delta") else float(np.median(np.abs(values[known])))
            )
            result[name] = (int(known.sum()), float(np.median(off)) / scale)
    return result


def coverage_table(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield the lines of the first table."""
    yield (
        "| chain | quotes | with a volatility | within five points | of them refused, by reason "
        "| worst reprice, $ | fit inside the spread |"
    )
    yield "| --- | ---: | ---: | ---: | --- | ---: | ---: |"
    for item in measured:
        told = ", ".join(f"{count} {name}" for name, count in item.reasons.items()) or "none"
        yield (
            f"| {item.name} | {item.asked:,} | {item.solved / item.asked:.1%} | {item.kept / item.asked:.1%} "
            f"| {told} | {item.repriced:.4f} | {item.inside:.1%} |"
        )
    asked, solved, kept = (
        sum(getattr(item, name) for item in measured) for name in ("asked", "solved", "kept")
    )
    inside = sum(item.inside * item.kept for item in measured) / kept
    worst = max(item.repriced for item in measured)
    yield (
        f"| **all {len(measured)}** | {asked:,} | {solved / asked:.2%} | {kept / asked:.2%} | "
        f"| {worst:.4f} | {inside:.2%} |"
    )


def agreement_table(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield the lines of the second table."""
    yield (
        "| chain | price of the quotes, bp over the printed one | expirations | median gap, points "
        "| within 0.3 | within its error bar or 0.3 | negative densities | variance lost |"
    )
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for item in measured:
        size = np.abs(item.agree)
        held = (size <= np.maximum(item.bars, ALIKE)).mean() if len(size) else np.nan
        yield (
            f"| {item.name} | {item.gap:+.1f} | {len(size)} | {np.median(size):.2f} "
            f"| {(size <= ALIKE).mean():.0%} | {held:.0%} | {item.butterfly} | {item.calendar} |"
        )
    together = [item for item in measured if item.kind == "close" and abs(item.gap) <= SYNCHRONOUS]
    size = np.concatenate([np.abs(item.agree) for item in together])
    bars = np.concatenate([item.bars for item in together])
    yield (
        f"| **{len(together)} closes within {SYNCHRONOUS:.0f} bp** | | {len(size)} | {np.median(size):.2f} "
        f"| {(size <= ALIKE).mean():.0%} | {(size <= np.maximum(bars, ALIKE)).mean():.0%} | | |"
    )
    yield (
        f"| **all {len(measured)}** | | | | | | {sum(item.butterfly for item in measured)} "
        f"| {sum(item.calendar for item in measured)} |"
    )


def vendor_table(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield the lines of the third table."""
    yield "| chain | quotes | volatility, points | delta | gamma | vega | theta | rho |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for item in measured:
        if "delta" not in item.vendor:
            continue
        cells = []
        for name in ("implied_volatility", "delta", "gamma", "vega", "theta", "rho"):
            _, off = item.vendor.get(name, (0, np.nan))
            form = ".2f" if name == "implied_volatility" else ".4f" if name == "delta" else ".1%"
            cells.append("-" if np.isnan(off) else f"{off:{form}}")
        yield f"| {item.name} | {item.vendor['delta'][0]:,} | {' | '.join(cells)} |"


def write(tables: dict[str, str]) -> None:
    """Put the tables between their marks in the page."""
    page = PAGE.read_text(encoding="utf-8")
    for name, table in tables.items():
        found = re.compile(rf"(<!-- {name} -->\n)(?:.*?\n)??(<!-- end -->)", re.DOTALL)
        page = found.sub(lambda match, table=table: f"{match[1]}{table}\n{match[2]}", page)
    PAGE.write_text(page, encoding="utf-8")


def main(folder: Path, *, compare: bool) -> None:
    """Measure all chains and write the page."""
    measured = [measure(chain) for chain in recorded_chains(folder)]
    tables = {
        "coverage": "\n".join(coverage_table(measured)),
        "agreement": "\n".join(agreement_table(measured)),
        "vendor": "\n".join(vendor_table(measured)),
    }
    if compare:
        tables["smiles"] = smiles.table(folder, SAMPLED)
    write(tables)
    print("\n\n".join(tables.values()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), compare="--smiles" in sys.argv)
