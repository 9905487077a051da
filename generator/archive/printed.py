"""What was printed when: the facts of every finished brief, and the inputs that bring it back."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from generator import calendar
from generator.archive.places import Place, Report, Where, place_of, silent
from generator.archive.sealed import Slot, folder, key_of, opened_json, packed, seal
from generator.archive.tables import write
from generator.errors import DataError

TABLE = "printed"
VERSION = 1
_DIGITS = 24
_KEY = re.compile(r"(?P<number>\d{4,9})-(?P<digest>[0-9a-f]{24})", re.ASCII)


def record(where: Where, twin: bytes | Mapping[str, Any]) -> None:
    """
    Keep what a finished brief printed, and what it was made from.

    Args:
        where: The state folder, or the archive's URL.
        twin: The brief's `brief.json`; its `inputs` hold what `keep` returned.

    Raises:
        OutputError: If it cannot be written.
    """
    document = json.loads(twin) if isinstance(twin, bytes) else twin
    place = place_of(where)
    session = dt.date.fromisoformat(document["session"])
    digest = hashlib.sha256(packed(dict(document))).hexdigest()[:_DIGITS]
    there = _numbers(place, document["symbol"], session)
    if there and there[max(there)] == digest:
        return
    number = max(there, default=0) + 1
    slot = Slot(document["symbol"], session, f"{number:04d}-{digest}")
    write(place, TABLE, slot, _rows(document, number))
    listed = ("id", "symbol", "session", "edition", "as_of", "language", "tier", "synthetic")
    entry = {
        "version": VERSION,
        "number": number,
        **{name: document[name] for name in listed},
        "inputs": {item["name"]: item["value"] for item in document["inputs"]},
    }
    seal(place, folder(TABLE, slot.symbol, session), slot.key, packed(entry), "json")


def printed_inputs(
    where: Where,
    symbol: str,
    when: dt.date | dt.datetime,
    editions: tuple[str, ...] = ("close",),
    report: Report = silent,
) -> dict[str, Any] | None:
    """
    Return the inputs of the brief that was printed last for *when*, or None when there was none.

    A date asks for the brief of that session, an instant for the latest at or before it that is
    of its session or the one before.
    """
    place = place_of(where)
    session = None if isinstance(when, dt.datetime) else when
    found = [item for item in briefs(place, symbol, report, session=session) if item["edition"] in editions]
    if isinstance(when, dt.datetime):
        moment = calendar.to_new_york(when)
        oldest = calendar.previous_session(calendar.session_on_or_before(moment.date())).isoformat()
        found = [
            item
            for item in found
            if dt.datetime.fromisoformat(item["as_of"]) <= moment and item["session"] >= oldest
        ]
    best = max(found, key=lambda item: (item["as_of"], item["number"]), default=None)
    return None if best is None else dict(best["inputs"])


def printed_from(where: Where, symbol: str, capture: str, report: Report = silent) -> dict[str, Any] | None:
    """Return the inputs of the brief that was printed last from a capture, or None when there was none."""
    found = [
        item for item in briefs(place_of(where), symbol, report) if item["inputs"].get("snapshot") == capture
    ]
    best = max(found, key=lambda item: item["number"], default=None)
    return None if best is None else dict(best["inputs"])


def briefs(
    place: Place, symbol: str | None, report: Report = silent, session: dt.date | None = None
) -> list[dict[str, Any]]:
    """Return the entry of every brief that was printed, the damaged reported and left out."""
    found = []
    for name in place.names(folder(TABLE, symbol, session)):
        if not name.endswith(".json"):
            continue
        try:
            found.append(opened_json(place, name, VERSION))
        except DataError as error:
            report(f"{error}; it is left out")
    return found


def _numbers(place: Place, symbol: str, session: dt.date) -> dict[int, str]:
    """Return number and hash of each time briefs of a session were printed, whatever their language."""
    keys = (key_of(name) for name in place.names(folder(TABLE, symbol, session)) if name.endswith(".json"))
    return {int(match["number"]): match["digest"] for key in keys if (match := _KEY.fullmatch(key))}


def _rows(document: Mapping[str, Any], number: int) -> pd.DataFrame:
    """Return a row for each fact, with the number of times the text says it."""
    said = Counter(item["fact"] for item in document["mentions"])
    facts = document["facts"]
    values = [fact["value"] for fact in facts]
    as_of = dt.datetime.fromisoformat(document["as_of"])
    return pd.DataFrame(
        {
            "id": [fact["id"] for fact in facts],
            "value": [float(value) if isinstance(value, (int, float)) else None for value in values],
            "text": [None if isinstance(value, (int, float)) else str(value) for value in values],
            "unit": [fact["unit"] for fact in facts],
            "decimals": [fact["decimals"] for fact in facts],
            "date": [fact["date"] for fact in facts],
            "mentions": [said[fact["id"]] for fact in facts],
        }
    ).assign(
        brief=document["id"],
        number=number,
        edition=document["edition"],
        as_of=calendar.to_new_york(as_of).replace(tzinfo=None),
        language=document["language"],
        synthetic=document["synthetic"],
    )
