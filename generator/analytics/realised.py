"""
Realised volatility from daily bars, one value a bar, as a fraction a year.

Each estimator looks at `n` sessions and the close before them, so all start on the same bar;
before it they are NaN. Bars are in one unit throughout, split- and, where it can be,
dividend-adjusted: a dividend left in is read as a fall. Parkinson, Garman-Klass and
Rogers-Satchell see the session only and miss what happens overnight; Yang-Zhang adds it.
"""

from __future__ import annotations

import numpy as np

Line = np.ndarray  #: float64, one value a bar, NaN while undefined
SESSIONS = 252  #: a year
LN2 = float(np.log(2))


def close_to_close(close: Line, n: int, *, zero_mean: bool = False) -> Line:
    """Return the sample deviation of *n* log returns; with *zero_mean* the root of their mean square."""
    change = _log(close[1:], close[:-1])
    spread = _mean(change**2, n) if zero_mean else _variance(change, n)
    return _yearly(spread, len(close))


def parkinson(high: Line, low: Line, n: int) -> Line:
    """Return Parkinson's estimate (1980) from each session's range."""
    return _yearly(_mean(_log(high, low)[1:] ** 2, n) / (4 * LN2), len(high))


def garman_klass(open_: Line, high: Line, low: Line, close: Line, n: int) -> Line:
    """Return Garman and Klass's estimate (1980) from the range and the move between open and close."""
    daily = 0.5 * _log(high, low) ** 2 - (2 * LN2 - 1) * _log(close, open_) ** 2
    return _yearly(_mean(daily[1:], n), len(close))


def rogers_satchell(open_: Line, high: Line, low: Line, close: Line, n: int) -> Line:
    """Return Rogers and Satchell's estimate (1991), which a drift does not disturb."""
    return _yearly(_mean(_drift_free(open_, high, low, close), n), len(close))


def yang_zhang(open_: Line, high: Line, low: Line, close: Line, n: int) -> Line:
    """Return Yang and Zhang's estimate (2000): overnight, open to close and Rogers-Satchell, weighted."""
    if n < 2:
        raise ValueError(f"wanted two sessions or more, found {n}")
    weight = 0.34 / (1.34 + (n + 1) / (n - 1))
    overnight = _variance(_log(open_[1:], close[:-1]), n)
    session = _variance(_log(close, open_)[1:], n)
    within = _mean(_drift_free(open_, high, low, close), n)
    return _yearly(overnight + weight * session + (1 - weight) * within, len(close))


def _drift_free(open_: Line, high: Line, low: Line, close: Line) -> Line:
    up = _log(high, close) * _log(high, open_)
    return np.asarray((up + _log(low, close) * _log(low, open_))[1:])


def _log(above: Line, below: Line) -> Line:
    """Return ln(above / below), NaN where either is no price."""
    above, below = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    ratio = np.full(above.shape, np.nan)
    priced = (above > 0) & (below > 0)
    np.divide(above, below, out=ratio, where=priced)
    return np.asarray(np.log(ratio))


def _windows(values: Line, n: int) -> Line:
    if len(values) < n:
        return np.empty((0, n))
    return np.lib.stride_tricks.sliding_window_view(values, n)


def _mean(values: Line, n: int) -> Line:
    return np.asarray(_windows(values, n).mean(axis=1))


def _variance(values: Line, n: int) -> Line:
    if n < 2:
        raise ValueError(f"wanted two returns or more, found {n}")
    return np.asarray(_windows(values, n).var(axis=1, ddof=1))


def _yearly(variance: Line, bars: int) -> Line:
    """Return the root of a year's variance, as long as the bars; NaN where bars contradict themselves."""
    line = np.full(bars, np.nan)
    if len(variance):
        line[-len(variance) :] = np.sqrt(SESSIONS * np.where(variance >= 0, variance, np.nan))
    return line
