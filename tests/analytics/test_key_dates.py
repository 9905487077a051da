"""Dates ahead."""

from __future__ import annotations

import datetime as dt

import pytest

from generator import calendar
from generator.analytics import analyse
from generator.analytics.chain_view import chain_view
from generator.analytics.key_dates import key_dates
from generator.models.analysis import Choices
from generator.models.market import Event, History
from tests.analytics.evidence import make_evidence
from tests.builders import SESSION, chain_of, chain_row, make_bars, make_chain, make_snapshot

EXPIRATIONS = tuple(dt.date(2026, *day) for day in ((3, 13), (3, 18), (3, 20), (3, 27), (4, 17), (5, 15)))


def dates(session=SESSION, expirations=EXPIRATIONS, **changes):
    chain = make_chain(session, expirations=expirations, width=8)
    snapshot = make_snapshot(session, chain=chain, bars=make_bars(260, end=session), **changes)
    analysis = analyse(snapshot, History(), Choices(rate=0.04))
    return analysis.dates, analysis


def of_kind(found, kind):
    return [date.date.value for date in found if date.kind == kind]


def test_the_two_nearest_weeks_and_the_next_monthly_are_listed():
    found, _ = dates()
    assert of_kind(found, "expiration") == [dt.date(2026, 3, 13), dt.date(2026, 3, 20)]
    later, _ = dates(expirations=EXPIRATIONS[3:])
    assert of_kind(later, "expiration") == [dt.date(2026, 3, 27), dt.date(2026, 4, 17)]


def test_shares_of_open_interest_are_percent_of_the_board_beyond_today():
    expirations = (SESSION, *EXPIRATIONS[:3])
    found, analysis = dates(expirations=expirations)
    live = analysis.chain.open_interest_live
    note = next(date.note for date in found if date.kind == "expiration")
    held = analysis.facts["open_interest.expiration.2026-03-13"]
    assert held.formula == "=sum(open_interest)"
    assert note.number == pytest.approx(100 * held.number / (live.puts.number + live.calls.number))
    assert 0 < note.number < 100


def test_closed_days_of_the_next_ten_sessions_carry_their_reason():
    friday = dt.date(2026, 5, 22)
    found, _ = dates(friday, expirations=(dt.date(2026, 5, 29), dt.date(2026, 6, 18)))
    closed = [(date.date.value, date.title.value) for date in found if date.kind == "closed"]
    assert closed == [(dt.date(2026, 5, 25), "US markets closed (Memorial Day)")]
    assert of_kind(found, "open interest") == [dt.date(2026, 5, 26)]
    assert of_kind(found, "expiration") == [dt.date(2026, 5, 29), dt.date(2026, 6, 18)]


def test_events_ahead_are_listed_with_their_own_words():
    near = Event(date=calendar.next_session(SESSION), title="Consumer prices", source="file")
    far = Event(date=SESSION + dt.timedelta(days=46), title="Too far", source="file")
    past = Event(date=SESSION, title="Today", source="file")
    found, _ = dates(events=(far, near, past))
    assert [date.title.value for date in found if date.kind == "event"] == ["Consumer prices"]


def test_before_the_close_todays_event_is_still_ahead():
    today = Event(date=SESSION, title="Today", source="file")
    found, _ = dates(events=(today,), edition="intraday")
    assert of_kind(found, "event") == [SESSION]


def test_dates_are_in_order():
    found, _ = dates(events=(Event(date=dt.date(2026, 3, 16), title="Meeting", source="file"),))
    days = [date.date.value for date in found]
    assert days == sorted(days)


def test_a_date_that_settles_twice_counts_both_even_after_the_morning_one_stopped_trading():
    session, days = dt.date(2026, 3, 19), (dt.date(2026, 3, 20), dt.date(2026, 3, 27))
    chain = chain_of(
        *(
            chain_row(strike, right, day, root, settlement=settlement, open_interest=count)
            for day in days
            for root, settlement, count in (("ABCD", "am", 900.0), ("ABCDW", "pm", 100.0))
            for right in ("call", "put")
            for strike in (95, 105)
        )
    )
    evidence = make_evidence(session=session, chain=chain, kind="index")
    found = key_dates(evidence.snapshot, evidence.ledger, chain_view(evidence))
    shares = [date.note.number for date in found if date.kind == "expiration"]
    assert shares == [50, 50]
