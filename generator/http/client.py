"""The client: one request at a time, at a polite distance, within a time that is kept."""

from __future__ import annotations

import http.client
import logging
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from urllib.parse import urlsplit

import urllib3

from generator import __version__
from generator.errors import BadPayloadError, ConfigError
from generator.http.addresses import address_of, checked_headers, redacted, redirect_target
from generator.http.bodies import MEBIBYTE, too_large, unpacked
from generator.http.response import Response
from generator.http.verdicts import LONGEST_WAIT, PassingFault, connection_fault, http_date, judged

#: No body may be larger once unpacked; a full index chain is about 12 MiB of JSON.
LIMIT = 64 * MEBIBYTE
_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024
_LATE_AT_MOST = 64


class Pace:
    """When each host may be asked next, whichever client asks."""

    def __init__(self) -> None:
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def turn(self, host: str, spacing: float, now: float) -> float:
        """Return the seconds to wait before *host* is asked, and book that turn."""
        with self._lock:
            start = max(now, self._next.get(host, now))
            self._next[host] = start + spacing
        return start - now


#: One distance to each host for the whole process: a batch makes many clients.
_PACE = Pace()
#: its log repeats whole addresses, keys and all
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class Client:
    """
    Asks servers for documents.

    Args:
        spacing: Seconds between two requests to one host, over all clients of the process.
        retries: How often a fault that a retry may cure is tried again.
        timeout: Seconds that one try may take, from the name's look-up to the last byte.
        limit: Bytes a body may have once unpacked.
        ca_file: Certificates to trust instead of the system's.
        jitter: Gives 0 to 1, which scatters the retries; the clock's fraction unless told otherwise.

    Raises:
        ConfigError: On the first request, if *ca_file* cannot be read.
    """

    def __init__(
        self,
        *,
        spacing: float = 1.0,
        retries: int = 2,
        timeout: float = 20.0,
        limit: int = LIMIT,
        ca_file: str | None = None,
        user_agent: str = f"strikebrief/{__version__}",
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        self._spacing, self._retries, self._timeout, self._limit = spacing, retries, timeout, limit
        self._ca_file, self._user_agent = ca_file, user_agent
        self._sleep, self._monotonic = sleep, monotonic
        # two processes that failed together stand at different fractions of a second by now
        self._jitter = jitter or (lambda: monotonic() % 1)
        self._pool: urllib3.PoolManager | None = None

    def get(
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """
        Return the document at *url*, an https address without user and password.

        Each try lasts at most `timeout` seconds; between tries stand at most `LONGEST_WAIT`.

        Raises:
            NotThereError: Status 404 or 410.
            DeniedError: Status 401 or 403.
            RateLimitedError: Status 429 to the last try, or with a wait of more than a minute.
            UnavailableError: No connection, no trusted certificate, no whole answer in time, or 5xx.
            BadPayloadError: Any other status, too large or damaged a body, a redirect elsewhere.
            UsageError: If the address or a header is none; ConfigError for the certificates.
        """
        address = address_of(url, params)
        sent = {"User-Agent": self._user_agent, "Accept-Encoding": "gzip", **checked_headers(headers or {})}
        tries = 0
        while True:
            try:
                return self._followed(address, sent)
            except PassingFault as fault:
                tries += 1
                if tries > self._retries:
                    raise fault.error from fault.__cause__
                self._sleep(self._pause(tries, fault.wait))

    def _pause(self, tries: int, asked: float | None) -> float:
        """Return the seconds before the next try: growing, scattered, never less than was asked for."""
        scattered: float = 2.0 ** (tries - 1) * (0.5 + self._jitter())
        return scattered if asked is None else min(asked + self._jitter(), LONGEST_WAIT)

    def _followed(self, address: str, headers: Mapping[str, str]) -> Response:
        """Ask, follow redirects on the same host, and judge the status."""
        for _ in range(_MOST_REDIRECTS + 1):
            self._sleep_until_turn(address)
            answer = self._answer(address, headers)
            if answer.status not in _REDIRECTS:
                return judged(answer)
            address = redirect_target(address, answer)
        raise BadPayloadError(
            f"{redacted(address)}: wanted a document, found more than {_MOST_REDIRECTS} redirects"
        )

    def _sleep_until_turn(self, address: str) -> None:
        """Keep the distance to the last request to this host."""
        if not self._spacing:
            return
        wait = _PACE.turn(urlsplit(address).netloc, self._spacing, self._monotonic())
        if wait > 0:
            self._sleep(wait)

    def _answer(self, address: str, headers: Mapping[str, str]) -> Response:
        """Ask once, whatever the status; faults of the connection get their kind here."""
        shown = redacted(address)
        pool = self._connections()
        try:
            return _within(self._timeout, lambda: self._exchange(pool, address, headers))
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            raise connection_fault(shown, self._timeout, error) from error

    def _connections(self) -> urllib3.PoolManager:
        """Return the pool, made on first use: loading certificates takes a while."""
        if self._pool is None:
            try:
                context = ssl.create_default_context(cafile=self._ca_file)
            except OSError as error:
                raise ConfigError(
                    [f"ca_file: wanted a file of certificates, found none at {self._ca_file}"]
                ) from error
            # tries that ran out of time may come back late; a small pool would warn of each
            self._pool = urllib3.PoolManager(ssl_context=context, maxsize=_LATE_AT_MOST)
        return self._pool

    def _exchange(self, pool: urllib3.PoolManager, address: str, headers: Mapping[str, str]) -> Response:
        """Send one request and read its answer; urllib3's own errors pass."""
        deadline = self._monotonic() + self._timeout
        answer = pool.request(
            "GET",
            address,
            headers=headers,
            preload_content=False,
            redirect=False,
            retries=False,
            timeout=self._timeout,
        )
        try:
            named = {name.lower(): value for name, value in answer.headers.itermerged()}
            body = self._body(answer, address, deadline) if answer.status == 200 else b""
        finally:
            answer.close()
        return Response(
            url=redacted(address),
            status=answer.status,
            headers=named,
            body=body,
            date=http_date(named.get("date", "")),
        )

    def _body(self, answer: urllib3.BaseHTTPResponse, address: str, deadline: float) -> bytes:
        """Read the bytes as sent, up to the limit and the deadline."""
        parts: list[bytes] = []
        size = 0
        while part := answer.read1(_CHUNK, decode_content=False):
            parts.append(part)
            size += len(part)
            if size > self._limit:
                raise too_large(redacted(address), self._limit)
            if self._monotonic() > deadline:
                raise TimeoutError
        encoding = answer.headers.get("content-encoding", "")
        return unpacked(b"".join(parts), encoding, self._limit, redacted(address))


def _within(seconds: float, work: Callable[[], Response]) -> Response:
    """
    Return what *work* returns, or raise TimeoutError after so many seconds.

    A socket's own timeout starts anew with each byte, so that a server which drips would hold
    us for hours; looking up a name knows no timeout at all. The thread left behind ends itself.
    """
    outcome: Future[Response] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001  (handed over to the thread that waits)
            outcome.set_exception(error)

    threading.Thread(target=run, name="http", daemon=True).start()
    return outcome.result(timeout=seconds)
