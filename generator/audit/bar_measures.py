"""What facts about bars say that needs other facts beside the rows: profile and touches, once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

Array = np.ndarray
Table = Mapping[str, Array]  #: the columns of the selected rows, in order
Operands = Sequence[float]


def _profile(rows: Table, width: float) -> tuple[float, float, float]:
    """Return the busiest bin's middle and the edges of 70 % of the volume around it, bar by bar."""
    bottom, total = float(np.min(rows["low"])), float(np.nansum(rows["volume"]))
    sums: dict[int, float] = {}
    for low, high, volume in zip(rows["low"], rows["high"], rows["volume"], strict=True):
        for place, part in _parts(round((low - bottom) / width, 9), round((high - bottom) / width, 9)):
            sums[place] = sums.get(place, 0.0) + (part * float(volume) if volume > 0 else 0.0)
    held = {place: round(volume / total, 9) for place, volume in sums.items()}
    peak = first = last = min(held, key=lambda place: (-held[place], place))
    inside = held[peak]
    while inside < 0.7 and (first > min(held) or last < max(held)):
        above, below = held.get(last + 1, 0.0), held.get(first - 1, 0.0)
        up = last < max(held) and (above >= below or first == min(held))
        last, first = (last + 1, first) if up else (last, first - 1)
        inside += above if up else below
    return bottom + (peak + 0.5) * width, bottom + first * width, bottom + (last + 1) * width


def _parts(low: float, high: float) -> Iterator[tuple[int, float]]:
    """Yield each bin from *low* to *high*, in bins, with the part of that range inside it."""
    if high <= low:
        yield int(low), 1.0
        return
    for place in range(int(low), int(high) + 1):
        yield place, max(min(high, place + 1) - max(low, place), 0.0) / (high - low)


def _touches(rows: Table, column: str, level: float, average_range: float) -> float:
    """Count the bars that reached within a quarter range of *level*, five sessions apart."""
    count, since = 0, 5
    for value in rows[column]:
        since += 1
        if abs(value - level) <= 0.25 * average_range and since >= 5:
            count, since = count + 1, 0
    return float(count)


def _moved(rows: Table, sessions: float) -> float:
    """Return the mean size of the change over so many sessions in percent, of windows a session apart."""
    close, reach = rows["close"], int(sessions)
    sizes = [abs(close[end] / close[end - reach] - 1) for end in range(reach, len(close))]
    return 100 * float(sum(sizes)) / len(sizes)


#: formula as facts name it -> value from the selected rows and the operand facts
BAR_MEASURES: Mapping[str, Callable[[Table, Operands], float]] = {
    "volume_profile.point_of_control(60)": lambda rows, of: _profile(rows, of[0])[0],
    "volume_profile.value_low(60)": lambda rows, of: _profile(rows, of[0])[1],
    "volume_profile.value_high(60)": lambda rows, of: _profile(rows, of[0])[2],
    "touches.high(5,0.25)": lambda rows, of: _touches(rows, "high", of[0], of[1]),
    "touches.low(5,0.25)": lambda rows, of: _touches(rows, "low", of[0], of[1]),
    "moved.mean(252)": lambda rows, of: _moved(rows, of[0]),
}
