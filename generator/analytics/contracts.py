"""
One series as facts: what was counted on it today and the session before.

In a morning edition that is this morning and the morning before: the volume between both
counts is then the session's own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from generator.analytics.evidence import Evidence, rows_before
from generator.analytics.series import Book
from generator.analytics.stale import untraded
from generator.formatting import shortest
from generator.models.analysis import Contract, Fact, Unit

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class ContractWriter:
    """Writes contracts of one book down, each fact once."""

    evidence: Evidence
    live_volume: Fact  #: volume outside expiring series

    @cached_property
    def before(self) -> Array:
        """The row of each series in the book counted a session earlier, -1 where it was not listed."""
        previous = self.evidence.counted_before
        if previous is None:
            return np.full(len(self.evidence.book), -1, dtype=np.int64)
        return rows_before(self.evidence.book, previous.book)

    @cached_property
    def untraded(self) -> Array:
        """Mark the rows whose volume is an earlier session's: they have not traded since."""
        past = self.evidence.past
        book = self.evidence.book
        return untraded(book, past[0].book) if past else np.zeros(len(book), dtype=bool)

    @cached_property
    def untraded_before(self) -> Array:
        """Mark the rows of the session before whose volume was an earlier session's already."""
        previous = self.evidence.counted_before
        if previous is None:
            return np.zeros(0, dtype=bool)
        older = self.evidence.older(previous)
        return untraded(previous.book, older.book) if older else np.zeros(len(previous.book), dtype=bool)

    @cached_property
    def changes(self) -> Array:
        """Each series' change in open interest, NaN where it is not known on both days."""
        previous = self.evidence.counted_before
        if previous is None:
            return np.full(len(self.evidence.book), np.nan)
        earlier = np.append(previous.book.open_interest, np.nan)[self.before]
        return np.asarray(self.evidence.book.open_interest - np.where(self.before < 0, np.nan, earlier))

    @cached_property
    def volumes_before(self) -> Array:
        """Each series' volume of the whole session before, NaN where not known."""
        previous = self.evidence.counted_before
        if previous is None or not previous.complete:
            return np.full(len(self.evidence.book), np.nan)
        volume = np.where(self.untraded_before, np.nan, previous.book.volume)
        return np.where(self.before < 0, np.nan, np.append(volume, np.nan)[self.before])

    def contract(self, row: int) -> Contract:
        """Return one series; fields without data are None."""
        evidence, book = self.evidence, self.evidence.book
        interest = self._today(row, "open_interest")
        stale = "volume" in evidence.barred or self.untraded[row]
        volume = None if stale else self._today(row, "volume")
        earlier = self._earlier(row, "open_interest")
        strike = self._strike(row)
        return Contract(
            contract_symbol=str(book.symbol[row]),
            expiration=evidence.ledger.day(book.expiration_of(row).date),
            strike=strike,
            right=book.right(row),
            open_interest=interest,
            distance=self._distance(row, strike),
            volume=volume,
            volume_to_open_interest=self._against(row, volume, interest),
            change=self._change(row, interest, earlier),
            previous_open_interest=earlier,
            previous_volume=self._earlier(row, "volume"),
            volume_share=self._share(row, volume),
            settlement=book.expiration_of(row).settlement,
        )

    def mid_before(self, row: int) -> Fact | None:
        """Return the series' mid at the end of the session before."""
        previous = self.evidence.counted_before
        place = int(self.before[row])
        if previous is None or place < 0 or np.isnan(previous.book.mid[place]):
            return None
        return self.evidence.ledger.add(
            f"previous_mid.{self.evidence.book.name(row)}",
            previous.book.mid[place],
            unit=self.evidence.unit,
            decimals=2,
            formula="=(value(bid)+value(ask))/2",
            rows=previous.book.selector(place, previous.frame),
            date=previous.session,
        )

    def _strike(self, row: int) -> Fact:
        book = self.evidence.book
        strike = float(book.strike[row])
        return self.evidence.ledger.add(
            f"strike.{book.name(row)}",
            strike,
            unit=self.evidence.unit,
            decimals=len(shortest(strike).partition(".")[2]),
            formula="=value(strike)",
            rows=book.selector(row),
        )

    def _today(self, row: int, measure: str) -> Fact | None:
        evidence = self.evidence
        when = evidence.counted if measure == "open_interest" else evidence.session
        return self._count(measure, measure, (evidence.book, row), "chain", when)

    def _earlier(self, row: int, measure: str) -> Fact | None:
        previous, place = self.evidence.counted_before, int(self.before[row])
        if previous is None or place < 0:
            return None
        if measure == "volume" and (not previous.complete or self.untraded_before[place]):
            return None
        when = previous.open_interest_date if measure == "open_interest" else previous.session
        return self._count(f"previous_{measure}", measure, (previous.book, place), previous.frame, when)

    def _count(
        self, name: str, measure: str, place: tuple[Book, int], frame: str, when: dt.date
    ) -> Fact | None:
        book, row = place
        value = getattr(book, measure)[row]
        if np.isnan(value):
            return None
        return self.evidence.ledger.add(
            f"{name}.{book.name(row)}",
            int(value),
            unit=Unit.CONTRACTS,
            formula=f"=value({measure})",
            rows=book.selector(row, frame),
            date=when,
        )

    def _distance(self, row: int, strike: Fact) -> Fact:
        spot = self.evidence.spot
        return self.evidence.ledger.add(
            f"distance.{self.evidence.book.name(row)}",
            100 * (strike.number / spot.number - 1),
            unit=Unit.PERCENT,
            decimals=1,
            formula="=100*($1/$2-1)",
            of=(strike, spot),
        )

    def _against(self, row: int, volume: Fact | None, interest: Fact | None) -> Fact | None:
        """Volume over open interest: today's trading against a count of the evening before."""
        if volume is None or interest is None or interest.number == 0:
            return None
        return self.evidence.ledger.add(
            f"volume_to_open_interest.{self.evidence.book.name(row)}",
            volume.number / interest.number,
            unit=Unit.RATIO,
            decimals=2,
            formula="=$1/$2",
            of=(volume, interest),
        )

    def _change(self, row: int, now: Fact | None, before: Fact | None) -> Fact | None:
        if now is None or before is None:
            return None
        return self.evidence.ledger.add(
            f"open_interest_change.{self.evidence.book.name(row)}",
            int(now.number - before.number),
            unit=Unit.CONTRACTS,
            formula="=$1-$2",
            of=(now, before),
            date=self.evidence.counted,
        )

    def _share(self, row: int, volume: Fact | None) -> Fact | None:
        """Percent of the volume outside expiring series; None for a series that expires today."""
        if volume is None or self.live_volume.number == 0 or not self.evidence.book.live[row]:
            return None
        return self.evidence.ledger.add(
            f"volume_share.{self.evidence.book.name(row)}",
            100 * volume.number / self.live_volume.number,
            unit=Unit.PERCENT,
            decimals=1,
            formula="=100*$1/$2",
            of=(volume, self.live_volume),
        )
