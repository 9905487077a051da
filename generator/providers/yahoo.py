"""
Yahoo Finance through yfinance: chain, bars, news, dividends and dated events of one symbol.

`fetch` lets yfinance's real client ask and keeps Yahoo's own bodies; `read` parses those
with the code here and needs no yfinance. Fund data is not asked for: nothing in a brief
uses it. Options: `spacing` (seconds between requests, at least 1) and `timeout` (seconds).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from generator.errors import ConfigError, NotThereError, ProviderError
from generator.models.market import Part, RawFile, Terms
from generator.providers.base import Answer, Ask, Fetched, Options, checked_symbol
from generator.providers.files import raw_file
from generator.providers.yahoo_bars import DATE as BARS_DATE
from generator.providers.yahoo_bars import FILE as BARS
from generator.providers.yahoo_bars import read_bars
from generator.providers.yahoo_body import date_header
from generator.providers.yahoo_chain import DATE as CHAIN_DATE
from generator.providers.yahoo_chain import FIRST as CHAIN
from generator.providers.yahoo_chain import read_chain
from generator.providers.yahoo_context import CALENDAR, NEWS, read_dividends, read_events, read_news
from generator.registry import load

if TYPE_CHECKING:
    from generator.providers.yahoo_session import Heard
    from generator.providers.yahoo_wire import Pass, Wire

_WIRE = "generator.providers.yahoo_wire:shared_wire"
_SPACING = 1.0
_TIMEOUT = 30.0
_LONGEST = 600.0
_READERS = {
    "chain": read_chain,
    "bars": read_bars,
    "news": read_news,
    "dividends": read_dividends,
    "events": read_events,
}

TERMS = Terms(
    summary="Yahoo: personal use only, not for redistribution",
    allows=frozenset({"store"}),
    attribution="Data from Yahoo Finance",
    url="https://legal.yahoo.com/us/en/yahoo/terms/otos/index.html",
)


class Yahoo:
    """
    Yahoo Finance, asked through yfinance.

    Args:
        argument: Ignored; a kept brief's source hands back the address it came from.
        options: `spacing` and `timeout` of the settings.
        wire: The client; one for the process when not given.

    Raises:
        ConfigError: If an option is no number in its range.
    """

    name = "yahoo"
    printed = "Yahoo Finance, through yfinance"
    parts: tuple[Part, ...] = ("chain", "bars", "news", "dividends", "events")
    terms = TERMS

    def __init__(self, argument: str, options: Options, *, wire: Wire | None = None) -> None:  # noqa: ARG002
        self.spacing = _seconds(options, "spacing", _SPACING, least=1.0)
        self.timeout = _seconds(options, "timeout", _TIMEOUT, least=0.1)
        self._wire = wire

    def fetch(self, part: Part, ask: Ask) -> Fetched:
        """
        Return Yahoo's own bodies for *part*; what another part had asked before is not asked again.

        Raises:
            RateLimitedError: If Yahoo wants fewer requests.
            NotThereError: If it has no such symbol.
            DeniedError: If it refuses the client.
            UnavailableError: If it does not answer, or with a fault of its own.
            BadPayloadError: If it answers with something else.
        """
        checked_symbol(ask.symbol)
        if part not in self.parts:
            raise ProviderError(f"wanted {part} from Yahoo, found that it gives {', '.join(self.parts)}")
        wire = self._wire or load("client", {"yahoo": _WIRE}, "yahoo")(self.spacing, self.timeout)
        bodies = _bodies(wire, wire.visit(ask.symbol, part), part, ask)
        first = next(iter(bodies.values()))
        files = [raw_file(name, heard.body) for name, heard in bodies.items()]
        answered = date_header(first.date.encode()) if first.date else None
        return Fetched(files=(*files, *_date_file(bodies)), item=first.address, retrieved_at=answered)

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """
        Return what the bodies of `fetch` say.

        Raises:
            BadPayloadError: If they are not what Yahoo gives.
            NotThereError: If they say that there is no such symbol.
        """
        if part not in _READERS:
            raise ProviderError(f"wanted {part} from Yahoo, found that it gives {', '.join(self.parts)}")
        return _READERS[part](ask, files)


def _bodies(wire: Wire, visit: Pass, part: Part, ask: Ask) -> dict[str, Heard]:
    """Return the bodies that answer for a part, by file name."""
    if part == "chain":
        return wire.chain(visit, ask.expirations)
    if part == "news":
        return {NEWS: wire.news(visit)}
    if part == "events":
        return {CALENDAR: wire.calendar(visit)}
    bodies = {BARS: wire.bars(visit)}
    if part == "dividends":
        try:
            bodies[CALENDAR] = wire.calendar(visit)
        except NotThereError:  # usual for funds; the reader says so
            return bodies
    return bodies


def _date_file(bodies: Mapping[str, Heard]) -> tuple[RawFile, ...]:
    """Return when the first body was answered: it tells a whole bar, and quotes newer than the last trade."""
    name, first = next(iter(bodies.items()))
    kept = {BARS: BARS_DATE, CHAIN: CHAIN_DATE}.get(name)
    return (raw_file(kept, first.date.encode()),) if kept and first.date else ()


def _seconds(options: Options, name: str, default: float, *, least: float) -> float:
    """Return an option in seconds."""
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= _LONGEST:
        wanted = f"{least:g} to {_LONGEST:g} seconds"
        raise ConfigError([f"sources.yahoo.{name}: wanted {wanted}, found {value!r}"])
    return float(value)
