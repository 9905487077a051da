"""How a level is written down: `level.<id>` for a line, `level.<id>.low` and `.high` for a zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from generator.analytics.bar_rows import ends_on, price_unit
from generator.analytics.ledger import Ledger
from generator.models.analysis import Fact, Level, LevelKind, Unit
from generator.models.market import Snapshot


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a level's price comes from."""

    formula: str
    rows: str | None = None
    of: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelWriter:
    """What levels are made from and written into."""

    bars: pd.DataFrame
    ledger: Ledger
    unit: Unit
    complete: bool  #: whether the last bar is the session's own

    @classmethod
    def of(cls, snapshot: Snapshot, ledger: Ledger) -> LevelWriter:
        """Return a writer for the levels of *snapshot*."""
        bars = snapshot.bars
        complete = ends_on(bars, snapshot.session)
        return cls(bars=bars, ledger=ledger, unit=price_unit(snapshot.kind), complete=complete)

    def price(self, name: str, value: float, origin: Origin) -> Fact:
        """Write one edge of a level down."""
        return self.ledger.add(
            f"level.{name}",
            value,
            unit=self.unit,
            decimals=2,
            formula=origin.formula,
            rows=origin.rows,
            of=origin.of,
        )

    def day(self, name: str, day: dt.date, origin: Origin) -> Fact:
        """Write a day on which a level was touched down."""
        return self.ledger.add(
            f"level.{name}", day, unit=Unit.DATE, formula=origin.formula, rows=origin.rows, of=origin.of
        )

    def line(
        self,
        name: str,
        kind: LevelKind,
        value: float,
        origin: Origin,
        *,
        method: str,
        lookback: int | None = None,
        touch_date: dt.date | None = None,
        overran: bool = False,
    ) -> Level:
        """Return a level of one price."""
        fact = self.price(name, value, origin)
        return Level(
            id=name,
            kind=kind,
            low=fact,
            high=fact,
            method=method,
            lookback=lookback,
            touch_date=touch_date,
            overran=overran,
        )
