from __future__ import annotations

import datetime as dt
import gzip
import time

import pytest

from generator import errors
from generator.calendar import NEW_YORK
from generator.providers.base import Ask
from generator.providers.events_file import EventsFile

SESSION = dt.date(2026, 3, 4)
ASK = Ask(symbol="IWM", when=dt.datetime(2026, 3, 4, 16, tzinfo=NEW_YORK), session=SESSION)


def event(start, *lines, title="A meeting", uid="1"):
    return "\r\n".join(
        ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART{start}", f"SUMMARY:{title}", *lines, "END:VEVENT"]
    )


def calendar(*events, head=()):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//", *head, *events, "END:VCALENDAR"]
    return ("\r\n".join(lines) + "\r\n").encode()


def read(content, name="dates.ics", ask=ASK):
    return EventsFile(name, {}).read("events", ask, {name: content})


def shown(content, **keywords):
    return [
        (f"{found.date}", f"{found.time:%H:%M}" if found.time else "")
        for found in read(content, **keywords).events
    ]


@pytest.mark.parametrize(
    ("start", "wanted"),
    [
        (";VALUE=DATE:20260318", ("2026-03-18", "")),
        (";TZID=America/New_York:20260318T140000", ("2026-03-18", "14:00")),
        (":20260318T140000", ("2026-03-18", "14:00")),
        (":20260318T180000Z", ("2026-03-18", "14:00")),  # after the clocks went forward
        (":20260306T190000Z", ("2026-03-06", "14:00")),  # before
        (";TZID=Europe/London:20260318T180000", ("2026-03-18", "14:00")),
        (";TZID=Asia/Tokyo:20260319T083000", ("2026-03-18", "19:30")),
    ],
)
def test_starts_are_told_in_new_york(start, wanted):
    assert shown(calendar(event(start))) == [wanted]


def test_a_zone_defined_in_the_file_is_used():
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Somewhere\r\nBEGIN:STANDARD\r\nDTSTART:20000101T000000\r\n"
        "TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    )
    assert shown(calendar(zone, event(";TZID=Somewhere:20260318T180000"))) == [("2026-03-18", "14:00")]


def test_each_event_says_its_source():
    (found,) = read(calendar(event(":20260318T140000"), head=["X-WR-CALNAME:The bank's calendar"])).events
    assert found.source == "The bank's calendar"
    (found,) = read(calendar(event(":20260318T140000"))).events
    assert found.source == "dates.ics"


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("RRULE:FREQ=WEEKLY;COUNT=3", ["2026-03-05", "2026-03-12", "2026-03-19"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20260312T180000Z", ["2026-03-05", "2026-03-12"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20260312", ["2026-03-05", "2026-03-12"]),
        ("RRULE:FREQ=MONTHLY;BYDAY=1FR;COUNT=3", ["2026-03-05", "2026-03-06", "2026-04-03", "2026-05-01"]),
        ("RRULE:FREQ=MONTHLY;BYDAY=1FR;UNTIL=20260501", ["2026-03-05", "2026-03-06", "2026-04-03"]),
        (
            "RRULE:FREQ=WEEKLY;COUNT=3\r\nEXDATE;TZID=America/New_York:20260312T140000",
            ["2026-03-05", "2026-03-19"],
        ),
        ("RDATE;TZID=America/New_York:20260401T140000", ["2026-03-05", "2026-04-01"]),
    ],
)
def test_repeats_are_unrolled_at_the_same_hour_of_the_day(rule, days):
    found = read(calendar(event(";TZID=America/New_York:20260305T140000", rule))).events
    assert [f"{item.date}" for item in found][: len(days)] == days
    assert {item.time for item in found} == {dt.time(14)}  # also when the clocks go forward on the 8th


def test_whole_days_repeat_and_are_struck_off_as_whole_days():
    rule = ("RRULE:FREQ=WEEKLY;UNTIL=20260319", "EXDATE;VALUE=DATE:20260312")
    assert shown(calendar(event(";VALUE=DATE:20260305", *rule))) == [("2026-03-05", ""), ("2026-03-19", "")]


def test_an_occurrence_that_was_moved_stands_where_it_was_moved_to():
    series = event(";TZID=America/New_York:20260305T140000", "RRULE:FREQ=WEEKLY;COUNT=3")
    moved = event(
        ";TZID=America/New_York:20260313T100000", "RECURRENCE-ID;TZID=America/New_York:20260312T140000"
    )
    assert shown(calendar(series, moved)) == [
        ("2026-03-05", "14:00"),
        ("2026-03-13", "10:00"),
        ("2026-03-19", "14:00"),
    ]


