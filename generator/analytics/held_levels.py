"""
Levels that were reached again and again and that no close went beyond.

A touch is a session whose high (below the price: low) came within a quarter of an average
range of the level, at least five sessions after the touch before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from generator.analytics.bar_rows import span
from generator.analytics.ledger import Ledger
from generator.models.analysis import Fact, HeldLevel, Level, Unit
from generator.models.market import Snapshot

WINDOW = 60  #: sessions, the last one included
APART = 5  #: sessions between separate touches
REACH = 0.25  #: of an average range
Side = Literal["support", "resistance"]
KINDS: dict[Side, tuple[str, ...]] = {
    "resistance": ("resistance", "prior high"),
    "support": ("support", "prior low"),
}
Array = np.ndarray


def separate(positions: Sequence[int], apart: int = APART) -> list[int]:
    """Return *positions*, oldest first, less those within *apart* sessions of the last one kept."""
    kept: list[int] = []
    for position in positions:
        if not kept or position - kept[-1] >= apart:
            kept.append(position)
    return kept


def held_levels(
    snapshot: Snapshot, ledger: Ledger, lines: Sequence[Level], spot: Fact, average_range: Fact | None
) -> tuple[HeldLevel, ...]:
    """
    Return for each side the level touched most often within 60 sessions, the farther of equals.

    Only levels that no close went beyond and that were touched at least once are looked at.
    """
    bars = snapshot.bars
    if average_range is None or len(bars) < WINDOW:
        return ()
    write = _Writer(snapshot, ledger, average_range)
    found = (write.most_touched(lines, side, spot.number) for side in KINDS)
    return tuple(item for item in found if item is not None)


@dataclass(frozen=True, slots=True)
class _Touched:
    level: Fact
    touches: int
    today: bool


@dataclass(frozen=True, slots=True)
class _Writer:
    snapshot: Snapshot
    ledger: Ledger
    average_range: Fact

    def most_touched(self, lines: Sequence[Level], side: Side, spot: float) -> HeldLevel | None:
        """Write the level of one side down."""
        edges = [_far_edge(level, side) for level in lines if level.kind in KINDS[side]]
        ahead = [
            edge for edge in edges if (edge.number > spot if side == "resistance" else edge.number < spot)
        ]
        touched = [item for edge in ahead if (item := self.touched(edge, side)) is not None]
        best = max(touched, key=lambda item: (item.touches, abs(item.level.number - spot)), default=None)
        return None if best is None else self.written(best, side)

    def touched(self, edge: Fact, side: Side) -> _Touched | None:
        """Count the touches of one edge; None without any, and where a close lies beyond."""
        bars = self.snapshot.bars.iloc[-WINDOW:]
        extreme, close = bars["high" if side == "resistance" else "low"].to_numpy(), bars["close"].to_numpy()
        beyond = close > edge.number if side == "resistance" else close < edge.number
        near = np.flatnonzero(np.abs(extreme - edge.number) <= REACH * self.average_range.number)
        if beyond.any() or len(near) == 0:
            return None
        return _Touched(edge, len(separate(near.tolist())), bool(near[-1] == WINDOW - 1))

    def written(self, found: _Touched, side: Side) -> HeldLevel:
        """Write the touches, the closes beyond and the sessions looked at down."""
        slug, add, bars = f"held.{side}", self.ledger.add, self.snapshot.bars
        rows = span(bars, -WINDOW)
        column, sign = ("high", ">") if side == "resistance" else ("low", "<")
        return HeldLevel(
            slug=slug,
            side=side,
            price=found.level,
            touches=add(
                f"{slug}.touches",
                found.touches,
                unit=Unit.COUNT,
                formula=f"touches.{column}({APART},{REACH})",
                rows=rows,
                of=(found.level, self.average_range),
            ),
            beyond=add(
                f"{slug}.beyond",
                0,
                unit=Unit.COUNT,
                formula="=count()",
                rows=f"{rows[:-1]} close{sign}{found.level.number!r}]",
            ),
            sessions=add(f"{slug}.sessions", WINDOW, unit=Unit.SESSIONS, formula="=count()", rows=rows),
            today=found.today,
        )


def _far_edge(level: Level, side: Side) -> Fact:
    return level.high if side == "resistance" else level.low
