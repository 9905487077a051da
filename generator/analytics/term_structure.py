"""
Volatility by expiration: at the forward, a session, between expirations, at 30 days.

Between expirations total variance (volatility squared times time) runs straight in time,
as in the Cboe Volatility Index methodology; nothing is said outside the listed ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from generator.analytics.evidence import Evidence
from generator.analytics.expected_move import expected_moves
from generator.analytics.series import Expiration
from generator.analytics.smile import Slice, Surface
from generator.calendar import friday_week, is_monthly
from generator.models.analysis import Fact, TermPoint, Unit

THIRTY_DAYS = 30 * 1440  #: minutes
EVERY = 12  #: expirations shown before only weekly, then only monthly ones are
WEEKLY_DAYS = 60


def constant_maturity(first: tuple[float, float], second: tuple[float, float], target: float) -> float | None:
    """
    Return the volatility at *target* from two (time, volatility) points, None outside them.

    Times are in any one unit.
    """
    (start, low), (end, high) = first, second
    if not start <= target <= end or start <= 0 or start == end:
        return None
    variance = low**2 * start + (high**2 * end - low**2 * start) * (target - start) / (end - start)
    return float((variance / target) ** 0.5)


def forward_volatility(first: tuple[float, float], second: tuple[float, float]) -> float | None:
    """Return the volatility between two (time, volatility) points, None where total variance falls."""
    (start, low), (end, high) = first, second
    variance = high**2 * end - low**2 * start
    return None if variance < 0 or end <= start else float((variance / (end - start)) ** 0.5)


def shown(surface: Surface) -> list[Slice]:
    """
    Return the smiles beyond today's expiration, one a date: the afternoon settlement where both exist.

    The first twelve, then Friday-week ones to 60 days, then standard monthly ones.
    """
    session = surface.book.session
    slices = [
        item
        for item in surface.slices.values()
        if item.expiration.date > session and not item.expiration.stopped
    ]
    afternoon = {item.expiration.date for item in slices if item.expiration.settlement == "pm"}
    single = [
        item for item in slices if item.expiration.settlement == "pm" or item.expiration.date not in afternoon
    ]
    return [item for place, item in enumerate(single) if place < EVERY or _kept(item.expiration)]


def _kept(expiration: Expiration) -> bool:
    near = expiration.minutes <= WEEKLY_DAYS * 1440
    return is_monthly(expiration.date) or (near and friday_week(expiration.date))


@dataclass(frozen=True, slots=True)
class Point:
    """An expiration's volatility at the forward (None if not quoted there) and its minutes, as facts."""

    expiration: Expiration
    forward: Fact
    minutes: Fact
    volatility: Fact | None


def point_of(evidence: Evidence, smile: Slice, frame: str = "chain", prefix: str = "") -> Point:
    """Write the forward, the minutes and the volatility at the forward of one expiration down."""
    expiration, ledger = smile.expiration, evidence.ledger
    rows = f"{frame}[{expiration.terms}]"
    when = None if frame == "chain" else dt.date.fromisoformat(frame.partition("@")[2])
    forward = ledger.add(
        f"{prefix}forward.{expiration.key}",
        smile.forward,
        unit=evidence.unit,
        decimals=2,
        formula="parity.forward",
        rows=rows,
        date=when,
    )
    minutes = ledger.add(
        f"{prefix}expiration.minutes.{expiration.key}",
        expiration.minutes,
        unit=Unit.MINUTES,
        formula="calendar.minutes",
        date=when,
    )
    level = _at_forward(evidence, smile, (forward, minutes), rows, prefix)
    return Point(expiration=expiration, forward=forward, minutes=minutes, volatility=level)


def _at_forward(
    evidence: Evidence, smile: Slice, of: tuple[Fact, Fact], rows: str, prefix: str
) -> Fact | None:
    level = smile.volatility(smile.forward)
    name = f"{prefix}volatility.atm.{smile.expiration.key}"
    if level is None:
        evidence.withhold(name, "no valid quotes around the forward")
        return None
    return evidence.ledger.add(
        name,
        100 * level,
        unit=Unit.PERCENT,
        decimals=1,
        formula="black76.implied_volatility",
        rows=rows,
        of=of,
        date=of[0].date,
    )


