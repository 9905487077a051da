"""On which side of dated events a plan expires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from generator.analytics.event_dates import event_side
from generator.analytics.ideas.scenario import Desk, Scenario
from generator.models.analysis import PlanEvent, Unit

SPANNED = 2  #: told of, the last before it expires
AFTER = dt.timedelta(days=14)  #: an event later than this after it expires is not told of


def plan_events(desk: Desk, scenario: Scenario) -> Iterator[PlanEvent]:
    """Yield the last events the plan spans, those of its last day included, and the first it does not."""
    session, expires = desk.snapshot.session, scenario.expiration
    dated = sorted(enumerate(desk.snapshot.events, 1), key=lambda item: item[1].date)
    ahead = [(place, event) for place, event in dated if session < event.date <= expires + AFTER]
    after = [place for place, event in ahead if event_side(expires, event) == "before"]
    spanned = [place for place, _ in ahead if place not in after]
    for place in (*spanned[-SPANNED:], *after[:1]):
        event = desk.snapshot.events[place - 1]
        title = desk.ledger.add(
            f"key_date.event.{place}.title", event.words, unit=Unit.TEXT, formula="key_date.title"
        )
        yield PlanEvent(title=title, date=desk.ledger.day(event.date), spanned=place in spanned)
