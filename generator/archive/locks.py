"""
Who may do what at the same time: many may keep, one prunes alone.

Between the bytes of a capture and its entry in the index nothing names them yet; a prune at
that moment would take them for rubbish. Only a folder on this machine has the lock.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from generator.archive.places import Folder, Place
from generator.errors import LockedError, OutputError

_NAME = ".lock"


@contextmanager
def keeping(place: Place) -> Iterator[None]:
    """Hold the archive against a prune; waits for one that runs."""
    with _held(place, fcntl.LOCK_SH):
        yield


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Hold the archive against everybody; LockedError when somebody keeps data in it now."""
    with _held(place, fcntl.LOCK_EX | fcntl.LOCK_NB):
        yield


@contextmanager
def _held(place: Place, kind: int) -> Iterator[None]:
    if not isinstance(place, Folder):
        yield
        return
    try:
        place.make("")
        handle = os.open(place.root / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OutputError(
            f"cannot keep data in {place.label}: {error.strerror}; name another place with --state"
        ) from error
    try:
        fcntl.flock(handle, kind)
        yield
    except BlockingIOError as error:
        raise LockedError(f"wanted the archive at {place.label} alone, found it in use: try later") from error
    finally:
        os.close(handle)
