"""
Cboe's chain of delayed quotes, read.

What the recorded answers show:

* `timestamp` is UTC, and the instant of the answer; its quotes are a quarter of an hour older.
  In an answer of 09:45:12 New York the newest of 2,480 contracts' trades is of 09:30:10.
* `last_trade_time` is New York time without saying so.
* `current_price` goes on after hours; `close` is then the session's close. Before it, we do not
  know what `close` is, and leave it.
* Counts are floats. `iv` 0 means none; it is not read: volatility is our own to compute.
* Series that expired that day remain until the next; the symbol alone says when.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Any

from generator import calendar
from generator.errors import BadPayloadError, NotThereError
from generator.models.market import Gap
from generator.providers.assembly import edition_of
from generator.providers.base import Answer, Ask, Chain
from generator.providers.cboe_series import Listed, chain_frame, check_symbol
from generator.providers.osi_rows import captured_at
from generator.providers.payload import inner, mapping_of, number, records, require, text
from generator.providers.products import Product, product

FILE = "chain.json"
DELAY = dt.timedelta(minutes=15)
DELAY_PRINTED = "15 minutes"
#: so long into a session something has traded, if the quotes are the session's
_FIRST_TRADES = dt.timedelta(minutes=30)
#: their name -> our column
_NUMBERS = {
    "bid": "bid",
    "ask": "ask",
    "last_trade_price": "last",
    "volume": "volume",
    "open_interest": "open_interest",
}


def read(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """
    Return the chain of the kept answer.

    Raises:
        BadPayloadError: If it is not what `cboe_chain` describes.
        NotThereError: If no series is listed, or the quotes are later than wanted.
    """
    what = f"Cboe's chain of {ask.symbol}"
    known = product(ask.symbol)
    data, stated = _checked(mapping_of(files, FILE, what), known, what)
    rows = records(data["options"], what)
    if not rows:
        raise NotThereError(f"{what}: wanted listed series, found none")
    require(rows, ("option", *_NUMBERS), what)
    captured, gaps = _dated(captured_at([stated - DELAY], ask.when, what), _last_trade(data, rows, what))
    session, edition, _ = edition_of(captured)
    listed = Listed(
        symbols=[text(row, "option") for row in rows],
        numbers={ours: _column(rows, key, what) for key, ours in _NUMBERS.items()},
    )
    frame, left_out = chain_frame(listed, known, session, ask.expirations, what)
    chain = Chain(
        captured=captured,
        spot=_price(data, "current_price", what),
        close=_price(data, "close", what) if edition == "close" else None,
        name=known.name,
        kind=known.kind,
        frame=frame,
        rows_left_out=left_out,
    )
    return Answer(chain=chain, gaps=gaps, delay=DELAY_PRINTED)


def _checked(document: Mapping[str, Any], known: Product, what: str) -> tuple[Mapping[str, Any], dt.datetime]:
    """Return the data and the instant of an answer, once its keys and its symbol are as they should be."""
    data = inner(document, "data", what)
    require([document], ("timestamp", "data"), what)
    require([data], ("options", "current_price", "close"), what)
    for holder in (document, data):
        check_symbol(text(holder, "symbol"), known, what)
    return data, _instant(text(document, "timestamp"), "timestamp", dt.UTC, what)


def _instant(written: str, key: str, zone: dt.tzinfo, what: str) -> dt.datetime:
    """Return an instant that is written without its zone."""
    try:
        return dt.datetime.fromisoformat(written).replace(tzinfo=zone)
    except ValueError as error:
        raise BadPayloadError(
            f"{what}: wanted an instant such as 2026-07-24 20:15:00 as {key}, found {written[:40]!r}"
        ) from error


def _last_trade(data: Mapping[str, Any], rows: Iterable[Mapping[str, Any]], what: str) -> dt.datetime | None:
    """Return the newest trade of all, of the underlying or of a contract."""
    written = {text(holder, "last_trade_time") for holder in (data, *rows)} - {""}
    moments = [_instant(moment, "last_trade_time", calendar.NEW_YORK, what) for moment in written]
    return max(moments, default=None)


def _dated(captured: dt.datetime, traded: dt.datetime | None) -> tuple[dt.datetime, tuple[Gap, ...]]:
    """
    Return the instant the quotes belong to, and a gap when it is not what the answer says of itself.

    An old chain may stand under a fresh header. The trades tell: when the newest is of a session
    before, half an hour into the one the header claims, the quotes are that earlier session's.
    """
    session, edition, as_of = edition_of(captured)
    if traded is None or traded >= calendar.session_open(session):
        return captured, ()
    if edition == "intraday" and as_of < calendar.session_open(session) + _FIRST_TRADES:
        return captured, ()
    earlier, _, _ = edition_of(traded)
    reason = (
        f"the answer says {captured:%Y-%m-%d %H:%M}, its newest trade is of {earlier}: dated by the trade"
    )
    return calendar.session_close(earlier), (Gap(what="time of the quotes", reason=reason),)


def _column(rows: list[dict[str, Any]], key: str, what: str) -> list[float]:
    """Return a number of each row, NaN for none; what Cboe sends needs no second look."""
    values = [row.get(key) for row in rows]
    plain: list[float] = [value for value in values if type(value) is float]
    return plain if len(plain) == len(values) else [number(row, key, what) for row in rows]


def _price(data: Mapping[str, Any], key: str, what: str) -> float | None:
    """Return a price of the underlying; None where there is none, which Cboe also writes as 0."""
    price = number(data, key, what)
    if price < 0:
        raise BadPayloadError(f"{what}: wanted a price as {key}, found {price:g}")
    return price if price > 0 and not math.isnan(price) else None
