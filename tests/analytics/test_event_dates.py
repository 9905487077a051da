"""On which side of a report an expiration settles, and which session answers to it."""

from __future__ import annotations

import datetime as dt

import pytest

from generator.analytics.event_dates import event_side, next_earnings, reaction
from generator.models.market import Event

WEDNESDAY = dt.date(2026, 8, 26)
EVENING, MORNING, NOON = dt.time(16, 20), dt.time(7, 0), dt.time(12, 0)


def report(day=WEDNESDAY, time=None, title="Second-quarter earnings", **more):
    return Event(date=day, title=title, source="test", time=time, **more)


@pytest.mark.parametrize(
    ("day", "time", "settlement", "side"),
    [
        (dt.date(2026, 8, 25), None, "pm", "before"),
        (WEDNESDAY, EVENING, "pm", "before"),
        (WEDNESDAY, MORNING, "pm", "after"),
        (WEDNESDAY, NOON, "pm", "after"),
        (WEDNESDAY, None, "pm", None),
        (WEDNESDAY, MORNING, "am", "after"),
        (WEDNESDAY, NOON, "am", "before"),
        (dt.date(2026, 8, 27), None, "pm", "after"),
        (dt.date(2026, 8, 28), EVENING, "pm", "after"),
    ],
)
def test_an_expiration_settles_before_or_after_a_report(day, time, settlement, side):
    assert event_side(day, report(time=time), settlement) == side


@pytest.mark.parametrize(
    ("day", "time", "session"),
    [
        (WEDNESDAY, EVENING, dt.date(2026, 8, 27)),
        (WEDNESDAY, MORNING, WEDNESDAY),
        (WEDNESDAY, NOON, WEDNESDAY),
        (WEDNESDAY, None, None),
        (dt.date(2026, 8, 28), EVENING, dt.date(2026, 8, 31)),
        (dt.date(2026, 8, 29), NOON, dt.date(2026, 8, 31)),  # a Saturday
        (dt.date(2026, 11, 27), dt.time(13, 30), dt.date(2026, 11, 30)),  # a half day is over by then
    ],
)
def test_the_session_that_answers_to_a_report(day, time, session):
    assert reaction(report(day, time)) == session


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("NVIDIA second-quarter earnings", True),
        ("Earnings expected, earliest date", True),
        ("Q2 results", True),
        ("Third quarter results", True),
        ("Ex-dividend date", False),
        ("Last session of the quarter", False),
        ("Payrolls", False),
    ],
)
def test_reports_are_told_by_their_titles(title, told):
    assert report(title=title).is_earnings is told


def test_the_next_report_is_the_first_of_the_events_that_is_one():
    later, first = report(dt.date(2026, 11, 18)), report()
    events = (report(dt.date(2026, 8, 25), title="Rate decision"), later, first)
    assert next_earnings(events) is first
    assert next_earnings(events[:1]) is None
