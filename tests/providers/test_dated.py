from __future__ import annotations

import datetime as dt

import pytest

from generator.errors import DataError
from generator.models.market import Dividend, Event, RatePoint
from generator.providers import gather
from tests.builders import SESSION, SYMBOL, write_csv_folder


@pytest.fixture
def folder(tmp_path):
    return write_csv_folder(tmp_path, sessions=1)


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def market(folder):
    return gather(SYMBOL, f"csv:{folder}", SESSION)[0]


def reasons(snapshot, what):
    return [gap.reason for gap in snapshot.gaps if gap.what == what]


def test_the_latest_curve_known_in_the_session_is_taken(folder):
    rows = "2026-03-09,30,0.03\n2026-03-10,365,0.035\n2026-03-10,30,0.036\n2026-03-12,30,0.9\n"
    write(folder, "rates/curve.csv", "date,days,rate\n" + rows)
    snapshot = market(folder)
    assert snapshot.rates == (RatePoint(days=30, rate=0.036), RatePoint(days=365, rate=0.035))
    assert reasons(snapshot, "rates") == []


def test_a_curve_from_later_on_is_a_gap(folder):
    write(folder, "rates/curve.csv", "date,days,rate\n2026-03-12,30,0.03\n")
    assert reasons(market(folder), "rates") == ["no curve up to 2026-03-11 in rates/"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2026-03-10,30,4.25", "row 2, column rate: wanted a fraction such as 0.04, found 4.25"),
        ("2026-03-10,30,", "row 2, column rate: wanted a fraction such as 0.04, found nan"),
        ("2026-03-10,0,0.04", "row 2, column days: wanted whole days above 0, found 0.0"),
        ("2026-03-10,1.5,0.04", "row 2, column days"),
        ("March,30,0.04", "row 2, column date: wanted a date, found 'March'"),
    ],
)
def test_a_bad_rate_is_named(folder, row, problem):
    write(folder, "rates/curve.csv", f"date,days,rate\n{row}\n")
    with pytest.raises(DataError, match=problem):
        market(folder)


def test_dividends_ahead_are_taken_from_the_symbols_file(folder):
    rows = ["2026-03-11,0.4,yes,Company", "2026-06-15,0.5,no,Estimate", "2026-03-20,0.4,TRUE,"]
    text = "\n".join(["ex_date,amount,confirmed,source", *rows, ""])
    write(folder, f"dividends/{SYMBOL}.csv", text)
    write(folder, "dividends/WXYZ_dividends.csv", text)
    assert market(folder).dividends == (
        Dividend(ex_date=dt.date(2026, 3, 20), amount=0.4, confirmed=True, source=f"{SYMBOL}.csv"),
        Dividend(ex_date=dt.date(2026, 6, 15), amount=0.5, confirmed=False, source="Estimate"),
    )


def test_dividends_gone_ex_by_the_session_are_told_apart(folder):
    rows = ["2025-12-12,0.39", "2026-03-11,0.4", "2026-03-20,0.41"]
    write(folder, f"dividends/{SYMBOL}.csv", "\n".join(["ex_date,amount", *rows, ""]))
    found = market(folder)
    assert [item.amount for item in found.paid] == [0.39, 0.4]
    assert [item.amount for item in found.dividends] == [0.41]


def test_a_folder_with_only_dividends_gone_by_has_a_gap_and_still_tells_them(folder):
    write(folder, f"dividends/{SYMBOL}.csv", "ex_date,amount\n2025-12-12,0.39\n")
    found = market(folder)
    assert [item.amount for item in found.paid] == [0.39]
    assert reasons(found, "dividends") == ["none of ABCD after 2026-03-11 in dividends/"]


def test_a_file_for_many_symbols_needs_a_symbol_column(folder):
    write(folder, "dividends/all.csv", "symbol,ex_date,amount\nWXYZ,2026-03-20,9\nABCD,2026-03-21,0.4\n")
    (found,) = market(folder).dividends
    assert (found.amount, found.confirmed) == (0.4, False)
    write(folder, "dividends/all.csv", "ex_date,amount\n2026-03-20,9\n")
    assert reasons(market(folder), "dividends") == ["none of ABCD after 2026-03-11 in dividends/"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [("2026-03-20,-1,no,x", "amount above 0"), ("2026-03-20,1,maybe,x", "yes or no"), ("x,1,no,x", "a date")],
)
def test_a_bad_dividend_is_named(folder, row, problem):
    write(folder, f"dividends/{SYMBOL}.csv", f"ex_date,amount,confirmed,source\n{row}\n")
    with pytest.raises(DataError, match=rf"row 2, column .*: wanted .*{problem}"):
        market(folder)


def test_events_ahead_are_sorted_and_todays_count_only_with_a_time_to_come(folder):
    rows = [
        "2026-03-18,Rate decision,Demo calendar,14:00",
        "2026-03-12,Report,Demo calendar,08:30",
        "2026-03-11,Gone,Demo calendar,14:00",
        "2026-03-11,Unclear,Demo calendar,",
        "2026-03-11,After the close,Demo calendar,16:30",
        "2026-03-10,Past,Demo calendar,",
    ]
    write(folder, "events/calendar.csv", "date,title,source,time\n" + "\n".join(rows) + "\n")
    assert [event.title for event in market(folder).events] == ["After the close", "Report", "Rate decision"]


