"""Where a source's files lie: a folder on disk, or bytes kept in the archive."""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from generator.errors import DataError
from generator.models.market import RawFile

#: No file, packed or unpacked, may be larger; a full index chain is 3 MiB.
LIMIT = 64 * 1024 * 1024
MEBIBYTE = 1024 * 1024


class Files(Protocol):
    """Named bytes in folders; names are relative with forward slashes."""

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the files below *folder*, sorted; empty when it is not there."""

    def read(self, name: str) -> bytes:
        """Return a file's bytes as they are stored; DataError if that fails."""


class FolderFiles:
    """
    The files of one folder on disk.

    Raises:
        DataError: If *root* is no folder.
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            found = "a file" if root.exists() else "nothing"
            raise DataError(
                f"wanted a folder of csv files at {root}, found {found}: check the path after csv:"
            )
        self.root = root

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the files below *folder*, sorted; hidden ones are left out."""
        start = self.root / folder
        if start.is_file():
            raise DataError(f"wanted a folder called {folder}, found a file: move it away")
        found = []
        for place, _, files in os.walk(start):
            inside = Path(place).relative_to(self.root)
            found += [(inside / name).as_posix() for name in files if not name.startswith(".")]
        return tuple(sorted(found))

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""
        if not _is_text(name):
            raise DataError(f"file {name!r}: wanted a name in UTF-8, found other bytes: rename it")
        path = self.root / name
        try:
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):  # a pipe would keep us waiting for ever
                raise DataError(f"file {name}: wanted a regular file, found a pipe or a device")
            if found.st_size > LIMIT:
                raise DataError(f"file {name}: wanted at most {LIMIT // MEBIBYTE} MiB, found more")
            return path.read_bytes()
        except OSError as error:
            raise DataError(f"file {name} cannot be read: {error.strerror}") from error


def _is_text(name: str) -> bool:
    """Tell whether a name's bytes are UTF-8; the system hands others over as lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


class KeptFiles:
    """Files held in memory, as the archive hands them back."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the kept files below *folder*, sorted."""
        return tuple(sorted(name for name in self.files if name.startswith(folder + "/")))

    def read(self, name: str) -> bytes:
        """Return a kept file's bytes."""
        try:
            return self.files[name]
        except KeyError as error:
            raise DataError(f"file {name} is not among the kept files") from error


def bare(name: str) -> str:
    """Return a file's name without its folders."""
    return name.rpartition("/")[2]


def raw_file(name: str, data: bytes) -> RawFile:
    """Return *data* with its hash, for the archive."""
    return RawFile(name=name, sha256=hashlib.sha256(data).hexdigest(), data=data)


def unpacked(name: str, data: bytes, limit: int = LIMIT) -> bytes:
    """
    Return the content of a plain or gzipped file.

    Raises:
        DataError: If the gzip data is broken or cut off, or the content exceeds *limit* bytes.
    """
    content = _gunzipped(name, data, limit) if name.endswith(".gz") else data
    if len(content) > limit:
        raise DataError(f"file {name}: wanted at most {limit // MEBIBYTE} MiB of content, found more")
    return content


def head(name: str, data: bytes, size: int = 16 * 1024) -> bytes:
    """Return about the first *size* bytes of a file's content; DataError if its gzip data is broken."""
    if not name.endswith(".gz"):
        return data[:size]
    try:
        return zlib.decompressobj(wbits=31).decompress(data, size)
    except zlib.error as error:
        raise _broken(name) from error


def _gunzipped(name: str, data: bytes, limit: int) -> bytes:
    """Unpack every member of a gzip file, stopping once *limit* is exceeded."""
    parts: list[bytes] = []
    size = 0
    while data:
        member = zlib.decompressobj(wbits=31)
        try:
            parts.append(member.decompress(data, limit + 1 - size))
        except zlib.error as error:
            raise _broken(name) from error
        size += len(parts[-1])
        if size > limit:
            break
        if not member.eof:
            raise DataError(f"file {name}: wanted a whole gzip file, found one that is cut off")
        data = member.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _broken(name: str) -> DataError:
    """Return the error for data that is no gzip."""
    return DataError(f"file {name}: wanted a gzip file, found other or damaged data")
