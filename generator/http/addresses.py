"""Addresses and headers: what may be asked, and how it is shown without secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from generator.errors import BadPayloadError, UsageError
from generator.http.response import Response

_SECRET = re.compile(r"token|key|secret|password|passwd|crumb|signature|auth", re.IGNORECASE)
_PRINTABLE = re.compile(r"[\x20-\x7e]*")


def redacted(url: str) -> str:
    """Return *url* without user, password and the values of parameters that look like secrets."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    query = parse_qsl(parts.query, keep_blank_values=True)
    shown = "&".join(f"{name}=***" if _SECRET.search(name) else urlencode([(name, v)]) for name, v in query)
    return urlunsplit((parts.scheme, place, parts.path, shown, ""))


def address_of(url: str, params: Mapping[str, str] | None) -> str:
    """Return the address to ask, refusing what is not plain https."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError("wanted an https address, found text that is no address") from error
    if parts.scheme != "https" or not host or not _PRINTABLE.fullmatch(url) or " " in url:
        raise UsageError(f"wanted an address that begins with https://, found {redacted(url)!r}")
    if "@" in parts.netloc:
        raise UsageError(f"wanted an address without user and password, found one at {host}")
    query = "&".join(part for part in (parts.query, urlencode(params or {})) if part)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def checked_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Refuse a header that could smuggle in another one; its value may be a secret and is not shown."""
    for name, value in headers.items():
        if not _PRINTABLE.fullmatch(value):
            raise UsageError(f"header {name}: wanted one line of ASCII text, found other characters")
    return headers


def redirect_target(address: str, answer: Response) -> str:
    """Return where an answer points to; only the same host over https will do."""
    target = urljoin(address, answer.headers.get("location", ""))
    here, there = urlsplit(address), urlsplit(target)
    if there.scheme != "https" or there.netloc != here.netloc:
        raise BadPayloadError(
            f"{redacted(address)}: wanted a document, found a redirect to "
            f"{there.scheme}://{there.netloc.rpartition('@')[2]}: give the new address if it is right"
        )
    return target
