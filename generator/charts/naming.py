"""Names on lines: written where nothing is crossed, so that a chart needs no legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.charts.axes import DROP, SMALL, Floats, Panel, Parts, Sheet
from generator.charts.placing import Box, along, roomiest, sampled

Line = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Points a name must keep off, and points of hairlines it had better keep off; shape (n, 2)."""

    lines: Floats
    grid: Floats


def obstacles(lines: Sequence[Line], grid: Sequence[Line]) -> Obstacles:
    """Return the points along *lines* and *grid*."""
    none = np.empty((0, 2))
    return Obstacles(
        np.concatenate([none, *(sampled(*line) for line in lines)]),
        np.concatenate([none, *(sampled(*line) for line in grid)]),
    )


def level_line(left: float, right: float, y: float) -> Line:
    """Return a horizontal line."""
    return np.array([left, right]), np.array([y, y])


def name_line(
    sheet: Sheet,
    panel: Panel,
    line: Line,
    parts: Parts,
    around: Obstacles,
    *,
    colour: str,
    bold: bool = False,
) -> None:
    """Write *parts* above or below *line*, as far right as there is room."""
    size = (sheet.width(parts, bold=bold), SMALL)
    name_in(sheet, along(*line, size, panel.box), parts, around, colour=colour, bold=bold)


def name_in(
    sheet: Sheet, boxes: Sequence[Box], parts: Parts, around: Obstacles, *, colour: str, bold: bool = False
) -> None:
    """Write *parts* in the first of *boxes* that is clear; with none clear, in the roomiest."""
    best = roomiest(boxes, around.lines, around.grid, sheet.taken)
    if best is not None:
        sheet.label(parts, best[0], best[1] + DROP * SMALL, colour=colour, bold=bold)
