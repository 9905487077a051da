"""
Export: captures as a folder of csv files, which `--source csv:` and `archive import` read.

What came from csv files goes out as it came in. What other sources gave is written in the
same shape from what was read of it: the chain, the bars and the news.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from generator.archive.entries import Entry, captures
from generator.archive.foreign import Left
from generator.archive.objects import Objects
from generator.archive.places import Report, Where, silent
from generator.archive.snapshots import load_snapshot, manifest_of
from generator.errors import DataError, OutputError
from generator.models.market import Snapshot
from generator.providers.csv_folder import SETTINGS

COLUMNS = (
    *("quote_date", "snapshot_utc", "session", "underlying", "underlying_price"),
    *("contract_symbol", "root", "expiration", "strike", "option_type"),
    *("bid", "ask", "last", "volume", "open_interest"),
)
_EDITIONS = {"close": "close", "intraday": "intraday"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """How an export ended."""

    files: tuple[str, ...]
    captures: int
    left: tuple[Left, ...]

    @property
    def exit_code(self) -> int:
        """0 when nothing was left out, 4 when something was, 65 when there was nothing to write."""
        if not self.captures:
            return 65
        return 4 if self.left else 0


def export(
    where: Where,
    folder: Path,
    *,
    symbol: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    report: Report = silent,
) -> Exported:
    """
    Write the captures of some sessions into a new folder, the newest first.

    Of files that several captures share by name, the bars of a symbol and the like, the newest
    capture's is written.

    Args:
        where: The state folder, or the archive's URL.
        folder: New or empty.
        symbol: None: all.
        since: The first session; None: the first on file.
        until: The last session; None: the last on file.
        report: Gets a line for each capture.

    Raises:
        OutputError: If the folder is not empty, or cannot be written.
    """
    writing, done = _Writing(folder), 0
    damaged: list[str] = []
    every = captures(where, symbol, damaged.append)
    chosen = [
        entry for entry in every if (since or entry.session) <= entry.session <= (until or entry.session)
    ]
    left = [_damaged(line) for line in damaged]
    for entry in sorted(chosen, key=lambda entry: (entry.session, entry.captured), reverse=True):
        report(f"exporting {entry.symbol} {entry.session}")
        try:
            writing.add(entry, list(_files_of(where, entry)))
            done += 1
        except DataError as error:
            left.append(Left(name=f"{entry.symbol} {entry.session} {entry.capture[:12]}", reason=str(error)))
    return Exported(files=tuple(sorted(writing.written)), captures=done, left=tuple(left))


@dataclass(slots=True)
class _Writing:
    """The folder in the making."""

    folder: Path
    written: dict[str, bytes | None] = field(default_factory=dict)  #: a chain's bytes, to know it again

    def __post_init__(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if any(self.folder.iterdir()):
                raise OutputError(f"wanted a new or empty folder at {self.folder}, found files in it")
        except OSError as error:
            raise OutputError(f"cannot write {self.folder}: {error.strerror}") from error

    def add(self, entry: Entry, files: Sequence[tuple[str, bytes]]) -> None:
        """Write a capture's files; DataError before any if a name is evil, or its chain's is taken."""
        for name, data in files:
            _safe(name)
            if name.startswith("chains/") and self.written.get(name, data) != data:
                raise DataError(f"wanted to write {name}, found another capture's under that name")
        bars = {f"bars/{entry.symbol}_daily.csv", f"bars/{entry.symbol}_daily.csv.gz"}
        for name, data in files:
            if name not in self.written and not (name in bars and bars & self.written.keys()):
                self._write(name, data)

    def _write(self, name: str, data: bytes) -> None:
        path = self.folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            raise OutputError(f"cannot write {path}: {error.strerror}") from error
        self.written[name] = data if name.startswith("chains/") else None


def _files_of(where: Where, entry: Entry) -> Iterator[tuple[str, bytes]]:
    """Yield a capture's files by name; DataError if it cannot be a csv folder's."""
    if entry.synthetic:
        raise DataError("an invented market is not written beside real ones: build it from its seed")
    if entry.edition not in _EDITIONS:
        raise DataError(f"wanted a capture of one instant, found the edition {entry.edition}")
    objects = Objects(where)
    manifest = manifest_of(objects, {"snapshot": entry.capture}, "snapshot")
    names = [item["name"] for item in manifest["files"]]
    if entry.provider == "csv" and SETTINGS not in names:
        for item in manifest["files"]:
            yield item["name"], objects.get(item["sha256"])
        return
    snapshot = load_snapshot(where, entry.capture)
    yield _chain_name(entry), _packed(_chain(snapshot, entry))
    yield f"bars/{entry.symbol}_daily.csv.gz", _packed(_bars(snapshot))
    if snapshot.news:
        yield f"news/{entry.symbol}_{entry.session}_{entry.capture[:8]}.json", _news(snapshot)


def _chain_name(entry: Entry) -> str:
    time = "" if entry.edition == "close" else f"_{entry.captured:%H%M}ET"
    return f"chains/{entry.symbol}_{entry.session}{time}.csv.gz"


def _chain(snapshot: Snapshot, entry: Entry) -> str:
    chain = snapshot.chain
    table = chain.assign(
        quote_date=snapshot.session.isoformat(),
        snapshot_utc=f"{entry.captured.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        session=_EDITIONS[snapshot.edition],
        underlying=snapshot.symbol,
        underlying_price=repr(snapshot.spot),
        contract_symbol=chain["contract_symbol"].str.replace(" ", ""),
        expiration=chain["expiration"].dt.strftime("%Y-%m-%d"),
        option_type=chain["right"],
    )
    return str(table.to_csv(columns=list(COLUMNS), index=False))


def _bars(snapshot: Snapshot) -> str:
    bars = snapshot.bars
    return str(bars.assign(date=bars["date"].dt.strftime("%Y-%m-%d")).to_csv(index=False))


def _news(snapshot: Snapshot) -> bytes:
    rows = [
        {
            "title": item.title,
            "publisher": item.publisher,
            "publishedAt": item.published_at.isoformat(),
            "url": item.url,
            "summary": item.summary,
        }
        for item in snapshot.news
    ]
    return json.dumps({"ticker": snapshot.symbol, "headlines": rows}, ensure_ascii=False, indent=1).encode()


def _packed(text: str) -> bytes:
    """Return a text gzipped, the same bytes every time."""
    return gzip.compress(text.encode(), mtime=0)


def _safe(name: str) -> None:
    """Refuse a name that leads out of the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise DataError(f"wanted a file's name inside the folder, found {name!r}")


def _damaged(line: str) -> Left:
    return Left(name="index", reason=line.removesuffix("; it is left out"))
