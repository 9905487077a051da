"""
The slope of volatility from one to three months of sessions.

On the calendar clock a holiday weekend looks like a slope; total variance a session takes it out.
A word about the slope needs to know which dated events lie inside.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from generator.analytics.evidence import Evidence
from generator.models.analysis import Fact, KeyDate, TermPoint, TermShape, Unit, Volatility
from generator.models.market import Event

NEAR, FAR = 21, 63  #: sessions: 30 and 90 days
FEWEST = 5  #: sessions an expiration needs before it speaks about the slope
EVENT_DAYS = 90
SESSIONS_A_YEAR, MINUTES_A_YEAR = 252, 525_600


def term_shape(evidence: Evidence, implied: Volatility) -> TermShape | None:
    """Return a month of sessions over three, and the first dated event inside; None without both."""
    near, far = (_at(evidence, implied.terms, sessions) for sessions in (NEAR, FAR))
    if near is None or far is None:
        return None
    add = evidence.ledger.add
    inside = _inside(evidence)
    if inside is not None:
        add("term.events", len(inside), unit=Unit.COUNT, formula="term.events")
    return TermShape(
        near=near,
        far=far,
        ratio=add(
            "volatility.term_ratio",
            near.number / far.number,
            unit=Unit.RATIO,
            decimals=2,
            formula="=$1/$2",
            of=(near, far),
        ),
        events_known=inside is not None,
        first_event=_written(evidence, inside[0]) if inside else None,
    )


def _at(evidence: Evidence, terms: Sequence[TermPoint], sessions: int) -> Fact | None:
    """
    Return the volatility so many sessions ahead, in percent a year of 252, between the expirations around.

    Total variance runs straight in sessions. Withheld where it falls: such quotes have arbitrage.
    """
    name = f"volatility.sessions_{sessions}"
    known = [
        (point.sessions, point.minutes, point.atm_volatility)
        for point in terms
        if point.atm_volatility is not None and point.sessions.number >= FEWEST
    ]
    before = [point for point in known if point[0].number <= sessions]
    after = [point for point in known if point[0].number > sessions]
    if not before or not after:
        evidence.withhold(name, f"no quoted expirations on both sides of {sessions} sessions")
        return None
    (start, *_), (end, *_) = around = before[-1], after[0]
    low, high = (volatility.number**2 * minutes.number for _, minutes, volatility in around)
    if high < low:
        evidence.withhold(name, f"total variance falls across {sessions} sessions")
        return None
    variance = low + (high - low) * (sessions - start.number) / (end.number - start.number)
    scale = f"{SESSIONS_A_YEAR}/{MINUTES_A_YEAR}/{sessions}"
    return evidence.ledger.add(
        name,
        math.sqrt(SESSIONS_A_YEAR / MINUTES_A_YEAR / sessions * variance),
        unit=Unit.PERCENT,
        decimals=min(volatility.decimals for *_, volatility in around),
        formula=f"=sqrt({scale}*($3*$3*$2+($6*$6*$5-$3*$3*$2)*({sessions}-$1)/($4-$1)))",
        of=(*around[0], *around[1]),
    )


def _inside(evidence: Evidence) -> Sequence[Event] | None:
    """
    Return the dated events of the ninety days; None where they are not known.

    A share reports within any ninety days: without a calendar its slope may be a report's. A
    fund's or an index's may not.
    """
    snapshot = evidence.snapshot
    until = snapshot.session + dt.timedelta(days=EVENT_DAYS)
    found = sorted(
        (event for event in snapshot.events if snapshot.session < event.date <= until),
        key=lambda event: event.date,
    )
    return None if snapshot.kind == "stock" and not snapshot.events else found


def _written(evidence: Evidence, event: Event) -> KeyDate:
    title = evidence.ledger.add("term.event", event.title, unit=Unit.TEXT, formula="key_date.title")
    return KeyDate(date=evidence.ledger.day(event.date), title=title)
