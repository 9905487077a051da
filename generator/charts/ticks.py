"""Where an axis has ticks: round values, chosen the same way every time."""

from __future__ import annotations

import math
from collections.abc import Sequence

STEPS = (1.0, 2.0, 5.0)


def round_ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Return at most *most* round values inside [low, high], a step of 1, 2 or 5 times a power of ten."""
    if not high > low:
        return (low,)
    power = math.floor(math.log10((high - low) / most))
    sizes = (step * 10.0**exponent for exponent in (power, power + 1, power + 2) for step in STEPS)
    for size in sizes:
        first, last = math.ceil(low / size - 1e-9), math.floor(high / size + 1e-9)
        if last - first + 1 <= most:
            return tuple(round(size * index, 10) for index in range(first, last + 1))
    return ()


def places(values: Sequence[float]) -> int:
    """Return the decimals that print every one of *values* exactly; at most six."""
    return next((d for d in range(6) if all(math.isclose(round(v, d), v) for v in values)), 6)
