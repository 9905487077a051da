"""What Massive's documents say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from math import isnan, nan
from typing import Any

from generator import calendar
from generator.errors import BadPayloadError, DeniedError, NotThereError
from generator.models.market import Dividend, Gap, Part
from generator.providers.base import Answer, Ask, Chain
from generator.providers.day_bars import PRICES, bar_frame
from generator.providers.news import newest_first, stories
from generator.providers.osi_rows import Contract, captured_at, chain_frame
from generator.providers.payload import (
    day_of,
    epoch,
    inner,
    mapping_of,
    number,
    records,
    require,
    text,
)
from generator.providers.products import product

_NANOSECONDS = 1_000_000_000
_MILLISECONDS = 1000
_LETTERS = {"open": "o", "high": "h", "low": "l", "close": "c", "volume": "v"}
_OBJECTS = ("details", "day", "last_quote", "last_trade", "underlying_asset")
_DELAYS = {"DELAYED": "15 minutes"}


def page(part: Part, place: int) -> str:
    """Return the name of a part's file: a chain has one a page, in order."""
    return f"page-{place:03d}.json" if part == "chain" else f"{part}.json"


def days(document: Any, what: str) -> set[str]:
    """Return the expirations of a page, as written."""
    if not isinstance(document, dict):
        raise BadPayloadError(f"{what}: wanted a JSON object, found another value")
    return {text(inner(row, "details", what), "expiration_date") for row in _results(document, what)}


