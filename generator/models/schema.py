"""
The schema of the frames inside a snapshot, enforced.

A frame that passes has exactly the columns of `CHAIN_COLUMNS` or `BAR_COLUMNS`, in that
order and with those types. Doubtful quotes (negative, crossed, stale) pass: judging them
is the quality gate's work. Infinite ones do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from generator.errors import SchemaError
from generator.models.market import BAR_COLUMNS, CHAIN_COLUMNS

_SERIES = ["root", "expiration", "settlement", "strike", "right"]
_PRICES = ("bid", "ask", "last")
_COUNTS = ("volume", "open_interest")
_TIME = "quote_time"
#: Prices that a source multiplied by an adjustment factor differ in the last bits.
_ROUNDING = 1e-9
#: What no market reaches. Past it sums overflow, so such a number is a fault of the file.
_MOST_CONTRACTS = 10**9
_MOST_SHARES = 10**13
_MOST_PRICE = 10**8


def validated_chain(frame: pd.DataFrame) -> pd.DataFrame:
    """
    Return *frame* with the columns, types and order of `CHAIN_COLUMNS`.

    Without a `quote_time` no quote has one; times with a zone are taken to UTC, others are in it.

    Raises:
        SchemaError: If a column is missing or a value breaks its description; the row
            is the label of the row in *frame*.
    """
    if _TIME not in frame.columns:
        frame = frame.assign(**{_TIME: np.datetime64("NaT", "s")})
    chain = _typed("chain", frame, CHAIN_COLUMNS)
    if chain.empty:
        raise SchemaError("chain", None, "contract_symbol", "wanted at least one series, found none")
    symbols = chain["contract_symbol"].str.len()
    _refuse("chain", chain, "contract_symbol", symbols != 21, "an OSI symbol of 21 characters")
    _refuse("chain", chain, "root", ~chain["root"].str.fullmatch("[A-Z0-9]{1,6}"), "an option root")
    _refuse("chain", chain, "right", ~chain["right"].isin(["call", "put"]), "call or put")
    _refuse("chain", chain, "settlement", ~chain["settlement"].isin(["pm", "am"]), "pm or am")
    bad_strike = ~(np.isfinite(chain["strike"]) & (chain["strike"] > 0))
    _refuse("chain", chain, "strike", bad_strike, "a finite strike above zero")
    _refuse("chain", chain, "multiplier", chain["multiplier"] <= 0, "a multiplier above zero")
    for column in _PRICES:
        _refuse("chain", chain, column, np.isinf(chain[column]), "a finite price or nothing")
        beyond = chain[column].abs() > _MOST_PRICE
        _refuse("chain", chain, column, beyond, f"a price of at most {_MOST_PRICE}, or nothing")
    for column in _COUNTS:
        _refuse("chain", chain, column, _no_count(chain[column]), "a whole number not below zero, or nothing")
        beyond = chain[column] > _MOST_CONTRACTS
        _refuse("chain", chain, column, beyond, f"at most {_MOST_CONTRACTS} contracts, or nothing")
    _refuse("chain", chain, "contract_symbol", chain.duplicated(_SERIES), "each series once")
    order = ["expiration", "settlement", "strike", "right", "root"]
    return chain.sort_values(order, kind="stable", ignore_index=True)


def validated_bars(frame: pd.DataFrame) -> pd.DataFrame:
    """
    Return *frame* with the columns and types of `BAR_COLUMNS`.

    Raises:
        SchemaError: If a column is missing, dates do not ascend, or prices contradict each other.
    """
    bars = _typed("bars", frame, BAR_COLUMNS)
    _refuse("bars", bars, "date", bars["date"].diff() <= np.timedelta64(0, "s"), "ascending dates, each once")
    for column in ("open", "high", "low", "close"):
        bad_price = ~(np.isfinite(bars[column]) & (bars[column] > 0))
        _refuse("bars", bars, column, bad_price, "a finite price above zero")
        _refuse("bars", bars, column, bars[column] > _MOST_PRICE, f"a price of at most {_MOST_PRICE}")
    body = bars[["open", "close", "low"]].max(axis=1)
    too_low = bars["high"] < body * (1 - _ROUNDING)
    _refuse("bars", bars, "high", too_low, "a high not below open, close and low")
    body = bars[["open", "close"]].min(axis=1)
    too_high = bars["low"] > body * (1 + _ROUNDING)
    _refuse("bars", bars, "low", too_high, "a low not above open and close")
    no_volume = np.isinf(bars["volume"]) | (bars["volume"] < 0)
    _refuse("bars", bars, "volume", no_volume, "a finite volume not below zero, or nothing")
    beyond = bars["volume"] > _MOST_SHARES
    _refuse("bars", bars, "volume", beyond, f"a volume of at most {_MOST_SHARES}, or nothing")
    return bars.reset_index(drop=True)


def _typed(name: str, frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return the documented columns with the first word of their description as type."""
    if missing := [column for column in columns if column not in frame.columns]:
        raise SchemaError(
            name, None, missing[0], f"wanted the columns {', '.join(columns)}, found no such one"
        )
    parts = {column: _column(name, frame[column], description) for column, description in columns.items()}
    return pd.DataFrame(parts, index=frame.index)


def _column(name: str, values: pd.Series, description: str) -> pd.Series:
    """Force one column to its type; none but float64 and the time of a quote may miss a value."""
    kind = description.partition(",")[0]
    wanted: Any = kind if kind in {"datetime64[s]", "float64", "int64", "bool"} else "str"
    column = str(values.name)
    if wanted != "float64" and column != _TIME and values.isna().any():
        row = int(values.isna().to_numpy().argmax())
        raise SchemaError(name, _label(values, row), column, "wanted a value, found nothing")
    try:
        if column == _TIME:
            return _utc(values).astype(wanted)
        return values.astype(wanted)
    except (TypeError, ValueError) as error:
        odd = pd.to_numeric(values, errors="coerce").isna().to_numpy() & values.notna().to_numpy()
        row = int(odd.argmax())
        raise SchemaError(
            name, _label(values, row), column, f"wanted {kind}, found {values.tolist()[row]!r}"
        ) from error


def _utc(values: pd.Series) -> pd.Series:
    """Take instants with a zone to UTC and drop it."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        naive: pd.Series = values.dt.tz_convert("UTC").dt.tz_localize(None)
        return naive
    return values


def _no_count(values: pd.Series) -> pd.Series:
    """Tell which values are neither missing nor a whole number of contracts."""
    count = values.to_numpy(dtype=float)
    whole = (count >= 0) & (count == np.floor(count)) & np.isfinite(count)
    return pd.Series(~whole & ~np.isnan(count), index=values.index)


def _refuse(name: str, frame: pd.DataFrame, column: str, bad: pd.Series, wanted: str) -> None:
    """Raise for the first row marked *bad*."""
    flags = bad.to_numpy(dtype=bool)
    if flags.any():
        row = int(flags.argmax())
        found = frame[column].tolist()[row]
        raise SchemaError(name, _label(frame[column], row), column, f"wanted {wanted}, found {found!r}")


def _label(values: pd.Series, row: int) -> int:
    """Return the label of a row as a number."""
    label = values.index[row]
    return int(label) if isinstance(label, (int, np.integer)) else row
