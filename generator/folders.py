"""
Write a folder of files so that it is there whole or not at all.

The files go into a sibling folder, are forced to disk, and take the place of the old
folder by rename. A process killed in between leaves the old folder, or none, and a
sibling that the next write clears away.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePath

from generator.errors import OutputError

ATTEMPTS = 20  #: another process may win a few times in a row
MANIFEST = "manifest.json"


def write(folder: Path, files: Iterable[tuple[str, bytes]], *, ours: Callable[[str], bool]) -> None:
    """
    Replace *folder* by one that holds *files* (path inside it, bytes).

    *ours* tells by its name whether an entry of the old folder may go. Inside a subfolder only
    pictures may: those that the old folder's manifest.json lists, or any when it has none.

    Raises:
        OutputError: If it cannot be written; what stood there before still stands.
    """
    fresh, aside = (folder.with_name(f".{folder.name}.{os.getpid()}.{end}") for end in ("part", "old"))
    try:
        _refuse_foreign(folder, ours)
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
    with suppress(FileNotFoundError):  # one look: between two another process may move the folder
        if not stat.S_ISDIR(folder.lstat().st_mode):
            raise OutputError(f"wanted the folder {folder}, found a file or a link there; move it away")
    listed = _listed(folder)
    for name in sorted(_inside(folder)):
        path = PurePath(name)
        if path.parent.name:
            known = len(path.parts) == 2 and path.suffix == ".png" and (listed is None or name in listed)
        else:
            known = ours(name)
        if not known:
            raise OutputError(f"wanted to replace {folder}, found {name!r} of yours in it; move that away")


def _inside(folder: Path) -> Iterator[str]:
    """Yield the path of everything in *folder* and below it, with forward slashes."""
    for place, below, files in os.walk(folder, onerror=_pass_on):
        inside = Path(place).relative_to(folder)
        yield from ((inside / name).as_posix() for name in (*below, *files))


def _pass_on(error: OSError) -> None:
    """Let pass what another process has moved away meanwhile, and nothing else."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _listed(folder: Path) -> set[str] | None:
    """Return the paths in a folder's manifest, or None when it has none that can be read."""
    try:
        return {file["path"] for file in json.loads((folder / MANIFEST).read_bytes())["files"]}
    except (FileNotFoundError, ValueError, LookupError, TypeError, RecursionError):
        return None


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
