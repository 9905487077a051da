"""The index: one small file for every capture, written last, so that what it names is there."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator import calendar
from generator.archive.places import Place, Report, Where, place_of, silent
from generator.archive.sealed import DIGITS, Slot, folder, key_of, opened_json, packed, seal
from generator.errors import DataError
from generator.models.market import Snapshot

CAPTURES = "captures"
VERDICTS = "verdicts"
VERSION = 1
REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One capture on file."""

    capture: str  #: the hash of its manifest
    symbol: str
    session: dt.date
    as_of: dt.datetime  #: New York
    captured: dt.datetime  #: when the quotes were taken, as far as the source says; else `as_of`
    edition: str
    provider: str  #: "csv", "synthetic", "gathered" or "morning"
    synthetic: bool
    spot: float
    contracts: int
    volume: float | None
    open_interest: float | None
    open_interest_date: dt.date
    chain: str  #: SHA-256 of the chain's own bytes

    @property
    def slot(self) -> Slot:
        """Where its files go."""
        return slot_of(self.symbol, self.session, self.capture)

    @property
    def label(self) -> str:
        """As told to people."""
        return f"{self.capture[:12]} ({self.edition}, {self.captured:%Y-%m-%d %H:%M})"


def slot_of(symbol: str, session: dt.date, capture: str) -> Slot:
    """Return where the files of a capture go."""
    return Slot(symbol, session, capture[:DIGITS])


def entry_of(snapshot: Snapshot, capture: str, provider: str, chain: str) -> Entry:
    """Return the entry of a snapshot that was kept under the hash *capture*."""
    # a csv file tells when it was captured; elsewhere it is the fetch that is timed, not the quotes
    timed = [item.retrieved_at for item in snapshot.sources if item.part == "chain" and provider == "csv"]
    if snapshot.open_interest_at is not None:  # what a morning's capture adds is the count
        timed = [snapshot.open_interest_at]
    return Entry(
        capture=capture,
        symbol=snapshot.symbol,
        session=snapshot.session,
        as_of=snapshot.as_of,
        captured=calendar.to_new_york(timed[0]) if timed and timed[0] else snapshot.as_of,
        edition=snapshot.edition,
        provider=provider,
        synthetic=snapshot.synthetic,
        spot=snapshot.spot,
        contracts=len(snapshot.chain),
        volume=_total(snapshot, "volume"),
        open_interest=_total(snapshot, "open_interest"),
        open_interest_date=snapshot.open_interest_date,
        chain=chain,
    )


def enter(place: Place, entry: Entry) -> None:
    """Write an entry; OutputError if that fails."""
    document = {"version": VERSION, **as_document(entry)}
    seal(place, folder(CAPTURES, entry.symbol, entry.session), entry.slot.key, packed(document), "json")


def as_document(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain JSON values."""
    values = {name: getattr(entry, name) for name in Entry.__slots__}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()
    }


def captures(where: Where, symbol: str | None = None, report: Report = silent) -> tuple[Entry, ...]:
    """Return the captures on file, oldest first; *report* gets a line for each damaged entry."""
    return entries(place_of(where), symbol, report)


def entries(
    place: Place, symbol: str | None = None, report: Report = silent, session: dt.date | None = None
) -> tuple[Entry, ...]:
    """Return the entries of a place."""
    found: dict[tuple[str, str], Entry] = {}
    for name in place.names(folder(CAPTURES, symbol, session)):
        try:
            entry = _entry(name, opened_json(place, name, VERSION))
        except DataError as error:
            report(f"{error}; it is left out")
        else:
            found.setdefault((entry.symbol, entry.capture), entry)
    return tuple(
        sorted(found.values(), key=lambda entry: (entry.symbol, entry.session, entry.captured, entry.capture))
    )


def record_verdict(where: Where, snapshot: Snapshot, capture: str, verdict: str, *reasons: str) -> None:
    """Record what the gate said of a capture: good, usable or refused; the first word on it stands."""
    place = place_of(where)
    inside, key = folder(VERDICTS, snapshot.symbol, snapshot.session), capture[:DIGITS]
    if any(key_of(name) == key for name in place.names(inside)):
        return
    document = {"version": VERSION, "capture": capture, "verdict": verdict, "reasons": list(reasons)}
    seal(place, inside, key, packed(document), "json")


def verdicts(place: Place, symbol: str | None, report: Report = silent) -> dict[str, str]:
    """Return what the gate said of each capture it was asked about."""
    return dict(_verdicts(place, symbol, report))


def _verdicts(place: Place, symbol: str | None, report: Report) -> Iterator[tuple[str, str]]:
    for name in place.names(folder(VERDICTS, symbol)):
        try:
            document = opened_json(place, name, VERSION)
            yield str(document["capture"]), str(document["verdict"])
        except (DataError, KeyError) as error:
            report(f"{error}; it is left out")


def _entry(name: str, document: dict[str, Any]) -> Entry:
    """Return the entry a file holds; DataError if it is none."""
    try:
        values = {key: document[key] for key in Entry.__slots__}
        for key in ("session", "open_interest_date"):
            values[key] = dt.date.fromisoformat(values[key])
        for key in ("as_of", "captured"):
            values[key] = calendar.to_new_york(dt.datetime.fromisoformat(values[key]))
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"archive file {name}: wanted an entry, found other data") from error
    return Entry(**values)


def _total(snapshot: Snapshot, column: str) -> float | None:
    """Return a column's total, None where nothing is known."""
    total = float(snapshot.chain[column].sum(min_count=1))
    return None if math.isnan(total) else total
