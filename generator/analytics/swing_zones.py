"""
Zones where price has turned: clusters of swing pivots.

A swing pivot is a high above the three highs before it and not below the three after
(a low, mirrored). Pivots are pooled, sorted and merged upward from the lowest while the
cluster stays within half an average true range; a zone is a cluster of two or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

WING = 3  #: bars on each side of a swing
WIDTH = 0.5  #: of the average true range
MINIMUM = 2  #: touches


@dataclass(frozen=True, slots=True)
class Pivot:
    """A turn: the bar's position, its price and which end of the bar turned."""

    position: int
    price: float
    column: Literal["high", "low"]


@dataclass(frozen=True, slots=True)
class Zone:
    """Pivots close to each other, lowest first, found in the last *lookback* bars."""

    pivots: tuple[Pivot, ...]
    lookback: int

    @property
    def low(self) -> float:
        """The lowest pivot."""
        return self.pivots[0].price

    @property
    def high(self) -> float:
        """The highest pivot."""
        return self.pivots[-1].price

    @property
    def touches(self) -> tuple[int, ...]:
        """The positions of its bars, oldest first."""
        return tuple(sorted({pivot.position for pivot in self.pivots}))


def pivots(bars: pd.DataFrame, lookback: int) -> tuple[Pivot, ...]:
    """Return the swing highs and lows of the last *lookback* bars; the last three cannot have turned yet."""
    high, low = bars["high"].to_numpy(), bars["low"].to_numpy()
    turns = range(max(WING, len(bars) - lookback), len(bars) - WING)
    highs = [Pivot(i, float(high[i]), "high") for i in turns if _turns(high, i)]
    lows = [Pivot(i, float(low[i]), "low") for i in turns if _turns(-low, i)]
    return tuple(highs + lows)


def _turns(values: np.ndarray, i: int) -> bool:
    before, after = values[i - WING : i], values[i + 1 : i + 1 + WING]
    return bool(values[i] > before.max() and values[i] >= after.max())


def zones(bars: pd.DataFrame, lookback: int, average_range: float) -> tuple[Zone, ...]:
    """Return the zones of the last *lookback* bars, lowest first; *average_range* in price units."""
    clusters: list[list[Pivot]] = []
    for pivot in sorted(pivots(bars, lookback), key=lambda found: (found.price, found.position)):
        if clusters and pivot.price - clusters[-1][0].price <= WIDTH * average_range:
            clusters[-1].append(pivot)
        else:
            clusters.append([pivot])
    found = (Zone(tuple(cluster), lookback) for cluster in clusters)
    return tuple(zone for zone in found if len(zone.touches) >= MINIMUM)


def nearest(candidates: Sequence[Zone], spot: float, count: int = 2) -> tuple[list[Zone], list[Zone]]:
    """Return up to *count* zones wholly below and wholly above *spot*, nearest first."""
    below = sorted((zone for zone in candidates if zone.high < spot), key=lambda zone: -zone.high)
    above = sorted((zone for zone in candidates if zone.low > spot), key=lambda zone: zone.low)
    return below[:count], above[:count]


def without_overlaps(candidates: Sequence[Zone]) -> tuple[Zone, ...]:
    """Return *candidates* less those that overlap an earlier one."""
    kept: list[Zone] = []
    for zone in candidates:
        if all(zone.high < other.low or zone.low > other.high for other in kept):
            kept.append(zone)
    return tuple(kept)
