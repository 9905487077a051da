"""What Tradier's documents say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from math import isnan
from typing import Any

from generator import calendar
from generator.errors import NotThereError
from generator.models.market import Gap
from generator.providers.base import Answer, Ask, Chain
from generator.providers.day_bars import PRICES, bar_frame
from generator.providers.osi_rows import Contract, captured_at, chain_frame, newest
from generator.providers.payload import day_of, epoch, inner, mapping_of, number, records, require, text
from generator.providers.products import product
from generator.providers.words import clean

EXPIRATIONS = "expirations.json"
QUOTE = "quote.json"
HISTORY = "history.json"
_MILLISECONDS = 1000
_DOCUMENTED = ("symbol", "bid", "ask", "volume", "open_interest")


def chain_file(day: dt.date) -> str:
    """Return the name of an expiration's file."""
    return f"{day.isoformat()}.json"


def expirations(ask: Ask, files: Mapping[str, bytes]) -> tuple[dt.date, ...]:
    """Return the expirations wanted: those not past, the nearest so many."""
    what = f"Tradier expirations of {ask.symbol}"
    document = mapping_of(files, EXPIRATIONS, what)
    require([document], ["expirations"], what)
    if document["expirations"] in (None, "null"):
        return ()
    values = inner(document, "expirations", what)
    require([values], ["date"], what)
    dates = values["date"] if isinstance(values["date"], list) else [values["date"]]
    days = sorted({day_of({"date": value}, "date", what) for value in dates})
    ahead = [day for day in days if day >= ask.session]
    return tuple(ahead[: ask.expirations])


def chain(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """Return the chain of all files, at the newest quote's instant."""
    what = f"Tradier chain of {ask.symbol}"
    underlying = _quote(ask, files)
    rows, empty = [], []
    for day in expirations(ask, files):
        found = _options(files, day, what)
        rows += found
        if not found:
            empty.append(day)
    if not rows:
        raise NotThereError(f"{what}: wanted contracts, found none in any expiration")
    require(rows, _DOCUMENTED, what)
    contracts = [_contract(row, what) for row in rows]
    times = [epoch(row, key, _MILLISECONDS, what) for row in rows for key in ("bid_date", "ask_date")]
    captured = captured_at(times, ask.when, what)
    frame, left_out = chain_frame(contracts, product(ask.symbol), calendar.session_at(captured), what)
    return Answer(
        chain=Chain(
            captured=captured,
            spot=_price(underlying, "last"),
            close=_price(underlying, "close"),
            name=clean(text(underlying, "description")) or None,
            kind=None,
            frame=frame,
            rows_left_out=left_out,
        ),
        gaps=tuple(Gap(what=f"chain {day}", reason="Tradier lists it without contracts") for day in empty),
    )


def bars(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """Return the daily bars up to the last session that is over."""
    what = f"Tradier history of {ask.symbol}"
    document = mapping_of(files, HISTORY, what)
    require([document], ["history"], what)
    if document["history"] in (None, "null"):
        raise NotThereError(f"{what}: wanted daily bars, found none")
    history = inner(document, "history", what)
    require([history], ["day"], what)
    rows = records(history["day"], what)
    require(rows, ("date", *PRICES, "volume"), what)
    return Answer(bars=bar_frame([_bar(row, what) for row in rows], ask, what))


def _quote(ask: Ask, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the underlying's quote."""
    what = f"Tradier quote of {ask.symbol}"
    document = mapping_of(files, QUOTE, what)
    require([document], ["quotes"], what)
    quotes = records(inner(document, "quotes", what).get("quote"), what)
    if not quotes:
        raise NotThereError(f"{what}: wanted a quote, found that Tradier has no such symbol")
    require(quotes, ["symbol", "last"], what)
    return quotes[0]


def _options(files: Mapping[str, bytes], day: dt.date, what: str) -> list[dict[str, Any]]:
    """Return the contracts of an expiration's file."""
    what = f"{what}, {day}"
    document = mapping_of(files, chain_file(day), what)
    require([document], ["options"], what)
    if document["options"] in (None, "null"):
        return []
    options = inner(document, "options", what)
    require([options], ["option"], what)
    return records(options["option"], what)


def _contract(row: Mapping[str, Any], what: str) -> Contract:
    """Turn an option of theirs into a contract."""
    return Contract(
        symbol=text(row, "symbol"),
        bid=number(row, "bid", what),
        ask=number(row, "ask", what),
        last=number(row, "last", what),
        volume=number(row, "volume", what),
        open_interest=number(row, "open_interest", what),
        size=number(row, "contract_size", what),
        quoted=newest(epoch(row, key, _MILLISECONDS, what) for key in ("bid_date", "ask_date")),
    )


def _bar(row: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Turn a day of theirs into a bar; prices are adjusted for splits, not for dividends."""
    day = day_of(row, "date", what)
    return {"date": day, **{key: number(row, key, f"{what}, {day}") for key in (*PRICES, "volume")}}


def _price(quote: Mapping[str, Any], key: str) -> float | None:
    """Return a price of the underlying, None where there is none above zero."""
    value = number(quote, key, "Tradier quote")
    return None if isnan(value) or value <= 0 else value
