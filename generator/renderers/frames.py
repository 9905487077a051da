"""What the PDF worker and its caller say to each other: a small head as JSON, and bytes."""

from __future__ import annotations

import json
import struct
from typing import IO, Any, NamedTuple

_LENGTHS = struct.Struct(">II")
LARGEST = 256 * 1024 * 1024


class Frame(NamedTuple):
    """One message."""

    head: dict[str, Any]
    body: bytes = b""


def write_frame(stream: IO[bytes], frame: Frame) -> None:
    """Write *frame*: two lengths of four bytes, the head, the body."""
    head = json.dumps(frame.head).encode()
    stream.write(_LENGTHS.pack(len(head), len(frame.body)) + head + frame.body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Frame:
    """
    Return the next frame.

    Raises:
        EOFError: If the stream ends before it, or it is larger than any page of ours.
    """
    head, body = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if head + body > LARGEST:
        raise EOFError(f"wanted a frame up to {LARGEST} bytes, found {head + body}")
    return Frame(json.loads(_exactly(stream, head)), _exactly(stream, body))


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError(f"wanted {count} bytes, found {len(data)}")
    return data
