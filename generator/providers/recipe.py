"""
The recipe of a snapshot put together from providers: who was asked for what, as bytes to keep.

Every provider's files are kept beside it under names that cannot meet.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from generator.errors import DataError
from generator.models.market import RawFile
from generator.providers.assembly import Told
from generator.providers.files import raw_file

RECIPE = "gather.json"
VERSION = 1


def recipe_of(symbol: str, told: list[Told], expirations: int | None) -> RawFile:
    """Return who was asked for what, as bytes that depend on nothing but that."""
    parts = [
        {
            "part": item.part,
            "provider": item.provider,
            "item": item.item,
            "retrieved_at": item.retrieved_at.isoformat() if item.retrieved_at else None,
            "when": item.ask.when.isoformat(),
            "session": item.ask.session.isoformat(),
            "files": [file.name for file in item.files],
            "failed": [list(pair) for pair in item.failed],
        }
        for item in told
    ]
    content = {"version": VERSION, "symbol": symbol, "expirations": expirations, "parts": parts}
    return raw_file(RECIPE, json.dumps(content, ensure_ascii=False, sort_keys=True).encode())


def kept(told: list[Told]) -> tuple[RawFile, ...]:
    """Return every provider's files under names that cannot meet."""
    return tuple(
        RawFile(name=place_of(number, item.part, file.name), sha256=file.sha256, data=file.data)
        for number, item in enumerate(told)
        for file in item.files
    )


def place_of(number: int, part: str, name: str) -> str:
    """Return the kept name of a provider's file."""
    return f"{number:02d}-{part.replace(' ', '-')}/{name}"


def read_recipe(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the recipe among kept files; DataError without one that reads."""
    try:
        recipe = json.loads(files[RECIPE])
        known = recipe["version"] == VERSION
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise DataError(f"wanted {RECIPE} among the kept files, found none that reads") from error
    if not known:
        raise DataError(f"wanted {RECIPE} of version {VERSION}, found {recipe['version']!r}")
    return dict(recipe)


def instant(text: str | None) -> dt.datetime | None:
    """Return an instant, None for None."""
    return None if text is None else dt.datetime.fromisoformat(text)
