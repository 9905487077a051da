"""
Histories of open interest made from the clearing house's downloads, one count a label date.

Two shapes. Csv with the columns oi_label_date, underlying, expiration, strike,
call_open_interest, put_open_interest. JSON with `ticker`, `pull_dates` as "day-month" without a
year, `updated_at`, and `by_expiration` with a list of counts per strike and right, one a pull
date. The year of a pull date is that which brings it nearest to `updated_at`.

Neither tells a series without open interest from one that was not looked up, so a strike
with 0 on both sides is left out: it is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from generator import calendar
from generator.errors import BadPayloadError, DataError, NotThereError
from generator.http import json_of
from generator.models.market import Gap
from generator.providers.payload import inner, number, records, require, text
from generator.providers.products import Product
from generator.providers.tables import Shape, read_table
from generator.providers.words import instant

#: of a history: label date, expiration, strike and the two counts
COLUMNS = ("label", "expiration", "strike", "call", "put")
_SHAPE = Shape(
    numbers=("strike", "call", "put"),
    categories=("label", "underlying", "expiration"),
    renamed={"label": "oi_label_date", "call": "call_open_interest", "put": "put_open_interest"},
)
_MOST = 10**9
#: a label may lie ahead of the pull by a long weekend, and behind it by the history's length
_AHEAD = dt.timedelta(days=10)


def parse_history(name: str, content: bytes, symbol: str) -> pd.DataFrame:
    """
    Return a history as a frame of `COLUMNS`, label and expiration as dates.

    Raises:
        BadPayloadError: If it is no history, or a count, strike or date is none.
        NotThereError: If it holds nothing about *symbol*.
    """
    try:
        frame = (
            _from_json(name, content, symbol)
            if content.lstrip()[:1] == b"{"
            else _from_csv(name, content, symbol)
        )
    except DataError as error:
        raise BadPayloadError(str(error)) from error
    for column in ("call", "put"):
        counts = frame[column].to_numpy(dtype=float)
        if not ((counts >= 0) & (counts <= _MOST) & (counts == np.floor(counts))).all():
            raise BadPayloadError(f"{name}: wanted whole counts from 0 to {_MOST}, found another number")
    frame = frame[(frame["call"] > 0) | (frame["put"] > 0)].reset_index(drop=True)
    if frame.empty:
        raise NotThereError(f"{name}: wanted open interest of {symbol}, found none")
    if frame.duplicated(["label", "expiration", "strike"]).any():
        raise BadPayloadError(f"{name}: wanted each strike once an expiration and label, found one twice")
    return frame.astype({"call": "int64", "put": "int64"})


def by_symbol(counts: pd.DataFrame, product: Product) -> tuple[dict[str, int], tuple[Gap, ...]]:
    """
    Return one label's counts by OSI symbol.

    A history has no roots. Where two roots of an index may expire on one day, the count is
    of both together and is left out, as a gap.
    """
    found: dict[str, int] = {}
    unclear: set[dt.date] = set()
    columns = (counts[column].tolist() for column in ("expiration", "strike", "call", "put"))
    for expiration, strike, call, put in zip(*columns, strict=True):
        root = _root(product, expiration)
        if root is None:
            unclear.add(expiration)
            continue
        for letter, count in (("C", call), ("P", put)):
            found[f"{root:<6}{expiration:%y%m%d}{letter}{round(strike * 1000):08d}"] = count
    if not unclear:
        return found, ()
    days = ", ".join(str(day) for day in sorted(unclear)[:3])
    reason = (
        f"the file counts two roots of {product.symbol} as one on {len(unclear)} expirations ({days}, ...)"
    )
    return found, (Gap(what="open interest", reason=reason),)


def _root(product: Product, expiration: dt.date) -> str | None:
    """Return the only root that may expire on a day, None when there are several."""
    if len(product.roots) == 1:
        return product.roots[0]
    afternoon = [root for root in product.roots if root not in product.am_roots]
    if len(afternoon) == 1 and not calendar.is_monthly(expiration):
        return afternoon[0]
    return None


def _from_csv(name: str, content: bytes, symbol: str) -> pd.DataFrame:
    """Read the csv shape."""
    table = read_table(name, content, _SHAPE)
    table = table[table["underlying"] == symbol]
    for column in ("label", "expiration"):
        dates = {value: _date(name, value) for value in table[column].unique()}
        table[column] = table[column].astype(object).map(dates)
    _check_strikes(name, table["strike"].to_numpy())
    return table[list(COLUMNS)]


def _from_json(name: str, content: bytes, symbol: str) -> pd.DataFrame:
    """Read the JSON shape."""
    document = json_of(content, name)
    require([document], ("ticker", "pull_dates", "by_expiration", "updated_at"), name)
    if text(document, "ticker") != symbol:
        raise NotThereError(
            f"{name}: wanted open interest of {symbol}, found {text(document, 'ticker')[:20]!r}"
        )
    labels = _labels(name, document)
    rows = list(_counts(name, inner(document, "by_expiration", name), labels))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    _check_strikes(name, frame["strike"].to_numpy(dtype=float))
    return frame


def _counts(name: str, expirations: Mapping[str, Any], labels: list[dt.date]) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each label of each strike."""
    for day in expirations:
        expiration = _date(name, day)
        rows = records(inner(expirations, day, name).get("rows"), name)
        require(rows, ("strike", "calls", "puts"), name)
        for row in rows:
            strike = number(row, "strike", name)
            sides = [_side(name, row, side, len(labels)) for side in ("calls", "puts")]
            yield from (
                (label, expiration, strike, call, put)
                for label, call, put in zip(labels, *sides, strict=True)
            )


