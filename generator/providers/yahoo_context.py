"""Yahoo's news and calendar bodies as items, dividends and dated events."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from generator.errors import BadPayloadError, DataError
from generator.models.market import Dividend, Event, Gap
from generator.providers.base import Answer, Ask
from generator.providers.news import about, newest_first, parse_news
from generator.providers.yahoo_bars import FILE as BARS
from generator.providers.yahoo_bars import paid
from generator.providers.yahoo_body import Fields, date_of, document, fields, first_result, yahoo_symbol

NEWS = "news.json"
CALENDAR = "calendar.json"
SOURCE = "Yahoo Finance"


def read_news(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """
    Return the symbol's items up to the instant asked for.

    Both shapes are read: the stream of nested items that yfinance asks for now, and the flat
    list of a search.

    Raises:
        BadPayloadError: If the body is neither.
    """
    whole = document(NEWS, files.get(NEWS, b""))
    rows = _stream(whole) if "data" in whole else whole
    try:
        stories = parse_news(f"{ask.symbol}.json", json.dumps(rows).encode())
    except (DataError, ValueError) as error:
        raise BadPayloadError(f"Yahoo's {NEWS}: {error}") from error
    symbols = {ask.symbol, yahoo_symbol(ask.symbol)}
    items = [item for symbol in symbols for item in about(stories, f"{symbol}.json", symbol)]
    news = newest_first(items, ask.when)
    gaps = () if news else (Gap(what="news", reason=f"Yahoo has no item about {ask.symbol} up to then"),)
    return Answer(news=news, gaps=gaps)


def read_events(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """
    Return the earnings and ex-dividend dates ahead, as Yahoo expects them.

    Raises:
        NotThereError: If Yahoo keeps no calendar of the symbol.
        BadPayloadError: If the body is no calendar.
    """
    found = _calendar(files)
    events = []
    if (day := _ex_date(found)) is not None:
        events.append(Event(date=day, title="Ex-dividend date", source=SOURCE))
    days, sure = _earnings(found)
    for number, day in enumerate(days[:2]):
        title = "Earnings" if sure else "Earnings expected"
        if len(days) > 1:
            title += ", latest date" if number else ", earliest date"
        events.append(Event(date=day, title=title, source=SOURCE, confirmed=sure))
    ahead = tuple(event for event in events if event.date > ask.when.date())
    gaps = () if ahead else (Gap(what="events", reason=f"Yahoo has none of {ask.symbol} ahead"),)
    return Answer(events=ahead, gaps=gaps)


def read_dividends(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """
    Return the dividends of the chart's years and the next one.

    That has its date by Yahoo's calendar and the amount last paid; it is unconfirmed.

    Raises:
        NotThereError: If there is no such symbol.
        BadPayloadError: If a body is not what it should be.
    """
    gone = tuple(
        Dividend(ex_date=day, amount=amount, confirmed=True, source=SOURCE)
        for day, amount in paid(first_result(BARS, files.get(BARS, b""), "chart"))
        if day <= ask.session
    )
    day = _ex_date(_calendar(files)) if CALENDAR in files else None
    if day is None or day <= ask.session:
        reason = f"Yahoo has no ex-dividend date of {ask.symbol} after {ask.session}"
        return Answer(gaps=(Gap(what="dividends", reason=reason),), paid=gone)
    if not gone:
        reason = f"Yahoo has an ex-dividend date of {ask.symbol} and no amount"
        return Answer(gaps=(Gap(what="dividends", reason=reason),))
    source = f"{SOURCE}: date as expected, amount as last paid"
    ahead = Dividend(ex_date=day, amount=gone[-1].amount, confirmed=False, source=source)
    return Answer(dividends=(ahead,), paid=gone)


def _stream(whole: Fields) -> list[Any]:
    """Return the items of the nested shape without its advertisements."""
    data = fields(NEWS, whole.get("data"), "an object data")
    ticker = fields(NEWS, data.get("tickerStream"), "an object tickerStream")
    stream = ticker.get("stream")
    if not isinstance(stream, list):
        raise BadPayloadError(f"Yahoo's {NEWS}: wanted a list stream, found {type(stream).__name__}")
    return [item for item in stream if isinstance(item, dict) and not item.get("ad")]


def _calendar(files: Mapping[str, bytes]) -> Fields:
    """Return the calendar's own object."""
    result = first_result(CALENDAR, files.get(CALENDAR, b""), "quoteSummary")
    return fields(CALENDAR, result.get("calendarEvents"), "an object calendarEvents")


def _ex_date(found: Fields) -> dt.date | None:
    """Return the calendar's ex-dividend date."""
    value = _plain(found.get("exDividendDate"))
    return None if value is None else date_of(CALENDAR, value, "exDividendDate")


def _earnings(found: Fields) -> tuple[list[dt.date], bool]:
    """Return the dates between which earnings are expected, or the one, and whether that is confirmed."""
    earnings = fields(CALENDAR, found.get("earnings") or {}, "an object earnings")
    values = earnings.get("earningsDate") or []
    if not isinstance(values, list):
        raise BadPayloadError(f"Yahoo's {CALENDAR}: wanted a list earningsDate, found another thing")
    days = sorted({date_of(CALENDAR, _plain(value), "earningsDate") for value in values})
    return days, len(days) == 1 and earnings.get("isEarningsDateEstimate") is False


def _plain(value: Any) -> Any:
    """Return a value that `formatted=true` wrapped, an empty wrapping as None."""
    return value.get("raw") if isinstance(value, dict) else value
