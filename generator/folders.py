"""
Write a folder of files so that it is there whole or not at all.

The files go into a sibling folder, are forced to disk, and take the place of the old
folder by rename. A process killed in between leaves the old folder, or none, and a
sibling that the next write clears away.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from generator.errors import OutputError

ATTEMPTS = 3


def write(folder: Path, files: Iterable[tuple[str, bytes]], *, ours: Callable[[str], bool]) -> None:
    """
    Replace *folder* by one that holds *files* (path inside it, bytes).

    *ours* tells by its name whether an entry of the old folder may go.

    Raises:
        OutputError: If it cannot be written; what stood there before still stands.
    """
    _refuse_foreign(folder, ours)
    fresh, aside = (folder.with_name(f".{folder.name}.{os.getpid()}.{end}") for end in ("part", "old"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear_leftovers(folder)
        fresh.mkdir()
        for name, data in files:
            _write_file(fresh / name, data)
        _force(fresh)
        _swap(fresh, folder, aside)
        _force(folder.parent)
    except OSError as error:
        place = error.filename or folder
        raise OutputError(f"cannot write {place}: {error.strerror}; nothing was changed") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)


def _refuse_foreign(folder: Path, ours: Callable[[str], bool]) -> None:
    """Refuse to replace anything this program did not write."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OutputError(f"wanted the folder {folder}, found a file or a link there; move it away")
    foreign = (
        sorted(entry.name for entry in folder.iterdir() if not ours(entry.name)) if folder.exists() else []
    )
    if foreign:
        raise OutputError(f"wanted to replace {folder}, found {foreign[0]!r} of yours in it; move that away")


def _write_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _force(folder: Path) -> None:
    """Bring a folder's own entries to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(fresh: Path, folder: Path, aside: Path) -> None:
    """Put *fresh* in *folder*'s place; another process may be doing the same."""
    for attempt in range(1, ATTEMPTS + 1):
        with suppress(FileNotFoundError):
            folder.rename(aside)
        try:
            fresh.rename(folder)
        except OSError as error:
            taken = error.errno in (errno.ENOTEMPTY, errno.EEXIST)
            if taken and attempt < ATTEMPTS:
                shutil.rmtree(aside, ignore_errors=True)
                continue
            if aside.exists() and not folder.exists():
                aside.rename(folder)
            raise
        return


def _clear_leftovers(folder: Path) -> None:
    """Remove the siblings of processes that were killed, and bring back what one had set aside."""
    for leftover in sorted(folder.parent.glob(f".{folder.name}.*")):
        pid, _, end = leftover.name.removeprefix(f".{folder.name}.").partition(".")
        if end not in ("part", "old") or not pid.isdigit() or _alive(int(pid)):
            continue
        if end == "old" and not folder.exists():
            leftover.rename(folder)
        else:
            shutil.rmtree(leftover)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()
