"""
The exchange's volatility index beside a market: its daily bars, from a folder or a provider of bars.

A provider is asked for it as for the bars of any symbol: `^VIX`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from generator import calendar
from generator.errors import DataError
from generator.models.market import Gap, Part, RawFile, VolatilityIndex
from generator.providers.bars import bars_file, parse_bars
from generator.providers.base import Ask
from generator.providers.files import Files, raw_file, unpacked
from generator.providers.products import Product, measured, product

ROWS = 600  #: of its history: a year of sessions, and holidays among them
PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What was read of an index: its bars and their file, or the gap in their place, or nothing."""

    index: VolatilityIndex | None = None
    raw: tuple[RawFile, ...] = ()
    gaps: tuple[Gap, ...] = ()


def asked_as(part: Part, ask: Ask) -> tuple[Part, Ask] | None:
    """Return what a provider is asked when *part* is wanted; None for the index of a market without one."""
    if part != "volatility index":
        return part, ask
    symbol = product(ask.symbol).volatility_index
    return None if symbol is None else ("bars", dataclasses.replace(ask, symbol=f"^{symbol}"))


def index_of(symbol: str, bars: pd.DataFrame, last: dt.date) -> VolatilityIndex:
    """Return the index that stands for the market *symbol*, from its bars; KeyError for one without."""
    known = product(symbol).volatility_index or ""
    until = bars[bars["date"] <= np.datetime64(last, "s")]
    return VolatilityIndex(symbol=known, measures=measured(known), bars=_of_sessions(until))


def index_beside(files: Files, known: Product, last: dt.date) -> Beside:
    """
    Return the index that stands for *known*, up to *last*, from `bars/INDEX_daily.csv`, plain or gzipped.

    A folder without that file says nothing; a file that cannot be read is a gap.
    """
    symbol = known.volatility_index
    if symbol is None or not any(name.startswith(f"bars/{symbol}_daily.csv") for name in files.names("bars")):
        return Beside()
    try:
        name = bars_file(files.names("bars"), symbol)
        data = files.read(name)
        bars = parse_bars(name, unpacked(name, data), last)
    except DataError as error:
        return Beside(gaps=(Gap(what=f"bars of {symbol}", reason=str(error)),))
    return Beside(index=index_of(known.symbol, bars, last), raw=(raw_file(name, data),))


def _of_sessions(bars: pd.DataFrame) -> pd.DataFrame:
    """Drop what was published on the stock exchange's holidays, and the noise below a hundredth."""
    bars = bars[-ROWS:]
    days = [calendar.is_session(day.date()) for day in bars["date"]]
    bars = bars[days].reset_index(drop=True)
    return bars.assign(**{column: bars[column].round(2) for column in PRICES})
