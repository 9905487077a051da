"""What the price chart shows: half a year of closes, near levels, and the move priced in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from generator.charts.axes import Floats
from generator.charts.scales import day_of, session_of
from generator.models.analysis import Analysis, Fact, Level

HORIZON = dt.timedelta(days=35)
SIDE = 2  #: levels above and below
APART = 0.006  #: of spot; of two nearer than this on one side the nearest to spot stays
REACH = 0.12  #: of spot; levels farther away are off the picture, and those beyond FAR moves priced in
FAR = 2.5
FROM_STRIKES = 2  #: the first rank that no price has marked
LONG = 20  #: sessions that make an extreme more than the day's
LINES = ("sma_50", "sma_200", "bollinger_upper", "bollinger_lower")


class Ahead(NamedTuple):
    """One standard deviation at an expiration, so many sessions ahead."""

    sessions: float
    sigma: Fact
    expiration: Fact


@dataclass(frozen=True, slots=True)
class View:
    """What the picture shows, in values."""

    analysis: Analysis
    days: list[dt.date]
    closes: Floats
    lines: dict[str, Floats]  #: indicator lines as long as the closes
    cone: list[Ahead]
    levels: list[Level]

    @property
    def spot(self) -> float:
        """The last price."""
        return self.analysis.price.spot.number

    @property
    def values(self) -> list[float]:
        """Everything the scale must hold."""
        sigmas = [point.sigma.number for point in self.cone]
        edges = [edge.number for level in self.levels for edge in (level.low, level.high)]
        lines = [value for line in self.lines.values() for value in line[np.isfinite(line)]]
        cone = [self.spot + sign * sigma for sigma in sigmas for sign in (1, -1)]
        return [*self.closes, *cone, *edges, *lines]


def view_of(analysis: Analysis) -> View:
    """Choose what to show; while the session runs its last price is the newest point."""
    days = [day for day, _ in analysis.price.closes]
    closes = [close for _, close in analysis.price.closes]
    if days[-1] < session_of(analysis):
        days.append(session_of(analysis))
        closes.append(analysis.price.spot.number)
    cone = _cone(analysis)
    lines = _lines(analysis, len(closes))
    return View(analysis, days, np.array(closes), lines, cone, _levels(analysis, cone))


def _lines(analysis: Analysis, count: int) -> dict[str, Floats]:
    lines: dict[str, Floats] = {}
    for key in LINES:
        values = (analysis.technicals.series or {}).get(key, ())
        line = np.full(count, np.nan)
        line[: len(values)] = [np.nan if value is None else value for value in values]
        if np.isfinite(line).sum() > 1:
            lines[key] = line
    return lines


def _cone(analysis: Analysis) -> list[Ahead]:
    """Return the terms up to the last plan's expiration, or five weeks, nearest first."""
    session = session_of(analysis)
    ends = [day_of(idea.expires.value) for idea in analysis.ideas if idea.expires is not None]
    last = min(max(ends, default=session + HORIZON), session + 2 * HORIZON)
    points: dict[float, Ahead] = {}
    for term in analysis.volatility.terms:
        if term.one_sigma is None or not session < day_of(term.expiration.value) <= last:
            continue
        ahead = max(term.sessions.number, 0.5)
        points[ahead] = Ahead(ahead, term.one_sigma, term.expiration)
    return [points[ahead] for ahead in sorted(points)]


def _rank(level: Level) -> int | None:
    """Return how little a level says: extremes of weeks 0, of a day 1, strikes 2, round 3; None: left out."""
    if level.kind in {"support", "resistance", "prior high", "prior low"}:
        return 0 if (level.lookback or LONG) >= LONG else 1
    return {"call open interest": 2, "put open interest": 2, "round number": 3}.get(level.kind)


def _levels(analysis: Analysis, cone: list[Ahead]) -> list[Level]:
    """Return up to two levels a side: the plans' triggers, then what says most, then the nearest."""
    spot = analysis.price.spot.number
    triggers = {idea.trigger_level for idea in analysis.ideas}
    ranked = [
        (level.id not in triggers, rank, abs(level.value - spot), level)
        for level in analysis.levels
        if (rank := _rank(level)) is not None
        and not level.low.number <= spot <= level.high.number
        and (level.id in triggers or abs(level.value / spot - 1) <= _reach(rank, spot, cone))
    ]
    chosen: list[Level] = []
    for *_, level in sorted(ranked, key=lambda row: (*row[:3], row[3].id)):
        side = [other for other in chosen if (other.value > spot) == (level.value > spot)]
        if len(side) < SIDE and all(abs(other.value - level.value) > APART * spot for other in side):
            chosen.append(level)
    return chosen


def _reach(rank: int, spot: float, cone: list[Ahead]) -> float:
    """Return how far a level of *rank* may lie, of spot: strikes and round prices within the cone."""
    sigma = cone[-1].sigma.number / spot if cone else REACH
    return min(REACH, FAR * sigma if rank < FROM_STRIKES else sigma)
