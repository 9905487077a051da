"""
Small files whose names carry the hash of what is in them.

    captures/symbol=IWM/session=2026-05-22/<key>-<32 digits of SHA-256>.json

A damaged file gives itself away, the same content again is the same file, and other content
can never take its place.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from generator.archive.places import Place
from generator.errors import DataError

DIGITS = 32


class Slot(NamedTuple):
    """Where a capture's or a brief's file of any table goes: its partition, and what it is called after."""

    symbol: str
    session: dt.date
    key: str


def folder(kind: str, symbol: str | None = None, session: dt.date | None = None) -> str:
    """Return a partition's folder; `^SPX` becomes `%5ESPX`, which DuckDB reads back."""
    parts = [kind]
    if symbol is not None:
        parts.append(f"symbol={quote(symbol, safe='')}")
    if session is not None:
        parts.append(f"session={session.isoformat()}")
    return "/".join(parts)


def symbol_of(name: str) -> str:
    """Return the symbol in a file's path."""
    return unquote(name.split("/")[1].removeprefix("symbol="))


def key_of(name: str) -> str:
    """Return what stands before the hash in a file's name."""
    return name.rpartition("/")[2].rpartition("-")[0]


def seal(place: Place, inside: str, key: str, data: bytes, suffix: str) -> str:
    """
    Write *data* under its key and hash and return its name; what is there whole is left alone.

    Raises:
        OutputError: If it cannot be written.
    """
    name = f"{inside}/{key}-{_digest(data)}.{suffix}"
    try:
        if place.get(name) == data:
            return name
    except OSError:
        pass  # not there, or not readable: then writing says what is wrong
    place.put(name, data)
    return name


def opened(place: Place, name: str) -> bytes:
    """
    Return what was sealed under *name*.

    Raises:
        DataError: If it is not there, or no longer that.
    """
    stem = name.rpartition("/")[2].partition(".")[0]
    try:
        data = place.get(name)
    except OSError as error:
        raise DataError(f"archive file {name} cannot be read: {error.strerror or error}") from error
    if stem.rpartition("-")[2] != (found := _digest(data)):
        raise DataError(f"archive file {name} is damaged: its bytes hash to {found[:12]} now")
    return data


def opened_json(place: Place, name: str, version: int) -> dict[str, Any]:
    """Return the JSON object sealed under *name*; DataError if it is none, or of another version."""
    data = opened(place, name)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DataError(f"archive file {name}: wanted JSON, found other data") from error
    if not isinstance(found, dict) or found.get("version") != version:
        raise DataError(f"archive file {name}: wanted a JSON object of version {version}, found another")
    return found


def packed(document: dict[str, Any]) -> bytes:
    """Return a document as bytes that depend on nothing but its content."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:DIGITS]
