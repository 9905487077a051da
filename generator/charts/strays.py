"""Single points far off their neighbours: a stale quote draws a spike where the market has none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SPAN = 7  #: points of a neighbourhood
SHARE = 0.06  #: of the value; a smaller distance is never a stray
DEVIATIONS = 5.0  #: median absolute deviations of the neighbourhood


def without_strays(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Return (x, y) rows, ascending in x, without the points that stand alone.

    Each is held against the median line through its neighbourhood (Sen, 1968) and the median
    absolute deviation from it (Hampel, 1974), so that slopes and the foot of a V stay.
    """
    rows = rows[np.concatenate([[True], np.diff(rows[:, 0]) > 0])]
    count = len(rows)
    if count < SPAN:
        return rows
    starts = np.clip(np.arange(count) - SPAN // 2, 0, count - SPAN)
    near = rows[starts[:, None] + np.arange(SPAN)]
    x, y = near[..., 0], near[..., 1]
    one, other = np.triu_indices(SPAN, 1)
    slope = np.median((y[:, other] - y[:, one]) / (x[:, other] - x[:, one]), axis=1)
    level = y - slope[:, None] * x
    off = np.abs(level - np.median(level, axis=1)[:, None])
    own = off[np.arange(count), np.arange(count) - starts]
    allowed = np.maximum(DEVIATIONS * np.median(off, axis=1), SHARE * np.abs(rows[:, 1]))
    return np.asarray(rows[own <= allowed])
