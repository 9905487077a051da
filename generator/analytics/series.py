"""
The chain as arrays: standard, unexpired series, expiration by expiration.

Series of one date that settle at different times are kept apart (definitions: key by
settlement); adjusted deliverables and expired series are left out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from generator.analytics.quotes import LATE_SECONDS, STALE_SECONDS
from generator.calendar import (
    expiry_instant,
    last_trading_day,
    minutes_to,
    session_close,
    sessions_between,
)
from generator.formatting import shortest
from generator.models.market import Right

Array = np.ndarray

MINUTES_A_YEAR = 525_600  #: Cboe Volatility Index methodology
#: share of series without a count of open interest above which their sums say nothing;
#: in recorded chains at most 2.6 % near the price, in one expiration of one chain 20 %
MISSING = 0.10
RIGHTS: tuple[Right, Right] = ("call", "put")


@dataclass(frozen=True, slots=True)
class Expiration:
    """One settlement: its date, its clock and its rows in the `Book`."""

    date: dt.date
    settlement: Literal["pm", "am"]
    minutes: float  #: to the payoff, zero or less once settled
    sessions: int  #: left, up to the last trading day; a session still running counts
    start: int
    stop: int
    stopped: bool = False  #: settles in the morning, and its last session is over

    @property
    def years(self) -> float:
        """Calendar minutes over 525,600."""
        return self.minutes / MINUTES_A_YEAR

    @property
    def key(self) -> str:
        """The part of a fact's id that names it: `2026-07-17`, morning settlement `2026-07-17am`."""
        return self.date.isoformat() + ("am" if self.settlement == "am" else "")

    @property
    def terms(self) -> str:
        """The terms of a selector that choose its standard series."""
        return f"expiration={self.date.isoformat()} settlement={self.settlement} standard=true"

    @property
    def rows(self) -> slice:
        """Its rows in the book."""
        return slice(self.start, self.stop)


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """Arrays of equal length, sorted by expiration, settlement, strike and right (calls first)."""

    session: dt.date
    as_of: dt.datetime
    expirations: tuple[Expiration, ...]
    symbol: Array  #: str
    day: Array  #: datetime64[D]
    strike: Array
    call: Array  #: bool
    bid: Array  #: NaN if missing
    ask: Array
    mid: Array  #: NaN unless both sides are above zero, not crossed and of the snapshot's time
    last: Array  #: never a price input
    volume: Array
    open_interest: Array
    age: Array  #: seconds from the quote to as_of, NaN where the source does not say

    def __len__(self) -> int:
        return len(self.strike)

    @property
    def live(self) -> Array:
        """Mark the rows that neither expire on the session's own date nor have stopped trading."""
        return np.asarray(self.ahead & ~self.stopped)

    @property
    def ahead(self) -> Array:
        """Mark the rows that expire after the session's own date."""
        return np.asarray(self.day > np.datetime64(self.session, "D"))

    @property
    def stopped(self) -> Array:
        """Mark the rows that settle on a morning to come and trade no more."""
        marks = [item.stopped for item in self.expirations]
        return np.repeat(np.array(marks, dtype=bool), [item.stop - item.start for item in self.expirations])

    def expiration_of(self, row: int) -> Expiration:
        """Return the expiration a row belongs to."""
        starts = [item.start for item in self.expirations]
        return self.expirations[int(np.searchsorted(starts, row, side="right")) - 1]

    def right(self, row: int) -> Right:
        """Return 'call' or 'put'."""
        return "call" if self.call[row] else "put"

    def name(self, row: int) -> str:
        """Return the part of a fact's id that names a series: `put.2026-06-05.272`."""
        strike = shortest(float(self.strike[row])).replace(",", "")
        return f"{self.right(row)}.{self.expiration_of(row).key}.{strike}"

    def selector(self, row: int, frame: str = "chain") -> str:
        """Return the selector of one series."""
        strike = shortest(float(self.strike[row])).replace(",", "")
        return f"{frame}[{self.expiration_of(row).terms} strike={strike} right={self.right(row)}]"

    def find(self, symbol: str) -> int | None:
        """Return the row of a series, or None when it is not in the book."""
        found = np.flatnonzero(self.symbol == symbol)
        return int(found[0]) if len(found) else None


def book_of(chain: pd.DataFrame, session: dt.date, as_of: dt.datetime) -> Book:
    """Return the standard series of *chain* that expire on *session* or later."""
    days = chain["expiration"].to_numpy().astype("datetime64[D]")
    kept = chain["standard"].to_numpy(dtype=bool) & (days >= np.datetime64(session, "D"))
    call = (chain["right"] == "call").to_numpy(dtype=bool)
    morning = (chain["settlement"] == "am").to_numpy(dtype=bool)
    strikes = chain["strike"].to_numpy(dtype=float)
    order = np.lexsort((~call, strikes, ~morning, days))
    order = order[kept[order]]
    bid, ask = (chain[side].to_numpy(dtype=float)[order] for side in ("bid", "ask"))
    age = quote_ages(chain["quote_time"].to_numpy()[order], session, as_of)
    timely = ~((age < 0) | (age > STALE_SECONDS))
    return Book(
        session=session,
        as_of=as_of,
        expirations=_expirations(days[order], morning[order], session, as_of),
        symbol=chain["contract_symbol"].to_numpy(dtype=object)[order],
        day=days[order],
        strike=strikes[order],
        call=call[order],
        bid=bid,
        ask=ask,
        mid=np.where((bid > 0) & (ask >= bid) & timely, (bid + ask) / 2, np.nan),
        last=chain["last"].to_numpy(dtype=float)[order],
        volume=chain["volume"].to_numpy(dtype=float)[order],
        open_interest=chain["open_interest"].to_numpy(dtype=float)[order],
        age=age,
    )


def missing_share(book: Book, rows: Array) -> float:
    """Return the share of *rows* without a count of open interest; 0 of none."""
    return float(np.isnan(book.open_interest[rows]).mean()) if rows.any() else 0.0


def quote_ages(times: Array, session: dt.date, as_of: dt.datetime) -> Array:
    """
    Return the seconds from each quote to *as_of*; NaN where the time is not known.

    A close's quotes may be stamped up to twenty minutes later and are then of age zero.
    """
    now = np.datetime64(as_of.astimezone(dt.UTC).replace(tzinfo=None), "us")
    age: Array = np.subtract(now, times.astype("datetime64[us]")) / np.timedelta64(1, "s")
    if as_of >= session_close(session):
        age = np.where((age < 0) & (age >= -LATE_SECONDS), 0.0, age)
    return np.asarray(age)


def _expirations(days: Array, morning: Array, session: dt.date, as_of: dt.datetime) -> tuple[Expiration, ...]:
    if len(days) == 0:
        return ()
    changes = np.flatnonzero((days[1:] != days[:-1]) | (morning[1:] != morning[:-1])) + 1
    edges = [0, *changes.tolist(), len(days)]
    running = 1 if as_of < expiry_instant(session, "pm") else 0
    found = []
    for start, stop in pairwise(edges):
        day: dt.date = days[start].item()
        settlement: Literal["pm", "am"] = "am" if morning[start] else "pm"
        last = last_trading_day(day, settlement)
        found.append(
            Expiration(
                date=day,
                settlement=settlement,
                minutes=minutes_to(as_of, expiry_instant(day, settlement)),
                sessions=running + len(sessions_between(session, last)),
                start=start,
                stop=stop,
                stopped=settlement == "am" and last <= session < day and as_of >= session_close(last),
            )
        )
    return tuple(found)