def chain(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """Return the chain of all pages, at the newest quote's instant."""
    what = f"Massive chain of {ask.symbol}"
    rows = [row for name in sorted(files) for row in _results(mapping_of(files, name, what), what)]
    if not rows:
        raise NotThereError(f"{what}: wanted contracts, found none")
    _check(rows, what)
    rows = [{**row, **{key: inner(row, key, what) for key in _OBJECTS}} for row in rows]
    rows = _nearest(rows, ask, what)
    quoted = [epoch(row["last_quote"], "last_updated", _NANOSECONDS, what) for row in rows]
    captured = captured_at(quoted, ask.when, what)
    session = calendar.session_at(captured)
    contracts = [_contract(row, at, session, what) for row, at in zip(rows, quoted, strict=True)]
    frame, left_out = chain_frame(contracts, product(ask.symbol), session, what)
    words = {text(row["last_quote"], "timeframe") for row in rows}
    return Answer(
        chain=Chain(captured=captured, spot=_spot(rows, what), frame=frame, rows_left_out=left_out),
        delay=next((delay for word, delay in _DELAYS.items() if word in words), None),
    )


def bars(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """Return the daily bars up to the last session that is over; adjusted for splits alone."""
    what = f"Massive bars of {ask.symbol}"
    document = mapping_of(files, "bars.json", what)
    if document.get("adjusted") is not True:
        raise BadPayloadError(
            f"{what}: wanted bars adjusted for splits, found adjusted = {document.get('adjusted')!r}"
        )
    rows = _results(document, what)
    if not rows:
        raise NotThereError(f"{what}: wanted daily bars, found none")
    require(rows, ("t", *_LETTERS.values()), what)
    return Answer(bars=bar_frame([_bar(row, what) for row in rows], ask, what))


def news(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """Return the stories filed under the symbol, published up to the instant asked for."""
    what = f"Massive news of {ask.symbol}"
    rows = _results(mapping_of(files, "news.json", what), what)
    require(rows, ("title", "published_utc", "publisher", "tickers"), what)
    bare = ask.symbol.removeprefix("^")
    own = [row for row in rows if {bare, f"I:{bare}"} & set(_tickers(row))]
    found = newest_first((story.item for story in stories(_fields(row, what) for row in own)), ask.when)
    if not found:
        return Answer(
            gaps=(Gap(what="news", reason=f"Massive has no item about {ask.symbol} of the last week"),)
        )
    return Answer(news=found)


def dividends(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """Return the cash dividends in dollars declared by then, those gone ex by the session apart."""
    what = f"Massive dividends of {ask.symbol}"
    rows = _results(mapping_of(files, "dividends.json", what), what)
    require(rows, ("ex_dividend_date", "cash_amount", "declaration_date"), what)
    found = [_dividend(row, what) for row in rows if _is_ours(row, ask, what)]
    found.sort(key=lambda item: item.ex_date)
    ahead = tuple(item for item in found if item.ex_date > ask.session)
    gone = tuple(item for item in found if item.ex_date <= ask.session)
    if not ahead:
        reason = f"Massive knows of none of {ask.symbol} declared to go ex after {ask.session}"
        return Answer(gaps=(Gap(what="dividends", reason=reason),), paid=gone)
    return Answer(dividends=ahead, paid=gone)


def _results(document: Mapping[str, Any], what: str) -> list[dict[str, Any]]:
    """Return the results of a good answer; an empty one may leave the key out."""
    if text(document, "status") not in {"OK", "DELAYED"}:
        found = text(document, "error") or text(document, "message") or text(document, "status")
        raise BadPayloadError(f"{what}: wanted status OK, found {found[:80]!r}")
    if "results" not in document and document.get("resultsCount", document.get("count")) != 0:
        raise BadPayloadError(f"{what}: wanted results as documented, found {', '.join(document)[:80]}")
    return records(document.get("results"), what)


def _check(rows: list[dict[str, Any]], what: str) -> None:
    """Refuse a chain without the documented fields, and one of a plan without quotes."""
    require(rows, ("details", "open_interest", "day"), what)
    require([inner(row, "details", what) for row in rows], ("ticker", "expiration_date"), what)
    quotes = [quote for row in rows if (quote := inner(row, "last_quote", what))]
    if not quotes:
        raise DeniedError(f"{what}: wanted quotes, found none: the plan of this key has no option quotes")
    require(quotes, ("bid", "ask", "last_updated"), what)
    traded = [day for row in rows if (day := inner(row, "day", what))]
    require(traded, ("volume",), what)


def _nearest(rows: list[dict[str, Any]], ask: Ask, what: str) -> list[dict[str, Any]]:
    """Return the rows of the nearest expirations wanted; the last one fetched may be cut off."""
    dated = [(day_of(row["details"], "expiration_date", what), row) for row in rows]
    listed = sorted({day for day, _ in dated})[: ask.expirations]
    return [row for day, row in dated if day in listed]


def _contract(row: Mapping[str, Any], quoted: dt.datetime | None, session: dt.date, what: str) -> Contract:
    """Turn a contract of theirs into ours; `day` is the last day it traded on, perhaps long ago."""
    details, quote, day = row["details"], row["last_quote"], row["day"]
    traded = epoch(day, "last_updated", _NANOSECONDS, what)
    earlier = traded is not None and calendar.to_new_york(traded).date() < session
    return Contract(
        symbol=text(details, "ticker").removeprefix("O:"),
        bid=number(quote, "bid", what),
        ask=number(quote, "ask", what),
        last=number(row["last_trade"], "price", what),
        volume=nan if earlier else number(day, "volume", what),
        open_interest=number(row, "open_interest", what),
        size=number(details, "shares_per_contract", what),
        quoted=quoted,
    )


def _spot(rows: list[dict[str, Any]], what: str) -> float | None:
    """Return the underlying's newest price (an index has a value), None if the plan has none."""
    known = []
    for place, row in enumerate(rows):
        asset = row["underlying_asset"]
        price = number(asset, "value" if "value" in asset else "price", what)
        if price > 0:
            at = epoch(asset, "last_updated", _NANOSECONDS, what)
            known.append((at or dt.datetime.min.replace(tzinfo=dt.UTC), place, price))
    return max(known)[2] if known else None


def _bar(row: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Turn a day of theirs into a bar; `t` is the day's midnight in New York."""
    start = epoch(row, "t", _MILLISECONDS, what)
    if start is None:
        raise BadPayloadError(f"{what}: wanted an instant as t in every bar, found none")
    names = (*PRICES, "volume")
    return {
        "date": calendar.to_new_york(start).date(),
        **{name: number(row, _LETTERS[name], what) for name in names},
    }


def _fields(row: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Return an item's fields by the names that `stories` knows."""
    return {
        "id": row.get("id"),
        "title": row.get("title"),
        "publisher": inner(row, "publisher", what).get("name"),
        "time": row.get("published_utc"),
        "url": row.get("article_url"),
        "summary": row.get("description"),
    }


def _tickers(row: Mapping[str, Any]) -> list[str]:
    """Return the tickers an item is filed under."""
    value = row.get("tickers")
    return [ticker for ticker in value if isinstance(ticker, str)] if isinstance(value, list) else []


def _is_ours(row: Mapping[str, Any], ask: Ask, what: str) -> bool:
    """Tell whether a dividend is in dollars and was declared by then."""
    if text(row, "currency").upper() not in {"", "USD"}:
        return False
    declared = row.get("declaration_date")
    return declared is None or day_of(row, "declaration_date", what) <= ask.when.date()


def _dividend(row: Mapping[str, Any], what: str) -> Dividend:
    """Turn a dividend of theirs into ours."""
    amount = number(row, "cash_amount", what)
    if isnan(amount) or amount <= 0:
        raise BadPayloadError(f"{what}: wanted an amount above 0 as cash_amount, found {amount}")
    day = day_of(row, "ex_dividend_date", what)
    confirmed = row.get("declaration_date") is not None
    return Dividend(ex_date=day, amount=amount, confirmed=confirmed, source="Massive")
