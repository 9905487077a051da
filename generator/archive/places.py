"""
Where an archive lies: a folder on this machine, or any address that fsspec knows.

Names are relative, with forward slashes. A file is there whole or not at all. What begins
with a dot is a write that was cut short, and is never listed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from generator.errors import ConfigError, OutputError

#: The state folder, or the URL of the archive itself (`s3://bucket/archive`).
Where = Path | str
Report = Callable[[str], None]

_PRIVATE = 0o700
_NEW = ".new-"


def silent(_line: str) -> None:
    """Report nothing."""


class Place(Protocol):
    """Named bytes."""

    label: str  #: as told to people

    def get(self, name: str) -> bytes:
        """Return a file's bytes; FileNotFoundError or another OSError if that fails."""

    def put(self, name: str, data: bytes) -> None:
        """Write a file at once; OutputError if that fails."""

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the files below *folder*, sorted; empty when it is not there."""

    def remove(self, name: str) -> None:
        """Remove a file; no error when it is not there."""

    def size(self, name: str) -> int:
        """Return a file's bytes as a number; OSError if that fails."""

    def leftovers(self) -> tuple[str, ...]:
        """Return what writes that were cut short have left."""

    def on_disk(self, names: tuple[str, ...]) -> Any:
        """Return a context manager that gives a folder of this machine in which the files lie."""


def place_of(where: Where) -> Place:
    """
    Return the place of an archive: `<state>/archive` for a folder, the address itself for a URL.

    Raises:
        ConfigError: If no installed package speaks the address's protocol.
    """
    if isinstance(where, str) and "://" in where:
        return Remote(where)
    return Folder(Path(where) / "archive")


class Folder:
    """A folder on this machine, open to its owner only."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.label = str(root)

    def get(self, name: str) -> bytes:
        """Return a file's bytes."""
        with open(f"{self.label}/{name}", "rb") as file:  # noqa: PTH123  thousands of them: a Path costs more
            return file.read()

    def put(self, name: str, data: bytes) -> None:
        """Write a file beside its place, see it to the disk, and move it there."""
        path = self.root / name
        try:
            self.make(name.rpartition("/")[0])
            _write(path, data)
        except OSError as error:
            raise _cannot_keep(str(self.root / name.partition("/")[0]), error) from error

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the files below *folder*, sorted."""
        found = []
        for place, _, files in os.walk(f"{self.label}/{folder}"):
            inside = place[len(self.label) + 1 :].replace(os.sep, "/")
            found += [f"{inside}/{name}" for name in files if not name.startswith(".")]
        return tuple(sorted(found))

    def remove(self, name: str) -> None:
        """Remove a file, and its folders once they are empty."""
        path = self.root / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"cannot remove {path}: {error.strerror}") from error
        with suppress(OSError):  # not empty: others still lie there
            for folder in path.relative_to(self.root).parents[:-2]:
                (self.root / folder).rmdir()

    def size(self, name: str) -> int:
        """Return a file's size."""
        return (self.root / name).stat().st_size

    def leftovers(self) -> tuple[str, ...]:
        """Return what writes that were cut short have left."""
        found = (path.relative_to(self.root).as_posix() for path in self.root.rglob(f"{_NEW}*"))
        return tuple(sorted(found))

    @contextmanager
    def on_disk(self, names: tuple[str, ...]) -> Iterator[str]:
        """Give the folder itself."""
        del names  # they lie there
        yield self.label

    def make(self, inside: str) -> None:
        """Make a folder, and all below the state folder, which may be there with rights of its own."""
        folder = self.root / inside
        if folder.is_dir() and folder.stat().st_mode & 0o777 == _PRIVATE:
            return
        self.root.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
        parts = inside.split("/") if inside else []
        for count in range(len(parts) + 1):
            part = self.root.joinpath(*parts[:count])
            part.mkdir(exist_ok=True, mode=_PRIVATE)
            part.chmod(_PRIVATE)  # whatever the mask of this process


class Remote:
    """An address such as `s3://bucket/archive`; who may read it is for its owner to say."""

    def __init__(self, url: str) -> None:
        fsspec = import_module("fsspec")  # an archive on this machine needs none
        self.label = url.partition("://")[0] + "://"  # the rest may hold secrets
        try:
            with self._reached():
                self.system, self.root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise ConfigError([f"archive {self.label}...: {error}"]) from error
        self.root = self.root.rstrip("/")

    def get(self, name: str) -> bytes:
        """Return a file's bytes."""
        with self._reached():
            return bytes(self.system.cat_file(f"{self.root}/{name}"))

    def put(self, name: str, data: bytes) -> None:
        """Write a file beside its place and move it there."""
        folder, _, last = name.rpartition("/")
        beside = f"{self.root}/{folder}/{_NEW}{os.getpid()}-{last}"
        try:
            with self._reached():
                self.system.makedirs(f"{self.root}/{folder}", exist_ok=True)
                self.system.pipe_file(beside, data)
                self.system.mv(beside, f"{self.root}/{name}")
        except OSError as error:
            raise _cannot_keep(self.label, error) from error

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the files below *folder*, sorted."""
        try:
            with self._reached():
                self.system.invalidate_cache()
                found = self.system.find(f"{self.root}/{folder}")
        except FileNotFoundError:
            return ()
        inside = (str(path)[len(self.root) + 1 :] for path in found)
        return tuple(sorted(name for name in inside if not name.rpartition("/")[2].startswith(".")))

    def remove(self, name: str) -> None:
        """Remove a file."""
        try:
            with suppress(FileNotFoundError):
                self.system.rm_file(f"{self.root}/{name}")
        except OSError as error:
            raise OutputError(f"cannot remove {name} at {self.label}: {error}") from error

    def size(self, name: str) -> int:
        """Return a file's size."""
        return int(self.system.size(f"{self.root}/{name}"))

    def leftovers(self) -> tuple[str, ...]:
        """Return nothing: there is no lock there, so that another write may be going on."""
        return ()

    @contextmanager
    def on_disk(self, names: tuple[str, ...]) -> Iterator[str]:
        """Fetch the files into a folder that lives as long as they are needed."""
        with tempfile.TemporaryDirectory(prefix="strikebrief-") as folder:
            for name in names:
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.get(name))
            yield folder

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Tell of a place that does not answer in one line, in which no address stands."""
        try:
            yield
        except (FileNotFoundError, PermissionError, ImportError, ValueError):
            raise  # it answered, or was never asked
        except Exception as error:  # each protocol has errors of its own
            told = error.strerror if isinstance(error, OSError) else None
            raise OutputError(
                f"wanted the archive at {self.label}..., found {told or type(error).__name__}: "
                "see that the place answers, and that [archive] url names it"
            ) from error


def _write(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_NEW)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _cannot_keep(label: str, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"cannot keep data in {label}: {reason}; name another place with --state")
