"""Contracts as Yahoo gives them, in whatever shape, as the frame of a chain."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from generator.errors import BadPayloadError, DataError
from generator.models.schema import validated_chain
from generator.providers.products import own_root, product
from generator.providers.series import listed_series

_MULTIPLIER = 100
#: Stands for the file's text where the row of an error is looked up: JSON has no lines.
_NO_LINES = b"json"


@dataclass(slots=True)
class Rows:
    """Contracts, one entry a contract in each list."""

    symbols: list[str] = field(default_factory=list)  #: blank where the source has none
    expirations: list[str] = field(default_factory=list)  #: ISO dates by the source; blank: by the symbol
    rights: list[str] = field(default_factory=list)
    strikes: list[float] = field(default_factory=list)
    bid: list[float] = field(default_factory=list)
    ask: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)
    volume: list[float] = field(default_factory=list)
    open_interest: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        """Return how many contracts there are."""
        return len(self.symbols)


def chain_frame(name: str, symbol: str, rows: Rows) -> tuple[pd.DataFrame, dict[str, int]]:
    """
    Return the validated frame of a chain, and how many rows were left out of it for which reason.

    The option symbol decides expiration and root. A series listed twice is taken once, the first time.

    Raises:
        BadPayloadError: If a contract is none, or breaks the schema.
    """
    try:
        frame = _frame(name, symbol, rows)
        double = frame.duplicated("contract_symbol")
        chain = validated_chain(frame[~double])
    except DataError as error:
        raise BadPayloadError(f"Yahoo's chain of {symbol}: {error}") from error
    return chain, {"listed twice": int(double.sum())} if double.any() else {}


def shifted(rows: Rows) -> int:
    """Return how many contracts the source dates otherwise than their symbols do."""
    pairs = zip(rows.symbols, rows.expirations, strict=True)
    return sum(1 for theirs, day in pairs if theirs and day and theirs[-15:-9] != day[2:].replace("-", ""))


def unknown_columns(rows: Rows) -> list[str]:
    """Return the columns that not one contract has a value in, as printed."""
    columns = {
        "bid": rows.bid,
        "ask": rows.ask,
        "last": rows.last,
        "volume": rows.volume,
        "open interest": rows.open_interest,
    }
    return [name for name, values in columns.items() if all(math.isnan(value) for value in values)]


def _frame(name: str, symbol: str, rows: Rows) -> pd.DataFrame:
    """Return the columns of a chain, one row a contract."""
    known = product(symbol)
    table = pd.DataFrame(
        {
            "contract_symbol": pd.Series(rows.symbols, dtype=object),
            "expiration": pd.Categorical(rows.expirations),
            "option_type": pd.Categorical(rows.rights),
            "strike": np.array(rows.strikes, dtype=float),
        }
    )
    series = listed_series(name, table, _NO_LINES, own_root(symbol), {})
    return pd.DataFrame(
        {
            "contract_symbol": series.symbols,
            "root": series.roots,
            "expiration": series.expirations,
            "settlement": ["am" if root in known.am_roots else "pm" for root in series.roots],
            "strike": table["strike"],
            "right": series.rights,
            "bid": rows.bid,
            "ask": rows.ask,
            "last": rows.last,
            "volume": rows.volume,
            "open_interest": rows.open_interest,
            "multiplier": _MULTIPLIER,
            "standard": [not (root[-1].isdigit() or root[0].isdigit()) for root in series.roots],
        }
    )
