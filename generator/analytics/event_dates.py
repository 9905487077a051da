"""Where a company's report stands among sessions and expirations: by its date and, where known, its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from generator.calendar import NEW_YORK, expiry_instant, is_session, next_session, session_close
from generator.models.market import Event

Side = Literal["before", "after"]


def next_earnings(events: Iterable[Event]) -> Event | None:
    """Return the first report of *events* to come, None without any."""
    reports = [event for event in events if event.is_earnings]
    return min(reports, key=lambda event: (event.date, event.time or dt.time.min), default=None)


def event_side(expiration: dt.date, event: Event, settlement: str = "pm") -> Side | None:
    """
    Return whether an expiration settles before or after *event*.

    None where both fall on one day and the event's time is not known.
    """
    if event.time is not None:
        instant = dt.datetime.combine(event.date, event.time, tzinfo=NEW_YORK)
        return "before" if expiry_instant(expiration, settlement) <= instant else "after"
    if expiration == event.date:
        return None
    return "before" if expiration < event.date else "after"


def reaction(event: Event) -> dt.date | None:
    """
    Return the session whose close answers to *event* and whose session before's does not.

    Its own day before the close, else the next session; None where its time is not known.
    """
    if event.time is None:
        return None
    if is_session(event.date) and event.time < session_close(event.date).time():
        return event.date
    return next_session(event.date)
