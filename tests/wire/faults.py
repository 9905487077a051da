"""
Replies, good and bad, for the table of a `TlsServer`.

`TRANSPORT` names the faults every source can meet; those of a body (a renamed key, a NaN, an
empty result) are made from the source's own good body with `renamed`, `without` and `replaced`.
"""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any

from generator import errors
from tests.wire.server import Reply, Route

HTML = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body>We will be right back.</body></html>"


def reply_json(value: Any, *, packed: bool = False, status: int = 200, **headers: str) -> Reply:
    """A value as JSON, `packed` with gzip; NaN is written as Python does."""
    body = json.dumps(value).encode()
    return packed_reply(body) if packed else Reply(body=body, status=status, headers=headers)


def packed_reply(body: bytes) -> Reply:
    return Reply(body=gzip.compress(body, mtime=0), headers={"Content-Encoding": "gzip"})


def html(status: int = 200) -> Reply:
    return Reply(body=HTML, status=status, headers={"Content-Type": "text/html"})


def limited(retry_after: str | None = None) -> Reply:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Reply(body=b"Too Many Requests", status=429, headers=headers)


def truncated_gzip(body: bytes) -> Reply:
    """Half of the packed bytes, announced as if they were all."""
    packed = gzip.compress(body, mtime=0)
    return Reply(body=packed[: len(packed) // 2], headers={"Content-Encoding": "gzip"})


def cut_off(body: bytes) -> Reply:
    """Half of the body, after the length of the whole was announced."""
    return Reply(body=body[: len(body) // 2], headers={"Content-Length": str(len(body))})


def slow(body: bytes, seconds_a_byte: float = 0.05) -> Reply:
    return Reply(body=body, drip=seconds_a_byte)


def bomb(size: int) -> Reply:
    """Gzip that unpacks to *size* zero bytes."""
    return packed_reply(bytes(size))


#: Fault -> (route for a good body, the kind of error it must end in).
TRANSPORT: Mapping[str, tuple[Callable[[bytes], Route], type[errors.ProviderError]]] = {
    "429 without Retry-After": (lambda _: limited(), errors.RateLimitedError),
    "429 with Retry-After": (lambda _: limited("1"), errors.RateLimitedError),
    "429 with an hour to wait": (lambda _: limited("3600"), errors.RateLimitedError),
    "401 wrong key or crumb": (lambda _: Reply(b'{"error": "Invalid Crumb"}', 401), errors.DeniedError),
    "403": (lambda _: html(403), errors.DeniedError),
    "404": (lambda _: Reply(b'{"error": "not found"}', 404), errors.NotThereError),
    "500": (lambda _: Reply(b'{"error": "oops"}', 500), errors.UnavailableError),
    "500 HTML": (lambda _: html(500), errors.UnavailableError),
    "503": (lambda _: html(503), errors.UnavailableError),
    "200 HTML in place of JSON": (lambda _: html(), errors.BadPayloadError),
    "200 without a body": (lambda _: Reply(), errors.BadPayloadError),
    "truncated gzip": (truncated_gzip, errors.BadPayloadError),
    "cut off body": (cut_off, errors.UnavailableError),
    "connection reset": (lambda _: Reply(reset=True), errors.UnavailableError),
    "slow drip": (slow, errors.UnavailableError),
    "half a JSON body": (lambda body: Reply(body[: len(body) // 2]), errors.BadPayloadError),
    "nesting without end": (lambda _: Reply(b"[" * 200_000), errors.BadPayloadError),
    "bytes that are no text": (lambda _: Reply(b"\xff\xfe\x00\x01" * 8), errors.BadPayloadError),
    "redirect to another host": (
        lambda _: Reply(status=302, headers={"Location": "https://example.org/consent"}),
        errors.BadPayloadError,
    ),
    "redirect to http": (
        lambda _: Reply(status=302, headers={"Location": "http://127.0.0.1/"}),
        errors.BadPayloadError,
    ),
}


def replaced(value: Any, path: str, new: Any) -> Any:
    """A copy of *value* with *new* at a dotted path; `*` stands for every entry of a list."""
    changed = copy.deepcopy(value)
    for holder, key in _places(changed, path):
        holder[key] = new
    return changed


def without(value: Any, path: str) -> Any:
    """A copy without the key at a dotted path."""
    changed = copy.deepcopy(value)
    for holder, key in _places(changed, path):
        del holder[key]
    return changed


def renamed(value: Any, path: str, new: str) -> Any:
    """A copy in which the key at a dotted path has another name."""
    changed = copy.deepcopy(value)
    for holder, key in _places(changed, path):
        holder[new] = holder.pop(key)
    return changed


def _places(value: Any, path: str) -> list[tuple[Any, Any]]:
    first, _, rest = path.partition(".")
    keys = list(range(len(value))) if first == "*" else [int(first) if isinstance(value, list) else first]
    if not rest:
        return [(value, key) for key in keys]
    return [place for key in keys for place in _places(value[key], rest)]
