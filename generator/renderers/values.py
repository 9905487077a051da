"""A fact's value as machines read it: in an attribute of the page, or in JSON."""

from __future__ import annotations

import datetime as dt
import math
import re

from generator.errors import TextError
from generator.models.analysis import Value

#: what no file of ours may hold: control characters but for line feed and tab, lone surrogates, the marks
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\ue002\ufffe\uffff]")


def printable(text: str) -> str:
    """Return *text* without characters that no file of ours may hold."""
    return FORBIDDEN.sub("", text)


def machine(value: Value) -> float | int | str:
    """
    Return *value* as JSON holds it: numbers as they are, dates and instants in ISO 8601.

    Raises:
        TextError: If a number is not finite, or an instant has no offset.
    """
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise TextError(f"wanted an instant with its offset, found {value.isoformat()}")
        return value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, int):
        return int(value)
    if not math.isfinite(value):
        raise TextError(f"wanted a finite number, found {value!r}: unknown values are None")
    return float(value)


def raw(value: Value) -> str:
    """Return *value* as the page's `data value` holds it."""
    known = machine(value)
    return known if isinstance(known, str) else repr(known)
