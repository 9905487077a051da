"""
What the market said: chain, bars, news, rates, dividends and dated events.

Frames hold NaN for a missing number (never 0); models hold None.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # settings and help never wait for pandas
    import pandas as pd

Right = Literal["call", "put"]
Edition = Literal["close", "morning", "intraday"]
Kind = Literal["stock", "etf", "index"]
Part = Literal["chain", "bars", "news", "rates", "dividends", "events", "open interest", "volatility index"]
#: keep a copy; show figures computed from it; show its own prices; mail either; sell either
Use = Literal["store", "computed", "prices", "mail", "sell"]

#: One row a contract, sorted by expiration, settlement, strike, right. Index 0..n-1.
CHAIN_COLUMNS: Mapping[str, str] = {
    "contract_symbol": "OSI symbol, 21 characters: 'IWM   260529C00288000'",
    "root": "option root: 'SPXW'",
    "expiration": "datetime64[s], the date of the last settlement",
    "settlement": "'pm' or 'am'",
    "strike": "float64, in the underlying's currency, > 0",
    "right": "'call' or 'put'",
    "bid": "float64, per share, NaN if missing",
    "ask": "float64, per share, NaN if missing",
    "last": "float64, per share, NaN if missing; never a price input",
    "volume": "float64, contracts of this session so far, NaN if missing",
    "open_interest": "float64, contracts after the session before (morning: after this), NaN if missing",
    "quote_time": "datetime64[s], UTC, when bid and ask were quoted, NaT if the source does not say",
    "multiplier": "int64, shares a contract",
    "standard": "bool, False for an adjusted or odd deliverable",
}

#: One row a session, ascending. Index 0..n-1.
BAR_COLUMNS: Mapping[str, str] = {
    "date": "datetime64[s], the session",
    "open": "float64, split-adjusted, not dividend-adjusted",
    "high": "float64",
    "low": "float64",
    "close": "float64",
    "volume": "float64, shares, NaN if missing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something the brief cannot say, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    What a source's owner lets one do with its data without asking, as far as its public terms tell.

    What is not in `allows` needs the operator's own word in the settings: a licence, a consent.
    """

    summary: str  #: one line, as printed
    allows: frozenset[Use] = frozenset()
    attribution: str | None = None  #: the line its owner wants to read beside the data
    url: str | None = None  #: where the terms stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a part of the snapshot came from."""

    part: str  #: chain, bars, news, rates, dividends, events, open interest or volatility index
    name: str  #: as printed: "csv folder"
    item: str  #: file name or address without secrets
    retrieved_at: dt.datetime | None  #: None: the source does not say
    delay: str | None = None  #: "15 minutes", "end of day"
    terms: str | None = None  #: what its owner allows, one line
    provider: str | None = None  #: its name in the settings: "cboe"
    allows: tuple[Use, ...] = ()  #: uses its public terms allow without asking, sorted
    attribution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """One dated item from a named publisher; title and summary are other people's text."""

    id: str
    published_at: dt.datetime  #: aware
    publisher: str
    title: str
    summary: str | None = None
    url: str | None = None  #: http(s) only


EARNINGS = re.compile(r"\b(earnings|quarterly results|q[1-4] results|quarter results)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A dated event, with its source."""

    date: dt.date
    title: str
    source: str
    time: dt.time | None = None  #: New York
    confirmed: bool = True  #: False: its own source holds the date to be an estimate

    @property
    def is_earnings(self) -> bool:
        """Whether the title says that a company reports."""
        return EARNINGS.search(self.title) is not None

    @property
    def words(self) -> str:
        """The title, and that the date is not confirmed where it is not."""
        return self.title if self.confirmed else f"{self.title} (date not confirmed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dividend:
    """A cash dividend per share."""

    ex_date: dt.date
    amount: float
    confirmed: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePoint:
    """A continuously compounded rate (fraction, 0.04 = 4 %) to a number of days."""

    days: int
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """The source's own bytes, as kept in the archive."""

    name: str
    sha256: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PastChain:
    """A session's chain from before, for changes and comparisons."""

    session: dt.date
    as_of: dt.datetime
    spot: float
    chain: pd.DataFrame = field(repr=False)
    raw: tuple[RawFile, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One figure of an earlier session's close, as it was found then."""

    session: dt.date
    id: str  #: the fact's id: "put_call.open_interest.live"
    value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """What was known before this snapshot; newest session first."""

    chains: tuple[PastChain, ...] = ()
    readings: tuple[Reading, ...] = ()  #: newest session first, each id once a session
    gaps: tuple[Gap, ...] = ()  #: what should be on file and is damaged

    def previous(self, session: dt.date) -> PastChain | None:
        """Return the chain of *session*, or None when it is not on file."""
        return next((past for past in self.chains if past.session == session), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VolatilityIndex:
    """An exchange's index of volatility, never the market's own: `bars` end with the snapshot's."""

    symbol: str  #: "VIX"
    measures: str  #: what its options are on: "S&P 500"
    bars: pd.DataFrame = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """Everything a brief is made from, at one instant."""

    symbol: str
    name: str | None
    kind: Kind
    session: dt.date
    previous_session: dt.date
    as_of: dt.datetime  #: aware, New York
    edition: Edition
    synthetic: bool
    spot: float  #: the official close for a close edition, else the quote at as_of
    chain: pd.DataFrame = field(repr=False)
    bars: pd.DataFrame = field(repr=False)
    open_interest_date: dt.date  #: the session after whose clearing it was counted
    open_interest_at: dt.datetime | None = None  #: of a morning edition: when that count was read
    news: tuple[NewsItem, ...] = ()
    events: tuple[Event, ...] = ()
    past_earnings: tuple[Event, ...] = ()  #: reports gone by that the sources of events tell of, oldest first
    dividends: tuple[Dividend, ...] = ()  #: ahead
    paid: tuple[Dividend, ...] = ()  #: gone ex up to the session, as far back as the source knows
    rates: tuple[RatePoint, ...] = ()
    volatility_index: VolatilityIndex | None = None  #: where its own history is short
    sources: tuple[Source, ...] = ()
    gaps: tuple[Gap, ...] = ()
    raw: tuple[RawFile, ...] = field(default=(), repr=False)