def _side(name: str, row: Mapping[str, Any], side: str, wanted: int) -> list[int]:
    """Return a strike's counts of one right, one a label."""
    values = row.get(side)
    if not isinstance(values, list) or len(values) != wanted:
        raise BadPayloadError(f"{name}: wanted {wanted} counts as {side}, one a pull date, found others")
    if any(isinstance(value, bool) or not isinstance(value, int) for value in values):
        raise BadPayloadError(f"{name}: wanted whole numbers as {side}, found others")
    return values


def _labels(name: str, document: Mapping[str, Any]) -> list[dt.date]:
    """Return the pull dates with their years, ascending."""
    updated = instant(document["updated_at"])
    dates = document["pull_dates"]
    if updated is None or not isinstance(dates, list) or not dates:
        raise BadPayloadError(f"{name}: wanted pull_dates and updated_at, found others")
    labels = [_label(name, value, updated.date()) for value in dates]
    if sorted(set(labels)) != labels:
        raise BadPayloadError(f"{name}: wanted pull_dates in order, found {', '.join(map(str, dates))[:80]}")
    return labels


def _label(name: str, value: Any, updated: dt.date) -> dt.date:
    """Return a "day-month" in the year nearest to the update, at most a long weekend ahead of it."""
    try:
        day, _, month = str(value).partition("-")
        years = (updated.year - 1, updated.year, updated.year + 1)
        dates = [dt.date(year, int(month), int(day)) for year in years if _exists(year, int(month), int(day))]
        return max(date for date in dates if date <= updated + _AHEAD)
    except ValueError as error:
        raise BadPayloadError(f"{name}: wanted pull dates such as 24-8, found {str(value)[:20]!r}") from error


def _exists(year: int, month: int, day: int) -> bool:
    """Tell whether a date is one: 29 February is in some years alone; ValueError if in none."""
    dt.date(2000, month, day)
    return (month, day) != (2, 29) or pd.Timestamp(year, 1, 1).is_leap_year


def _date(name: str, value: Any) -> dt.date:
    """Return an ISO date."""
    try:
        return dt.date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise BadPayloadError(f"{name}: wanted a date, found {str(value)[:20]!r}") from error


def _check_strikes(name: str, strikes: np.ndarray) -> None:
    """Refuse a strike that no symbol could hold."""
    exact = strikes * 1000
    if not ((exact > 0) & (exact < 1e8) & (np.abs(exact - np.round(exact)) < 0.1)).all():
        raise BadPayloadError(
            f"{name}: wanted strikes above 0 of at most three decimals, found another number"
        )
