"""Values out of a provider's JSON: records, numbers and instants, or the error that says what is wrong."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Any

from generator.errors import BadPayloadError
from generator.http import json_of

Record = Mapping[str, Any]
_LAST_SECOND = 4_102_444_800  # the year 2100; a larger number is in another unit


def file_of(files: Mapping[str, bytes], name: str) -> bytes:
    """Return one of a provider's files; BadPayloadError if it is not among them."""
    try:
        return files[name]
    except KeyError as error:
        raise BadPayloadError(f"wanted {name} among the provider's files, found no such file") from error


def mapping_of(files: Mapping[str, bytes], name: str, what: str) -> dict[str, Any]:
    """Return the JSON object of a file; *what* names it in messages."""
    document = json_of(file_of(files, name), what)
    if not isinstance(document, dict):
        raise BadPayloadError(f"{what}: wanted a JSON object, found {_kind(document)}")
    return document


def records(value: Any, what: str) -> list[dict[str, Any]]:
    """Return the objects of a list, of a lone object, or of nothing (null); BadPayloadError for the rest."""
    if value is None or value in ("null", ""):
        return []
    rows = value if isinstance(value, list) else [value]
    for row in rows:
        if not isinstance(row, dict):
            raise BadPayloadError(f"{what}: wanted JSON objects, found {_kind(row)}")
    return rows


def inner(record: Record, key: str, what: str) -> dict[str, Any]:
    """Return the object under *key*, empty where it is absent or null."""
    value = record.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadPayloadError(f"{what}: wanted a JSON object as {key}, found {_kind(value)}")
    return value


def number(record: Record, key: str, what: str) -> float:
    """Return the number under *key*; NaN where it is absent, null or "NaN"."""
    value = record.get(key)
    if value is None or value == "NaN":
        return math.nan
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadPayloadError(f"{what}: wanted a number as {key}, found {_kind(value)}")
    try:
        return float(value)
    except OverflowError as error:
        raise BadPayloadError(f"{what}: wanted a number as {key}, found one that overflows") from error


def text(record: Record, key: str) -> str:
    """Return the string under *key*, stripped; blank for anything else."""
    value = record.get(key)
    return value.strip() if isinstance(value, str) else ""


def day_of(record: Record, key: str, what: str) -> dt.date:
    """Return the ISO date under *key*; BadPayloadError for anything else."""
    value = record.get(key)
    try:
        return dt.date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise BadPayloadError(f"{what}: wanted a date as {key}, found {_kind(value)}") from error


def epoch(record: Record, key: str, a_second: int, what: str) -> dt.datetime | None:
    """
    Return the instant under *key*, counted since 1970 with *a_second* units a second.

    None where it is absent, null or not above 0, which is how feeds say never.
    """
    value = number(record, key, what)
    if math.isnan(value) or value <= 0:
        return None
    seconds = value / a_second
    if seconds > _LAST_SECOND:
        raise BadPayloadError(f"{what}: wanted an instant as {key}, found {value:.0f}, beyond the year 2100")
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def require(rows: Iterable[Record], keys: Iterable[str], what: str) -> None:
    """Refuse records none of which has one of the documented *keys*: the provider renamed it."""
    rows = list(rows)
    for key in keys:
        if rows and not any(key in row for row in rows):
            raise BadPayloadError(
                f"{what}: wanted {key} as documented, found none in {len(rows)} records: "
                "the provider has changed its format"
            )


def _kind(value: Any) -> str:
    """Return a short name of a JSON value for a message; long texts are cut."""
    if isinstance(value, str):
        return repr(value[:40])
    return {dict: "an object", list: "a list", bool: str(value).lower()}.get(type(value), repr(value)[:40])
