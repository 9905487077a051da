"""
Where a figure stands among those of the sessions on file.

Ordinal facts need no minimum; a rank is printed from 20 sessions on file; a percentile, which
words such as "elevated" stand on, from 120 sessions before; a rank between the year's lowest
and highest from 200. Nothing further back than 252 sessions counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from generator.analytics.ledger import Ledger
from generator.calendar import sessions_between
from generator.models.analysis import Fact, Place, Range, Unit

YEAR = 252  #: sessions before, at most
FEWEST_FOR_WORDS = 120
FEWEST_FOR_RANGE = 200
USUAL = 20  #: sessions before, of which the median is the usual day


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A value among earlier ones; equal values share the better place."""

    sessions: int  #: this one included
    rank: int  #: 1 is the highest
    rank_from_low: int  #: 1 is the lowest
    highest: bool  #: and alone
    lowest: bool
    percentile: float | None  #: percent of the earlier values that are lower; None under 120
    year_rank: float | None  #: percent of the way from their lowest to their highest, 0 to 100


def place(value: float, earlier: Sequence[float]) -> Standing | None:
    """Return where *value* stands among *earlier* ones, newest first; None when there are none."""
    among = earlier[:YEAR]
    if not among:
        return None
    above, below = sum(item > value for item in among), sum(item < value for item in among)
    way = range_rank(value, among) if len(among) >= FEWEST_FOR_RANGE else None
    return Standing(
        sessions=len(among) + 1,
        rank=above + 1,
        rank_from_low=below + 1,
        highest=below == len(among),
        lowest=above == len(among),
        percentile=percentile(value, among) if len(among) >= FEWEST_FOR_WORDS else None,
        year_rank=None if way is None else min(max(way, 0.0), 100.0),
    )


def percentile(value: float, earlier: Sequence[float]) -> float | None:
    """Return the percentage of *earlier* strictly below *value*; None without any."""
    return 100 * sum(item < value for item in earlier) / len(earlier) if earlier else None


def range_rank(value: float, earlier: Sequence[float]) -> float | None:
    """
    Return the percentage of the way from the lowest of *earlier* to the highest (tastytrade's IV rank).

    Below 0 or above 100 outside their range; None where they are all equal, or there are none.
    """
    low, high = min(earlier, default=0.0), max(earlier, default=0.0)
    return None if low == high else 100 * (value - low) / (high - low)


def written(
    ledger: Ledger, name: str, value: Fact, earlier: Mapping[dt.date, float], on_file: int
) -> Place | None:
    """
    Write down where *value* stands among the figures of *earlier* sessions; None without any.

    *on_file* counts the sessions before, with the figure or without.
    """
    days = sorted(earlier, reverse=True)
    among = [earlier[day] for day in days[:YEAR]]
    standing = place(value.number, among)
    if standing is None:
        return None
    first = days[:YEAR][-1]
    note = _Notes(ledger, f"history.{name}", value)
    usual = _usual(note, value, among[:USUAL])
    sessions = note.count("n", standing.sessions, Unit.SESSIONS, "history.sessions_with_figure")
    from_low = note.count("rank_from_low", standing.rank_from_low, Unit.COUNT, "history.rank_from_low")
    return Place(
        value=value,
        sessions=sessions,
        since=ledger.add(f"history.{name}.since", first, unit=Unit.DATE, formula="history.since"),
        rank=note.count("rank", standing.rank, Unit.COUNT, "history.rank"),
        rank_from_low=from_low,
        highest=standing.highest,
        lowest=standing.lowest,
        complete=len(sessions_between(first, ledger.session)) == standing.sessions - 1,
        partial=on_file > len(days),
        older=len(days) > YEAR,
        percentile=None if standing.percentile is None else note.percentile(sessions, from_low),
        year=None
        if standing.year_rank is None
        else _range(note, value, [earlier[day] for day in days[:YEAR]]),
        times_usual=usual,
    )


@dataclass(frozen=True, slots=True)
class _Notes:
    """Writes the facts of one place."""

    ledger: Ledger
    stem: str
    of: Fact

    def count(self, name: str, value: int, unit: Unit, formula: str) -> Fact:
        return self.ledger.add(f"{self.stem}.{name}", value, unit=unit, formula=formula, of=(self.of,))

    def percentile(self, sessions: Fact, from_low: Fact) -> Fact:
        return self.ledger.add(
            f"{self.stem}.percentile",
            100 * (from_low.number - 1) / (sessions.number - 1),
            unit=Unit.PERCENT,
            formula="=100*($1-1)/($2-1)",
            of=(from_low, sessions),
        )

    def level(self, name: str, value: float, formula: str) -> Fact:
        return self.ledger.add(
            f"{self.stem}.{name}", value, unit=self.of.unit, decimals=self.of.decimals, formula=formula
        )


def _range(note: _Notes, value: Fact, earlier: Sequence[float]) -> Range:
    """Write down the lowest and the highest of a year, and where *value* stands between them."""
    low = note.level("low", min(earlier), "history.low")
    high = note.level("high", max(earlier), "history.high")
    rank = note.ledger.add(
        f"{note.stem}.year_rank",
        100 * min(max((value.number - low.number) / (high.number - low.number), 0), 1),
        unit=Unit.PERCENT,
        formula="=100*min(max(($1-$2)/($3-$2),0),1)",
        of=(value, low, high),
    )
    return Range(low=low, high=high, rank=rank)


def _usual(note: _Notes, value: Fact, latest: Sequence[float]) -> Fact | None:
    """Write *value* over the median of the 20 sessions before down; None with fewer."""
    if len(latest) < USUAL or median(latest) == 0:
        return None
    middle = note.level("median", median(latest), f"history.median({USUAL})")
    return note.ledger.add(
        f"{note.stem}.times_median",
        value.number / middle.number,
        unit=Unit.RATIO,
        decimals=1,
        formula="=$1/$2",
        of=(value, middle),
    )
