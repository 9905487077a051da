"""
A folder that somebody else filled, looked at before anything in it is read.

Links are not followed, devices and pipes not opened, names that cannot be a market's files
refused, and no file may be larger, deeper or more packed than a market's files ever are.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import DataError
from generator.providers.files import unpacked

FOLDERS = ("bars", "chains", "dividends", "events", "news", "rates")
MEBIBYTE = 1024 * 1024
MOST_FILES = 20_000
MOST_BYTES = 64 * MEBIBYTE  #: of one file, packed or unpacked
MOST_PACKED = 100  #: times smaller than its content
SMALL = MEBIBYTE  #: a packed file of less content may be as empty as it likes
MOST_LINES = 200_000  #: of a csv file; the fullest index has 30,000 series
MOST_NESTED = 32
MOST_FOLDERS = 8  #: one inside the other
LONGEST_NAME = 200  #: bytes
LINK = "wanted a file, found a link: links are not followed"
_NAME = re.compile(r"[^\x00-\x1f\x7f\\:*?\"<>|]+")
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A file that was left out, and why; its name is safe to print."""

    name: str
    reason: str


@dataclass(slots=True)
class ForeignFolder:
    """
    The files of a folder that may be read; `left` tells of the others.

    Raises:
        DataError: If *root* is no folder, or holds too many files.
    """

    root: Path
    left: list[Left] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.root.is_dir():
            raise DataError(f"wanted a folder to import at {self.root}, found {_found(self.root)}")
        for name in FOLDERS:
            if (self.root / name).is_symlink():
                self._leave(name, LINK)
            else:
                self._walk(name, 1)
        self.found.sort()

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the readable files below *folder*, sorted."""
        return tuple(name for name in self.found if name.startswith(f"{folder}/"))

    def read(self, name: str) -> bytes:
        """Return a file's bytes as they are stored; DataError if they are not fit to be read."""
        data = self._bytes(name)
        content = unpacked(name, data, MOST_BYTES)
        if len(content) > SMALL and len(content) > MOST_PACKED * len(data):
            raise DataError(f"file {name}: wanted at most {MOST_PACKED} times its packed size, found more")
        if ".csv" in name and content.count(b"\n") > MOST_LINES:
            raise DataError(f"file {name}: wanted at most {MOST_LINES} lines, found more")
        if ".json" in name and _nested(content) > MOST_NESTED:
            raise DataError(f"file {name}: wanted JSON at most {MOST_NESTED} deep, found deeper")
        return data

    def leave_out(self, name: str, reason: str) -> None:
        """Take a file back that was found fit to be read, and is not fit to be used."""
        self.found.remove(name)
        self._leave(name, reason)

    def _walk(self, inside: str, depth: int) -> None:
        """Look at one folder."""
        try:
            items = sorted(os.scandir(self.root / inside), key=lambda item: os.fsencode(item.name))
        except FileNotFoundError:
            return
        except OSError as error:
            self._leave(inside, f"cannot be read: {error.strerror}")
            return
        for item in items:
            if not item.name.startswith("."):
                self._look(f"{inside}/{item.name}", item, depth)

    def _look(self, name: str, item: os.DirEntry[str], depth: int) -> None:
        """Take a file, go into a folder, or say why not."""
        if reason := next(_faults(item, depth), None):
            self._leave(name, reason)
        elif item.is_dir(follow_symlinks=False):
            self._walk(name, depth + 1)
        else:
            if len(self.found) == MOST_FILES:
                raise DataError(f"wanted at most {MOST_FILES} files in {self.root}, found more: split it")
            self.found.append(name)

    def _leave(self, name: str, reason: str) -> None:
        self.left.append(Left(name=printable(name), reason=reason))

    def _bytes(self, name: str) -> bytes:
        """Read a file that is no link at the instant it is opened."""
        try:
            handle = os.open(self.root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise DataError(f"file {name}: wanted a regular file, found something else")
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise DataError(f"file {name} cannot be read: {error.strerror}") from error
        if len(data) > MOST_BYTES:
            raise DataError(f"file {name}: wanted at most {MOST_BYTES // MEBIBYTE} MiB, found more")
        return data


def printable(name: str) -> str:
    """Return a name in one line of plain characters, cut when it is long."""
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    shown = "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in shown)
    return shown if len(shown) <= LONGEST_NAME else f"{shown[:LONGEST_NAME]}..."


def _faults(item: os.DirEntry[str], depth: int) -> Iterator[str]:
    """Yield what is wrong with a file or folder before it is opened."""
    if item.is_symlink():
        yield LINK
    if len(os.fsencode(item.name)) > LONGEST_NAME:
        yield f"wanted a name of at most {LONGEST_NAME} bytes, found a longer one"
    if not _is_name(item.name):
        yield "wanted a name of plain characters in UTF-8, found others: rename it"
    if item.is_dir(follow_symlinks=False):
        if depth == MOST_FOLDERS:
            yield f"wanted folders at most {MOST_FOLDERS} deep, found deeper"
    elif not item.is_file(follow_symlinks=False):
        yield "wanted a regular file, found a pipe, a socket or a device"
    elif item.stat(follow_symlinks=False).st_size > MOST_BYTES:
        yield f"wanted at most {MOST_BYTES // MEBIBYTE} MiB, found more"


def _is_name(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return _NAME.fullmatch(name) is not None and name.isprintable()


def _nested(content: bytes) -> int:
    """Return how deep the brackets of a JSON text go, those inside of strings aside."""
    deepest = depth = 0
    for mark in re.findall(rb"[\[{\]}]", _TEXT.sub(b"", content)):
        depth += 1 if mark in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _found(path: Path) -> str:
    return "a file" if path.exists() else "nothing"
