"""
The lines above a downloaded quotes file's table: the underlying, its price, and when.

The page writes the time in the words and the zone of the browser it is shown in:
"September 14, 2023 at 4:31 PM EDT", "23 de marzo de 2022, 10:11 GMT-4".
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from generator import calendar
from generator.errors import BadPayloadError
from generator.providers.words import clean

#: month -> how its name begins in English, Spanish, French, German, Portuguese and Italian, without accents
_MONTHS: tuple[tuple[str, ...], ...] = (
    ("jan", "ene", "gen"),
    ("feb", "fev"),
    ("mar",),
    ("apr", "abr", "avr"),
    ("may", "mai", "mag"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "ago", "aou"),
    ("sep", "set"),
    ("oct", "okt", "out", "ott"),
    ("nov",),
    ("dec", "dez", "dic"),
)
#: hours from UTC
_ZONES = {
    "UTC": 0,
    "GMT": 0,
    "EDT": -4,
    "EST": -5,
    "CDT": -5,
    "CST": -6,
    "MDT": -6,
    "MST": -7,
    "PDT": -7,
    "PST": -8,
}
_PRICE = re.compile(r"^(?P<name>.*?)[\s,]*Last:\s*(?P<last>[0-9][0-9,]*(?:\.[0-9]+)?)\s*(?:,\s*Change|$)")
_WHEN = re.compile(r"Date:(?P<when>.*?)(?:,\s*Bid:|$)")
_CLOCK = re.compile(
    r"\b(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-9]{2})?\s*(?P<half>[ap]\.?\s?m\b\.?)?"
)
_OFFSET = re.compile(r"(?:utc|gmt)\s*(?P<sign>[+-])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands above the table."""

    name: str | None
    last: float | None  #: may be of after hours
    written: dt.datetime  #: aware, New York: when the page was shown


def header_of(lines: Sequence[str], what: str) -> Header:
    """
    Return what the lines above the table say.

    Raises:
        BadPayloadError: If there is no date among them, or one we cannot tell.
    """
    plain = [_plain(line) for line in lines]
    when = next((found["when"] for line in plain if (found := _WHEN.search(line))), None)
    if when is None:
        raise BadPayloadError(f"{what}: wanted a line with Date: above the table, found none")
    price = next((found for line in plain if (found := _PRICE.search(line))), None)
    last = float(price["last"].replace(",", "")) if price else 0.0
    return Header(
        name=(clean(price["name"]) or None) if price else None,
        last=last if last > 0 else None,
        written=_instant(when.strip(), what),
    )


def _plain(line: str) -> str:
    """Return a line without quotes, with plain spaces and minus signs."""
    text = unicodedata.normalize("NFKC", line.replace('"', ""))
    return text.replace("\N{MINUS SIGN}", "-").strip()


def _instant(written: str, what: str) -> dt.datetime:
    """Return an instant in New York time."""
    decomposed = unicodedata.normalize("NFKD", written.casefold())
    text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    try:
        clock, zone = _clock(text)
        time = _time(int(clock["hour"]), int(clock["minute"]), (clock["half"] or "")[:1])
        day = _day(text[: clock.start()])
    except ValueError as error:
        raise BadPayloadError(
            f"{what}: wanted a time such as 'September 14, 2023 at 4:31 PM EDT', found {written[:60]!r}"
        ) from error
    return dt.datetime.combine(day, time, zone).astimezone(calendar.NEW_YORK)


def _clock(text: str) -> tuple[re.Match[str], dt.tzinfo]:
    """Return where the time of day stands, and the zone after it; ValueError without either."""
    clock = _CLOCK.search(text)
    zone = _zone(text[clock.end() :]) if clock else None
    if clock is None or zone is None:
        raise ValueError("no time, or no zone we can tell")
    return clock, zone


def _day(text: str) -> dt.date:
    """Return the date of "14 april 2023" or "september 14, 2023"; ValueError for another text."""
    numbers = [int(digits) for digits in re.findall(r"[0-9]{1,4}", text)]
    months = [
        month
        for word in re.findall(r"[a-z]+", text)
        for month, beginnings in enumerate(_MONTHS, start=1)
        if word.startswith(beginnings)
    ]
    (month,) = months
    day, year = sorted(numbers)
    return dt.date(year, month, day)


def _time(hour: int, minute: int, half: str) -> dt.time:
    """Return a time of day; of twelve hours when *half* is a or p."""
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("hour")
        hour = hour % 12 + (12 if half == "p" else 0)
    return dt.time(hour, minute)


def _zone(text: str) -> dt.tzinfo | None:
    """Return the zone a time ends with, None for one we cannot tell."""
    offset = _OFFSET.search(text)
    if offset:
        span = dt.timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        return (
            dt.timezone(span if offset["sign"] == "+" else -span) if span < dt.timedelta(hours=24) else None
        )
    name = text.strip(" .,").upper()
    if name == "ET":
        return calendar.NEW_YORK
    hours = _ZONES.get(name)
    return None if hours is None else dt.timezone(dt.timedelta(hours=hours))
