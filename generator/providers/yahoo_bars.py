"""Yahoo's chart body (`v8/finance/chart`) as daily bars and the dividends paid in them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from generator import calendar
from generator.errors import BadPayloadError, SchemaError
from generator.models.market import Gap
from generator.models.schema import validated_bars
from generator.providers.base import Answer, Ask
from generator.providers.words import listing
from generator.providers.yahoo_body import (
    Fields,
    date_header,
    date_of,
    fields,
    first_result,
    instant,
    listed,
    number,
    yahoo_symbol,
)

FILE = "chart.json"
DATE = "chart.date.txt"  #: the answer's own Date header
_PRICES = ("open", "high", "low", "close")
_COLUMNS = (*_PRICES, "volume")
#: A quote may come so late; a bar of a later answer is whole even if the share did not trade at the close.
_LATE = dt.timedelta(minutes=30)
_ROUNDING = 1e-9


def read_bars(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """
    Return the bars up to the session: split-adjusted, not dividend-adjusted, as `quote` has them.

    A session without prices, or with prices that contradict each other, is left out and named;
    so is one that was not over when Yahoo answered.

    Raises:
        NotThereError: If there is no such symbol.
        BadPayloadError: If the body is no chart of daily bars, or of another symbol.
    """
    result = first_result(FILE, files.get(FILE, b""), "chart")
    meta = _meta(result, ask.symbol)
    last, gaps = _last_session(ask, _over_until(meta, files.get(DATE)))
    rows = {day: row for day, row in _rows(result) if day <= last}
    good = {day: row for day, row in sorted(rows.items()) if calendar.is_session(day) and _sound(row)}
    if not good:
        raise BadPayloadError(f"wanted daily bars of {ask.symbol} up to {last} from Yahoo, found none")
    frame = pd.DataFrame(
        {
            "date": np.array(list(good), dtype="datetime64[s]"),
            **{name: [row[name] for row in good.values()] for name in _COLUMNS},
        }
    )
    try:
        bars = validated_bars(frame)
    except SchemaError as error:
        raise BadPayloadError(f"Yahoo's {FILE}: {error}") from error
    days = calendar.sessions_between(min(good) - calendar.ONE_DAY, last)
    return Answer(bars=bars, gaps=(*gaps, *_holes(day for day in days if day not in good)), delay=None)


def paid(result: Fields) -> list[tuple[dt.date, float]]:
    """Return ex-date and amount of the dividends in a chart's result, oldest first."""
    events = result.get("events") or {}
    dividends = fields(FILE, fields(FILE, events, "an object events").get("dividends") or {}, "dividends")
    found = []
    for entry in dividends.values():
        row = fields(FILE, entry, "a dividend")
        amount = number(FILE, row, "amount")
        if 0 < amount < math.inf:
            found.append((date_of(FILE, row.get("date"), "date of a dividend"), amount))
    return sorted(found)


def _meta(result: Fields, symbol: str) -> Fields:
    """Return what the chart says about itself, after a look at whose it is."""
    meta = fields(FILE, result.get("meta"), "an object meta")
    wanted = yahoo_symbol(symbol)
    if meta.get("symbol") != wanted:
        raise BadPayloadError(f"Yahoo's {FILE}: wanted bars of {wanted}, found {meta.get('symbol')!r}")
    found = meta.get("dataGranularity")
    if found is not None and found != "1d":
        raise BadPayloadError(f"Yahoo's {FILE}: wanted daily bars, found {found!r}")
    return meta


def _over_until(meta: Fields, date: bytes | None) -> dt.datetime:
    """Return the instant up to which sessions that closed are complete in the answer."""
    quoted = instant(FILE, meta.get("regularMarketTime"), "regularMarketTime")
    answered = date_header(date)
    return quoted if answered is None else max(quoted, answered - _LATE)


def _last_session(ask: Ask, until: dt.datetime) -> tuple[dt.date, list[Gap]]:
    """Return the last session whose bar is whole, and a gap when that is not the one wanted."""
    close = calendar.session_close(ask.session)
    if ask.when >= close and until >= close:
        return ask.session, []
    before = calendar.previous_session(ask.session)
    reason = f"{ask.session} was not over when Yahoo answered; bars end with {before}"
    return before, [Gap(what="the session's bar", reason=reason)] if ask.when >= close else []


def _rows(result: Fields) -> Iterable[tuple[dt.date, dict[str, float]]]:
    """Yield each bar with its date; of two on one date the later one is the whole one."""
    indicators = fields(FILE, result.get("indicators"), "an object indicators")
    quotes = listed(FILE, indicators, "quote")
    quote = fields(FILE, quotes[0] if quotes else None, "prices in quote")
    if not quote and "timestamp" not in result:
        return
    times = listed(FILE, result, "timestamp")
    columns = {name: listed(FILE, quote, name) for name in _COLUMNS}
    if wrong := [name for name, values in columns.items() if len(values) != len(times)]:
        raise BadPayloadError(
            f"Yahoo's {FILE}: wanted {len(times)} values of {wrong[0]}, found another number"
        )
    for place, time in enumerate(times):
        row = {name: values[place] for name, values in columns.items()}
        day = instant(FILE, time, "a time of a bar").date()
        yield day, {name: number(FILE, row, name) for name in _COLUMNS}


def _sound(row: Mapping[str, float]) -> bool:
    """Tell whether a bar has its prices, and they do not contradict each other."""
    prices = [row[name] for name in _PRICES]
    if not all(0 < value < math.inf for value in prices):
        return False
    high, low = row["high"] * (1 + _ROUNDING), row["low"] * (1 - _ROUNDING)
    return low <= min(row["open"], row["close"]) and high >= max(row["open"], row["close"]) and low <= high


def _holes(days: Iterable[dt.date]) -> list[Gap]:
    """Name the sessions without a sound bar."""
    names = [day.isoformat() for day in days]
    if not names:
        return []
    return [Gap(what="bars", reason=f"Yahoo has none that holds together of {listing(names)}")]
