"""
Closes beyond the highest high or lowest low of the sessions before (Donchian's channel).

A breakout is a completed close at least a quarter of an average range beyond; a quote beyond,
while the session runs, only trades there. Levels are as traded, not dividend-adjusted: they
stand beside strikes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from generator.analytics.bar_rows import day_of, ends_on, price_unit, span
from generator.analytics.ledger import Ledger
from generator.models.analysis import Breakout, Fact, Unit
from generator.models.market import Snapshot

LOOKBACKS = (200, 30, 20)  #: sessions, longest first
Direction = Literal["up", "down"]
DIRECTIONS: tuple[Direction, ...] = ("up", "down")


def breakouts(
    snapshot: Snapshot, ledger: Ledger, close: Fact | None, average_range: Fact | None
) -> tuple[Breakout, ...]:
    """Return the last completed close against each channel before it; none where the bars are too few."""
    bars = snapshot.bars
    if close is None or average_range is None or average_range.number <= 0:
        return ()
    write = _Writer(bars, ledger, price_unit(snapshot.kind))
    return tuple(write.against(close, "breakout", len(bars) - 1, average_range))


def trading_beyond(snapshot: Snapshot, ledger: Ledger, spot: Fact) -> tuple[Breakout, ...]:
    """Return the quote of a running session against each channel of the sessions before it."""
    bars = snapshot.bars
    if ends_on(bars, snapshot.session):
        return ()
    write = _Writer(bars, ledger, price_unit(snapshot.kind))
    return tuple(write.against(spot, "trading", len(bars), None))


@dataclass(frozen=True, slots=True)
class _Writer:
    bars: pd.DataFrame
    ledger: Ledger
    unit: Unit

    def against(self, price: Fact, stem: str, end: int, average_range: Fact | None) -> Iterator[Breakout]:
        """Yield *price* against the channels of the bars before position *end*."""
        for sessions in LOOKBACKS:
            if end < sessions:
                continue
            for direction in DIRECTIONS:
                yield self.one(price, f"{stem}.{direction}.{sessions}", end - sessions, end, average_range)

    def one(self, price: Fact, slug: str, first: int, end: int, average_range: Fact | None) -> Breakout:
        """Write one channel's edge down, and by how many average ranges *price* lies beyond it."""
        up = ".up." in slug
        column, pick = ("high", "max") if up else ("low", "min")
        rows = span(self.bars, first, end - 1)
        values = self.bars[column].to_numpy()[first:end]
        where = first + int(values.argmax() if up else values.argmin())
        add = self.ledger.add
        edge = add(
            f"{slug}.edge",
            values[where - first],
            unit=self.unit,
            decimals=2,
            formula=f"={pick}({column})",
            rows=rows,
        )
        return Breakout(
            slug=slug,
            direction="up" if up else "down",
            edge=edge,
            edge_date=add(
                f"{slug}.date",
                day_of(self.bars, where),
                unit=Unit.DATE,
                formula=f"date.of_{pick}({column})",
                rows=rows,
            ),
            sessions=add(f"{slug}.sessions", end - first, unit=Unit.SESSIONS, formula="=count()", rows=rows),
            price=price,
            beyond=None if average_range is None else self.beyond(slug, price, edge, average_range, up=up),
        )

    def beyond(self, slug: str, price: Fact, edge: Fact, average_range: Fact, *, up: bool) -> Fact:
        """Write the distance beyond the edge down, in average ranges; negative inside the channel."""
        sign = 1 if up else -1
        return self.ledger.add(
            f"{slug}.beyond",
            sign * (price.number - edge.number) / average_range.number,
            unit=Unit.INDICATOR,
            decimals=2,
            formula="=($1-$2)/$3" if up else "=($2-$1)/$3",
            of=(price, edge, average_range),
        )
