"""
Snapshots and their history, kept as the source's own bytes and read again from them.

A capture is a manifest (JSON) that names the source's files by hash; a history is a manifest
of the earlier sessions' files. Both are objects themselves, so one hash pins everything.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generator.archive.objects import Objects
from generator.errors import DataError
from generator.models.market import Gap, History, RawFile, Snapshot
from generator.providers.csv_folder import SETTINGS, CsvFolder
from generator.providers.files import KeptFiles
from generator.providers.synthetic import RECIPE, Synthetic

VERSION = 1


def keep(state: Path, snapshot: Snapshot, history: History) -> dict[str, str]:
    """
    Keep the bytes a snapshot and its history were read from; return the hashes that `load` takes.

    Raises:
        OutputError: If the archive cannot be written.
        DataError: If the source left no bytes to keep.
    """
    objects = Objects(state)
    provider = _provider(snapshot.raw, snapshot.symbol)
    common = {"version": VERSION, "provider": provider, "symbol": snapshot.symbol}
    capture = {
        **common,
        "kind": "capture",
        "name": snapshot.name,
        "session": snapshot.session.isoformat(),
        "as_of": snapshot.as_of.isoformat(),
        "edition": snapshot.edition,
        "files": _kept(objects, snapshot.raw),
        "gaps": [dataclasses.asdict(gap) for gap in snapshot.gaps],
    }
    sessions = [
        {"session": past.session.isoformat(), "files": _kept(objects, past.raw)} for past in history.chains
    ]
    earlier = {**common, "kind": "history", "sessions": sessions}
    return {"snapshot": objects.put(_packed(capture)), "history": objects.put(_packed(earlier))}


def load(state: Path, kept: Mapping[str, Any]) -> tuple[Snapshot, History]:
    """
    Return the snapshot and the history of the hashes in *kept*, read again from the kept bytes.

    Raises:
        DataError: If an object is missing or altered, or its bytes no longer read as they did.
    """
    objects = Objects(state)
    capture = _manifest(objects, kept, "snapshot", "capture")
    earlier = _manifest(objects, kept, "history", "history")
    files = _files(objects, capture["files"])
    past = {
        name: data for item in earlier["sessions"] for name, data in _files(objects, item["files"]).items()
    }
    snapshot, history = _read(capture["provider"], capture["symbol"], capture["session"], files, past)
    found = (
        snapshot.as_of.isoformat(),
        snapshot.edition,
        [item.session.isoformat() for item in history.chains],
    )
    wanted = (capture["as_of"], capture["edition"], [item["session"] for item in earlier["sessions"]])
    if found != wanted:
        raise DataError(
            f"archived capture {kept['snapshot'][:12]}: wanted {wanted[0]} after {len(wanted[2])} sessions, "
            f"this version reads {found[0]} after {len(found[2])}"
        )
    gaps = tuple(Gap(what=gap["what"], reason=gap["reason"]) for gap in capture["gaps"])
    return dataclasses.replace(snapshot, name=capture["name"], gaps=gaps), history


def _provider(raw: Iterable[RawFile], symbol: str) -> str:
    """Return the kind of source that left these files."""
    names = [file.name for file in raw]
    if RECIPE in names:
        return "synthetic"
    if any(name.startswith("chains/") for name in names):
        return "csv"
    raise DataError(f"wanted the source's bytes of {symbol} for the archive, found none it can read again")


def _read(
    provider: str, symbol: str, session: str, files: dict[str, bytes], past: dict[str, bytes]
) -> tuple[Snapshot, History]:
    """Let the source read its own bytes again."""
    day = dt.date.fromisoformat(session)
    if provider == "synthetic":
        market = Synthetic(json.loads(files[RECIPE])["seed"])
        snapshot = market.snapshot(symbol, day)
        return snapshot, market.history(snapshot)
    columns = json.loads(files.pop(SETTINGS, b"{}"))
    snapshot = CsvFolder("", columns=columns, files=KeptFiles(files)).snapshot(symbol, day)
    if not past:
        return snapshot, History()
    return snapshot, CsvFolder("", columns=columns, files=KeptFiles(past)).history(snapshot)


def _kept(objects: Objects, files: Iterable[RawFile]) -> list[dict[str, str]]:
    """Keep files and return their names and hashes."""
    return [{"name": file.name, "sha256": objects.put(file.data)} for file in files]


def _files(objects: Objects, entries: list[dict[str, str]]) -> dict[str, bytes]:
    """Return kept files by name."""
    return {entry["name"]: objects.get(entry["sha256"]) for entry in entries}


def _packed(manifest: dict[str, Any]) -> bytes:
    """Return a manifest as bytes that depend on nothing but its content."""
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _manifest(objects: Objects, kept: Mapping[str, Any], name: str, kind: str) -> dict[str, Any]:
    """Return the manifest a hash names, after a check of what it is."""
    if not isinstance(kept.get(name), str):
        raise DataError(f"wanted the hash of the {name} among the inputs, found {kept.get(name)!r}")
    try:
        manifest = json.loads(objects.get(kept[name]))
    except (ValueError, RecursionError) as error:
        raise DataError(f"archived object {kept[name][:12]}: wanted a manifest, found other data") from error
    if not isinstance(manifest, dict) or (manifest.get("kind"), manifest.get("version")) != (kind, VERSION):
        raise DataError(
            f"archived object {kept[name][:12]}: wanted a {kind} of version {VERSION}, found another"
        )
    return manifest
