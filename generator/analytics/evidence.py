"""What the chain's measures read: today's book, the books of sessions before, and the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np

from generator.analytics.adjusted import SignalBars
from generator.analytics.bar_rows import price_unit
from generator.analytics.ledger import Ledger
from generator.analytics.series import Book, book_of
from generator.calendar import previous_session, session_close
from generator.models.analysis import Fact, Unit, Withheld
from generator.models.market import PastChain, Snapshot

Array = np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class PastBook:
    """A session before: its book, and how a selector calls its frame."""

    session: dt.date
    spot: float
    book: Book

    @property
    def frame(self) -> str:
        """The frame's name in selectors: `chain@2026-05-21`."""
        return f"chain@{self.session.isoformat()}"

    @property
    def complete(self) -> bool:
        """Whether it was taken at or after the close: its volume and prices are the session's."""
        return self.book.as_of >= session_close(self.session)

    @property
    def open_interest_date(self) -> dt.date:
        """The session after whose clearing its open interest was counted."""
        return previous_session(self.session)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Evidence:
    """One analysis' inputs; `withheld` grows as measures find that they cannot be taken."""

    snapshot: Snapshot
    ledger: Ledger
    spot: Fact
    book: Book
    past: tuple[PastBook, ...]  #: sessions before, newest first
    close: PastBook | None = None  #: of a morning edition: the close, with the count before
    signals: SignalBars  #: the bars that volatility is taken from
    barred: Mapping[str, str] = field(default_factory=dict)  #: group of metrics -> why none may be taken
    withheld: list[Withheld] = field(default_factory=list)

    @property
    def session(self) -> dt.date:
        """The session of the brief."""
        return self.snapshot.session

    @property
    def counted(self) -> dt.date:
        """The session after whose clearing today's open interest was counted."""
        return self.snapshot.open_interest_date

    @property
    def unit(self) -> Unit:
        """The unit of prices and premiums."""
        return price_unit(self.snapshot.kind)

    @property
    def previous(self) -> PastBook | None:
        """The book of the session before, or None when it is not on file."""
        return next((p for p in self.past if p.session == self.snapshot.previous_session), None)

    @property
    def counted_before(self) -> PastBook | None:
        """The book whose open interest was counted a session earlier, None when it is not on file."""
        return self.previous if self.snapshot.edition != "morning" else self.close

    def older(self, book: PastBook) -> PastBook | None:
        """Return the newest book on file from a session before *book*'s."""
        return next((p for p in self.past if p.session < book.session), None)

    def withhold(self, metric: str, reason: str) -> None:
        """Note a metric that is not printed, and why."""
        self.withheld.append(Withheld(metric=metric, reason=reason))


def gathered(
    snapshot: Snapshot,
    past: Sequence[PastChain],
    ledger: Ledger,
    spot: Fact,
    barred: Mapping[str, str] | None = None,
    signals: SignalBars | None = None,
) -> Evidence:
    """
    Return the evidence of one analysis.

    *past* are earlier sessions, newest first, each chain a frame of *ledger*; a morning edition's
    own close may stand before them.
    """
    books = [
        PastBook(item.session, item.spot, book_of(item.chain, item.session, item.as_of)) for item in past
    ]
    return Evidence(
        barred=barred or {},
        signals=signals or SignalBars(snapshot.bars),
        snapshot=snapshot,
        ledger=ledger,
        spot=spot,
        book=book_of(snapshot.chain, snapshot.session, snapshot.as_of),
        past=tuple(book for book in books if book.session < snapshot.session),
        close=next((book for book in books if book.session == snapshot.session), None),
    )


class Identity(TypedDict):
    """The fields of `Analysis` that say what was analysed."""

    symbol: Fact
    name: Fact | None
    session: Fact
    as_of: Fact
    open_interest_date: Fact
    open_interest_at: Fact | None


def identity(evidence: Evidence) -> Identity:
    """Write down what was analysed, and as of when."""
    snapshot, add = evidence.snapshot, evidence.ledger.add
    name = snapshot.name
    return Identity(
        symbol=add("symbol", snapshot.symbol, unit=Unit.TEXT, formula="source"),
        name=None if name is None else add("name", name, unit=Unit.TEXT, formula="source"),
        session=add("session", snapshot.session, unit=Unit.DATE, formula="source"),
        as_of=add("as_of", snapshot.as_of, unit=Unit.TIME, formula="source"),
        open_interest_date=add(
            "open_interest_date", snapshot.open_interest_date, unit=Unit.DATE, formula="source"
        ),
        open_interest_at=None
        if snapshot.open_interest_at is None
        else add("open_interest_at", snapshot.open_interest_at, unit=Unit.TIME, formula="source"),
    )


def rows_before(book: Book, earlier: Book) -> Array:
    """Return for each row of *book* the row of the same series in *earlier*, -1 where it was not listed."""
    places: Mapping[object, int] = {symbol: row for row, symbol in enumerate(earlier.symbol)}
    return np.array([places.get(symbol, -1) for symbol in book.symbol], dtype=np.int64)


def values_before(book: Book, earlier: Book, column: Array) -> Array:
    """Return *column* of *earlier* aligned with *book*, NaN for series that were not listed."""
    rows = rows_before(book, earlier)
    return np.where(rows >= 0, np.append(column, np.nan)[rows], np.nan)
