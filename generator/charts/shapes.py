"""Paths in points: a polyline, an area between two, and many bars as one."""

from __future__ import annotations

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def polyline(x: Floats, y: Floats) -> Path:
    """Return a path through the finite points; a gap starts a new piece."""
    known = np.isfinite(x) & np.isfinite(y)
    starts = known & ~np.concatenate([[False], known[:-1]])
    codes = np.where(starts, Path.MOVETO, Path.LINETO)[known]
    return Path(np.column_stack([x, y])[known], codes)


def closed(x: Floats, low: Floats, high: Floats) -> Path:
    """Return the area between two lines over the points where both are known."""
    known = np.isfinite(low) & np.isfinite(high)
    outline = np.concatenate(
        [np.column_stack([x, high])[known], np.column_stack([x, low])[known][::-1]],
    )
    return Path(np.concatenate([outline, outline[:1]]), closed=True)


def rectangles(left: Floats, right: Floats, bottom: Floats, top: Floats) -> Path:
    """Return all rectangles as one compound path."""
    corners = np.stack(
        [
            np.column_stack([left, bottom]),
            np.column_stack([left, top]),
            np.column_stack([right, top]),
            np.column_stack([right, bottom]),
            np.column_stack([left, bottom]),
        ],
        axis=1,
    )
    codes = np.tile([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], len(left))
    return Path(corners.reshape(-1, 2), codes)
