"""
Fields of an answer that stood in none that was ever recorded: a schema that moves, before it breaks.

A field is its way through the document, `data.options.*.bid`: `*` for a place in a list or a key
of digits, `**` at the end of a known one for anything below. Nobody documents these answers, so
what is known of them is what recorded ones held.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from generator.assets import asset
from generator.models.market import Part

DEEPEST = 32


def new_fields(provider: str, part: Part, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the fields of an answer that are new, in order; none where no answer was recorded."""
    known = _known().get((provider, part))
    if known is None:
        return ()
    below = tuple(field.removesuffix("**") for field in known if field.endswith("**"))
    found = {field for data in files.values() for field in _fields(_parsed(data))}
    return tuple(sorted(field for field in found - known if not field.startswith(below)))


@cache
def _known() -> Mapping[tuple[str, str], frozenset[str]]:
    """Read the table that ships with the program: (provider, part) -> fields."""
    found: dict[tuple[str, str], set[str]] = {}
    with asset("known_fields.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault((row["provider"], row["part"]), set()).add(row["field"])
    return {key: frozenset(fields) for key, fields in found.items()}


def _parsed(data: bytes) -> Any:
    """Return a JSON document, None for what is none: the answer's reader has said so."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _fields(value: Any, way: tuple[str, ...] = ()) -> Iterator[str]:
    if len(way) > DEEPEST:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _fields(item, (*way, "*" if key.isdigit() else key))
    elif isinstance(value, list):
        for item in value:
            yield from _fields(item, (*way, "*"))
    elif way:
        yield ".".join(way)
