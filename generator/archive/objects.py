"""A store of bytes under their own SHA-256: written once, checked at every reading."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from generator.errors import DataError, OutputError

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PRIVATE = 0o700


class Objects:
    """The objects of one archive, in `archive/objects/` below the state folder."""

    def __init__(self, state: Path) -> None:
        self.root = state / "archive" / "objects"

    def put(self, data: bytes) -> str:
        """
        Keep *data* and return its hash; what is there already is not written again.

        Raises:
            OutputError: If it cannot be written.
        """
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        try:
            if path.is_file() and path.read_bytes() == data:
                return digest
            self.root.parent.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
            for folder in (self.root.parent, self.root, path.parent):
                folder.mkdir(exist_ok=True, mode=_PRIVATE)
                folder.chmod(_PRIVATE)  # an older version left them open to others
            _write(path, data)
        except OSError as error:
            raise OutputError(
                f"cannot keep data in {self.root}: {error.strerror}; name another place with --state"
            ) from error
        return digest

    def get(self, digest: str) -> bytes:
        """
        Return the bytes of a hash.

        Raises:
            DataError: If they are not there, or are no longer those.
        """
        if _DIGEST.fullmatch(digest) is None:
            raise DataError(f"wanted a SHA-256 of 64 hexadecimal digits, found {digest!r}")
        path = self._path(digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise DataError(
                f"wanted {digest[:12]} in the archive at {self.root}, found no such object: "
                f"was it built with another --state?"
            ) from error
        except OSError as error:
            raise DataError(f"archived object {digest[:12]} cannot be read: {error.strerror}") from error
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            raise DataError(f"archived object {digest[:12]} was altered: its bytes hash to {found[:12]} now")
        return data

    def _path(self, digest: str) -> Path:
        """Return where an object lies."""
        return self.root / digest[:2] / digest


def _write(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
