"""Rates, dividends and dated events from their small csv files, and events from calendars."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from generator import calendar
from generator.errors import DataError
from generator.models.market import Dividend, Event, RatePoint
from generator.providers.files import bare
from generator.providers.tables import Shape, bad_cell, read_table
from generator.providers.words import clean

T = TypeVar("T")

_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_ICS_LINE = re.compile(r"(?P<name>[A-Z-]+)(?:;[^:]*?(?:TZID=(?P<zone>[^;:]+))?[^:]*)?:(?P<value>.*)")


def parse_rates(name: str, content: bytes) -> list[tuple[dt.date, RatePoint]]:
    """Return the dated points of a file with the columns date, days, rate (a fraction)."""
    table = read_table(name, content, Shape(numbers=("days", "rate"), texts=("date",)))
    found = []
    for row, record in enumerate(_rows(table)):
        day = _cell(name, content, row, "date", record["date"], dt.date.fromisoformat, "a date")
        days = _cell(name, content, row, "days", record["days"], _days, "whole days above 0")
        rate = _cell(name, content, row, "rate", record["rate"], _rate, "a fraction such as 0.04")
        found.append((day, RatePoint(days=days, rate=rate)))
    return found


def parse_dividends(name: str, content: bytes, symbol: str) -> list[Dividend]:
    """Return the dividends of a file with the columns ex_date, amount, confirmed, source, [symbol]."""
    shape = Shape(
        numbers=("amount",),
        texts=("ex_date", "confirmed", "source", "symbol"),
        optional=("confirmed", "source", "symbol"),
    )
    found = []
    for row, record in enumerate(_rows(read_table(name, content, shape))):
        if record.get("symbol", symbol) not in {"", symbol}:
            continue
        day = _cell(name, content, row, "ex_date", record["ex_date"], dt.date.fromisoformat, "a date")
        amount = _cell(name, content, row, "amount", record["amount"], _amount, "an amount above 0")
        word = record.get("confirmed", "")
        confirmed = _cell(name, content, row, "confirmed", word, _yes, "yes or no")
        source = clean(record.get("source", "")) or bare(name)
        found.append(Dividend(ex_date=day, amount=amount, confirmed=confirmed, source=source))
    return found


def parse_events(name: str, content: bytes, symbol: str) -> list[Event]:
    """Return the events of a file with the columns date, title, [source], [time], [confirmed], [symbol]."""
    optional = ("source", "time", "confirmed", "symbol")
    shape = Shape(texts=("date", "title", *optional), optional=optional)
    found = []
    for row, record in enumerate(_rows(read_table(name, content, shape))):
        if record.get("symbol", symbol) not in {"", symbol}:
            continue
        day = _cell(name, content, row, "date", record["date"], dt.date.fromisoformat, "a date")
        time = _cell(name, content, row, "time", record.get("time", ""), _time, "a time such as 14:00")
        title = _cell(name, content, row, "title", record["title"], _title, "a title")
        source = clean(record.get("source", "")) or bare(name)
        word = record.get("confirmed", "") or "yes"  # who keeps the file vouches for its dates
        confirmed = _cell(name, content, row, "confirmed", word, _yes, "yes or no")
        found.append(Event(date=day, title=title, source=source, time=time, confirmed=confirmed))
    return found


def parse_ics(name: str, content: bytes) -> list[Event]:
    """
    Return the events of an iCalendar file (RFC 5545): date, time and summary; repeats are not unrolled.

    Raises:
        DataError: If it is no calendar, or an event has no readable start.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"file {name}: wanted a calendar in UTF-8, found other data") from error
    if "BEGIN:VCALENDAR" not in text:
        raise DataError(f"file {name}: wanted an iCalendar file, found no BEGIN:VCALENDAR")
    found: list[Event] = []
    source = bare(name)
    start, title, status = None, "", ""
    for key, zone, value in _ics_lines(text):
        if key == "X-WR-CALNAME":
            source = _plain(value) or source
        elif key == "BEGIN" and value == "VEVENT":
            start, title, status = None, "", ""
        elif key == "DTSTART":
            start = _ics_start(name, value, zone)
        elif key == "SUMMARY":
            title = _plain(value)
        elif key == "STATUS":
            status = value.upper()
        elif key == "END" and value == "VEVENT" and start and title and status != "CANCELLED":
            known = status != "TENTATIVE"
            found.append(Event(date=start[0], title=title, source=source, time=start[1], confirmed=known))
    return found


def _ics_lines(text: str) -> Iterator[tuple[str, str | None, str]]:
    """Yield name, time zone and value of each unfolded line."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    for line in unfolded.splitlines():
        if match := _ICS_LINE.fullmatch(line):
            yield match["name"], match["zone"], match["value"].strip()


def _ics_start(name: str, value: str, zone: str | None) -> tuple[dt.date, dt.time | None]:
    """Return date and New York time of a DTSTART."""
    try:
        if "T" not in value:
            return dt.datetime.strptime(value, "%Y%m%d").date(), None  # noqa: DTZ007  (a date has no zone)
        moment = dt.datetime.fromisoformat(value)
        local = calendar.to_new_york(calendar.in_zone(moment, zone))
    except (ValueError, LookupError) as error:
        raise DataError(f"file {name}: wanted a date or time after DTSTART, found {value!r}") from error
    return local.date(), local.time()


def _plain(value: str) -> str:
    """Return an iCalendar text without its escapes."""
    return clean(re.sub(r"\\([,;\\])", r"\1", value.replace("\\n", " ").replace("\\N", " ")))


def _rows(table: Any) -> Iterator[dict[str, Any]]:
    """Yield each row by column name, text stripped."""
    for record in table.to_dict("records"):
        yield {key: value.strip() if isinstance(value, str) else value for key, value in record.items()}


def _cell(
    name: str, content: bytes, row: int, column: str, value: Any, read: Callable[[Any], T], wanted: str
) -> T:
    """Return *read* of a cell, or raise with its place."""
    try:
        return read(value)
    except (ValueError, KeyError, OverflowError) as error:
        raise bad_cell(name, content, row, column, wanted, value) from error


def _days(value: float) -> int:
    """Return whole days above zero."""
    if not value > 0 or value != int(value):
        raise ValueError(value)
    return int(value)


def _rate(value: float) -> float:
    """Return a rate that is a fraction and not a percentage."""
    if not -0.1 < value < 1:
        raise ValueError(value)
    return float(value)


def _amount(value: float) -> float:
    """Return a finite amount above zero."""
    if not 0 < value < float("inf"):
        raise ValueError(value)
    return float(value)


def _yes(word: str) -> bool:
    """Return a yes or no; a blank is no."""
    return _YES_NO[word.lower()] if word else False


def _time(text: str) -> dt.time | None:
    """Return a time of day in New York, None for a blank."""
    return dt.time.fromisoformat(text) if text else None


def _title(text: str) -> str:
    """Return a cleaned title that is not blank."""
    if not (title := clean(text)):
        raise ValueError(text)
    return title