def term_points(evidence: Evidence, points: Sequence[Point]) -> tuple[TermPoint, ...]:
    """Return the term structure, nearest first."""
    found = []
    before: Point | None = None
    for point in points:
        found.append(_term_point(evidence, point, before))
        before = point if point.volatility is not None else before
    return tuple(found)


def _term_point(evidence: Evidence, point: Point, before: Point | None) -> TermPoint:
    expiration, ledger = point.expiration, evidence.ledger
    sessions = ledger.add(
        f"expiration.sessions.{expiration.key}",
        expiration.sessions,
        unit=Unit.SESSIONS,
        formula="calendar.sessions",
    )
    moves = expected_moves(evidence, expiration, point.forward, point.volatility, point.minutes)
    return TermPoint(
        expiration=ledger.day(expiration.date),
        minutes=point.minutes,
        sessions=sessions,
        forward=point.forward,
        atm_volatility=point.volatility,
        per_session=_per_session(evidence, point, sessions),
        straddle=moves.straddle,
        straddle_percent=moves.straddle_percent,
        straddle_85=moves.straddle_85,
        one_sigma=moves.one_sigma,
        one_sigma_percent=moves.one_sigma_percent,
        upper=moves.upper,
        lower=moves.lower,
        forward_volatility=_between(evidence, before, point),
    )


def _per_session(evidence: Evidence, point: Point, sessions: Fact) -> Fact | None:
    """Percent a session: the root of total variance over the sessions left."""
    if point.volatility is None or sessions.number == 0:
        return None
    value = point.volatility.number * (point.minutes.number / 525_600 / sessions.number) ** 0.5
    return evidence.ledger.add(
        f"volatility.per_session.{point.expiration.key}",
        value,
        unit=Unit.PERCENT,
        decimals=1,
        formula="=$1*sqrt($2/525600/$3)",
        of=(point.volatility, point.minutes, sessions),
    )


def _between(evidence: Evidence, before: Point | None, point: Point) -> Fact | None:
    if before is None or before.volatility is None or point.volatility is None:
        return None
    name = f"volatility.forward.{point.expiration.key}"
    first = (before.minutes.number, before.volatility.number)
    value = forward_volatility(first, (point.minutes.number, point.volatility.number))
    if value is None:
        evidence.withhold(name, f"total variance falls from {before.expiration.key}")
        return None
    return evidence.ledger.add(
        name,
        value,
        unit=Unit.PERCENT,
        decimals=1,
        formula="=sqrt(($3*$3*$4-$1*$1*$2)/($4-$2))",
        of=(before.volatility, before.minutes, point.volatility, point.minutes),
    )


def constant_30(
    evidence: Evidence, points: Sequence[Point], name: str, when: dt.date | None = None
) -> Fact | None:
    """Return the 30-day volatility between the expirations on either side; withheld otherwise."""
    known = [point for point in points if point.volatility is not None]
    before = [point for point in known if point.minutes.number <= THIRTY_DAYS]
    after = [point for point in known if point.minutes.number > THIRTY_DAYS]
    if not before or not after:
        evidence.withhold(name, "no quoted expirations on both sides of 30 days")
        return None
    pairs = [(point.minutes.number, point.volatility) for point in (before[-1], after[0]) if point.volatility]
    (start, low), (end, high) = pairs
    value = constant_maturity((start, low.number), (end, high.number), THIRTY_DAYS)
    if value is None or forward_volatility((start, low.number), (end, high.number)) is None:
        evidence.withhold(name, "total variance falls across 30 days")
        return None
    return evidence.ledger.add(
        name,
        value,
        unit=Unit.PERCENT,
        decimals=1,
        formula="=sqrt(($1*$1*$2+($3*$3*$4-$1*$1*$2)*(43200-$2)/($4-$2))/43200)",
        of=(low, before[-1].minutes, high, after[0].minutes),
        date=when,
    )
