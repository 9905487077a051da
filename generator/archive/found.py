"""Readings: the figures found of a session's close, kept for the sessions after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from generator.archive.entries import slot_of
from generator.archive.places import Place, Report, Where, place_of, silent
from generator.archive.tables import files, held, rows_of, views, write
from generator.models.analysis import Fact
from generator.models.market import Reading, Snapshot

TABLE = "readings"
#: Of several closes of a session the one whose hash comes first.
_QUERY = """
SELECT session, id, value FROM readings
WHERE edition = 'close' AND synthetic = ? ORDER BY session DESC, id, capture
"""


def record_readings(where: Where, snapshot: Snapshot, kept: Mapping[str, Any], facts: Iterable[Fact]) -> None:
    """
    Keep the figures found in a capture; what was found first stands.

    Args:
        where: The state folder, or the archive's URL.
        snapshot: What they were found in.
        kept: What `keep` returned.
        facts: With numbers; any other is left out.

    Raises:
        OutputError: If they cannot be written.
    """
    place, slot = place_of(where), slot_of(snapshot.symbol, snapshot.session, kept["snapshot"])
    numbers = [fact for fact in facts if isinstance(fact.value, (int, float))]
    if not numbers or held(place, TABLE, slot):
        return
    rows = pd.DataFrame(
        {
            "id": [fact.id for fact in numbers],
            "value": [fact.number for fact in numbers],
            "unit": [str(fact.unit) for fact in numbers],
            "date": [fact.date or snapshot.session for fact in numbers],
        }
    ).assign(
        capture=kept["snapshot"],
        as_of=snapshot.as_of.replace(tzinfo=None),
        edition=snapshot.edition,
        synthetic=snapshot.synthetic,
    )
    write(place, TABLE, slot, rows)


def readings_before(
    place: Place, snapshot: Snapshot, sessions: int, report: Report = silent
) -> tuple[Reading, ...]:
    """Return the readings of the closes before a snapshot, newest session first, each id once a session."""
    if not sessions:
        return ()
    names = [name for name in files(place, TABLE, snapshot.symbol) if _session(name) < str(snapshot.session)]
    days = sorted({_session(name) for name in names}, reverse=True)[:sessions]
    wanted = [name for name in names if _session(name) in days]
    if not wanted:
        return ()
    with views(place, {TABLE: wanted}, report) as (connection, _paths):
        rows = rows_of(connection, _QUERY, snapshot.synthetic)
    first: dict[tuple[Any, str], Reading] = {}
    for day, name, value in rows:
        first.setdefault((day, name), Reading(session=day, id=name, value=value))
    return tuple(first.values())


def _session(name: str) -> str:
    """Return the session in a file's path."""
    return name.split("/")[2].removeprefix("session=")
