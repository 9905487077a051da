"""
Where labels go so that none touches another or a line.

Boxes are (left, bottom, right, top) and everything is in points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]


def spread(targets: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """
    Return centres near *targets* so that intervals of the given *sizes* do not overlap.

    The order of the targets is kept and all stay inside [low, high] while they fit in it;
    each run of touching intervals sits at the mean of what its members wanted.
    """
    order = sorted(range(len(targets)), key=lambda i: targets[i])
    runs: list[list[int]] = []
    starts: list[float] = []
    for index in order:
        run = [index]
        start = _start(run, targets, sizes, low, high)
        while runs and starts[-1] + _length(runs[-1], sizes) > start:
            run = runs.pop() + run
            starts.pop()
            start = _start(run, targets, sizes, low, high)
        runs.append(run)
        starts.append(start)
    centres = [0.0] * len(targets)
    for run, start in zip(runs, starts, strict=True):
        edge = start
        for index in run:
            centres[index] = edge + sizes[index] / 2
            edge += sizes[index]
    return centres


def _length(run: Iterable[int], sizes: Sequence[float]) -> float:
    return sum(sizes[index] for index in run)


def _start(
    run: Sequence[int], targets: Sequence[float], sizes: Sequence[float], low: float, high: float
) -> float:
    wanted, edge = 0.0, 0.0
    for index in run:
        wanted += targets[index] - edge - sizes[index] / 2
        edge += sizes[index]
    return max(low, min(wanted / len(run), high - edge))


def sampled(x: NDArray[np.float64], y: NDArray[np.float64], step: float = 2.0) -> NDArray[np.float64]:
    """Return points about *step* apart along a polyline, shape (n, 2); gaps (NaN) are left out."""
    pieces = [np.column_stack([x, y])]
    for x0, y0, x1, y1 in zip(x[:-1], y[:-1], x[1:], y[1:], strict=True):
        length = float(np.hypot(x1 - x0, y1 - y0))
        if length > step:
            pieces.append(np.linspace((x0, y0), (x1, y1), int(length / step) + 2)[1:-1])
    points = np.concatenate(pieces)
    return points[np.isfinite(points).all(axis=1)]


def clearance(box: Box, points: NDArray[np.float64]) -> float:
    """Return the distance from *box* to the nearest of *points*; 0 inside, infinite without points."""
    if not len(points):
        return float("inf")
    left, bottom, right, top = box
    dx = np.maximum(np.maximum(left - points[:, 0], points[:, 0] - right), 0)
    dy = np.maximum(np.maximum(bottom - points[:, 1], points[:, 1] - top), 0)
    return float(np.hypot(dx, dy).min())


def overlap(one: Box, other: Box, gap: float = 0.0) -> bool:
    """Return whether two boxes come nearer than *gap*."""
    return (
        one[0] < other[2] + gap
        and other[0] < one[2] + gap
        and one[1] < other[3] + gap
        and other[1] < one[3] + gap
    )


def roomiest(
    candidates: Sequence[Box],
    lines: NDArray[np.float64],
    grid: NDArray[np.float64],
    taken: Sequence[Box],
    enough: float = 2.5,
) -> Box | None:
    """
    Return the first candidate *enough* away from *lines* and off the *grid*.

    Failing that the first that is away from the lines, then the one with the most room;
    None when every candidate touches a *taken* box.
    """
    free = [box for box in candidates if not any(overlap(box, other, 1.0) for other in taken)]
    rooms = [clearance(box, lines) for box in free]
    clear = [box for box, room in zip(free, rooms, strict=True) if room >= enough]
    for box in clear:
        if clearance(box, grid) > 0:
            return box
    if clear:
        return clear[0]
    return free[int(np.argmax(rooms))] if free else None


def along(
    x: NDArray[np.float64], y: NDArray[np.float64], size: tuple[float, float], bounds: Box, gap: float = 3.0
) -> list[Box]:
    """Return boxes of *size* just above and just below a line, from right to left, in *bounds*."""
    width, height = size
    boxes: list[Box] = []
    for left in np.arange(bounds[2] - width, bounds[0] - 0.01, -8.0):
        under = y[(x >= left - 2) & (x <= left + width + 2)]
        under = under[np.isfinite(under)]
        if not len(under):
            continue
        bottoms = (float(under.max()) + gap, float(under.min()) - gap - height)
        boxes += [(float(left), bottom, float(left) + width, bottom + height) for bottom in bottoms]
    return [box for box in boxes if bounds[1] <= box[1] and box[3] <= bounds[3]]
