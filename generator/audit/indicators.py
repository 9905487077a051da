"""
Technical indicators and max pain once more, in plain numpy, for facts with a named formula.

Written from the definitions: Wilder, New Concepts in Technical Trading Systems (1978), Appel's
MACD with averages seeded by a simple mean, Bollinger on Bollinger Bands (2001).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import numpy as np

from generator.audit.realised import REALISED

Array = np.ndarray
Table = Mapping[str, Array]  #: the columns of the selected rows, in order


def _smoothed(values: Array, n: int, weight: float) -> Array:
    """Return the exponential average, seeded by the mean of the first *n*; as long as it is defined."""
    known = [float(np.mean(values[:n]))]
    for value in values[n:]:
        known.append(known[-1] + weight * (float(value) - known[-1]))
    return np.asarray(known)


def _exponential(values: Array, n: int) -> Array:
    return _smoothed(values, n, 2 / (n + 1))


def _macd(close: Array, fast: int, slow: int, signal: int) -> tuple[float, float]:
    """Return MACD and signal; both averages start where the slow one does."""
    aligned = _exponential(close[slow - fast :], fast)
    line = aligned - _exponential(close, slow)
    return float(line[-1]), float(_exponential(line, signal)[-1])


def _gaps(rows: Table) -> Array:
    """Return MACD's gap to its signal on every bar where both are known."""
    close = rows["close"]
    line = _exponential(close[14:], 12) - _exponential(close, 26)
    return np.asarray(line[8:] - _exponential(line, 9))


def _cross_age(rows: Table) -> float:
    """Count back from the last bar to the first one of its sign without a break."""
    signs = np.sign(_gaps(rows)).tolist()
    age = 0
    while signs[-2 - age] == signs[-1]:
        age += 1
    return float(age)


def _rising(rows: Table) -> float:
    gaps = _gaps(rows).tolist()
    count = 0
    while count < len(gaps) - 1 and gaps[-1 - count] > gaps[-2 - count]:
        count += 1
    return float(count)


def _sides(rows: Table, n: int) -> list[int]:
    """Return how long the closes' runs on one side of their average of *n* were, the last one first."""
    close = rows["close"]
    means = np.lib.stride_tricks.sliding_window_view(close, n).mean(axis=1)
    runs = [len(list(run)) for _, run in itertools.groupby(np.sign(close[n - 1 :] - means).tolist())]
    return runs[::-1]


def _share_below(values: Array) -> float:
    """Return the percentage of all but the last that lie below the last."""
    return 100 * float(np.count_nonzero(values[:-1] < values[-1])) / (len(values) - 1)


def _wilder_rsi(rows: Table, n: int) -> float:
    change = np.diff(rows["close"])
    up, down = (float(_smoothed(np.maximum(sign * change, 0), n, 1 / n)[-1]) for sign in (1, -1))
    return 100 * up / (up + down)


def _cutler_rsi(rows: Table, n: int) -> float:
    change = np.diff(rows["close"])[-n:]
    up, down = (float(np.maximum(sign * change, 0).sum()) for sign in (1, -1))
    return 100 * up / (up + down)


def _true_range(rows: Table, n: int) -> float:
    before = rows["close"][:-1]
    highest = np.maximum(rows["high"][1:], before)
    lowest = np.minimum(rows["low"][1:], before)
    return float(_smoothed(highest - lowest, n, 1 / n)[-1])


def _band(rows: Table, n: int, width: float, freedom: int) -> float:
    window = rows["close"][-n:]
    return float(np.mean(window) + width * np.std(window, ddof=freedom))


def _bandwidth_rank(rows: Table, n: int) -> float:
    windows = np.lib.stride_tricks.sliding_window_view(rows["close"], 20)[-n:]
    widths = windows.std(axis=1) / windows.mean(axis=1)
    return float((widths[:-1] < widths[-1]).sum())