def test_cancelled_untitled_past_and_far_events_are_left_out():
    content = calendar(
        event(":20260318T140000", "STATUS:CANCELLED"),
        event(":20260319T140000", title=""),
        event(":20260302T140000"),
        event(":20270101T140000"),
        event(":20260320T140000"),
    )
    assert shown(content) == [("2026-03-20", "14:00")]


def test_todays_event_counts_only_while_it_is_ahead():
    content = calendar(event(":20260304T100000"), event(":20260304T170000"), event(";VALUE=DATE:20260304"))
    assert shown(content) == [("2026-03-04", "17:00")]


def test_titles_come_without_markup_of_calendars():
    (found,) = read(calendar(event(":20260318T140000", title="Rates\\, and\\n words\\; more"))).events
    assert found.title == "Rates, and words; more"


@pytest.mark.parametrize("name", ["dates.csv", "dates.csv.gz"])
def test_a_csv_gives_its_rows_and_their_sources(tmp_path, name):
    rows = b"date,title,source,time,symbol\n2026-03-18,A meeting,The bank,14:00,\n2026-03-20,Other,x,,SPY\n"
    (tmp_path / name).write_bytes(gzip.compress(rows) if name.endswith("gz") else rows)
    provider = EventsFile(str(tmp_path / name), {})
    fetched = provider.fetch("events", ASK)
    (found,) = (
        EventsFile(fetched.item, {}).read("events", ASK, {f.name: f.data for f in fetched.files}).events
    )
    assert (found.title, found.source, found.time) == ("A meeting", "The bank", dt.time(14))


def test_a_calendar_with_nothing_ahead_is_a_named_gap():
    assert [gap.what for gap in read(calendar()).gaps] == ["events"]


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(errors.NotThereError, match="wanted a file at"):
        EventsFile(str(tmp_path / "{symbol}.ics"), {}).fetch("events", ASK)


START = ";TZID=America/New_York:20260305T140000"
FAULTS = {
    "HTML": b"<html></html>",
    "nothing": b"",
    "binary": b"BEGIN:VCALENDAR\r\n\xff\xfe\r\nEND:VCALENDAR",
    "cut off": calendar(event(START))[:80],
    "no start": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "a start that is none": calendar(event(":soon")),
    "an unknown zone": calendar(event(";TZID=Mars/Base:20260305T140000")),
    "a rule by the second": calendar(event(START, "RRULE:FREQ=SECONDLY")),
    "a rule by the minute of the hour": calendar(event(START, "RRULE:FREQ=DAILY;BYMINUTE=1,2,3")),
    "a daily rule that may never come true": calendar(
        event(START, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    ),
    "a daily rule out of step": calendar(event(START, "RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO")),
    "too many rules": calendar(*[event(START, "RRULE:FREQ=DAILY", uid=str(n)) for n in range(101)]),
    "a rule that is none": calendar(event(START, "RRULE:FREQ=SOMETIMES")),
    "a rule from the year 1": calendar(event(":00010101T140000", "RRULE:FREQ=DAILY")),
    "a rule by the hour": calendar(event(START, "RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6")),
    "too large": calendar(*["X-WORDS:" + "x" * 60] * 20_000),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_every_fault_of_a_calendar_ends_as_a_named_error(fault):
    with pytest.raises(errors.BadPayloadError, match=r"dates\.ics"):
        read(FAULTS[fault])


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=WEEKLY;BYMONTH=2;BYDAY=MO;INTERVAL=52;COUNT=5",
        "FREQ=DAILY;BYMONTH=2;BYDAY=MO;COUNT=5",
        "FREQ=DAILY;COUNT=100000000;INTERVAL=1",
    ],
)
def test_a_rule_that_never_comes_true_costs_no_time(rule):
    began = time.monotonic()
    assert len(read(calendar(event(";TZID=America/New_York:19910305T140000", f"RRULE:{rule}"))).events) < 200
    assert time.monotonic() - began < 2


def test_reports_gone_by_are_told_of_and_series_are_not_run_through_for_them():
    content = calendar(
        event(":20251203T162000", title="Earnings"),
        event(":20250103T100000", "RRULE:FREQ=WEEKLY", title="Earnings each Friday", uid="2"),
        event(":20250903T162000", "STATUS:TENTATIVE", title="Earnings", uid="3"),
    )
    found = read(content).past_earnings
    assert [(item.date, item.time) for item in found] == [(dt.date(2025, 12, 3), dt.time(16, 20))]


def test_a_tentative_date_is_not_confirmed():
    content = calendar(event(":20260318T140000", "STATUS:TENTATIVE"), event(":20260319T140000", uid="2"))
    assert [item.confirmed for item in read(content).events] == [False, True]