def test_events_of_another_symbol_of_the_folder_are_not_ours(folder):
    other = folder / "chains" / f"WXYZ_{SESSION}.csv"
    other.write_text("x")
    text = "date,title\n2026-03-18,{}\n"
    write(folder, "events/WXYZ_earnings.csv", text.format("Theirs"))
    write(folder, f"events/{SYMBOL}_earnings.csv", text.format("Ours"))
    write(folder, "events/world.csv", text.format("Everybody's"))
    write(folder, "events/rows.csv", "symbol,date,title\nWXYZ,2026-03-18,No\nABCD,2026-03-18,Yes\n")
    assert [event.title for event in market(folder).events] == ["Everybody's", "Ours", "Yes"]


CALENDAR = """BEGIN:VCALENDAR
X-WR-CALNAME:Demo calendar
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260318
SUMMARY:All day\\, long and f
 olded
END:VEVENT
BEGIN:VEVENT
DTSTART:20260319T123000Z
SUMMARY:Report
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20260320T140000
SUMMARY:Speech
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=America/New_York:20260324T140000
DESCRIPTION:no summary
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_file_gives_events_in_new_york_time(folder):
    write(folder, "events/world.ics", CALENDAR.replace("\n", "\r\n"))
    assert market(folder).events == (
        Event(date=dt.date(2026, 3, 18), title="All day, long and folded", source="Demo calendar"),
        Event(date=dt.date(2026, 3, 19), title="Report", source="Demo calendar", time=dt.time(8, 30)),
        Event(date=dt.date(2026, 3, 20), title="Speech", source="Demo calendar", time=dt.time(9, 0)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "nothing",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:soonT\nSUMMARY:x\nEND:VEVENT",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261399\nSUMMARY:x\nEND:VEVENT",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=Mars/Base:20260320T140000\nSUMMARY:x\nEND:VEVENT",
    ],
)
def test_a_calendar_file_that_is_none_is_named(folder, text):
    write(folder, "events/world.ics", text)
    with pytest.raises(DataError, match=r"events/world\.ics: wanted"):
        market(folder)


@pytest.mark.parametrize(
    ("row", "problem"), [("2026-03-18,,x,", "a title"), ("2026-03-18,x,x,25:00", "a time")]
)
def test_a_bad_event_is_named(folder, row, problem):
    write(folder, "events/x.csv", f"date,title,source,time\n{row}\n")
    with pytest.raises(DataError, match=f"row 2, column .*: wanted {problem}"):
        market(folder)


def test_a_date_may_be_said_to_be_expected_only(folder):
    rows = ["2026-03-18,Earnings,yes", "2026-03-19,Speech,no", "2026-03-20,Report,"]
    write(folder, "events/x.csv", "date,title,confirmed\n" + "\n".join(rows) + "\n")
    assert [event.confirmed for event in market(folder).events] == [True, False, True]
    write(folder, "events/x.csv", "date,title,confirmed\n2026-03-18,Earnings,perhaps\n")
    with pytest.raises(DataError, match="column confirmed: wanted yes or no"):
        market(folder)


def test_a_calendar_s_status_says_what_is_tentative_and_what_is_off(folder):
    text = CALENDAR.replace("SUMMARY:Report", "SUMMARY:Report\nSTATUS:TENTATIVE")
    text = text.replace("SUMMARY:Speech", "SUMMARY:Speech\nSTATUS:CANCELLED")
    write(folder, "events/world.ics", text)
    told = {event.title: event.confirmed for event in market(folder).events}
    assert told == {"All day, long and folded": True, "Report": False}


def test_reports_gone_by_are_kept_oldest_first_each_day_once(folder):
    rows = [
        "2026-03-18,Earnings,,yes",
        "2026-03-11,Earnings,,yes",  # of today without a time: it may be to come
        "2026-03-11,Q4 results,07:00,yes",
        "2025-12-03,Earnings,16:20,yes",
        "2025-12-03,Third-quarter earnings,16:20,yes",
        "2025-09-03,Earnings,16:20,no",
        "2025-09-02,Rate decision,14:00,yes",
        "2022-09-02,Earnings,14:00,yes",
    ]
    write(folder, "events/x.csv", "date,title,time,confirmed\n" + "\n".join(rows) + "\n")
    past = market(folder).past_earnings
    assert [event.date for event in past] == [dt.date(2025, 12, 3), dt.date(2026, 3, 11)]
    assert [event.date for event in market(folder).events] == [dt.date(2026, 3, 18)]


def test_a_file_of_reports_gone_by_alone_is_kept_for_the_archive(folder):
    write(folder, "events/x.csv", "date,title,time\n2025-12-03,Earnings,16:20\n")
    found = market(folder)
    assert [file.name for file in found.raw if file.name.startswith("events/")] == ["events/x.csv"]
    assert [gap.what for gap in found.gaps if gap.what == "events"] == ["events"]
