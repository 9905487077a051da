"""The exchange's volatility index beside a market: its daily bars, where the folder has them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from generator import calendar
from generator.errors import DataError
from generator.models.market import Gap, RawFile, VolatilityIndex
from generator.providers.bars import bars_file, parse_bars
from generator.providers.files import Files, raw_file, unpacked
from generator.providers.products import Product, measured

ROWS = 600  #: of its history: a year of sessions, and holidays among them
PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What was read of an index: its bars and their file, or the gap in their place, or nothing."""

    index: VolatilityIndex | None = None
    raw: tuple[RawFile, ...] = ()
    gaps: tuple[Gap, ...] = ()


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
        bars = _of_sessions(parse_bars(name, unpacked(name, data), last))
    except DataError as error:
        return Beside(gaps=(Gap(what=f"bars of {symbol}", reason=str(error)),))
    index = VolatilityIndex(symbol=symbol, measures=measured(symbol), bars=bars)
    return Beside(index=index, raw=(raw_file(name, data),))


def _of_sessions(bars: pd.DataFrame) -> pd.DataFrame:
    """Drop what was published on the stock exchange's holidays, and the noise below a hundredth."""
    bars = bars[-ROWS:]
    days = [calendar.is_session(day.date()) for day in bars["date"]]
    bars = bars[days].reset_index(drop=True)
    return bars.assign(**{column: bars[column].round(2) for column in PRICES})
