"""The indicator lines that charts draw, as long as the closes they stand beside."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from generator.analytics.indicators import Line

CHARTED = 126  #: bars, as many as `Price.closes`
LINES = ("sma_20", "sma_50", "sma_200", "bollinger_upper", "bollinger_lower")


def chart_lines(lines: Mapping[str, Line], bars: int) -> Mapping[str, tuple[float | None, ...]]:
    """Return the last half year of each line that is drawn; None where it is undefined."""
    nothing = np.full(bars, np.nan)
    return {name: _charted(lines.get(name, nothing)) for name in LINES}


def _charted(line: Line) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(value) else float(value) for value in line[-CHARTED:])
