"""Bodies: unpacked within a limit, and read as strict JSON."""

from __future__ import annotations

import json
import zlib
from typing import Any, NoReturn

from generator.errors import BadPayloadError
from generator.http.response import Response

MEBIBYTE = 1024 * 1024


def json_of(answer: Response | bytes, what: str) -> Any:
    """
    Return the JSON value of a body; *what* names it in the message, such as "option chain of IWM".

    Strict: UTF-8, no NaN or Infinity (they are no JSON), no number that overflows.

    Raises:
        BadPayloadError: If it is anything else, with its first words; HTML is called by its name.
    """
    body = answer if isinstance(answer, bytes) else answer.body
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_finite)
    except RecursionError as error:
        raise BadPayloadError(f"{what}: wanted JSON, found it nested too deep") from error
    except ValueError as error:  # of syntax, of encoding, of a number with too many digits
        raise BadPayloadError(f"{what}: wanted JSON, found {_label(body, error)}") from error


def _label(body: bytes, error: ValueError) -> str:
    """Return what a body that is no JSON is instead."""
    if not body.strip():
        return "nothing"
    begins = f"which begins {_first_words(body)!r}"
    return f"HTML, {begins}" if body.lstrip()[:1] == b"<" else f"other text ({str(error)[:80]}), {begins}"


def unpacked(body: bytes, encoding: str, limit: int, where: str) -> bytes:
    """Return a body without its encoding, never more than *limit* bytes of it."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return body
    if encoding not in {"gzip", "x-gzip"}:
        raise BadPayloadError(f"{where}: wanted plain or gzip content, found {encoding[:20]!r}")
    parts: list[bytes] = []
    size = 0
    while body or not parts:  # a gzip file may have several members, and never none
        member = zlib.decompressobj(wbits=31)
        try:
            parts.append(member.decompress(body, limit + 1 - size))
        except zlib.error as error:
            raise BadPayloadError(f"{where}: wanted gzip content, found other or damaged data") from error
        size += len(parts[-1])
        if size > limit:
            raise too_large(where, limit)
        if not member.eof:
            raise BadPayloadError(f"{where}: wanted whole gzip content, found it cut off")
        body = member.unused_data
    return b"".join(parts)


def too_large(where: str, limit: int) -> BadPayloadError:
    """Return the error for a body over the limit."""
    size = f"{limit // MEBIBYTE} MiB" if limit >= MEBIBYTE else f"{limit} bytes"
    return BadPayloadError(f"{where}: wanted at most {size}, found more")


def _no_constant(name: str) -> NoReturn:
    """Refuse NaN, Infinity and -Infinity."""
    raise ValueError(f"{name} in place of a number")


def _finite(text: str) -> float:
    """Return a number, refusing one such as 1e999 that overflows."""
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(f"the number {text[:20]}, which overflows")
    return number


def _first_words(body: bytes, most: int = 60) -> str:
    """Return the beginning of a body as one line of printable ASCII."""
    text = " ".join(body[: 4 * most].decode("ascii", "replace").split())
    return "".join(letter for letter in text if " " <= letter <= "~")[:most]
