"""Everything on file of one session, checked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from generator.archive.entries import Entry, as_document, entries, verdicts
from generator.archive.objects import Objects
from generator.archive.places import Where, place_of
from generator.archive.printed import briefs
from generator.archive.snapshots import manifest_of
from generator.archive.tables import files, held, rows_of, views
from generator.errors import DataError

_READINGS = "SELECT id, value, unit, date, capture FROM readings WHERE session = ? ORDER BY capture, id"


def shown(where: Where, symbol: str, session: dt.date) -> dict[str, Any]:
    """
    Return captures with their files, readings, and briefs of a session; `damaged` lists what is not whole.

    Raises:
        DataError: If nothing of that session is on file.
    """
    place = place_of(where)
    objects = Objects(place)
    damaged: list[str] = []
    said = verdicts(place, symbol, damaged.append)
    found = entries(place, symbol, damaged.append, session)
    captures = [
        {
            **as_document(entry),
            "verdict": said.get(entry.capture, "not judged"),
            "files": _checked(objects, entry, damaged),
        }
        for entry in found
    ]
    damaged += [
        f"{symbol} {session}: the table of {entry.label} is missing or damaged"
        for entry in found
        if not held(place, "chains", entry.slot)
    ]
    with views(place, {"readings": files(place, "readings", symbol)}, damaged.append) as (connection, _):
        rows = rows_of(connection, _READINGS, session)
    printed = briefs(place, symbol, damaged.append, session)
    if not (captures or rows or printed or damaged):
        raise DataError(f"wanted something of {symbol} on {session}, found nothing in the archive")
    names = ("id", "value", "unit", "date", "capture")
    readings = [dict(zip(names, (*row[:3], row[3].isoformat(), row[4]), strict=True)) for row in rows]
    return {"captures": captures, "readings": readings, "briefs": printed, "damaged": damaged}


def _checked(objects: Objects, entry: Entry, damaged: list[str]) -> list[dict[str, str]]:
    """Return names and hashes of a capture's files, after a look at every byte."""
    try:
        listed: list[dict[str, str]] = manifest_of(objects, {"snapshot": entry.capture}, "snapshot")["files"]
    except DataError as error:
        damaged.append(str(error))
        return []
    for file in listed:
        try:
            objects.get(file["sha256"])
        except DataError as error:
            damaged.append(f"{file['name']}: {error}")
    return listed
