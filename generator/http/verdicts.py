"""What an answer, or the lack of one, means: a document or a kind of error."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime

import urllib3

from generator.errors import (
    BadPayloadError,
    DeniedError,
    NotThereError,
    ProviderError,
    RateLimitedError,
    UnavailableError,
)
from generator.http.response import Response

#: A server that asks for a longer pause is taken at its word: the run goes on without it.
LONGEST_WAIT = 60.0
#: What passes by itself: too many requests, and faults of the server or of what stands before it.
_PASSING = frozenset({429, 500, 502, 503, 504})


class PassingFault(Exception):  # noqa: N818  (it carries the error, it is none)
    """A fault that a retry may cure, with the pause the server asked for."""

    def __init__(self, error: ProviderError, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


def judged(answer: Response) -> Response:
    """Return a good answer; raise the kind of any other."""
    status, where = answer.status, answer.url
    if status == 200:
        return answer
    if status in {404, 410}:
        raise NotThereError(f"{where}: wanted a document, found none (status {status})")
    if status in {401, 403}:
        raise DeniedError(
            f"{where}: wanted a document, found the door closed (status {status}): check the key"
        )
    if status != 429 and status < 500:
        raise BadPayloadError(f"{where}: wanted status 200, found {status}")
    error = _come_back_later(answer)
    wait = asked_wait(answer)
    if status not in _PASSING or (wait is not None and wait > LONGEST_WAIT):
        raise error
    raise PassingFault(error, wait)


def asked_wait(answer: Response) -> float | None:
    """
    Return the seconds of `Retry-After` (RFC 9110, 10.2.3), None without a usable one.

    A date is measured from the answer's own Date: whose clock is right is not our matter.
    """
    text = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    until = http_date(text)
    if until is None or answer.date is None:
        return None
    return max(0.0, (until - answer.date).total_seconds())


def http_date(text: str) -> dt.datetime | None:
    """Return the aware instant of an HTTP date, None for other text."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def connection_fault(where: str, seconds: float, error: Exception) -> UnavailableError | PassingFault:
    """Return what a connection's error means, in words that name no secret."""
    faults = urllib3.exceptions
    if isinstance(error, faults.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return UnavailableError(
            f"{where}: wanted a certificate that is trusted for this host, found another or none"
        )
    wanted = "an answer"
    if isinstance(error, faults.NameResolutionError):
        found = "no such host"
    elif isinstance(error, faults.NewConnectionError):  # urllib3 counts it among the time-outs
        found = "no connection"
    elif isinstance(error, (TimeoutError, faults.TimeoutError)):
        wanted, found = f"a whole answer within {seconds:g} s", "none"
    else:
        found = "a connection that broke off"
    return PassingFault(UnavailableError(f"{where}: wanted {wanted}, found {found}"))


def _come_back_later(answer: Response) -> ProviderError:
    """Return the error for a server that will not answer now, with the wait it asked for."""
    wait = asked_wait(answer)
    asked = "" if wait is None else f", to be asked again after {wait:.0f} s"
    if answer.status == 429:
        return RateLimitedError(
            f"{answer.url}: wanted a document, found the limit of requests reached (status 429{asked})"
        )
    return UnavailableError(
        f"{answer.url}: wanted a document, found a fault of the server (status {answer.status}{asked})"
    )
