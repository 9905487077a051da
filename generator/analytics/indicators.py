"""
Indicators as lines of one value a bar, NaN while undefined; by TA-Lib's definitions.

Moving averages; MACD 12-26-9 (Appel, 1979); RSI and average true range over 14 bars
(Wilder, 1978); bands of two population deviations around 20 bars (Bollinger, 2001);
highest highs and lowest lows (Donchian); classic floor pivots.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import talib

Line = np.ndarray  #: float64, one value a bar, NaN while undefined


def simple_average(close: Line, n: int) -> Line:
    """Return the mean of the last *n* closes."""
    return _blank(close) if len(close) < n else np.asarray(talib.SMA(close, n))


def exponential_average(close: Line, n: int) -> Line:
    """Return the exponential average, alpha 2 / (n + 1), seeded with the mean of the first *n* closes."""
    return _blank(close) if len(close) < n else np.asarray(talib.EMA(close, n))


def macd_lines(close: Line) -> Mapping[str, Line]:
    """Return MACD 12-26-9, its signal and the difference; all start on the bar that the signal needs."""
    names = ("macd", "macd_signal", "macd_histogram")
    if len(close) < 2:  # TA-Lib refuses empty arrays
        return dict.fromkeys(names, _blank(close))
    return dict(zip(names, talib.MACD(close, fastperiod=12, slowperiod=26, signalperiod=9), strict=True))


def wilder_rsi(close: Line, n: int = 14) -> Line:
    """Return Wilder's RSI (1978); NaN while every change so far is zero, where TA-Lib prints 0."""
    if len(close) <= n:
        return _blank(close)
    moved = np.concatenate(([False], np.diff(close) != 0)).cumsum() > 0
    return np.where(moved, talib.RSI(close, n), np.nan)


def cutler_rsi(close: Line, n: int = 14) -> Line:
    """Return Cutler's RSI: simple averages of the last *n* gains and losses."""
    change = np.diff(close)
    if len(change) < n:
        return _blank(close)
    gains, losses = talib.SMA(np.maximum(change, 0), n), talib.SMA(np.maximum(-change, 0), n)
    total = np.where(gains + losses > 0, gains + losses, np.nan)
    return np.concatenate(([np.nan], 100 * gains / total))


def wilder_atr(high: Line, low: Line, close: Line, n: int = 14) -> Line:
    """Return Wilder's average true range (1978), in price units."""
    return _blank(close) if len(close) <= n else np.asarray(talib.ATR(high, low, close, n))


def bollinger_lines(close: Line, n: int = 20, *, sample: bool = False) -> Mapping[str, Line]:
    """
    Return Bollinger's bands, bandwidth and %b; *sample* divides the variance by n-1 instead of n.

    Deviations are taken about each window's mean: TA-Lib's difference of squares loses
    digits in a flat market. %b is NaN where the bands have no width.
    """
    middle, spread = _blank(close), _blank(close)
    if len(close) >= n:
        windows = np.lib.stride_tricks.sliding_window_view(close, n)
        middle[n - 1 :] = windows.mean(axis=1)
        spread[n - 1 :] = 2 * windows.std(axis=1, ddof=1 if sample else 0)
    width = np.where(spread > 0, 2 * spread, np.nan)
    return {
        "bollinger_upper": middle + spread,
        "bollinger_middle": middle,
        "bollinger_lower": middle - spread,
        "bandwidth": 2 * spread / middle,
        "percent_b": (close - middle + spread) / width,
    }


def highest(high: Line, n: int) -> Line:
    """Return the highest of the last *n* values, the bar's own included."""
    line = _blank(high)
    if len(high) >= n:
        line[n - 1 :] = np.lib.stride_tricks.sliding_window_view(high, n).max(axis=1)
    return line


def lowest(low: Line, n: int) -> Line:
    """Return the lowest of the last *n* values, the bar's own included."""
    return -highest(-low, n)


def floor_pivots(high: Line, low: Line, close: Line) -> Mapping[str, Line]:
    """Return the floor pivots that each bar gives to the next one: P, R1, S1, R2, S2, in price units."""
    pivot = (high + low + close) / 3
    return {
        "p": pivot,
        "r1": 2 * pivot - low,
        "s1": 2 * pivot - high,
        "r2": pivot + high - low,
        "s2": pivot - (high - low),
    }


def _blank(values: Line) -> Line:
    return np.full(len(values), np.nan)
