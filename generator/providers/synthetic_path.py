"""
The daily prices of the synthetic share: a GJR-GARCH walk (Glosten, Jagannathan and Runkle, 1993).

The walk starts on a fixed day, so that a session has the same bars whatever the day asked for.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from generator import calendar
from generator.models.schema import validated_bars

START = dt.date(2023, 1, 3)
FIRST_PRICE = 168.0
DRIFT = 0.0003
LONG_RUN = 0.0112  # daily volatility
ARCH, LEVERAGE, GARCH = 0.05, 0.06, 0.90
WIDEST = 3.2  # daily moves beyond this many deviations are cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Every session from `START` on: bars, and the annual volatility expected after each close."""

    days: tuple[dt.date, ...]
    close: np.ndarray
    volatility: np.ndarray
    bars: pd.DataFrame = field(repr=False)


def make_path(seed: int, last: dt.date) -> Path:
    """Return the path of *seed* up to the session *last*; its beginning never depends on its end."""
    days = (START, *calendar.sessions_between(START, last))
    draws = np.random.Generator(np.random.PCG64([seed, 1])).standard_normal((len(days), 5))
    daily, moves = _returns(np.clip(draws[:, 0], -WIDEST, WIDEST))
    today = daily[:-1]
    close = np.round(FIRST_PRICE * np.exp(np.cumsum(moves)), 2)
    before = np.concatenate([[FIRST_PRICE], close[:-1]])
    opening = np.round(before * np.exp(0.35 * today * draws[:, 1]), 2)
    high = np.maximum(opening, close) * np.exp(0.45 * today * np.abs(draws[:, 2]))
    low = np.minimum(opening, close) * np.exp(-0.45 * today * np.abs(draws[:, 3]))
    busy = np.exp(0.25 * draws[:, 4] + 0.35 * np.minimum(np.abs(moves) / LONG_RUN, 4))
    bars = pd.DataFrame(
        {
            "date": np.array(days, dtype="datetime64[s]"),
            "open": opening,
            "high": np.maximum(np.round(high, 2), np.maximum(opening, close)),
            "low": np.minimum(np.round(low, 2), np.minimum(opening, close)),
            "close": close,
            "volume": np.round(11_000_000 * busy, -2),
        }
    )
    return Path(days=days, close=close, volatility=daily[1:] * math.sqrt(252), bars=validated_bars(bars))


def _returns(shocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each day's volatility, one more for the day after the last, and each day's log return."""
    constant = LONG_RUN**2 * (1 - ARCH - LEVERAGE / 2 - GARCH)
    variance = LONG_RUN**2
    daily, moves = np.empty(len(shocks) + 1), np.empty(len(shocks))
    for day, shock in enumerate(shocks.tolist()):
        daily[day] = math.sqrt(variance)
        surprise = daily[day] * shock
        moves[day] = DRIFT + surprise
        weight = ARCH + (LEVERAGE if surprise < 0 else 0.0)  # falls raise it more
        variance = constant + weight * surprise**2 + GARCH * variance
    daily[-1] = math.sqrt(variance)
    return daily, moves
