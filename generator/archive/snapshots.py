"""
Snapshots and their history, kept as the source's own bytes and read again from them.

A capture is a manifest (JSON) that names the source's files by hash. A history is a manifest
of the earlier sessions' files, each with the kind of source that reads them, and of the
readings that were known. Both are objects themselves, so one hash pins everything.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from generator import registry
from generator.archive.entries import enter, entry_of
from generator.archive.locks import keeping
from generator.archive.objects import Objects
from generator.archive.places import Place, Where, place_of
from generator.archive.sealed import packed
from generator.archive.tables import write_chain
from generator.errors import DataError
from generator.models.market import Gap, History, PastChain, RawFile, Reading, Snapshot
from generator.providers.csv_folder import SETTINGS, CsvFolder
from generator.providers.files import KeptFiles
from generator.providers.synthetic import RECIPE, Synthetic

VERSION = 2
GATHERED = "gather.json"
MORNING = "morning.json"
#: What reads the files of a snapshot put together from others again; imported when there is one.
READERS = {
    "gathered": "generator.providers.gathered:reread",
    "morning": "generator.archive.mornings:reread",
}

Manifest = dict[str, Any]
Bytes = dict[str, bytes]


def keep(where: Where, snapshot: Snapshot, history: History) -> dict[str, str]:
    """
    Keep the bytes a snapshot and its history were read from; return the hashes that `load` takes.

    Raises:
        OutputError: If the archive cannot be written.
        DataError: If the source left no bytes to keep.
    """
    place = place_of(where)
    objects = Objects(place)
    with keeping(place):
        capture = _keep_snapshot(place, snapshot)
        return {"snapshot": capture, "history": objects.put(packed(_history(objects, snapshot, history)))}


def keep_snapshot(where: Where, snapshot: Snapshot) -> str:
    """
    Keep a snapshot's bytes, its chain as Parquet and its entry in the index; return its hash.

    The entry is written last: what the index names is there.

    Raises:
        OutputError: If the archive cannot be written.
        DataError: If the source left no bytes to keep.
    """
    place = place_of(where)
    with keeping(place):
        return _keep_snapshot(place, snapshot)


def _keep_snapshot(place: Place, snapshot: Snapshot) -> str:
    objects = Objects(place)
    provider = _provider(snapshot.raw, snapshot.symbol)
    files = _kept(objects, snapshot.raw)
    capture = objects.put(packed(_capture(snapshot, provider, files)))
    entry = entry_of(snapshot, capture, provider, chain_digest(snapshot.raw))
    write_chain(place, entry, snapshot.chain)
    enter(place, entry)
    return capture


def load(where: Where, kept: Mapping[str, Any]) -> tuple[Snapshot, History]:
    """
    Return the snapshot and the history of the hashes in *kept*, read again from the kept bytes.

    Raises:
        DataError: If an object is missing or altered, or its bytes no longer read as they did.
    """
    objects = Objects(where)
    snapshot = _reread(objects, kept, whole=True)
    earlier = manifest_of(objects, kept, "history")
    items = earlier["sessions"]
    own = _own_history(objects, snapshot, [item for item in items if not _stands_alone(item)])
    chains = tuple(
        _past_of(objects, snapshot.symbol, item) if _stands_alone(item) else own.get(item["session"])
        for item in items
    )
    for past, item in zip(chains, items, strict=True):
        found = None if past is None else (past.as_of.isoformat(), past.spot)
        if found != (item["as_of"], item["spot"]):
            raise _reads_differently(kept["history"], f"{item['session']}: {item['as_of']}", found)
    readings = tuple(
        Reading(session=dt.date.fromisoformat(day), id=name, value=value)
        for day, name, value in earlier["readings"]
    )
    gaps = tuple(Gap(what=gap["what"], reason=gap["reason"]) for gap in earlier.get("gaps", []))
    return snapshot, History(chains=tuple(past for past in chains if past), readings=readings, gaps=gaps)


def load_snapshot(where: Where, capture: str) -> Snapshot:
    """Return the snapshot of one hash, read again from its bytes; DataError as for `load`."""
    return _reread(Objects(where), {"snapshot": capture}, whole=True)


def is_whole(where: Where, capture: str) -> bool:
    """Tell whether every byte of a capture is as it was kept."""
    objects = Objects(where)
    try:
        _files(objects, manifest_of(objects, {"snapshot": capture}, "snapshot")["files"])
    except DataError:
        return False
    return True


def past_of(where: Where, capture: str) -> PastChain:
    """Return a capture as a session of somebody's history, with the bytes that alone bring it back."""
    objects = Objects(where)
    return _as_past(_reread(objects, {"snapshot": capture}, whole=False))


