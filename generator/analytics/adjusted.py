"""
Bars for signals, the cash dividends that are known taken out of the prices before them.

Each price before an ex-date is multiplied by 1 - dividend / close before it, as data vendors do
(CRSP's factors): an ex-date is then no fall, in averages, ranges and volatilities. Levels that
stand beside strikes stay as traded, since strikes are not dividend-adjusted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from generator.analytics.bar_rows import one_bar, price_unit
from generator.analytics.ledger import Ledger
from generator.models.analysis import Adjustment, Unit
from generator.models.market import Snapshot

PRICES = ("open", "high", "low", "close")
FRAME = "adjusted"  #: what selectors call the bars that are


@dataclass(frozen=True, slots=True, eq=False)
class SignalBars:
    """Bars that signals are computed from, and how selectors call them."""

    bars: pd.DataFrame
    frame: str = "bars"

    @property
    def basis(self) -> Literal["split-adjusted", "dividend-adjusted"]:
        """What was taken out of the prices."""
        return "split-adjusted" if self.frame == "bars" else "dividend-adjusted"


def adjusted(bars: pd.DataFrame, factors: Mapping[dt.date, float]) -> pd.DataFrame:
    """Return *bars* with each price before an ex-date multiplied by its factor, the latest first."""
    days, scale = bars["date"].to_numpy(), np.ones(len(bars))
    for day in sorted(factors, reverse=True):
        scale[days < np.datetime64(day, "s")] *= factors[day]
    return bars.assign(**{name: bars[name].to_numpy() * scale for name in PRICES})


def paid(snapshot: Snapshot) -> dict[dt.date, float]:
    """Return what went ex within the bars, a share, by ex-date: different amounts of one day are summed."""
    bars = snapshot.bars
    if len(bars) < 2:
        return {}
    first, last = bars["date"].iloc[0].date(), bars["date"].iloc[-1].date()
    known: dict[dt.date, float] = {}
    for day, amount in sorted({(item.ex_date, item.amount) for item in snapshot.paid}):  # files may repeat
        if first < day <= last and amount > 0:
            known[day] = known.get(day, 0.0) + amount
    return known


def signal_bars(snapshot: Snapshot, ledger: Ledger) -> tuple[SignalBars, Adjustment | None]:
    """
    Return the bars for signals and what was taken out of them; the bars as they are when nothing is known.

    The factors are written down, and the frame is given to *ledger* under its own name.
    """
    amounts = paid(snapshot)
    factors = {}
    for day in sorted(amounts):
        factor = _factor(snapshot, ledger, day, amounts[day])
        if factor is not None:
            factors[day] = factor
    if not factors:
        return SignalBars(snapshot.bars), None
    frame = adjusted(snapshot.bars, factors)
    ledger.frames[FRAME] = frame
    return SignalBars(frame, FRAME), _told(ledger, factors)


def _factor(snapshot: Snapshot, ledger: Ledger, day: dt.date, amount: float) -> float | None:
    bars, unit = snapshot.bars, price_unit(snapshot.kind)
    before = int(np.searchsorted(bars["date"].to_numpy(), np.datetime64(day, "s"))) - 1
    close = float(bars["close"].iloc[before])
    if not amount < close:
        return None
    cash = ledger.add(f"dividend.paid.{day}", amount, unit=unit, decimals=2, formula="dividend.paid")
    base = ledger.add(
        f"adjustment.close.{day}",
        close,
        unit=unit,
        decimals=2,
        formula="=value(close)",
        rows=one_bar(bars, before),
    )
    return ledger.add(
        f"adjustment.factor.{day}",
        1 - amount / close,
        unit=Unit.RATIO,
        decimals=6,
        formula="=1-$1/$2",
        of=(cash, base),
    ).number


def _told(ledger: Ledger, factors: Mapping[dt.date, float]) -> Adjustment:
    add = ledger.add
    return Adjustment(
        dividends=add("adjustment.dividends", len(factors), unit=Unit.COUNT, formula="adjustment.count"),
        since=add("adjustment.since", min(factors), unit=Unit.DATE, formula="adjustment.since"),
    )
