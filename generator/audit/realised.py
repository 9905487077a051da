"""Realised volatility once more, a session at a time, for facts that name an estimator."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

Array = np.ndarray
Table = Mapping[str, Array]  #: the columns of the selected rows, in order
Session = tuple[float, float, float, float]


def _close_to_close(rows: Table) -> float:
    """Return the close-to-close volatility of the rows in percent a year."""
    return 100 * float(np.std(np.diff(np.log(rows["close"])), ddof=1) * np.sqrt(252))


def _sessions(rows: Table) -> Iterator[Session]:
    """Yield open, high, low and close of every row but the first, in logs, less the close before."""
    names = ("open", "high", "low", "close")
    before = np.log(rows["close"][:-1])
    yield from zip(*(np.log(rows[name][1:]) - before for name in names), strict=True)


def _parkinson(rows: Table) -> float:
    return _percent([(high - low) ** 2 / (4 * math.log(2)) for _, high, low, _ in _sessions(rows)])


def _garman_klass(rows: Table) -> float:
    weight = 2 * math.log(2) - 1
    return _percent(
        [(high - low) ** 2 / 2 - weight * (close - first) ** 2 for first, high, low, close in _sessions(rows)]
    )


def _drift_free(rows: Table) -> list[float]:
    return [
        (high - close) * (high - first) + (low - close) * (low - first)
        for first, high, low, close in _sessions(rows)
    ]


def _yang_zhang(rows: Table) -> float:
    sessions = list(_sessions(rows))
    n = len(sessions)
    k = 0.34 / (1.34 + (n + 1) / (n - 1))
    night = statistics.variance(first for first, *_ in sessions)
    day = statistics.variance(close - first for first, _, _, close in sessions)
    return _percent([night + k * day + (1 - k) * statistics.fmean(_drift_free(rows))])


def _percent(variances: Sequence[float]) -> float:
    """Return the volatility in percent a year of daily variances."""
    return 100 * math.sqrt(252 * statistics.fmean(variances))


def _by_name() -> Iterator[tuple[str, Callable[[Table], float]]]:
    ranged = {
        "parkinson": _parkinson,
        "garman_klass": _garman_klass,
        "rogers_satchell": lambda rows: _percent(_drift_free(rows)),
        "yang_zhang": _yang_zhang,
    }
    for basis in ("split-adjusted", "dividend-adjusted"):
        for n in (10, 21, 63):
            yield f"realised.close_to_close({n},{basis})", _close_to_close
        for name, measure in ranged.items():
            yield f"realised.{name}(21,{basis})", measure


#: formula as facts name it -> value from the selected rows
REALISED: Mapping[str, Callable[[Table], float]] = dict(_by_name())
