"""How indicators are written down: `technicals.<name>`, with the bars they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from generator.analytics import momentum
from generator.analytics.adjusted import SignalBars
from generator.analytics.bar_rows import every_bar, one_bar, span
from generator.analytics.indicators import Line
from generator.analytics.ledger import Ledger
from generator.models.analysis import Fact, Side, Unit


@dataclass(frozen=True, slots=True)
class IndicatorWriter:
    """Writes facts of lines computed from the bars for signals."""

    signals: SignalBars
    ledger: Ledger
    unit: Unit
    lines: Mapping[str, Line]

    @property
    def bars(self) -> pd.DataFrame:
        """The bars."""
        return self.signals.bars

    def rows(self, first: int, last: int = -1) -> str:
        """Return the selector of the bars from position *first* to *last*."""
        return span(self.bars, first, last, frame=self.signals.frame)

    def value(self, name: str, ago: int = 0) -> float | None:
        """Return a line's value some bars ago, None while it is undefined."""
        line = self.lines.get(name)
        if line is None or len(line) <= ago or np.isnan(line[-1 - ago]):
            return None
        return float(line[-1 - ago])

    def close(self) -> Fact | None:
        """Write the close that the indicators stand on."""
        if self.bars.empty:
            return None
        last, rows = self.bars["close"].iloc[-1], one_bar(self.bars, -1)
        name = "technicals.close"
        return self.ledger.add(name, last, unit=self.unit, decimals=2, formula="=value(close)", rows=rows)

    def average(self, n: int, *, ago: int = 0, name: str | None = None) -> Fact | None:
        """Write a simple average of *n* closes that ended *ago* bars ago."""
        value = self.value(f"sma_{n}", ago)
        if value is None:
            return None
        key = f"technicals.{name or f'sma_{n}'}" + (f"_{ago}_ago" if ago else "")
        rows = self.rows(-n - ago, -1 - ago)
        return self.ledger.add(key, value, unit=self.unit, decimals=2, formula="=mean(close)", rows=rows)

    def line(self, name: str, formula: str, *, ago: int = 0, bars: int | None = None) -> Fact | None:
        """Write the last value of a line, or the one before it; *bars* where it needs only the last few."""
        value = self.value(name, ago)
        if value is None:
            return None
        free = name.startswith("rsi")
        return self.ledger.add(
            f"technicals.{name}" + ("_previous" if ago else ""),
            value,
            unit=Unit.INDICATOR if free else self.unit,
            decimals=1 if free else 2,
            formula=formula,
            rows=self.rows(-bars if bars else 0, -1 - ago),
        )

    def gap(self, name: str, value: float | None, unit: Unit) -> Fact | None:
        """Write something about MACD's gap to its signal down."""
        if value is None:
            return None
        formula = f"appel.{name.removeprefix('macd_')}(12,26,9)"
        rows = every_bar(self.bars, frame=self.signals.frame)
        return self.ledger.add(f"technicals.{name}", value, unit=unit, formula=formula, rows=rows)

    def side(self, n: int) -> Side | None:
        """Write down for how long closes have stood on their side of an average, and before on the other."""
        found = momentum.sides(self.bars["close"].to_numpy() - self.lines[f"sma_{n}"])
        if found is None:
            return None
        rows = every_bar(self.bars, frame=self.signals.frame)
        named = {"sessions": ("on_side", found[0]), "before": ("on_other_side", found[1])}
        return Side(
            **{
                field: self.ledger.add(
                    f"technicals.sma_{n}_{name}",
                    count,
                    unit=Unit.SESSIONS,
                    formula=f"average.{name}({n})",
                    rows=rows,
                )
                for field, (name, count) in named.items()
            }
        )

    def combined(
        self, name: str, formula: str, of: tuple[Fact | None, ...], unit: Unit, decimals: int
    ) -> Fact | None:
        """Write a line's last value as arithmetic over other facts."""
        value = self.value(name)
        known = [fact for fact in of if fact is not None]
        if value is None or len(known) < len(of):
            return None
        return self.ledger.add(
            f"technicals.{name}", value, unit=unit, decimals=decimals, formula=formula, of=known
        )
