"""Yahoo's JSON bodies: read with care, and refused by name where they are something else."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from generator import calendar
from generator.errors import BadPayloadError, NotThereError
from generator.providers.products import product
from generator.providers.words import shortened

Fields = Mapping[str, Any]

_DAY = 86_400
#: Seconds since 1970 between 1970 and 2100; anything else is no date of a market.
_LATEST = 4_102_444_800


def yahoo_symbol(symbol: str) -> str:
    """Return a symbol as Yahoo writes it: `BRK-B` for BRK.B, `^SPX` for the index SPX."""
    if product(symbol).kind == "index":
        return "^" + symbol.removeprefix("^")
    return symbol.replace(".", "-")


def document(name: str, data: bytes) -> Fields:
    """
    Return the JSON object of a body.

    Raises:
        BadPayloadError: If it is none: a web page, a list, cut off, nested without end.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        start = data[:200].lstrip().lower()
        page = start.startswith((b"<!doctype", b"<html", b"<"))
        shown = "a web page" if page else "other or damaged data"
        raise BadPayloadError(f"Yahoo's {name}: wanted JSON, found {shown}: try again later") from error
    return fields(name, found, "an object")


def fields(name: str, value: object, wanted: str) -> Fields:
    """Return *value* when it is an object; BadPayloadError otherwise."""
    if not isinstance(value, dict):
        raise BadPayloadError(f"Yahoo's {name}: wanted {wanted}, found {_shown(value)}")
    return value


def listed(name: str, holder: Fields, key: str) -> list[Any]:
    """Return the list under *key*; BadPayloadError when there is none."""
    value = holder.get(key)
    if not isinstance(value, list):
        raise BadPayloadError(f"Yahoo's {name}: wanted a list {key}, found {_shown(value)}")
    return value


def first_result(name: str, data: bytes, key: str) -> Fields:
    """
    Return the one result under *key* ("optionChain", "chart", "quoteSummary").

    Raises:
        NotThereError: If Yahoo says that it has no such symbol, or gives no result.
        BadPayloadError: If the body is anything else, or Yahoo names another error.
    """
    whole = document(name, data)
    holder = fields(name, whole.get(key, whole.get("finance")), f"an object {key}")
    error = holder.get("error")
    if isinstance(error, dict):
        text = shortened(f"{error.get('code')}: {error.get('description')}", 200)
        kind = NotThereError if "not found" in text.casefold() else BadPayloadError
        raise kind(f"wanted {name} from Yahoo, found its answer {text!r}")
    results = listed(name, holder, "result")
    if not results:
        raise NotThereError(f"wanted {name} from Yahoo, found an empty result: check the symbol")
    return fields(name, results[0], "an object in result")


def number(name: str, holder: Fields, key: str) -> float:
    """Return the number under *key*, NaN when it is absent or null; BadPayloadError for another thing."""
    value = holder.get(key)
    if type(value) is float:  # a chain has sixty thousand of them
        return value
    if isinstance(value, dict):  # `formatted=true` wraps numbers
        value = value.get("raw")
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadPayloadError(f"Yahoo's {name}: wanted a number {key}, found {_shown(value)}")
    try:
        return float(value)
    except OverflowError as error:
        raise BadPayloadError(f"Yahoo's {name}: wanted a number {key}, found an endless one") from error


def price(name: str, holder: Fields, key: str) -> float | None:
    """Return the finite number above zero under *key*, else None."""
    value = number(name, holder, key)
    return value if 0 < value < math.inf else None


def instant(name: str, value: object, wanted: str) -> dt.datetime:
    """Return seconds since 1970 as an instant in New York time; BadPayloadError for another thing."""
    whole = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not whole or not 0 < float(str(value)) < _LATEST:
        raise BadPayloadError(f"Yahoo's {name}: wanted {wanted} as seconds since 1970, found {_shown(value)}")
    return dt.datetime.fromtimestamp(float(str(value)), calendar.NEW_YORK)


def date_of(name: str, value: object, wanted: str) -> dt.date:
    """Return the date seconds since 1970 stand for: of UTC at its midnight, else of New York."""
    moment = instant(name, value, wanted)
    return moment.astimezone(dt.UTC).date() if moment.timestamp() % _DAY == 0 else moment.date()


def date_header(kept: bytes | None) -> dt.datetime | None:
    """Return a kept Date header as an instant in New York time, None when there is none that reads."""
    try:
        moment = parsedate_to_datetime((kept or b"").decode("ascii", "replace"))
    except ValueError:
        return None
    return calendar.to_new_york(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))


def _shown(value: object) -> str:
    """Return a value for a message."""
    return "nothing" if value is None else shortened(repr(value), 60)