def _rank(rows: Table, sessions: int, year: int, *, same_way: bool) -> float:
    close = rows["close"]
    moves = (close[sessions:] / close[:-sessions] - 1)[-1 - year :]
    large = np.abs(moves[:-1]) >= abs(moves[-1])
    if same_way:
        large &= np.sign(moves[:-1]) == np.sign(moves[-1])
    return float(large.sum())


def _realised_before(rows: Table, n: int) -> Array:
    """Return by how much the volatility of the last *n* returns exceeds that of each *n* before."""
    change = np.diff(np.log(rows["close"]))
    spread = np.array([change[end - n : end].std(ddof=1) for end in range(n, len(change) + 1)])
    return np.asarray(spread[-1] - spread[:-1])


def _dollar_volume(rows: Table) -> float:
    """Return the middle of the rows' close times volume."""
    return float(np.median(rows["close"] * rows["volume"]))


def least_payouts(rows: Table) -> Array:
    """Return the listed strikes at which the rows' open interest pays out least."""
    counted = np.nan_to_num(rows["open_interest"])
    calls = rows["right"] == "call"
    settled = np.unique(rows["strike"])
    moved = settled[:, None] - rows["strike"][None, :]
    paid = np.where(calls, np.maximum(moved, 0), np.maximum(-moved, 0)) @ counted
    return np.asarray(settled[paid == paid.min()])


#: formula as facts name it -> value from the selected rows
INDICATORS: Mapping[str, Callable[[Table], float]] = {
    "wilder.rsi(14)": lambda rows: _wilder_rsi(rows, 14),
    "cutler.rsi(14)": lambda rows: _cutler_rsi(rows, 14),
    "wilder.atr(14)": lambda rows: _true_range(rows, 14),
    "ema(12)": lambda rows: float(_exponential(rows["close"], 12)[-1]),
    "ema(26)": lambda rows: float(_exponential(rows["close"], 26)[-1]),
    "appel.macd(12,26,9)": lambda rows: _macd(rows["close"], 12, 26, 9)[0],
    "appel.signal(12,26,9)": lambda rows: _macd(rows["close"], 12, 26, 9)[1],
    "appel.histogram(12,26,9)": lambda rows: -float(np.diff(_macd(rows["close"], 12, 26, 9))[0]),
    "appel.cross_age(12,26,9)": _cross_age,
    "appel.rising(12,26,9)": _rising,
    "appel.share(12,26,9)": lambda rows: _share_below(_gaps(rows)[-252:]),
    "average.on_side(50)": lambda rows: float(_sides(rows, 50)[0]),
    "average.on_side(200)": lambda rows: float(_sides(rows, 200)[0]),
    "average.on_other_side(50)": lambda rows: float(_sides(rows, 50)[1]),
    "average.on_other_side(200)": lambda rows: float(_sides(rows, 200)[1]),
    "median.volume(20)": lambda rows: float(np.sort(rows["volume"])[9:11].mean()),
    "bollinger.upper(20,2)": lambda rows: _band(rows, 20, 2, 0),
    "bollinger.lower(20,2)": lambda rows: _band(rows, 20, -2, 0),
    "bollinger.upper(20,2,sample)": lambda rows: _band(rows, 20, 2, 1),
    "bollinger.lower(20,2,sample)": lambda rows: _band(rows, 20, -2, 1),
    "bollinger.bandwidth_rank(125)": lambda rows: _bandwidth_rank(rows, 125),
    **REALISED,
    "realised.lower(21)": lambda rows: float((_realised_before(rows, 21) > 0).sum()),
    "realised.higher(21)": lambda rows: float((_realised_before(rows, 21) < 0).sum()),
    "median.dollar_volume(20)": _dollar_volume,
    "rank.same_way(3,252)": lambda rows: _rank(rows, 3, 252, same_way=True),
    "rank.either_way(1,252)": lambda rows: _rank(rows, 1, 252, same_way=False),
    "count.dates(expiration)": lambda rows: float(len(np.unique(rows["expiration"]))),
    "expirations.listed_in_both": lambda rows: float(len(np.unique(rows["expiration"]))),
}
