"""
The underlying's price: today, this week, the year, and how rare today's move is.

Percent changes are close to close on split-adjusted, not dividend-adjusted, bars.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from generator.analytics.bar_rows import day_of, ends_on, every_bar, one_bar, price_unit, span
from generator.analytics.ledger import Ledger
from generator.analytics.share_volume import times_median
from generator.models.analysis import Fact, Price, Unit
from generator.models.market import Snapshot

YEAR = 252  #: sessions
CHARTED = 126  #: closes kept for charts
PERCENT_CHANGE = "=100*($1/$2-1)"


@dataclass(frozen=True, slots=True)
class _Record:
    """The bars, what they are written into, and whether today's is among them."""

    bars: pd.DataFrame
    ledger: Ledger
    unit: Unit
    complete: bool

    def at(self, name: str, column: str, position: int) -> Fact:
        """Write one price of one bar down."""
        return self.ledger.add(
            f"price.{name}",
            self.bars[column].iloc[position],
            unit=self.unit,
            decimals=2,
            formula=f"=value({column})",
            rows=one_bar(self.bars, position),
            date=day_of(self.bars, position),
        )

    def today(self, column: str) -> Fact | None:
        """Write one price of today's bar down, or nothing before the session is over."""
        return self.at(column, column, -1) if self.complete else None

    def change(self, name: str, now: Fact, then: Fact | None, decimals: int = 1) -> Fact | None:
        """Write a change in percent down."""
        if then is None:
            return None
        value = 100 * (now.number / then.number - 1)
        of = (now, then)
        return self.ledger.add(
            f"price.{name}", value, unit=Unit.PERCENT, decimals=decimals, formula=PERCENT_CHANGE, of=of
        )


def price(snapshot: Snapshot, ledger: Ledger) -> Price:
    """
    Return the price group; a field is None where the bars do not reach.

    Before the session's bar is complete, fields that need it are None and changes
    compare the quote with the last close.
    """
    bars = snapshot.bars
    record = _Record(bars, ledger, price_unit(snapshot.kind), ends_on(bars, snapshot.session))
    spot = _spot(snapshot, record)
    previous = _previous_close(snapshot, record)
    high, high_date = _extreme(record, "high")
    low, low_date = _extreme(record, "low")
    three = _three_sessions(record, spot)
    volume = _volume(record)
    _highest_close(record)
    return Price(
        spot=spot,
        previous_close=previous,
        change=_difference(record, spot, previous),
        change_percent=record.change("change_percent", spot, previous, decimals=2),
        week_percent=record.change("week_percent", spot, _week_close(snapshot, record)),
        open=record.today("open"),
        high=record.today("high"),
        low=record.today("low"),
        volume=volume,
        volume_times_median=times_median(snapshot, ledger, volume),
        high_252=high,
        high_252_date=high_date,
        low_252=low,
        low_252_date=low_date,
        below_high_percent=_below_high(record, spot, high),
        bars=_count(record),
        three_session_percent=three,
        three_session_rank=_rank(record, "three_session_rank", 3, same_way=True),
        change_rank=_rank(record, "change_rank", 1, same_way=False),
        closes=_closes(bars),
    )


def _spot(snapshot: Snapshot, record: _Record) -> Fact:
    """The official close where it is the last bar's, else the quote of the source."""
    closed = record.complete and float(record.bars["close"].iloc[-1]) == snapshot.spot
    return record.ledger.add(
        "spot",
        snapshot.spot,
        unit=record.unit,
        decimals=2,
        formula="=value(close)" if closed else "quote.spot",
        rows=one_bar(record.bars, -1) if closed else None,
    )


def _previous_close(snapshot: Snapshot, record: _Record) -> Fact | None:
    position = -2 if record.complete else -1
    if len(record.bars) < -position or day_of(record.bars, position) != snapshot.previous_session:
        return None
    return record.at("previous_close", "close", position)


def _difference(record: _Record, spot: Fact, previous: Fact | None) -> Fact | None:
    if previous is None:
        return None
    value = spot.number - previous.number
    of = (spot, previous)
    return record.ledger.add("price.change", value, unit=record.unit, decimals=2, formula="=$1-$2", of=of)


