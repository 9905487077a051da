"""
At which prices the shares traded, spread evenly over each day's range.

An approximation: daily bars do not say where within the day the volume was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.analytics.bar_rows import price_unit, span
from generator.analytics.ledger import Ledger
from generator.models.analysis import Fact, VolumeProfile
from generator.models.market import Snapshot

SESSIONS = 60
BIN = 0.25  #: of an average range
TICK = 0.01  #: the least bin
VALUE_AREA = 0.7  #: of the volume
DIGITS = 9  #: of places in bins and of shares of volume
Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Profile:
    """Prices of the busiest bin's middle and of the value area's edges."""

    point_of_control: float
    value_low: float
    value_high: float


def profile(high: Array, low: Array, volume: Array, width: float) -> Profile | None:
    """
    Return the profile in bins of *width*, counted from the lowest low; None without volume.

    The value area grows from the busiest bin, each time by the busier neighbour (equals: the
    upper), until it holds 70 % (Steidlmayer's market profile, a row at a time).
    """
    known = ~np.isnan(volume) & (volume > 0)
    high, low, volume = high[known], low[known], volume[known]
    if len(volume) == 0:
        return None
    bottom = float(low.min())
    top, foot = (np.round((edge - bottom) / width, DIGITS) for edge in (high, low))
    bins = _spread(top, foot, volume)
    peak = int(bins.argmax())
    first, last = _value_area(bins, peak)
    return Profile(
        point_of_control=bottom + (peak + 0.5) * width,
        value_low=bottom + first * width,
        value_high=bottom + (last + 1) * width,
    )


def _spread(high: Array, low: Array, volume: Array) -> Array:
    """
    Return each bin's share of the volume; *high* and *low* are counted in bins.

    A bin gets the part of a bar's range inside it, or all of a bar without range. Shares are
    rounded, so that equal bins are equal whatever the order of addition.
    """
    edges = np.arange(int(high.max()) + 2)
    inside = np.minimum(high[:, None], edges[None, 1:]) - np.maximum(low[:, None], edges[None, :-1])
    width = (high - low)[:, None]
    whole = np.floor(low)[:, None] == edges[None, :-1]
    share = np.where(width > 0, np.clip(inside, 0, None) / np.where(width > 0, width, 1), whole)
    return np.asarray(np.round((volume[:, None] * share).sum(axis=0) / volume.sum(), DIGITS))


def _value_area(bins: Array, peak: int) -> tuple[int, int]:
    first = last = peak
    held = float(bins[peak])
    while held < VALUE_AREA and (first > 0 or last < len(bins) - 1):
        above = bins[last + 1] if last < len(bins) - 1 else -1.0
        below = bins[first - 1] if first > 0 else -1.0
        if above >= below:
            last += 1
            held += float(above)
        else:
            first -= 1
            held += float(below)
    return first, last


def volume_profile(snapshot: Snapshot, ledger: Ledger, average_range: Fact | None) -> VolumeProfile | None:
    """Write the profile of the last 60 sessions down; None for an index, which has no shares."""
    bars = snapshot.bars.iloc[-SESSIONS:]
    if snapshot.kind == "index" or len(bars) < SESSIONS or average_range is None:
        return None
    width = ledger.add(
        "volume_profile.bin",
        max(TICK, BIN * average_range.number),
        unit=price_unit(snapshot.kind),
        decimals=2,
        formula=f"=max({TICK},{BIN}*$1)",
        of=(average_range,),
    )
    high, low, volume = (bars[name].to_numpy() for name in ("high", "low", "volume"))
    found = profile(high, low, volume, width.number)
    if found is None:
        return None
    values = {
        "point_of_control": found.point_of_control,
        "value_low": found.value_low,
        "value_high": found.value_high,
    }
    made = {
        name: ledger.add(
            f"volume_profile.{name}",
            value,
            unit=price_unit(snapshot.kind),
            decimals=2,
            formula=f"volume_profile.{name}({SESSIONS})",
            rows=span(snapshot.bars, -SESSIONS),
            of=(width,),
        )
        for name, value in values.items()
    }
    return VolumeProfile(**made, width=width)
