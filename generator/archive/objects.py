"""A store of bytes under their own SHA-256: written once, checked at every reading."""

from __future__ import annotations

import hashlib
import re

from generator.archive.places import Place, Where, place_of
from generator.errors import DataError

FOLDER = "objects"
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Objects:
    """The objects of one archive, in its folder `objects/`."""

    def __init__(self, where: Where | Place) -> None:
        self.place = place_of(where) if isinstance(where, Where) else where

    def put(self, data: bytes) -> str:
        """
        Keep *data* and return its hash; what is there already is not written again.

        Raises:
            OutputError: If it cannot be written.
        """
        digest = hashlib.sha256(data).hexdigest()
        name = name_of(digest)
        try:
            if self.place.get(name) == data:
                return digest
        except OSError:
            pass  # not there, or not readable: then writing says what is wrong
        self.place.put(name, data)
        return digest

    def get(self, digest: str) -> bytes:
        """
        Return the bytes of a hash.

        Raises:
            DataError: If they are not there, or are no longer those.
        """
        if _DIGEST.fullmatch(digest) is None:
            raise DataError(f"wanted a SHA-256 of 64 hexadecimal digits, found {digest!r}")
        try:
            data = self.place.get(name_of(digest))
        except FileNotFoundError as error:
            raise DataError(
                f"wanted {digest[:12]} in the archive at {self.place.label}, found no such object: "
                f"was it built with another --state?"
            ) from error
        except OSError as error:
            reason = error.strerror or error
            raise DataError(f"archived object {digest[:12]} cannot be read: {reason}") from error
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            raise DataError(
                f"archived object {digest[:12]} was altered: its bytes hash to {found[:12]} now; put "
                f"{name_of(digest)} back from a copy, or import that session's files again"
            )
        return data


def name_of(digest: str) -> str:
    """Return where an object lies."""
    return f"{FOLDER}/{digest[:2]}/{digest}"