def chain_digest(raw: Iterable[RawFile]) -> str:
    """Return the hash of the chain's own bytes among a source's files."""
    files = sorted(raw, key=lambda file: file.name)
    return next(
        file.sha256
        for file in files
        if file.name.startswith("chains/") or file.name in (RECIPE, GATHERED, MORNING)
    )


def manifest_of(objects: Objects, kept: Mapping[str, Any], name: str) -> Manifest:
    """Return the manifest a hash names, after a check of what it is."""
    if not isinstance(kept.get(name), str):
        raise DataError(f"wanted the hash of the {name} among the inputs, found {kept.get(name)!r}")
    kind = "capture" if name == "snapshot" else name
    try:
        manifest = json.loads(objects.get(kept[name]))
    except (ValueError, RecursionError) as error:
        raise DataError(f"archived object {kept[name][:12]}: wanted a manifest, found other data") from error
    if not isinstance(manifest, dict) or (manifest.get("kind"), manifest.get("version")) != (kind, VERSION):
        raise DataError(
            f"archived object {kept[name][:12]}: wanted a {kind} of version {VERSION}, found another"
        )
    return manifest


def _capture(snapshot: Snapshot, provider: str, files: list[dict[str, str]]) -> Manifest:
    return {
        "version": VERSION,
        "kind": "capture",
        "provider": provider,
        "symbol": snapshot.symbol,
        "name": snapshot.name,
        "session": snapshot.session.isoformat(),
        "as_of": snapshot.as_of.isoformat(),
        "edition": snapshot.edition,
        "files": files,
        "gaps": [dataclasses.asdict(gap) for gap in snapshot.gaps],
    }


def _history(objects: Objects, snapshot: Snapshot, history: History) -> Manifest:
    own = _provider(snapshot.raw, snapshot.symbol)
    return {
        "version": VERSION,
        "kind": "history",
        "symbol": snapshot.symbol,
        "session": snapshot.session.isoformat(),
        "sessions": [
            {
                "session": past.session.isoformat(),
                "as_of": past.as_of.isoformat(),
                "spot": past.spot,
                "provider": _provider(past.raw, snapshot.symbol) if past.raw else own,
                "files": _kept(objects, past.raw),
            }
            for past in history.chains
        ],
        "readings": [[item.session.isoformat(), item.id, item.value] for item in history.readings],
        **({"gaps": [dataclasses.asdict(gap) for gap in history.gaps]} if history.gaps else {}),
    }


def _provider(raw: Iterable[RawFile], symbol: str) -> str:
    """Return the kind of source that left these files."""
    names = [file.name for file in raw]
    if MORNING in names:
        return "morning"
    if GATHERED in names:
        return "gathered"
    if RECIPE in names:
        return "synthetic"
    if any(name.startswith("chains/") for name in names):
        return "csv"
    raise DataError(f"wanted the source's bytes of {symbol} for the archive, found none it can read again")


def _stands_alone(item: Manifest) -> bool:
    """Tell whether an earlier session's files are a whole capture, or lean on the later one's."""
    names = [entry["name"] for entry in item["files"]]
    return bool(names) and (item["provider"] != "csv" or any(name.startswith("bars/") for name in names))


