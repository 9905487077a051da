"""
A conditional scenario: a close beyond a level, where it would go, and what would prove it wrong.

Distances are in average true ranges (ATR 14). The bounds are conventions of this program.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.analytics.ideas.gate import NoPlanError, Reason
from generator.analytics.ledger import Ledger
from generator.analytics.smile import Surface
from generator.calendar import friday_week, is_monthly, next_session, session_close
from generator.models.analysis import (
    Direction,
    Fact,
    HeldLevel,
    Lean,
    Level,
    LevelKind,
    Place,
    Price,
    Technicals,
    TermPoint,
    Unit,
    Volatility,
)
from generator.models.market import Snapshot

CLEAR = 0.25  #: average ranges a trigger or an invalidation stands from the price, at least
REACH = 2.5  #: and a trigger, or a close taken for the invalidation, at most
WORTH = 1.0  #: average ranges from trigger to target, at least
VALID_SESSIONS = 5  #: sessions a plan waits for its trigger
DAYS = (14, 56)  #: to the expiration
LONG_ENOUGH = 21  #: days: preferred, and a monthly one always lies between these and the most
ABOVE: frozenset[LevelKind] = frozenset({"resistance", "prior high"})
BELOW: frozenset[LevelKind] = frozenset({"support", "prior low"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What plans are made from."""

    snapshot: Snapshot
    ledger: Ledger
    levels: tuple[Level, ...]
    volatility: Volatility
    surface: Surface
    price: Price
    technicals: Technicals
    places: Mapping[str, Place] = field(default_factory=dict)
    held: tuple[HeldLevel, ...] = ()
    lean: Lean | None = None
    memory: dict[tuple[Any, ...], Any] = field(default_factory=dict)  #: what was found and is asked for again

    @property
    def spot(self) -> float:
        """The price that levels are compared with."""
        return self.price.spot.number

    @property
    def average_range(self) -> float:
        """Wilder's ATR; `NoPlanError` without it."""
        if self.technicals.atr_14 is None:
            raise NoPlanError(Reason.NO_RANGE)
        return self.technicals.atr_14.number

    def reached(self, side: int) -> float | None:
        """How far today's bar has gone: its high for 1, its low for -1, None before it is complete."""
        edge = self.price.high if side > 0 else self.price.low
        return None if edge is None else edge.number

    @property
    def unit(self) -> Unit:
        """Dollars, or points of an index."""
        return self.price.spot.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """
    Prices as facts of levels; *targets* nearest first, the last the straddle's edge.

    One that is flat stands on the price itself, between two levels.
    """

    direction: Direction
    trigger: Fact
    trigger_level: str | None
    invalidation: Fact
    targets: tuple[Fact, ...]
    expiration: dt.date
    last_day: dt.date
    invalidation_above: Fact | None = None  #: of a flat one

    @property
    def side(self) -> int:
        """1 for up, -1 for down, 0 for flat."""
        return {"up": 1, "down": -1, "flat": 0}[self.direction]


def at_trigger(desk: Desk) -> dt.datetime:
    """Return when a trigger is taken to be met: the next session's close."""
    return session_close(next_session(desk.snapshot.session))


def scenarios(desk: Desk, direction: Direction) -> tuple[Scenario, ...]:
    """
    Return the scenario of one direction for each expiration it may use, preferred first.

    Raises:
        NoPlanError: With the reason why there is none.
    """
    trigger, level = _trigger(desk, direction)
    invalidation = _invalidation(desk, direction)
    found = [
        Scenario(
            direction=direction,
            trigger=trigger,
            trigger_level=level,
            invalidation=invalidation,
            targets=targets,
            expiration=day,
            last_day=last_day(desk),
        )
        for day, term in terms_of(desk)
        if (targets := _targets(desk, direction, trigger.number, term))
    ]
    if not found:
        raise NoPlanError(Reason.NO_TARGET)
    return tuple(found)


def last_day(desk: Desk) -> dt.date:
    """Return the last session on which a plan of today may be entered."""
    day = desk.snapshot.session
    for _ in range(VALID_SESSIONS):
        day = next_session(day)
    return day


