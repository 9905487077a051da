"""One chain file: what its name says, what its first rows say, and its frame."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from generator import calendar
from generator.errors import DataError, SchemaError
from generator.models.schema import validated_chain
from generator.providers.files import head, unpacked
from generator.providers.products import Product, own_root
from generator.providers.series import listed_series
from generator.providers.tables import Shape, bad_cell, first_record, in_file, read_table

_NAME = re.compile(
    r"chains/(?:.*/)?(?P<symbol>[^/_]+)_(?P<day>\d{4}-\d\d-\d\d)(?:_(?P<tag>[^/]*?))?\.csv(?:\.gz)?", re.ASCII
)
_CLOCK = re.compile(r"(?:^|[-_])([01]\d|2[0-3])([0-5]\d)ET(?:[-_]|$)", re.ASCII)
_QUOTES = ("bid", "ask", "last", "volume", "open_interest")
_MULTIPLIER = 100
_MOST_PRICE = 10**8  #: no market reaches it


class ChainName(NamedTuple):
    """A chain file by its name."""

    name: str
    symbol: str
    day: dt.date
    clock: dt.datetime | None  #: the time in the name, New York


class Stamp(NamedTuple):
    """What a chain file's first row says about the whole."""

    kind: str  #: "close", "intraday", ...; "" when the file does not say
    captured: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A chain file, read. `spot` is the price that came with the quotes."""

    name: str
    session: dt.date
    stamp: Stamp
    spot: float | None
    expired: int  #: rows left out because they expired before the session
    chain: pd.DataFrame = field(repr=False)


def chain_name(name: str) -> ChainName | None:
    """Read a file name of the form `chains/SYMBOL_2026-05-22[_tag].csv[.gz]`, or return None."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        day = dt.date.fromisoformat(match["day"])
    except ValueError:
        return None
    clock = _CLOCK.search(match["tag"] or "")
    time = dt.time(int(clock[1]), int(clock[2])) if clock else None
    moment = dt.datetime.combine(day, time, calendar.NEW_YORK) if time else None
    return ChainName(name, match["symbol"], day, moment)


def stamp_of(file: ChainName, data: bytes, columns: Mapping[str, str]) -> Stamp:
    """Read kind and instant of a capture from its first row, without parsing the rest."""
    row = first_record(file.name, head(file.name, data))
    kind, captured = (row.get(columns.get(name, name), "") for name in ("session", "snapshot_utc"))
    return _stamp(file, kind, captured)


def parse_chain(file: ChainName, data: bytes, product: Product, columns: Mapping[str, str]) -> Capture:
    """
    Read one chain file.

    Raises:
        DataError: For anything that is not a chain of *product* on the day in the name; the
            message names file, row and column.
    """
    content = unpacked(file.name, data)
    table = read_table(file.name, content, _shape(columns))
    _check_underlying(file, table, content, product)
    _check_day(file, table, content)
    spot = _spot(file, table, content)
    frame = _frame(file, table, content, product, columns)
    expired = frame["expiration"] < np.datetime64(file.day, "s")
    if expired.all():
        raise DataError(f"file {file.name}: wanted series that are alive on {file.day}, found none")
    try:
        chain = validated_chain(frame[~expired])
    except SchemaError as error:
        raise in_file(error, file.name, content) from error
    return Capture(
        name=file.name,
        session=file.day,
        stamp=stamp_of(file, data, columns),
        spot=spot,
        expired=int(expired.sum()),
        chain=chain,
    )


def _shape(columns: Mapping[str, str]) -> Shape:
    """Return the documented columns of a chain file."""
    return Shape(
        numbers=("underlying_price", "strike", *_QUOTES),
        categories=("quote_date", "underlying", "root", "expiration", "option_type"),
        texts=("contract_symbol",),
        optional=("underlying", "root", "contract_symbol", "last"),
        renamed=dict(columns),
    )


def _stamp(file: ChainName, kind: str, captured: str) -> Stamp:
    """Return kind and instant; a file without an instant has the time in its name, or none."""
    kind, captured = kind.strip().lower(), captured.strip()
    if not captured:
        return Stamp(kind, file.clock)
    try:
        moment = dt.datetime.fromisoformat(captured)
    except ValueError as error:
        raise DataError(
            f"file {file.name}, column snapshot_utc: wanted an ISO 8601 instant, found {captured!r}"
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return Stamp(kind, moment.astimezone(calendar.NEW_YORK))


def _spot(file: ChainName, table: pd.DataFrame, content: bytes) -> float | None:
    """Return the one price of the underlying that the rows agree on; blanks say nothing."""
    price = table["underlying_price"].to_numpy()
    known = ~np.isnan(price)
    if not known.any():
        return None
    bad = known & ~((price > 0) & (price <= _MOST_PRICE))
    wanted = "a price above zero, or nothing"
    if not bad.any():
        first = price[known][0]
        bad = known & (price != first)
        wanted = f"the {first:g} of the rows before, or nothing"
    if bad.any():
        row = int(bad.argmax())
        raise bad_cell(file.name, content, row, "underlying_price", wanted, float(price[row]))
    return float(price[known][0])


def _check_underlying(file: ChainName, table: pd.DataFrame, content: bytes, product: Product) -> None:
    """Refuse rows of another underlying."""
    if "underlying" not in table:
        return
    bare = file.symbol.removeprefix("^")
    names = {"", bare, f"^{bare}", product.symbol}
    _refuse(file, table, content, "underlying", {file.symbol: names})


def _check_day(file: ChainName, table: pd.DataFrame, content: bytes) -> None:
    """Refuse rows of another session than the name's."""
    _refuse(file, table, content, "quote_date", {file.day.isoformat(): {file.day.isoformat()}})


def _refuse(
    file: ChainName, table: pd.DataFrame, content: bytes, column: str, wanted: Mapping[str, set[str]]
) -> None:
    """Raise for the first value of a category that is not among those wanted."""
    for label, allowed in wanted.items():
        for value in table[column].cat.categories:
            if str(value).strip() not in allowed:
                row = int((table[column] == value).to_numpy().argmax())
                raise bad_cell(file.name, content, row, column, label, value)


def _frame(
    file: ChainName, table: pd.DataFrame, content: bytes, product: Product, columns: Mapping[str, str]
) -> pd.DataFrame:
    """Return the columns of a chain, one row a row of the file."""
    series = listed_series(file.name, table, content, own_root(product.symbol), columns)
    odd = {root for root in set(series.roots) if root[-1].isdigit() or root[0].isdigit()}
    return pd.DataFrame(
        {
            "contract_symbol": series.symbols,
            "root": series.roots,
            "expiration": series.expirations,
            "settlement": ["am" if root in product.am_roots else "pm" for root in series.roots],
            "strike": table["strike"].to_numpy(),
            "right": series.rights,
            **{name: table[name].to_numpy() if name in table else np.nan for name in _QUOTES},
            "multiplier": _MULTIPLIER,
            "standard": [root not in odd for root in series.roots],
        }
    )
