"""The session's share volume against that of the sessions before it."""

from __future__ import annotations

import numpy as np

from generator.analytics.bar_rows import span
from generator.analytics.ledger import Ledger
from generator.models.analysis import Fact, Unit
from generator.models.market import Snapshot

USUAL = 20  #: sessions before, of which the median is the usual day


def times_median(snapshot: Snapshot, ledger: Ledger, volume: Fact | None) -> Fact | None:
    """
    Return *volume* over the median of the 20 sessions before.

    None where one of them is missing or the median is zero, and for an index, whose volume is
    other shares' trading.
    """
    bars = snapshot.bars
    if volume is None or snapshot.kind == "index" or len(bars) <= USUAL:
        return None
    before = bars["volume"].to_numpy()[-1 - USUAL : -1]
    if np.isnan(before).any() or (middle := float(np.median(before))) <= 0:
        return None
    usual = ledger.add(
        "price.volume_median_20",
        middle,
        unit=Unit.SHARES,
        formula=f"median.volume({USUAL})",
        rows=span(bars, -1 - USUAL, -2),
    )
    return ledger.add(
        "price.volume_times_median",
        volume.number / usual.number,
        unit=Unit.RATIO,
        decimals=1,
        formula="=$1/$2",
        of=(volume, usual),
    )
