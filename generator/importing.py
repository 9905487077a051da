"""
Import: a folder of past csv files into the archive, capture by capture.

    look at the folder -> read a chain -> judge it -> keep it -> keep what was found in it

Nothing is guessed: a file that is damaged, or that the gate refuses, is named with its
reason and left out. What is in the archive already stays as it is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from generator import analytics, archive
from generator.analytics.readings import readings
from generator.archive.entries import Entry
from generator.archive.foreign import ForeignFolder, Left
from generator.archive.places import Report, Where, silent
from generator.archive.snapshots import is_whole, past_of
from generator.errors import BriefError, DataError, OutputError, RefusedSnapshotError
from generator.models.analysis import Choices
from generator.models.market import PastChain
from generator.providers.chains import ChainName, chain_name
from generator.providers.context import NEWS_ENDINGS
from generator.providers.csv_folder import CsvFolder
from generator.providers.files import unpacked
from generator.providers.news import LIMIT, parse_news

Chain = tuple[str, str, str]  #: symbol, session, hash
Memory = Callable[[Where, str], PastChain]
#: Captures held in memory as the history of the next.
REMEMBERED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How an import ended; names are relative to the folder."""

    kept: tuple[str, ...]
    there: tuple[str, ...]  #: in the archive already
    left: tuple[Left, ...]
    doubtful: tuple[str, ...] = ()  #: captures of one instant with other contents, a line each

    @property
    def exit_code(self) -> int:
        """0 when nothing was left out, 4 when something was, 65 when nothing could be used."""
        if not self.kept and not self.there:
            return 65
        return 4 if self.left else 0


def import_folder(
    where: Where,
    folder: Path,
    *,
    columns: Mapping[str, str] | None = None,
    choices: Choices | None = None,
    report: Report = silent,
) -> Imported:
    """
    Keep every capture of a csv folder, with its verdict and readings.

    Oldest first, since what is found in a session leans on the sessions before it.

    Args:
        where: The state folder, or the archive's URL.
        folder: With `chains/` and `bars/`, and when there, `news/`, `rates/`, `dividends/`, `events/`.
        columns: Our column name -> the files' own.
        choices: The definitions the readings are worked out with.
        report: Gets a line for each file as it is taken up.

    Raises:
        DataError: If there is no such folder.
        OutputError: If the archive cannot be written.
    """
    files = ForeignFolder(folder)
    _leave_out_news(files)
    known = _Known(where)
    memory = lru_cache(maxsize=REMEMBERED)(past_of)
    ended: dict[str, list[str]] = {"kept": [], "there": []}
    names = sorted(files.names("chains"), key=_in_order)
    for number, name in enumerate(names, 1):
        report(f"importing {number} of {len(names)}: {name}")
        one = _One(files, name, columns or {}, choices or Choices())
        try:
            ended[one.taken(where, known, memory)].append(name)
        except OutputError:
            raise
        except BriefError as error:
            files.left.append(Left(name=name, reason=_reason(name, error)))
    used = [_named(name) for group in ended.values() for name in group]
    return Imported(
        kept=tuple(ended["kept"]),
        there=tuple(ended["there"]),
        left=tuple(files.left),
        doubtful=tuple(_of_one_instant(where, {(file.symbol, file.day) for file in used})),
    )


def _of_one_instant(where: Where, days: set[tuple[str, dt.date]]) -> Iterator[str]:
    """Yield a line for each instant of which two different chains are on file."""
    there: dict[tuple[object, ...], list[Entry]] = {}
    for entry in archive.captures(where):
        if (entry.symbol, entry.session) in days:
            key = (entry.symbol, entry.session, entry.edition, entry.captured)
            there.setdefault(key, []).append(entry)
    for (symbol, session, *_), found in there.items():
        if len({entry.chain for entry in found}) > 1:
            labels = " and ".join(entry.label for entry in found)
            yield f"{symbol} {session}: {labels} are different captures of one instant; see which is right"


class _Known:
    """What is in the archive already."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self.captures: dict[Chain, list[str]] = {}
        for entry in archive.captures(where):
            chain = (entry.symbol, str(entry.session), entry.chain)
            self.captures.setdefault(chain, []).append(entry.capture)

    def whole(self, chain: Chain) -> bool:
        """Tell whether a chain is there undamaged; a damaged capture is kept again."""
        return any(is_whole(self.where, capture) for capture in self.captures.get(chain, ()))


@dataclass(frozen=True, slots=True)
class _One:
    """One chain of a folder, seen as if it were the only one; as `Files` of the csv source."""

    files: ForeignFolder
    chain: str
    columns: Mapping[str, str]
    choices: Choices

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the files below *folder*."""
        return (self.chain,) if folder == "chains" else self.files.names(folder)

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""
        return self.files.read(name)

    def taken(self, where: Where, known: _Known, memory: Memory) -> Literal["kept", "there"]:
        """Keep this capture unless it is there; any error says why it was left out."""
        file = _named(self.chain)
        digest = hashlib.sha256(self.read(self.chain)).hexdigest()
        place = (file.symbol, str(file.day), digest)
        if known.whole(place):
            return "there"
        source = CsvFolder("", columns=self.columns, files=self)
        snapshot = source.snapshot(file.symbol, file.day)
        history = archive.history(where, snapshot, readings=0, read=memory)
        analysis = analytics.analyse(snapshot, history, self.choices)
        capture = archive.keep_snapshot(where, snapshot)
        archive.record_verdict(where, snapshot, capture, analysis.quality.verdict)
        archive.record_readings(where, snapshot, {"snapshot": capture}, readings(analysis.facts))
        known.captures[place] = [capture]
        return "kept"


def _leave_out_news(files: ForeignFolder) -> None:
    """Leave out news that cannot be read: other people's text may not stop the chains beside it."""
    for name in files.names("news"):
        try:
            if name.endswith(NEWS_ENDINGS):
                parse_news(name, unpacked(name, files.read(name), LIMIT))
        except DataError as error:
            files.leave_out(name, _reason(name, error))


def _in_order(name: str) -> tuple[str, str, str]:
    """Order by symbol, then session."""
    file = chain_name(name)
    return ("", "", name) if file is None else (file.symbol, file.day.isoformat(), name)


def _named(name: str) -> ChainName:
    """Return what a chain file's name says."""
    if (file := chain_name(name)) is None:
        raise DataError(f"file {name}: wanted a name such as IWM_2026-05-22.csv, found another")
    return file


def _reason(name: str, error: BriefError) -> str:
    """Return an error without the file's name, which is told beside it."""
    if isinstance(error, RefusedSnapshotError):
        return f"refused: {'; '.join(error.reasons)}"
    return str(error).removeprefix(f"file {name}").lstrip(":, ")
