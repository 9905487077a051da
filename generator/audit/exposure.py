"""
Gamma exposure once more, from the quotes, by another road than the analysis takes.

Of each settlement a forward from put-call parity, a European volatility (Black 1976) of each
out-of-the-money mid by Newton's method, the middle of three neighbours, straight lines between
strikes, and Black and Scholes's gamma. It fits no smile, values no early exercise and judges no
spread: what it gives is near the printed figure, never equal to it. On the recorded chains they
differ by less than half a percent of the whole board's; further off is a fault.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from generator.audit.rows import Rows
from generator.audit.twin import Twin
from generator.calendar import expiry_instant, last_trading_day, minutes_to, session_close
from generator.models.analysis import Fact

Array = np.ndarray
Columns = Mapping[str, Array]

OF_FIGURE = 0.05
OF_BOARD = 0.01  #: what a small part of the board may be off besides
LEAST_MINUTES = 30
PAIRS = 6  #: strikes around the money that speak about the forward
STEPS = 8
FLAT = 1 / np.sqrt(2 * np.pi)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Dollars for a move of 1 % by row of the chain, NaN outside the quotes."""

    exposure: Array
    unknown: Array  #: bool, rows of a settlement that trades on and shows no volatility at all

    def total(self, positions: Array) -> float | None:
        """Return the sum over the rows at *positions*; None where nothing is known of a settlement."""
        return None if self.unknown[positions].any() else float(np.nansum(self.exposure[positions]))


def exposure_fault(fact: Fact, twin: Twin, rows: Rows, positions: Array) -> tuple[bool, str | None]:
    """Return whether the audit can tell of *fact*, an exposure, and what it says if that is another thing."""

    def made() -> Sheet:
        names = ("expiration", "settlement", "strike", "right", "bid", "ask", "open_interest", "standard")
        return sheet({name: rows.column("chain", name) for name in names}, twin.spot, twin.as_of)

    own = rows.once("gamma.exposure", made).total(positions)
    if own is None:
        return False, None
    board = twin.facts["gamma.gross"].number
    far = abs(fact.number - own) > OF_FIGURE * abs(own) + OF_BOARD * abs(board)
    return True, f"is {fact.value:.6g}, the quotes give about {own:.6g}" if far else None


def sheet(chain: Columns, spot: float, as_of: dt.datetime) -> Sheet:
    """Return the exposure of every row of *chain*, columns as in `models.market.CHAIN_COLUMNS`."""
    exposure, unknown = np.full(len(chain["strike"]), np.nan), np.zeros(len(chain["strike"]), dtype=bool)
    rows, starts = _settlements(chain, as_of)
    if len(rows) == 0:
        return Sheet(exposure, unknown)
    strike, call = chain["strike"][rows], chain["right"][rows] == "call"
    bid, ask = chain["bid"][rows], chain["ask"][rows]
    with np.errstate(all="ignore"):
        mid = np.where((bid > 0) & (ask >= bid), (bid + ask) / 2, np.nan)
        sizes = np.diff([*starts, len(rows)])
        forward = np.repeat(_forwards(strike, call, mid, starts), sizes)
        outside = np.flatnonzero(np.where(call, strike >= forward, strike < forward) & np.isfinite(mid))
        quoted = _spread(
            np.log(strike[outside] / forward[outside]),
            mid[outside] / np.sqrt(strike[outside] * forward[outside]),
        )
        spread = np.full(len(rows), np.nan)
        spread[outside] = quoted
        level = np.concatenate(
            [_between(strike[part], spread[part]) for part in map(slice, starts, [*starts[1:], len(rows)])]
        )
        height = np.exp(-np.square(np.log(forward / strike) / level + level / 2) / 2) * FLAT
        gamma = height * forward / (spot**2 * level)
        exposure[rows] = gamma * np.nan_to_num(chain["open_interest"][rows]) * 100 * spot**2 * 0.01
    blank = np.logical_and.reduceat(np.isnan(level), starts)
    unknown[rows] = np.repeat(blank, sizes)
    return Sheet(exposure, unknown)


