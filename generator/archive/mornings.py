"""
Captures of the morning edition: a close and a count, each kept as its own bytes.

The recipe says how both are read again; the close's files lie under `close/`, the count's
under `count/`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from generator import calendar
from generator.archive.choosing import best_first
from generator.archive.entries import Entry, entries
from generator.archive.objects import Objects
from generator.archive.places import Report, Where, place_of, silent
from generator.archive.snapshots import MORNING, load_snapshot, manifest_of, reread_files
from generator.errors import DataError
from generator.models.market import Gap, RawFile, Snapshot
from generator.providers.files import raw_file
from generator.providers.morning import Count, Recipe, joined, of_capture, told

VERSION = 1
EDITION = "morning"


def morning_at(
    where: Where, symbol: str, session: dt.date, until: dt.datetime, report: Report = silent
) -> str | None:
    """Return the hash of the latest morning capture after *session* up to an instant, or None."""
    found = [
        entry
        for entry in entries(place_of(where), symbol, report, session)
        if entry.edition == EDITION and entry.captured <= until
    ]
    return max(found, key=lambda entry: (entry.captured, entry.capture)).capture if found else None


def counts_on_file(
    where: Where, close: Snapshot, until: dt.datetime | None, report: Report = silent
) -> Iterator[tuple[str, Callable[[], Count]]]:
    """
    Yield the captures on file with the count after a close, and what reads it, the likeliest first.

    Up to an instant the latest first; without one a session's close before its other captures.
    """
    fitting = [
        entry
        for entry in entries(place_of(where), close.symbol, report)
        if entry.open_interest_date == close.session
        and entry.edition != EDITION
        and entry.synthetic == close.synthetic
        and (until is None or entry.captured <= until)
    ]
    latest = sorted(fitting, key=lambda entry: (entry.captured, entry.capture), reverse=True)
    for entry in best_first(fitting) if until is None else latest:
        yield entry.label, partial(_count, where, entry)


def made(where: Where, capture: str, count: Count, failed: tuple[Gap, ...] = ()) -> Snapshot:
    """
    Return the morning edition of a close on file.

    Raises:
        DataError: If the close is damaged.
    """
    close = load_snapshot(where, capture)
    manifest = manifest_of(Objects(where), {"snapshot": capture}, "snapshot")
    recipe = {
        "version": VERSION,
        "symbol": close.symbol,
        "close": _part(close, manifest),
        "count": count.recipe,
        "failed": [dataclasses.asdict(gap) for gap in failed],
    }
    text = json.dumps(recipe, ensure_ascii=False, sort_keys=True).encode()
    raw = (raw_file(MORNING, text), *_under("close", close.raw), *_under("count", count.files))
    return joined(close, count, raw, failed)


def reread(files: Mapping[str, bytes]) -> Snapshot:
    """
    Return the morning edition that kept bytes hold.

    Raises:
        DataError: If the recipe or a file it names is missing, or no longer reads.
    """
    try:
        recipe = json.loads(files[MORNING])
        known = recipe["version"] == VERSION
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise DataError(f"wanted {MORNING} among the kept files, found none that reads") from error
    if not known:
        raise DataError(f"wanted {MORNING} of version {VERSION}, found {recipe['version']!r}")
    failed = tuple(Gap(what=gap["what"], reason=gap["reason"]) for gap in recipe["failed"])
    close = _again(recipe["symbol"], recipe["close"], _inside("close", files))
    raw = tuple(raw_file(name, data) for name, data in files.items())
    return joined(close, _counted(recipe, files), raw, failed)


def capture_count(capture: Snapshot, provider: str, at: dt.datetime) -> Count:
    """Return the count of a capture that is not on file."""
    recipe = {**_part(capture, {"provider": provider, "gaps": []}), "at": at.isoformat()}
    return of_capture(capture, at, recipe)


def _counted(recipe: Recipe, files: Mapping[str, bytes]) -> Count:
    """Return the count again: a provider's, or that of a capture."""
    entry = recipe["count"]
    if "edition" not in entry:
        return told(recipe["symbol"], entry, _inside("count", files))
    capture = _again(recipe["symbol"], entry, _inside("count", files))
    return of_capture(capture, dt.datetime.fromisoformat(entry["at"]).astimezone(capture.as_of.tzinfo), entry)


def _count(where: Where, entry: Entry) -> Count:
    capture = load_snapshot(where, entry.capture)
    manifest = manifest_of(Objects(where), {"snapshot": entry.capture}, "snapshot")
    at = _read_at(capture)
    recipe = {**_part(capture, manifest), "at": (at or capture.as_of).isoformat(), "timed": at is not None}
    return of_capture(capture, at or capture.as_of, recipe)


def _read_at(capture: Snapshot) -> dt.datetime | None:
    """Return when a capture's count was read, None where nobody says, or a later day than its session."""
    told = [source.retrieved_at for source in capture.sources if source.part == "chain"]
    at = calendar.to_new_york(told[0]) if told and told[0] else None
    return at if at is not None and at.date() == capture.session else None


def _part(capture: Snapshot, manifest: Mapping[str, Any]) -> Recipe:
    """Return what brings a capture back from its files."""
    return {
        "provider": manifest["provider"],
        "session": capture.session.isoformat(),
        "edition": capture.edition,
        "name": capture.name,
        "gaps": manifest["gaps"],
    }


def _again(symbol: str, part: Recipe, files: dict[str, bytes]) -> Snapshot:
    """Return a capture from its files."""
    snapshot = reread_files(part["provider"], symbol, part["session"], files)
    if snapshot.edition != part["edition"]:
        raise DataError(f"wanted the {part['edition']} of {part['session']}, found {snapshot.edition}")
    gaps = tuple(Gap(what=gap["what"], reason=gap["reason"]) for gap in part["gaps"])
    return dataclasses.replace(snapshot, name=part["name"], gaps=gaps)


def _under(folder: str, files: tuple[RawFile, ...]) -> tuple[RawFile, ...]:
    return tuple(dataclasses.replace(file, name=f"{folder}/{file.name}") for file in files)


def _inside(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    start = f"{folder}/"
    return {name.removeprefix(start): data for name, data in files.items() if name.startswith(start)}
