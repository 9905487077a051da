"""
The figures an article is held against: a `brief.json`, or a smaller file of the same shape.

Needed are `symbol`, `session` and `facts`, a list of objects with `id` and `value`; `spot`, `as_of`,
`open_interest_date`, `levels` and `ideas` are read where they are there.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.errors import DataError

LARGEST = 16 * 2**20  #: bytes of a file of figures
SYMBOL = re.compile(r"[A-Z][A-Z0-9.]{0,9}")

Series = tuple[str, dt.date, float]  #: right, expiration, strike


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A level of the figures; a line has low is high."""

    kind: str
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is known of one market at one session."""

    symbol: str
    session: dt.date
    spot: float | None
    numbers: Mapping[str, float]  #: id -> value
    texts: Mapping[str, str]  #: of facts that are words or dates
    zones: tuple[Zone, ...] = ()

    def number(self, *ids: str) -> float | None:
        """Return the first of *ids* that is known."""
        return next((self.numbers[name] for name in ids if name in self.numbers), None)

    def open_interest(self) -> dict[Series, float]:
        """Return the open interest of each series on file."""
        found = {}
        for name, value in self.numbers.items():
            if (match := _INTEREST.fullmatch(name)) is not None:
                day = dt.date.fromisoformat(match["day"])
                found[match["right"], day, float(match["strike"])] = value
        return found


_INTEREST = re.compile(r"open_interest\.(?P<right>call|put)\.(?P<day>\d{4}-\d\d-\d\d)\.(?P<strike>[\d.]+)")


def read(data: bytes) -> Figures:
    """
    Return the figures of a JSON file.

    Raises:
        DataError: If the file is too large, no JSON, or lacks what is needed.
    """
    if len(data) > LARGEST:
        raise DataError(f"wanted figures of at most {LARGEST} bytes, found {len(data)}")
    try:
        told = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise DataError(f"wanted figures as JSON in UTF-8, found {error}") from error
    if not isinstance(told, dict):
        raise DataError(f"wanted figures as an object with symbol, session and facts, found {told!r:.40}")
    symbol = told.get("symbol")
    if not isinstance(symbol, str) or SYMBOL.fullmatch(symbol) is None:
        raise DataError(f"figures, symbol: wanted a ticker such as 'IWM', found {symbol!r:.40}")
    numbers, texts = _facts(told.get("facts"))
    spot = told.get("spot", numbers.get("spot"))
    return Figures(
        symbol=symbol,
        session=_day(told.get("session")),
        spot=None if spot is None else _number("spot", spot),
        numbers=numbers,
        texts=texts,
        zones=tuple(_zone(item) for item in _list("levels", told.get("levels", []))),
    )


def _day(value: object) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise DataError(f"figures, session: wanted a date such as 2026-05-22, found {value!r:.40}") from None


def _facts(value: object) -> tuple[dict[str, float], dict[str, str]]:
    numbers: dict[str, float] = {}
    texts: dict[str, str] = {}
    for item in _list("facts", value):
        name, told = item.get("id"), item.get("value")
        if not isinstance(name, str) or not name:
            raise DataError(f"figures, facts: wanted an id, found {name!r:.40}")
        if isinstance(told, str):
            texts[name] = told
        else:
            numbers[name] = _number(name, told)
    if not numbers:
        raise DataError("figures, facts: wanted at least one number, found none")
    return numbers, texts


def _zone(item: Mapping[str, Any]) -> Zone:
    low, high = (item.get(name, item.get("value")) for name in ("low", "high"))
    return Zone(kind=str(item.get("kind", "")), low=_number("levels", low), high=_number("levels", high))


def _list(name: str, value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise DataError(f"figures, {name}: wanted a list of objects, found {value!r:.40}")
    return value


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise DataError(f"figures, {name}: wanted a number, found {value!r:.40}")
    return float(value)