def _week_close(snapshot: Snapshot, record: _Record) -> Fact | None:
    """The last close before this week's Monday."""
    monday = snapshot.session - dt.timedelta(days=snapshot.session.weekday())
    before = int(np.searchsorted(record.bars["date"].to_numpy(), np.datetime64(monday, "s")))
    return record.at("week_close", "close", before - 1) if before else None


def _volume(record: _Record) -> Fact | None:
    if not record.complete or np.isnan(record.bars["volume"].iloc[-1]):
        return None
    return record.ledger.add(
        "price.volume",
        record.bars["volume"].iloc[-1],
        unit=Unit.SHARES,
        formula="=value(volume)",
        rows=one_bar(record.bars, -1),
    )


def _extreme(record: _Record, column: str) -> tuple[Fact | None, Fact | None]:
    """The year's highest high or lowest low, and its first day."""
    bars = record.bars
    if len(bars) < YEAR:
        return None, None
    values = bars[column].to_numpy()[-YEAR:]
    where = int(np.argmax(values) if column == "high" else np.argmin(values)) - YEAR
    pick = "max" if column == "high" else "min"
    rows = span(bars, -YEAR)
    edge = record.ledger.add(
        f"price.{column}_252",
        bars[column].iloc[where],
        unit=record.unit,
        decimals=2,
        formula=f"={pick}({column})",
        rows=rows,
    )
    day = record.ledger.add(
        f"price.{column}_252_date",
        day_of(bars, where),
        unit=Unit.DATE,
        formula=f"date.of_{pick}({column})",
        rows=rows,
    )
    return edge, day


def _highest_close(record: _Record) -> None:
    """The highest close on file and its day; facts a paragraph may want, no field."""
    bars, ledger = record.bars, record.ledger
    if bars.empty:
        return
    where, rows = int(np.argmax(bars["close"].to_numpy())), every_bar(bars)
    value, day = bars["close"].iloc[where], day_of(bars, where)
    ledger.add("price.highest_close", value, unit=record.unit, decimals=2, formula="=max(close)", rows=rows)
    ledger.add("price.highest_close_date", day, unit=Unit.DATE, formula="date.of_max(close)", rows=rows)


def _below_high(record: _Record, spot: Fact, high: Fact | None) -> Fact | None:
    if high is None or spot.number > high.number:
        return None
    value = 100 * (1 - spot.number / high.number)
    return record.ledger.add(
        "price.below_high_percent",
        value,
        unit=Unit.PERCENT,
        decimals=1,
        formula="=100*(1-$1/$2)",
        of=(spot, high),
    )


def _count(record: _Record) -> Fact:
    rows = "bars[]" if record.bars.empty else every_bar(record.bars)
    return record.ledger.add(
        "price.bars", len(record.bars), unit=Unit.SESSIONS, formula="=count()", rows=rows
    )


def _three_sessions(record: _Record, spot: Fact) -> Fact | None:
    if not record.complete or len(record.bars) < 4:
        return None
    return record.change("three_session_percent", spot, record.at("close_3_ago", "close", -4))


def _rank(record: _Record, name: str, sessions: int, *, same_way: bool) -> Fact | None:
    """How many of the 252 moves before today's were at least as large."""
    closes = record.bars["close"].to_numpy()
    moves = closes[sessions:] / closes[:-sessions] - 1
    if not record.complete or len(moves) < YEAR + 1:
        return None
    now, before = moves[-1], moves[-1 - YEAR : -1]
    as_large = np.abs(before) >= abs(now)
    if same_way:
        as_large &= np.sign(before) == np.sign(now)
    return record.ledger.add(
        f"price.{name}",
        int(as_large.sum()),
        unit=Unit.COUNT,
        formula=f"rank.{'same_way' if same_way else 'either_way'}({sessions},{YEAR})",
        rows=span(record.bars, -1 - YEAR - sessions),
    )


def _closes(bars: pd.DataFrame) -> tuple[tuple[dt.date, float], ...]:
    last = bars.iloc[-CHARTED:]
    return tuple((day.date(), float(close)) for day, close in zip(last["date"], last["close"], strict=True))
