"""A provider whose whole source is one file on disk."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from generator.errors import DataError, NotThereError
from generator.models.market import RawFile
from generator.providers.files import LIMIT, MEBIBYTE, raw_file

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._\-]{0,99}", re.ASCII)


def one_file(place: str, symbol: str, provider: str) -> RawFile:
    """
    Return the file at *place*, in which `{symbol}` stands for the symbol without its caret.

    Raises:
        NotThereError: If there is no such file.
        DataError: If it is no regular file, too large, or its name is no plain one.
    """
    path = Path(place.replace("{symbol}", symbol.removeprefix("^"))).expanduser()
    if _SAFE.fullmatch(path.name) is None:
        raise DataError(
            f"{provider}: wanted a file whose name has letters, digits, dots and dashes, found {path.name!r}"
        )
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise DataError(f"{provider}: wanted a file at {path}, found a folder, a pipe or a device")
        if found.st_size > LIMIT:
            raise DataError(f"{provider}: wanted at most {LIMIT // MEBIBYTE} MiB, found more in {path.name}")
        return raw_file(path.name, path.read_bytes())
    except FileNotFoundError as error:
        raise NotThereError(f"{provider}: wanted a file at {path}, found none: check the settings") from error
    except OSError as error:
        raise DataError(f"{provider}: file {path.name} cannot be read: {error.strerror}") from error