def _settlements(chain: Columns, as_of: dt.datetime) -> tuple[Array, list[int]]:
    """Return the rows of standard series that trade on, by settlement and strike, and where each begins."""
    days = chain["expiration"].astype("datetime64[D]")
    early = chain["settlement"] == "am"
    order = np.lexsort((chain["right"] == "put", chain["strike"], early, days))
    order = order[chain["standard"].astype(bool)[order]]
    breaks = (np.diff(days[order]).astype(int) != 0) | (early[order][1:] != early[order][:-1])
    edges = [0, *(np.flatnonzero(breaks) + 1).tolist(), len(order)]
    parts = [order[start:stop] for start, stop in pairwise(edges) if stop > start]
    kept = [part for part in parts if _trades_on(days[part[0]].item(), as_of, early=bool(early[part[0]]))]
    sizes = [len(part) for part in kept]
    return np.concatenate([np.empty(0, dtype=np.int64), *kept]), np.cumsum([0, *sizes])[:-1].tolist()


def _trades_on(day: dt.date, as_of: dt.datetime, *, early: bool) -> bool:
    """Say whether a settlement is half an hour away and its last session not over."""
    settlement: Literal["am", "pm"] = "am" if early else "pm"
    if minutes_to(as_of, expiry_instant(day, settlement)) < LEAST_MINUTES:
        return False
    return not early or as_of < session_close(last_trading_day(day, settlement))


def _forwards(strike: Array, call: Array, mid: Array, starts: list[int]) -> list[float]:
    """Return of each settlement the middle of strike plus call less put at the money; NaN without a pair."""
    first = np.flatnonzero((strike[:-1] == strike[1:]) & call[:-1] & ~call[1:])
    gap = mid[first] - mid[first + 1]
    known = np.isfinite(gap)
    first, gap = first[known], gap[known]
    edges = np.searchsorted(first, [*starts, len(strike)])
    found = []
    for start, stop in pairwise(edges.tolist()):
        near = start + np.argsort(np.abs(gap[start:stop]), kind="stable")[:PAIRS]
        found.append(float(np.median(strike[first[near]] + gap[near])) if len(near) else np.nan)
    return found


def _between(strike: Array, spread: Array) -> Array:
    """Return straight lines between the strikes that have a deviation, NaN outside them."""
    known = spread > 0
    if known.sum() < 2:
        return np.full(len(strike), np.nan)
    return np.asarray(np.interp(strike, strike[known], _middle(spread[known]), np.nan, np.nan))


def _middle(values: Array) -> Array:
    """Return the middle of each value and its neighbours: one quote far off the others changes nothing."""
    padded = np.concatenate([values[:1], values, values[-1:]])
    return np.asarray(np.median(np.stack([padded[:-2], values, padded[2:]]), axis=0))


def _spread(moneyness: Array, premium: Array) -> Array:
    """Return the deviation of the log price at which Black's out-of-the-money value is *premium*."""
    away = -np.abs(moneyness)
    found = np.maximum(np.sqrt(-2 * away), premium / FLAT)
    for _ in range(STEPS):
        upper, lower = away / found + found / 2, away / found - found / 2
        value = np.exp(away / 2) * _below(upper) - np.exp(-away / 2) * _below(lower)
        slope = np.exp(away / 2) * np.exp(-np.square(upper) / 2) * FLAT
        found = np.clip(found - (value - premium) / slope, found / 4, found * 4)
    settled = np.abs(value - premium) <= 1e-4 * premium + 1e-6
    return np.asarray(np.where(settled, found, np.nan))


def _below(x: Array) -> Array:
    """Return the normal distribution (Abramowitz and Stegun 26.2.17, right to 7.5e-8)."""
    t = 1 / (1 + 0.2316419 * np.abs(x))
    series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-np.square(x) / 2) * FLAT * series
    return np.asarray(np.where(x > 0, 1 - tail, tail))
