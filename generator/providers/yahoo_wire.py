"""
yfinance's real client, asked once for each thing, its answers kept as they came.

Imported only when something is fetched: yfinance takes a second to load. It keeps one
client a process (cookies, crumb), so this keeps one too.
"""

from __future__ import annotations

import atexit
import functools
import logging
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from curl_cffi.requests.exceptions import HTTPError, IncompleteRead, InvalidSchema

from generator.errors import (
    BadPayloadError,
    BriefError,
    DeniedError,
    NotThereError,
    ProviderError,
    RateLimitedError,
    UnavailableError,
)
from generator.models.market import Part
from generator.providers.yahoo_body import yahoo_symbol
from generator.providers.yahoo_chain import FIRST, body_name, expirations_of
from generator.providers.yahoo_session import Heard, Recorder

BARS_PERIOD = "2y"  #: 500 sessions: a year of anything that looks back 200 of them
NEWS_COUNT = 30
_ZONE = "America/New_York"
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
_REFUSED = (401, 403)
_NOTICE = b"Will be right back"  #: of maintenance; a headline in JSON may say so too


@dataclass(slots=True)
class Pass:
    """What was asked about one symbol in one run."""

    ticker: Any
    answers: dict[str, Heard | ProviderError] = field(default_factory=dict)
    served: set[Part] = field(default_factory=set)


class Wire:
    """
    One client of Yahoo, one request after the other.

    Args:
        session: What the requests go through.
    """

    def __init__(self, session: Recorder) -> None:
        self.session = session
        self.passes: dict[str, Pass] = {}
        self.yfinance = _yfinance()

    def visit(self, symbol: str, part: Part) -> Pass:
        """Return the pass over *symbol*; being asked for a part a second time begins the next one."""
        known = self.passes.get(symbol)
        if known is None or part in known.served:
            theirs = yahoo_symbol(symbol)
            if _ISIN.fullmatch(theirs):
                raise NotThereError(f"wanted a ticker for Yahoo, found the ISIN {theirs}")
            known = Pass(self.yfinance.Ticker(theirs, session=self.session))
            # spares a request for each symbol that would only tell this
            self.yfinance.cache.get_tz_cache().store(theirs, _ZONE)
            self.passes[symbol] = known
        known.served.add(part)
        return known

    def chain(self, visit: Pass, nearest: int | None) -> dict[str, Heard]:
        """Return a body for each expiration, by file name; one Yahoo no longer knows is left out."""
        first = self._once(visit, FIRST, visit.ticker.option_chain)
        found = {FIRST: first}
        wanted, came = expirations_of(first.body, nearest)
        for day in sorted(set(wanted) - came):
            name = body_name(day)
            ask = functools.partial(visit.ticker.option_chain, day.isoformat())
            try:
                found[name] = self._once(visit, name, ask)
            except NotThereError:
                continue  # the reader names it, as it finds it listed and not given
            except ProviderError as error:
                raise type(error)(f"expiration {day}: {error}") from error
        return found

    def bars(self, visit: Pass) -> Heard:
        """Return the chart body: two years of days with dividends and splits."""
        ask = functools.partial(visit.ticker.history, period=BARS_PERIOD, interval="1d", auto_adjust=False)
        return self._once(visit, "bars", ask)

    def news(self, visit: Pass) -> Heard:
        """Return the body of the symbol's news."""
        return self._once(visit, "news", functools.partial(visit.ticker.get_news, count=NEWS_COUNT))

    def calendar(self, visit: Pass) -> Heard:
        """Return the body of the symbol's calendar of earnings and dividends."""
        return self._once(visit, "calendar", visit.ticker.get_calendar)

    def _once(self, visit: Pass, name: str, ask: Callable[[], Any]) -> Heard:
        """Return the answer to a question of this pass: asked once, and not at all after a rate limit."""
        for earlier in visit.answers.values():
            if isinstance(earlier, RateLimitedError):
                raise earlier
        if name not in visit.answers:
            try:
                what = f"{name.removesuffix('.json')} of {visit.ticker.ticker}"
                visit.answers[name] = self._asked(what, ask)
            except ProviderError as error:
                visit.answers[name] = error
        answer = visit.answers[name]
        if isinstance(answer, ProviderError):
            raise answer
        return answer

    def _asked(self, what: str, ask: Callable[[], Any]) -> Heard:
        """Let yfinance ask, and judge what came over the wire; what it makes of that is of no interest."""
        self.session.begin()
        problem: Exception | None = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of other people's code, about the tables it makes
                ask()
        except BriefError:
            raise
        except Exception as error:  # noqa: BLE001  # any kind may come, mostly about tables we never use
            problem = error
        heard = self.session.heard
        if heard is None:
            raise _unanswered(problem)(
                f"wanted {what} from Yahoo, found no answer: {_reason(problem)}"
            ) from problem
        _judge(what, heard, problem, limited=self.session.limited)
        return heard


@functools.cache
def shared_wire(spacing: float, timeout: float) -> Wire:
    """Return the process's own client."""
    return Wire(Recorder(spacing=spacing, limit=timeout))


def _judge(what: str, heard: Heard, problem: Exception | None, *, limited: bool) -> None:
    """Raise what an answer's status says; a body is judged by its reader."""
    found = f"wanted {what} from Yahoo, found"
    if not (urlsplit(heard.address).hostname or "").endswith(".yahoo.com"):
        raise BadPayloadError(f"{found} an answer of {heard.address}") from problem
    if heard.status == 429 or (limited and heard.status in _REFUSED):  # no crumb for want of patience
        later = f" in {heard.retry_after:g} s" if heard.retry_after is not None else " later"
        raise RateLimitedError(f"{found} too many requests: come back{later}") from problem
    if heard.status in _REFUSED:
        raise DeniedError(f"{found} its client refused ({heard.status}): update yfinance") from problem
    if heard.status == 404:
        raise NotThereError(f"{found} that it has none (404): check the symbol") from problem
    if heard.status >= 500 or (_NOTICE in heard.body and not heard.body.lstrip().startswith(b"{")):
        raise UnavailableError(f"{found} its server at fault ({heard.status}): try again later") from problem
    if not 200 <= heard.status < 300:
        raise BadPayloadError(f"{found} the status {heard.status}: update yfinance") from problem


def _unanswered(problem: Exception | None) -> type[ProviderError]:
    """Return the kind of error that no usable answer is: of its content, or of the way here."""
    wrong = isinstance(problem, (InvalidSchema, HTTPError)) and not isinstance(problem, IncompleteRead)
    return BadPayloadError if wrong else UnavailableError


def _reason(problem: Exception | None) -> str:
    """Return an error's words on one line, without curl's advice."""
    words = " ".join(str(problem).split()) if problem else "yfinance asked nothing"
    return words.removeprefix("Failed to perform, ").partition(". See https://curl.se")[0][:200]


@functools.cache
def _yfinance() -> Any:
    """Import yfinance, its caches in a folder that goes when the process does, its own log silent."""
    yfinance = import_module("yfinance")
    folder = tempfile.mkdtemp(prefix="yfinance-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    yfinance.set_tz_cache_location(folder)
    logging.getLogger("yfinance").setLevel(logging.CRITICAL + 1)  # what it would say is raised
    yfinance.config.debug.hide_exceptions = False
    yfinance.config.network.retries = 0
    return yfinance
