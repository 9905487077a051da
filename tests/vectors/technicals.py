"""Indicators, levels and realised volatility of daily bars: `analytics.indicators`, `analytics.realised`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from generator.analytics import indicators, realised
from tests.vectors.rows import Check, Row, near, number
from tests.vectors.tables import Record, Stated, Table, each, fields

LINES = (
    "sma20 sma30 sma50 sma200 ema12 ema30 ema50 ema200 macd macd_signal macd_hist rsi14 atr14 "
    "bb_upper bb_mid bb_lower bb_width bb_pctb low_30 high_30 low_200 high_200 "
    "pivot_p pivot_r1 pivot_s1 pivot_r2 pivot_s2"
)
KINDS = ("cc", "cc0", "parkinson", "gk", "rs", "yz")
VOLATILITIES = " ".join(f"rv_{kind}_{n}" for n in (10, 20, 30, 60) for kind in KINDS)
FIELDS = fields("symbol date case", f"{LINES} {VOLATILITIES}")
FLAT = 1e-6  #: of the middle: narrower bands have next to no variance
Line = np.ndarray
Prices = Mapping[str, Line]


def rows(table: Table) -> Iterator[Row]:
    """Yield a row for each day of each symbol, and for each market made up."""
    bars = {symbol: _Bars(frame) for symbol, frame in table.beside.items()}

    def check(row: Record, stated: Stated) -> Iterator[Check]:
        if "case" in row:
            return _columns(row, made := _Bars(_made_up(row["case"])), len(made.dates) - 1, stated)
        own = bars[row["symbol"]]
        return _columns(row, own, own.dates.index(row["date"]), stated)

    return each(table, check, lambda row: row.get("case") or f"{row['symbol']} {row['date']}")


class _Bars:
    """One symbol's bars; each line is worked out once."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.dates = frame["date"].astype(str).tolist()
        self.prices = {name: frame[name].to_numpy(dtype=float) for name in ("open", "high", "low", "close")}
        self.line = lru_cache(maxsize=None)(lambda name: line_of(name, self.prices))


def _columns(row: Record, bars: _Bars, place: int, stated: Stated) -> Iterator[Check]:
    usual, volatility = stated("# absolute for SMA"), stated("# for realised vol")
    width = number(row.get("bb_width"))
    flat = stated("Bollinger near zero variance: #") if width is not None and width < FLAT else usual
    for column in row.keys() & FIELDS.compared:
        close = volatility if column.startswith("rv_") else flat if column.startswith("bb_") else usual
        yield near(column, bars.line(column)[place], row[column], absolute=close)


def line_of(column: str, prices: Prices) -> Line:
    """Return the line of a column, one value a bar."""
    for pattern, made in PATTERNS.items():
        if found := re.fullmatch(pattern, column):
            return made(prices, *found.groups())
    raise LookupError(f"no function gives the column {column!r}")


def _bands(prices: Prices, name: str) -> Line:
    names = {"upper": "bollinger_upper", "mid": "bollinger_middle", "lower": "bollinger_lower"}
    names |= {"width": "bandwidth", "pctb": "percent_b"}
    return indicators.bollinger_lines(prices["close"])[names[name]]


def _macd(prices: Prices, name: str | None) -> Line:
    names = {None: "macd", "_signal": "macd_signal", "_hist": "macd_histogram"}
    return indicators.macd_lines(prices["close"])[names[name]]


def _pivot(prices: Prices, name: str) -> Line:
    """What the bar before gives."""
    given = indicators.floor_pivots(*_ranges(prices))[name]
    return np.concatenate(([np.nan], given[:-1]))


def _ranges(prices: Prices) -> tuple[Line, Line, Line]:
    return prices["high"], prices["low"], prices["close"]


def _realised(prices: Prices, kind: str, sessions: str) -> Line:
    every = tuple(prices[name] for name in ("open", "high", "low", "close"))
    made: Mapping[str, Callable[[int], Line]] = {
        "cc": lambda n: realised.close_to_close(prices["close"], n),
        "cc0": lambda n: realised.close_to_close(prices["close"], n, zero_mean=True),
        "parkinson": lambda n: realised.parkinson(prices["high"], prices["low"], n),
        "gk": lambda n: realised.garman_klass(*every, n),
        "rs": lambda n: realised.rogers_satchell(*every, n),
        "yz": lambda n: realised.yang_zhang(*every, n),
    }
    return made[kind](int(sessions))


#: column -> its line, from the prices and what the pattern picks out
PATTERNS: Mapping[str, Callable[..., Any]] = {
    r"sma(\d+)": lambda prices, n: indicators.simple_average(prices["close"], int(n)),
    r"ema(\d+)": lambda prices, n: indicators.exponential_average(prices["close"], int(n)),
    r"macd(_signal|_hist)?": _macd,
    r"rsi(\d+)": lambda prices, n: indicators.wilder_rsi(prices["close"], int(n)),
    r"atr(\d+)": lambda prices, n: indicators.wilder_atr(
        prices["high"], prices["low"], prices["close"], int(n)
    ),
    r"bb_(upper|mid|lower|width|pctb)": _bands,
    r"low_(\d+)": lambda prices, n: indicators.lowest(prices["low"], int(n)),
    r"high_(\d+)": lambda prices, n: indicators.highest(prices["high"], int(n)),
    r"pivot_(p|r1|s1|r2|s2)": _pivot,
    r"rv_(cc0?|parkinson|gk|rs|yz)_(\d+)": _realised,
}


def _made_up(case: str) -> pd.DataFrame:
    """The bars of a market told in words: flat, or rising or falling by the same each bar."""
    count = re.search(r"(\d+) bars", case)
    step = re.search(r"(rising|falling) ([0-9.]+) per bar", case)
    level = re.search(r"close=([0-9.]+)", case)
    if count is None or (step is None and "flat" not in case):
        raise LookupError(f"no market is made up of {case!r}")
    slope = 0.0 if step is None else float(step[2]) * (1 if step[1] == "rising" else -1)
    close = (100.0 if level is None else float(level[1])) + slope * np.arange(int(count[1]))
    return pd.DataFrame({"date": range(len(close)), **dict.fromkeys(("open", "high", "low", "close"), close)})
