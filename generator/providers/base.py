"""
What every data source offers, and the check every symbol passes first.

Two kinds. A `Source` is a whole market: a folder of files, the synthetic one. A `Provider`
answers for some parts of a snapshot (chain, bars, news, ...), and the settings say which
provider is asked for which part, and who comes next when it fails.

A provider fetches and reads in two steps. `fetch` is the only one that opens a socket or a
file; it returns the provider's own bytes. `read` turns those bytes into values and touches
nothing else, so that the archive can read them again a year later.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from generator.errors import UsageError
from generator.models.market import (
    Dividend,
    Event,
    Gap,
    History,
    Kind,
    NewsItem,
    Part,
    RatePoint,
    RawFile,
    Snapshot,
    Terms,
)

if TYPE_CHECKING:
    import pandas as pd

#: A session, or an instant; a naive datetime is New York time.
When = dt.date | dt.datetime

#: Roots, class shares (`BRK.B`) and index symbols (`^SPX`). Never part of a path with a separator.
SYMBOL = re.compile(r"\^?[A-Z0-9][A-Z0-9.\-]{0,14}", re.ASCII)


class Source(Protocol):
    """A whole market."""

    def snapshot(self, symbol: str, when: When) -> Snapshot:
        """Return the market of *symbol* at *when*."""

    def history(self, snapshot: Snapshot) -> History:
        """Return what this source knew before *snapshot*."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a provider is asked: the symbol, and the instant or session it is wanted for."""

    symbol: str
    when: dt.datetime  #: aware, New York; nothing published later may come back
    session: dt.date  #: of the chain, once that is known; before, the last session up to *when*
    expirations: int | None = None  #: the nearest so many; None: all


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A provider's own bytes. Names are short, relative and safe: "chain.json", "2026-05-29.json"."""

    files: tuple[RawFile, ...]
    item: str  #: file name or address without secrets, as printed
    retrieved_at: dt.datetime | None = None  #: aware; the server's own Date, None if it has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain as a provider gave it, at one instant."""

    captured: dt.datetime  #: aware, New York: the instant the quotes belong to, by the provider's word
    spot: float | None  #: the underlying's price beside these quotes
    close: float | None = None  #: its official close, where the provider tells it apart from `spot`
    name: str | None = None
    kind: Kind | None = None
    frame: pd.DataFrame = field(repr=False)  #: columns of `CHAIN_COLUMNS`, validated
    rows_left_out: Mapping[str, int] = field(default_factory=dict)  #: reason -> rows that are no series


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a provider's bytes say for one part; the fields of the other parts stay empty."""

    chain: Chain | None = None
    bars: pd.DataFrame | None = field(
        default=None, repr=False
    )  #: `BAR_COLUMNS`, validated, up to the session
    news: tuple[NewsItem, ...] = ()
    rates: tuple[RatePoint, ...] = ()
    dividends: tuple[Dividend, ...] = ()
    paid: tuple[Dividend, ...] = ()  #: gone ex up to the session
    events: tuple[Event, ...] = ()
    past_earnings: tuple[Event, ...] = ()
    open_interest: Mapping[str, int] = field(default_factory=dict)  #: OSI symbol, 21 characters -> contracts
    open_interest_date: dt.date | None = None  #: the session after whose clearing it was counted
    gaps: tuple[Gap, ...] = ()
    delay: str | None = None  #: "15 minutes", "end of day"


class Provider(Protocol):
    """
    A place that answers for some parts of a snapshot.

    Made from the text after the colon (`rss:URL`; empty for most) and its table of the settings
    (`[sources.tradier]`), secrets already filled in:

        def __init__(self, argument: str, options: Mapping[str, Any]) -> None
    """

    name: str  #: as in the settings: "cboe"
    printed: str  #: as in the brief: "Cboe delayed quotes"
    parts: tuple[Part, ...]
    terms: Terms

    def fetch(self, part: Part, ask: Ask) -> Fetched:
        """
        Return the provider's own bytes for *part*.

        Raises:
            ProviderError: Of the kind that happened; nothing half-fetched is returned.
        """

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """
        Return what the bytes of `fetch`, by file name, say. Pure: no socket, no file, no clock.

        Raises:
            BadPayloadError: If they are not what the provider documents.
            NotThereError: If they say that there is no such symbol.
        """


Options = Mapping[str, Any]


def checked_symbol(symbol: str) -> str:
    """
    Return *symbol* unchanged when it is one.

    Raises:
        UsageError: If it is malformed; nothing has been opened by then.
    """
    if SYMBOL.fullmatch(symbol) is None:
        raise UsageError(f"wanted a symbol such as IWM, BRK.B or ^SPX, found {symbol!r}")
    return symbol
