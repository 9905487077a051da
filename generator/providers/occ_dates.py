"""
After which session open interest was counted, and from when that is known.

The clearing house counts a session's positions in the night after it. What a file labels with
a day, or what is downloaded on a day, are the positions after the session before that day.
"""

from __future__ import annotations

import datetime as dt

from generator import calendar
from generator.errors import NotThereError
from generator.providers.base import Ask

#: New York: by then the night's count is out, and until the evening it is the only one
MORNING, EVENING = dt.time(6, 0), dt.time(19, 0)


def known_from(session: dt.date) -> dt.datetime:
    """Return when the count after *session* is known: the next morning, New York."""
    return dt.datetime.combine(session + calendar.ONE_DAY, MORNING, calendar.NEW_YORK)


def counted_before(label: dt.date) -> dt.date:
    """Return the session whose positions a label date stands for."""
    return calendar.previous_session(label)


def counted_at(taken: dt.datetime) -> dt.date:
    """
    Return the session after which an undated count was made that was downloaded at *taken*.

    Raises:
        NotThereError: If that was at night after a session, when the count changes at an hour nobody tells.
    """
    local = calendar.to_new_york(taken)
    night_before = local.time() < MORNING and calendar.is_session(local.date() - calendar.ONE_DAY)
    night_after = local.time() >= EVENING and calendar.is_session(local.date())
    if night_before or night_after:
        raise NotThereError(
            f"OCC series: wanted a count of a known session, found one taken at {local:%H:%M} New York time, "
            f"when the count changes: ask between {MORNING:%H:%M} and {EVENING:%H:%M}"
        )
    return calendar.previous_session(local.date())


def checked(counted: dt.date | None, ask: Ask, name: str) -> dt.date:
    """
    Return *counted* when it was known at *ask.when* and is not older than the chain's own count.

    Raises:
        NotThereError: If it is not.
    """
    wanted = calendar.previous_session(ask.session)
    if counted is None or counted < wanted:
        found = "nothing known by then" if counted is None else f"that after {counted}"
        raise NotThereError(f"{name}: wanted open interest after {wanted} or later, found {found}")
    if known_from(counted) > ask.when:
        raise NotThereError(
            f"{name}: wanted open interest known at {ask.when:%Y-%m-%d %H:%M}, found that after {counted}, "
            f"known from {known_from(counted):%Y-%m-%d %H:%M}"
        )
    return counted