def terms_of(desk: Desk) -> tuple[tuple[dt.date, TermPoint], ...]:
    """Return the expirations a plan may use, preferred first; `NoPlanError` when there is none."""
    found = tuple(_terms(desk))
    if not found:
        raise NoPlanError(Reason.NO_EXPIRATION)
    return found


def _trigger(desk: Desk, direction: Direction) -> tuple[Fact, str]:
    """
    The far edge of the nearest level ahead that is clear of the price and within reach.

    What today's bar went beyond is none; the session's extreme stands for the level it overran. Nor is
    an edge inside a zone: a close beyond it may still be in support, or in resistance.
    """
    side, kinds = (1, ABOVE) if direction == "up" else (-1, BELOW)
    low, high = CLEAR * desk.average_range, REACH * desk.average_range
    reached = desk.reached(side)
    zones = [level for level in desk.levels if level.kind in kinds]
    ahead = [
        (side * (edge.number - desk.spot), level.id, edge)
        for level in desk.levels
        if (level.kind in kinds or level.overran)
        and low <= side * ((edge := _far(level, side)).number - desk.spot) <= high
        and (reached is None or side * edge.number >= side * reached)
        and not any(zone.low.number < edge.number < zone.high.number for zone in zones)
    ]
    if not ahead:
        raise NoPlanError(Reason.NO_TRIGGER_ABOVE if side > 0 else Reason.NO_TRIGGER_BELOW)
    _, name, edge = min(ahead, key=lambda item: item[0])
    return edge, name


def _far(level: Level, side: int) -> Fact:
    return level.high if side > 0 else level.low


def _invalidation(desk: Desk, direction: Direction) -> Fact:
    """The previous close where it lies behind the price, clear and within reach, else a level there."""
    side = 1 if direction == "up" else -1
    kinds = BELOW | {"session low"} if side > 0 else ABOVE | {"session high"}
    behind = [_far(level, -side) for level in desk.levels if level.kind in kinds]
    clear, reach = CLEAR * desk.average_range, REACH * desk.average_range
    previous = desk.price.previous_close
    if previous is not None and clear <= side * (desk.spot - previous.number) <= reach:
        return previous
    far_enough = [fact for fact in behind if side * (desk.spot - fact.number) >= clear]
    if not far_enough:
        raise NoPlanError(Reason.NO_INVALIDATION)
    return min(far_enough, key=lambda fact: abs(desk.spot - fact.number))


def _terms(desk: Desk) -> Iterator[tuple[dt.date, TermPoint]]:
    """
    Yield expirations, nearest first: monthly ones three to eight weeks out, then other Fridays there.

    Fridays two to three weeks out come last, for chains that list nothing later.
    """
    session = desk.snapshot.session
    found: dict[dt.date, TermPoint] = {}
    for term in desk.volatility.terms:
        day = term.expiration.value
        if isinstance(day, dt.date) and friday_week(day) and DAYS[0] <= (day - session).days <= DAYS[1]:
            found.setdefault(day, term)

    def order(item: tuple[dt.date, TermPoint]) -> tuple[bool, bool, dt.date]:
        day = item[0]
        return (day - session).days < LONG_ENOUGH, not is_monthly(day), day

    yield from sorted(found.items(), key=order)


def _targets(desk: Desk, direction: Direction, trigger: float, term: TermPoint) -> tuple[Fact, ...]:
    """The levels worth going for short of the straddle's edge, nearest first, then that edge."""
    side, kinds = (1, ABOVE) if direction == "up" else (-1, BELOW)
    edge = term.upper if side > 0 else term.lower
    worth = WORTH * desk.average_range
    if edge is None or side * (edge.number - trigger) < worth:
        return ()
    near = [_far(level, -side) for level in desk.levels if level.kind in kinds]
    between = [
        fact for fact in near if worth <= side * (fact.number - trigger) < side * (edge.number - trigger)
    ]
    return (*sorted(between, key=lambda fact: side * fact.number), edge)