def _own_history(objects: Objects, snapshot: Snapshot, items: list[Manifest]) -> dict[str, PastChain]:
    """Return the sessions that the snapshot's own source told of, by date."""
    if not items:
        return {}
    recipe = _ending(snapshot, RECIPE)
    if recipe is not None:
        history = Synthetic(json.loads(recipe)["seed"]).history(snapshot)
    else:
        columns = _ending(snapshot, SETTINGS) or b"{}"
        files = {name: data for item in items for name, data in _files(objects, item["files"]).items()}
        source = CsvFolder("", columns=json.loads(columns), files=KeptFiles(files))
        history = source.history(snapshot)
    return {past.session.isoformat(): past for past in history.chains}


def _ending(snapshot: Snapshot, name: str) -> bytes | None:
    """Return a file of a snapshot's source, also where it lies under a morning's close."""
    return next((file.data for file in snapshot.raw if file.name in (name, f"close/{name}")), None)


def _past_of(objects: Objects, symbol: str, item: Manifest) -> PastChain:
    """Return an earlier session from the files of its own capture."""
    files = _files(objects, item["files"])
    return _as_past(reread_files(item["provider"], symbol, item["session"], files))


def _as_past(snapshot: Snapshot) -> PastChain:
    return PastChain(
        session=snapshot.session,
        as_of=snapshot.as_of,
        spot=snapshot.spot,
        chain=snapshot.chain,
        raw=snapshot.raw,
    )


def _reread(objects: Objects, kept: Mapping[str, Any], *, whole: bool) -> Snapshot:
    """Read a capture again; not *whole*: without news and the like, where they are files apart."""
    capture = manifest_of(objects, kept, "snapshot")
    entries = capture["files"]
    if not whole and capture["provider"] == "csv":
        entries = [item for item in entries if item["name"].startswith(("chains/", "bars/", SETTINGS))]
    snapshot = reread_files(
        capture["provider"], capture["symbol"], capture["session"], _files(objects, entries)
    )
    found = (snapshot.as_of.isoformat(), snapshot.edition)
    if found != (capture["as_of"], capture["edition"]):
        raise _reads_differently(kept["snapshot"], capture["as_of"], found)
    gaps = tuple(Gap(what=gap["what"], reason=gap["reason"]) for gap in capture["gaps"])
    return dataclasses.replace(snapshot, name=capture["name"], gaps=gaps)


def _reads_differently(digest: str, wanted: str, found: tuple[Any, ...] | None) -> DataError:
    told = "nothing" if found is None else found[0]
    return DataError(f"archived object {digest[:12]}: wanted {wanted}, this version reads {told}")


def reread_files(provider: str, symbol: str, session: str, files: Bytes) -> Snapshot:
    """Let the source read its own bytes again."""
    if provider in READERS:
        again: Snapshot = registry.load("source", READERS, provider)(files)
        return again
    day = dt.date.fromisoformat(session)
    if provider == "synthetic":
        return Synthetic(json.loads(files[RECIPE])["seed"]).snapshot(symbol, day)
    columns = json.loads(files.pop(SETTINGS, b"{}"))
    return CsvFolder("", columns=columns, files=KeptFiles(files)).snapshot(symbol, day)


def _kept(objects: Objects, files: Iterable[RawFile]) -> list[dict[str, str]]:
    """Keep files and return their names and hashes."""
    return [{"name": file.name, "sha256": objects.put(file.data)} for file in files]


def _files(objects: Objects, entries: list[dict[str, str]]) -> Bytes:
    """Return kept files by name; an error names the file."""
    return {entry["name"]: _file(objects, entry) for entry in entries}


def _file(objects: Objects, entry: Mapping[str, str]) -> bytes:
    try:
        return objects.get(entry["sha256"])
    except DataError as error:
        raise DataError(f"file {entry['name']}: {error}") from error
