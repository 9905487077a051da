"""
Prune: forget old captures that no brief was made from.

First the index forgets a capture, then its tables go, then the bytes that nothing names any
more. Cut short at any point, what is left still fits together, and the next prune goes on.
Readings and what was printed are never forgotten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.archive.entries import CAPTURES, VERDICTS, Entry, entries, verdicts
from generator.archive.locks import alone
from generator.archive.objects import FOLDER, Objects, name_of
from generator.archive.places import Place, Where, place_of
from generator.archive.printed import briefs
from generator.archive.sealed import folder, key_of
from generator.archive.snapshots import manifest_of
from generator.errors import DataError

_HISTORY = b'{"kind":"history"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What a prune removed, or would remove."""

    captures: tuple[Entry, ...]
    needed: int  #: captures as old that a brief was made from
    files: int
    size: int  #: bytes


def prune(where: Where, before: dt.date, *, dry_run: bool = False) -> Pruned:
    """
    Remove captures of sessions before *before* on which no printed brief depends.

    Raises:
        DataError: If a damaged file leaves open what depends on what; nothing is removed.
        LockedError: If another process keeps data in the archive now.
        OutputError: If a file cannot be removed.
    """
    place = place_of(where)
    with alone(place):
        objects = Objects(place)
        damaged: list[str] = []
        every = entries(place, None, damaged.append)
        needed = _closure(objects, [item["inputs"] for item in briefs(place, None, damaged.append)])
        verdicts(place, None, damaged.append)
        if damaged:
            raise DataError(f"nothing was removed: {damaged[0].removesuffix('; it is left out')}")
        old = [entry for entry in every if entry.session < before]
        gone = tuple(entry for entry in old if not {entry.capture, entry.chain} & needed)
        left = [entry for entry in every if entry not in gone]
        needed |= _closure(objects, [{"snapshot": entry.capture} for entry in left])
        names = [
            *_files_of(place, gone, left, before),
            *_unneeded(place, objects, needed, before),
            *place.leftovers(),
        ]
        size = sum(place.size(name) for name in names)
        for name in names if not dry_run else ():
            place.remove(name)
        return Pruned(captures=gone, needed=len(old) - len(gone), files=len(names), size=size)


def _files_of(place: Place, gone: Iterable[Entry], left: Iterable[Entry], before: dt.date) -> Iterator[str]:
    """Yield the index entries of what goes, then every old table file that no entry names any more."""
    doomed = {(entry.symbol, entry.session, entry.slot.key) for entry in gone}
    for symbol, session, key in sorted(doomed):
        inside = folder(CAPTURES, symbol, session)
        yield from (name for name in place.names(inside) if key_of(name) == key)
    alive = {entry.slot.key for entry in left}
    for table in ("chains", VERDICTS):
        for name in place.names(folder(table)):
            day = name.split("/")[2].removeprefix("session=")
            if key_of(name) not in alive and day < before.isoformat():
                yield name


def _unneeded(place: Place, objects: Objects, needed: set[str], before: dt.date) -> Iterator[str]:
    """Yield the objects that nothing names; manifests before the files they name."""
    there = [name.rpartition("/")[2] for name in place.names(FOLDER)]
    unnamed = [digest for digest in there if digest not in needed]
    recent = {digest for digest in unnamed if _is_recent(place, digest, before)}
    needed = _closure(objects, [{"history": digest} for digest in recent])
    rest = (digest for digest in unnamed if digest not in needed)
    yield from (
        name_of(digest) for digest in sorted(rest, key=lambda digest: not _is_manifest(place, digest))
    )


def _closure(objects: Objects, roots: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return every object that manifests name, themselves included."""
    named: set[str] = set()
    for root in roots:
        for name in ("snapshot", "history"):
            if name in root and root[name] not in named:
                manifest = manifest_of(objects, root, name)
                named.add(root[name])
                groups = [manifest, *manifest["sessions"]] if name == "history" else [manifest]
                named |= {file["sha256"] for group in groups for file in group.get("files", ())}
    return named


def _is_manifest(place: Place, digest: str) -> bool:
    return place.get(name_of(digest)).startswith(b'{"')


def _is_recent(place: Place, digest: str, before: dt.date) -> bool:
    """Tell whether an object is the history of a brief that may be in the making."""
    if not place.get(name_of(digest)).startswith(_HISTORY):
        return False
    manifest = manifest_of(Objects(place), {"history": digest}, "history")
    return str(manifest["session"]) >= before.isoformat()
