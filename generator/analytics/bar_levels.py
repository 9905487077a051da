"""Levels that single bars give: prior extremes, the session's own, floor pivots, round numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import count
from math import ceil, floor, log10
from typing import Literal

import numpy as np

from generator.analytics import indicators
from generator.analytics.bar_rows import day_of, one_bar, span
from generator.analytics.level_lines import LevelWriter, Origin
from generator.models.analysis import Fact, Level, LevelKind

LOOKBACKS = (252, 60, 20, 1)  #: sessions before today, longest first
ROUND = 0.013  #: a round number's step is at least this share of the price
PIVOT = "(value(high)+value(low)+value(close))/3"
FLOOR_PIVOTS = {
    "pivot.p": f"={PIVOT}",
    "pivot.r1": f"=2*{PIVOT}-value(low)",
    "pivot.s1": f"=2*{PIVOT}-value(high)",
    "pivot.r2": f"={PIVOT}+value(high)-value(low)",
    "pivot.s2": f"={PIVOT}-(value(high)-value(low))",
}


def prior_extremes(write: LevelWriter, spot: float) -> Iterator[Level]:
    """
    Yield the highest high and lowest low of the last 252, 60, 20 and 1 sessions, today excluded.

    Of look-backs that share an extreme only the longest is kept. One ahead of *spot* that the
    session traded through is left out: the session's own extreme stands there.
    """
    for column in ("high", "low"):
        seen = set()
        for sessions in LOOKBACKS:
            where = _position(write, column, sessions)
            if where is None:
                continue
            value = float(write.bars[column].iloc[where])
            if value not in seen and not traded_through(write, column, value, spot):
                yield _prior(write, column, sessions, where)
            seen.add(value)


def _end(write: LevelWriter) -> int:
    """How many bars lie before today's."""
    return len(write.bars) - (1 if write.complete else 0)


def _position(write: LevelWriter, column: str, sessions: int) -> int | None:
    """The bar with the extreme of the last *sessions* before today, None where the file is shorter."""
    first = _end(write) - sessions
    if first < 0:
        return None
    values = write.bars[column].to_numpy()[first : first + sessions]
    return first + int(np.argmax(values) if column == "high" else np.argmin(values))


def traded_through(write: LevelWriter, column: str, edge: float, spot: float) -> bool:
    """Whether *edge* lies ahead of *spot* (above for "high", below for "low") and today's bar went beyond."""
    if not write.complete:
        return False
    today, side = float(write.bars[column].iloc[-1]), 1 if column == "high" else -1
    return side * spot < side * edge < side * today


def overran_prior(write: LevelWriter, column: str, spot: float) -> bool:
    """Whether today's bar went beyond any earlier extreme ahead of *spot*."""
    places = (_position(write, column, sessions) for sessions in LOOKBACKS)
    edges = [float(write.bars[column].iloc[place]) for place in places if place is not None]
    return any(traded_through(write, column, edge, spot) for edge in edges)


def _prior(write: LevelWriter, column: str, sessions: int, where: int) -> Level:
    end = _end(write)
    pick, day = ("max" if column == "high" else "min"), day_of(write.bars, where)
    rows, name = span(write.bars, end - sessions, end - 1), f"{column}.{sessions}"
    write.day(f"{name}.date", day, Origin(f"date.of_{pick}({column})", rows))
    return write.line(
        name,
        "prior high" if column == "high" else "prior low",
        write.bars[column].iloc[where],
        Origin(f"={pick}({column})", rows),
        method=f"the {'highest high' if column == 'high' else 'lowest low'} of the sessions before today",
        lookback=sessions,
        touch_date=day,
    )


def session_extremes(write: LevelWriter, overran: Collection[str]) -> Iterator[Level]:
    """Yield the high and the low of the session, once complete; *overran*: those beyond an earlier level."""
    if not write.complete:
        return
    kinds: tuple[tuple[str, LevelKind], ...] = (("high", "session high"), ("low", "session low"))
    for column, kind in kinds:
        yield write.line(
            f"session.{column}",
            kind,
            write.bars[column].iloc[-1],
            Origin(f"=value({column})", one_bar(write.bars, -1)),
            method=f"the session's {column}",
            lookback=1,
            touch_date=day_of(write.bars, -1),
            overran=column in overran,
        )


def floor_pivots(write: LevelWriter) -> Iterator[Level]:
    """Yield the classic floor pivots that the last complete session gives the next one."""
    if write.bars.empty:
        return
    last = write.bars.iloc[-1:]
    values = indicators.floor_pivots(*(last[name].to_numpy() for name in ("high", "low", "close")))
    for name, value in values.items():
        key = f"pivot.{name}"
        origin = Origin(FLOOR_PIVOTS[key], one_bar(write.bars, -1))
        method = "floor pivot of the last session"
        yield write.line(key, "pivot", float(value[0]), origin, method=method, lookback=1)


def round_numbers(write: LevelWriter, spot: Fact) -> Iterator[Level]:
    """Yield the round numbers just above and just below the price."""
    step = round_step(spot.number)
    above, below = (floor(spot.number / step) + 1) * step, (ceil(spot.number / step) - 1) * step
    sides: tuple[tuple[Literal["above", "below"], float], ...] = (("above", above), ("below", below))
    for side, value in sides:
        if value > 0:
            origin = Origin(f"round.{side}({step:g})", of=(spot,))
            yield write.line(f"round.{side}", "round number", value, origin, method="the next round number")


def round_step(price: float) -> float:
    """Return the least of 1, 5, 10, 50 and so on at least 1.3 % of *price*: 5 for 285, 100 for 5,500."""
    smallest = floor(log10(ROUND * price)) - 1
    steps = (digit * 10.0**power for power in count(smallest) for digit in (1.0, 5.0))
    return next(step for step in steps if step >= ROUND * price)
