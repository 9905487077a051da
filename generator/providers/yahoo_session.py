"""
The session yfinance talks through: it keeps every answer's own bytes, waits, and gives up in time.

yfinance drives it (cookies, crumbs, the second try with another cookie); a session of its
own making is what yfinance's `session=` is for.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from curl_cffi import CurlOpt
from curl_cffi.curl import CURL_WRITEFUNC_ERROR
from curl_cffi.requests import Response, Session
from curl_cffi.requests.exceptions import ConnectionError as NoConnectionError
from curl_cffi.requests.exceptions import DNSError, IncompleteRead, RequestException, SSLError, Timeout

from generator.errors import BadPayloadError

#: A full chain of one expiration is 1 MiB unpacked.
LIMIT = 32 * 1024 * 1024
RETRIES = 2  #: in all for one question, not for each of its requests
PATIENCE = 60.0  #: a Retry-After longer than this is for another run
BACKOFF = 2.0
_DATA = ("/v7/finance/options/", "/v8/finance/chart/", "/v10/finance/quoteSummary/", "/xhr/ncp")
_ITS_OWN_FAULT = 500
_TOO_MANY = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One answer of Yahoo, as it came."""

    address: str  #: without query: the crumb stands there
    status: int
    body: bytes = field(repr=False)
    date: str | None = None
    retry_after: float | None = None  #: seconds


class Recorder(Session[Response]):
    """
    A browser-like session that remembers the last answer with data in it.

    Args:
        spacing: Seconds between two requests.
        limit: Seconds one request may take, redirects and all.
        sleep: What waits.
        options: As curl_cffi's `Session` takes them.
    """

    def __init__(
        self,
        *,
        spacing: float,
        limit: float,
        sleep: Callable[[float], None] = time.sleep,
        **options: Any,
    ) -> None:
        only_https = {CurlOpt.REDIR_PROTOCOLS_STR: "https"}
        extra = {**only_https, **options.pop("curl_options", {})}
        super().__init__(**{"impersonate": "chrome", **options, "curl_options": extra})
        self.spacing = spacing
        self.limit = limit
        self.sleep = sleep
        self.heard: Heard | None = None
        self.limited = False  #: some request of the question was one too many, a crumb's too
        self.asked = 0
        self.tries_left = RETRIES

    def begin(self) -> None:
        """Forget the last answer, and allow the next question its retries."""
        self.heard = None
        self.limited = False
        self.tries_left = RETRIES

    def request(self, *args: Any, **options: Any) -> Response:
        """Send a request as yfinance wants it; one for data is remembered, and retried if that may help."""
        if not urlsplit(str(options.get("url", ""))).path.startswith(_DATA):
            return self._once(*args, **options)
        while True:
            self.heard = None
            try:
                response = self._once(*args, **options)
            except RequestException as error:
                if not self._may_retry(_passing(error)):
                    raise
                self.sleep(self._backoff(str(options["url"])))
                continue
            self.heard = _heard(response)
            wait = self._wait(self.heard)
            if wait is None:
                return response
            self.sleep(wait)

    def _once(self, *args: Any, **options: Any) -> Response:
        """Send one request, at a distance from the one before, and take in no more than the limit."""
        if self.asked:
            self.sleep(self.spacing)
        self.asked += 1
        parts: list[bytes] = []
        size = 0

        def take(chunk: bytes) -> int:
            nonlocal size
            size += len(chunk)
            if size > LIMIT:
                return CURL_WRITEFUNC_ERROR
            parts.append(chunk)
            return len(chunk)

        try:
            response = super().request(*args, **{**options, "timeout": self.limit, "content_callback": take})
        except RequestException as error:
            if size > LIMIT:
                raise BadPayloadError(f"wanted at most {LIMIT >> 20} MiB from Yahoo, found more") from error
            raise
        response.content = b"".join(parts)
        self.limited = self.limited or response.status_code == _TOO_MANY
        return response

    def _wait(self, heard: Heard) -> float | None:
        """Return the seconds after which the request is worth another try, None if it is not."""
        if heard.status >= _ITS_OWN_FAULT:
            return self._backoff(heard.address) if self._may_retry(True) else None
        patient = heard.retry_after is not None and heard.retry_after <= PATIENCE
        if heard.status == _TOO_MANY and self._may_retry(patient):
            return heard.retry_after
        return None

    def _may_retry(self, curable: bool) -> bool:  # noqa: FBT001  # the one question it answers
        """Tell whether to try again, and count that."""
        if not curable or self.tries_left <= 0:
            return False
        self.tries_left -= 1
        return True

    def _backoff(self, address: str) -> float:
        """Return seconds to wait: longer each time, and not the same for every address."""
        attempt = RETRIES - self.tries_left
        spread = zlib.crc32(f"{address} {attempt}".encode()) / 2**32
        return self.spacing * BACKOFF**attempt * (0.5 + spread)


def _passing(error: RequestException) -> bool:
    """Tell whether a fault of the network may be gone the next time."""
    lasting = isinstance(error, (DNSError, SSLError))
    return isinstance(error, (NoConnectionError, Timeout, IncompleteRead)) and not lasting


def _heard(response: Response) -> Heard:
    """Return what is kept of an answer."""
    parts = urlsplit(response.url)
    date = response.headers.get("date")
    return Heard(
        address=f"{parts.scheme}://{parts.netloc}{parts.path}",
        status=response.status_code,
        body=response.content,
        date=date,
        retry_after=_seconds(response.headers.get("retry-after"), date),
    )


def _seconds(text: str | None, date: str | None) -> float | None:
    """Return a Retry-After in seconds (RFC 9110, 10.2.3), None when there is none that reads."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - parsedate_to_datetime(date or "")).total_seconds())
    except (ValueError, TypeError):
        return None
