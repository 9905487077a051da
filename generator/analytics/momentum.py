"""
How a gap has moved: its last change of sign, its run, its place in the year.

Used of MACD less its signal, and of the close less an average.
"""

from __future__ import annotations

import numpy as np

YEAR = 252  #: bars, the last one included
Line = np.ndarray  #: float64, one value a bar, NaN while undefined


def sessions_since_cross(histogram: Line) -> int | None:
    """Return how many sessions before the last one the gap took its sign; None if it never changed."""
    known = histogram[~np.isnan(histogram)]
    if len(known) == 0 or known[-1] == 0:
        return None
    other = np.flatnonzero(np.sign(known) != np.sign(known[-1]))
    return None if len(other) == 0 else int(len(known) - 2 - other[-1])


def sides(gap: Line) -> tuple[int, int] | None:
    """
    Return for how many sessions the gap has had its sign, and for how many before that another.

    None while it never changed.
    """
    age = sessions_since_cross(gap)
    if age is None:
        return None
    before = gap[~np.isnan(gap)][: -1 - age]
    same = np.flatnonzero(np.sign(before) == np.sign(gap[-1]))
    return age + 1, len(before) - (0 if len(same) == 0 else int(same[-1]) + 1)


def rising_sessions(histogram: Line) -> int | None:
    """Return for how many sessions in a row the gap has risen; None while there are not two."""
    known = histogram[~np.isnan(histogram)]
    if len(known) < 2:
        return None
    not_risen = np.flatnonzero(np.diff(known) <= 0)
    return int(len(known) - 1 if len(not_risen) == 0 else len(known) - 2 - not_risen[-1])


def year_share(histogram: Line) -> float | None:
    """Return the percentage of the year's earlier gaps that lie below the last; None before a year."""
    year = histogram[-YEAR:]
    if len(year) < YEAR or np.isnan(year).any():
        return None
    return 100 * float((year[:-1] < year[-1]).mean())
