"""Daily bars of one file, up to a session."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from generator.errors import DataError, SchemaError
from generator.models.schema import validated_bars
from generator.providers.files import bare
from generator.providers.tables import Shape, bad_cell, in_file, read_table
from generator.providers.words import listing

_SHAPE = Shape(numbers=("open", "high", "low", "close", "volume"), texts=("date",), optional=("volume",))


def parse_bars(name: str, content: bytes, last: dt.date) -> pd.DataFrame:
    """
    Return the bars of a file up to and including *last*, oldest first; empty when there are none.

    Raises:
        DataError: If the file is no bars file; names file, row and column.
    """
    table = read_table(name, content, _SHAPE)
    table["date"] = _dates(name, content, table["date"].tolist())
    if "volume" not in table:
        table["volume"] = np.nan
    table = table[table["date"] <= np.datetime64(last, "s")]
    if table["date"].is_monotonic_decreasing:
        table = table[::-1]
    try:
        return validated_bars(table)
    except SchemaError as error:
        raise in_file(error, name, content) from error


def bars_file(names: tuple[str, ...], symbol: str) -> str:
    """
    Return the name of a symbol's bars file: exactly `SYMBOL_daily.csv`, plain or gzipped.

    Raises:
        DataError: If there is none, or both.
    """
    wanted = [f"bars/{symbol}_daily.csv", f"bars/{symbol}_daily.csv.gz"]
    found = [name for name in names if name in wanted]
    if len(found) > 1:
        raise DataError(f"wanted one file of bars, found {' and '.join(found)}: remove one")
    if not found:
        others = sorted(bare(name).split("_daily")[0] for name in names if "_daily.csv" in name)
        raise DataError(f"wanted {wanted[0]} or .gz, found bars of {listing(others) or 'nothing'}")
    return found[0]


def _dates(name: str, content: bytes, texts: list[str]) -> np.ndarray:
    """Return the date of each row; a time after it is dropped."""
    days = []
    for row, text in enumerate(texts):
        try:
            day = dt.date.fromisoformat(text[:10])
        except ValueError as error:
            raise bad_cell(name, content, row, "date", "a date such as 2026-05-22", text) from error
        if text[10:11] not in {"", "T", " "}:
            raise bad_cell(name, content, row, "date", "a date such as 2026-05-22", text)
        days.append(day)
    return np.array(days, dtype="datetime64[s]")
