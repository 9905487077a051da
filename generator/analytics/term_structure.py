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
from generator.analytics.slices import Slice
from generator.analytics.smile import Surface
from generator.analytics.surface import FEWEST_POINTS
from generator.calendar import friday_week, is_monthly
from generator.models.analysis import Fact, TermPoint, Unit

DAY = 1440  #: minutes
ROUNDING = 1e-15  #: of a total variance
THIRTY_DAYS = 30 * DAY
WHOLE_POINTS = 1.0  #: error bar, in points, from which a volatility is printed without a decimal
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
    whole = high**2 * end
    variance = whole - low**2 * start
    if abs(variance) <= ROUNDING * whole:
        variance = 0.0  # equal but for the last digit, it does not fall
    return None if variance < 0 or end <= start else float((variance / (end - start)) ** 0.5)


def shown(surface: Surface) -> list[Slice]:
    """
    Return the smiles beyond today's expiration, one a date: the afternoon settlement where both exist.

    The first twelve, then Friday-week ones to 60 days, then standard monthly ones.
    """
    expirations = [item.expiration for item in surface.slices.values()]
    kept = {item.key for item in shown_expirations(expirations, surface.book.session)}
    return [item for item in surface.slices.values() if item.expiration.key in kept]


def shown_expirations(expirations: Sequence[Expiration], session: dt.date) -> list[Expiration]:
    """Return those of *expirations*, in their order, whose smiles `shown` would return."""
    ahead = [item for item in expirations if item.date > session and not item.stopped]
    afternoon = {item.date for item in ahead if item.settlement == "pm"}
    single = [item for item in ahead if item.settlement == "pm" or item.date not in afternoon]
    return [item for place, item in enumerate(single) if place < EVERY or _kept(item)]


def _kept(expiration: Expiration) -> bool:
    near = expiration.minutes <= WEEKLY_DAYS * DAY
    return is_monthly(expiration.date) or (near and friday_week(expiration.date))


@dataclass(frozen=True, slots=True)
class Point:
    """An expiration's volatility at the forward (None if not quoted there) and its minutes, as facts."""

    expiration: Expiration
    forward: Fact
    minutes: Fact
    volatility: Fact | None
    error: Fact | None  #: half the spread over vega at the forward, in points


def decimals_of(error: float) -> int:
    """Return the decimals that an error bar of *error* volatility points leaves."""
    return 1 if error < WHOLE_POINTS else 0


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
        formula="parity.forward" if evidence.snapshot.kind == "index" else "carry.forward",
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
    level, error = _at_forward(evidence, smile, (forward, minutes), rows, prefix)
    return Point(expiration=expiration, forward=forward, minutes=minutes, volatility=level, error=error)


def _at_forward(
    evidence: Evidence, smile: Slice, of: tuple[Fact, Fact], rows: str, prefix: str
) -> tuple[Fact | None, Fact | None]:
    level, error = smile.volatility(smile.forward), smile.error(smile.forward)
    name, key = f"{prefix}volatility.atm", smile.expiration.key
    if level is None or error is None:
        evidence.withhold(f"{name}.{key}", why_none(smile))
        return None, None
    add, when = evidence.ledger.add, of[0].date
    bar = add(
        f"{name}_error.{key}",
        100 * error,
        unit=Unit.VOLATILITY_POINTS,
        decimals=1,
        formula="smile.error_at_forward",
        rows=rows,
        of=of,
        date=when,
    )
    fact = add(
        f"{name}.{key}",
        100 * level,
        unit=Unit.PERCENT,
        decimals=decimals_of(bar.number),
        formula="smile.at_forward",
        rows=rows,
        of=of,
        date=when,
    )
    return fact, bar


def why_none(smile: Slice) -> str:
    """Return why nothing is said of a smile at its forward."""
    if len(smile.strikes) < FEWEST_POINTS or not smile.strikes[0] <= smile.forward <= smile.strikes[-1]:
        return "no valid quotes around the forward"
    if smile.curve is None:
        return "its quotes allow no smile free of arbitrage"
    return "the smile is outside the spread of the quotes around the forward"


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
        atm_error=point.error,
        per_session=_per_session(evidence, point, sessions),
        straddle=moves.straddle,
        straddle_percent=moves.straddle_percent,
        straddle_85=moves.straddle_85,
        one_sigma=moves.one_sigma,
        one_sigma_percent=moves.one_sigma_percent,
        upper=moves.upper,
        lower=moves.lower,
        one_sigma_upper=moves.one_sigma_upper,
        one_sigma_lower=moves.one_sigma_lower,
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
        decimals=min(before.volatility.decimals, point.volatility.decimals),
        formula="=sqrt(max($3*$3*$4-$1*$1*$2,0)/($4-$2))",
        of=(before.volatility, before.minutes, point.volatility, point.minutes),
    )
