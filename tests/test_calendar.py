from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import warnings
import zoneinfo
from decimal import Decimal

import exchange_calendars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import calendar
from generator.errors import DataError

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2040, 12, 31))


@pytest.fixture(scope="module")
def exchange():
    with warnings.catch_warnings(action="ignore"):  # it uses what its pandas deprecates
        return exchange_calendars.get_calendar("XNYS", start="2000-01-01")


def days(first, last):
    return [first + dt.timedelta(days=i) for i in range((last - first).days + 1)]


def test_every_session_since_2000_is_one_of_exchange_calendars(exchange):
    theirs = {session.date() for session in exchange.sessions}
    wrong = [
        day for day in days(dt.date(2000, 1, 1), max(theirs)) if calendar.is_session(day) != (day in theirs)
    ]
    assert wrong == []


def test_every_close_since_2000_is_that_of_exchange_calendars(exchange):
    wrong = [
        (session.date(), close)
        for session, close in exchange.schedule["close"].items()
        if calendar.session_close(session.date()) != close.to_pydatetime()
    ]
    assert wrong == []


def rows(shared, kind):
    table = json.loads((shared / "reference" / "expiry_calendar.json").read_text())
    found = [row for row in table["rows"] if row["kind"] == kind]
    assert found
    return found


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.recorded
def test_monthly_rows_of_the_vectors_agree(shared):
    for row in rows(shared, "monthly"):
        found = calendar.monthly_expiration(row["year"], row["month"])
        assert found == day(row["expiration"])
        assert calendar.is_monthly(found)
        assert calendar.last_trading_day(found, "pm") == day(row["last_trading_day_pm"])
        assert calendar.last_trading_day(found, "am") == day(row["am_settled_index_last_trading_day"])
        assert calendar.expiry_instant(found, "am").date() == day(row["am_settlement_determined_on"])
        reason = calendar.closed_reason(day(row["third_friday"]))
        assert reason == row["third_friday_is_holiday"]


@pytest.mark.recorded
def test_weekly_rows_of_the_vectors_agree(shared):
    for row in rows(shared, "weekly_friday"):
        found = calendar.weekly_expiration(day(row["nominal_friday"]))
        assert found == day(row["expiration"])
        assert calendar.friday_week(found)
        assert f"{calendar.session_close(found):%H:%M}" == row["close_et"]


@pytest.mark.recorded
def test_session_rows_of_the_vectors_agree(shared):
    for row in rows(shared, "session"):
        when = day(row["date"])
        assert calendar.is_session(when) == row["open"]
        if not row["open"]:
            assert calendar.closed_reason(when)
            continue
        assert f"{calendar.session_open(when).astimezone(dt.UTC):%H:%M}" == row["open_utc"]
        assert f"{calendar.session_close(when):%H:%M}" == row["close_et"]
        assert f"{calendar.session_close(when).astimezone(dt.UTC):%H:%M}" == row["close_utc"]


@pytest.mark.recorded
def test_time_rows_of_the_vectors_agree(shared):
    for row in rows(shared, "time_to_expiry"):
        now, expiry = (dt.datetime.fromisoformat(row[key]) for key in ("now_et", "expiry_et"))
        settlement = "am" if expiry.time() == dt.time(9, 30) else "pm"
        instant = calendar.expiry_instant(expiry.date(), settlement)
        assert instant.replace(tzinfo=None) == expiry
        assert calendar.minutes_to(now, instant) == row["minutes"]
        assert (calendar.minutes_to(now, instant) > 0) == row["valid"]


@pytest.mark.recorded
def test_clock_rows_of_the_vectors_agree(shared):
    for row in rows(shared, "utc_to_et"):
        local = calendar.to_new_york(dt.datetime.fromisoformat(row["utc"]))
        assert f"{local:%Y-%m-%dT%H:%M:%S%z}" == row["et"]
        assert local.date() == day(row["et_date"])


@pytest.mark.recorded
def test_symbol_vectors_parse_and_come_back(shared):
    table = json.loads((shared / "reference" / "osi_symbols.json").read_text())
    for row in (row for row in table["rows"] if row["case"] == "valid"):
        symbol = calendar.parse_osi(row["osi"])
        assert symbol == calendar.parse_osi(row["osi_compact"]) == calendar.parse_short(row["short"])
        assert (symbol.root, symbol.expiration) == (row["root"], day(row["expiration"]))
        assert (symbol.right[0].upper(), symbol.strike) == (row["type"], Decimal(row["strike"]))
        assert (symbol.adjusted, symbol.flex) == (
            row["adjusted_root_suspected"],
            row["flex_root_suspected"],
        )
        assert (symbol.osi, symbol.compact, symbol.short) == (row["osi"], row["osi_compact"], row["short"])


@pytest.mark.recorded
def test_malformed_symbol_vectors_are_refused(shared):
    table = json.loads((shared / "reference" / "osi_symbols.json").read_text())
    for row in (row for row in table["rows"] if row["case"] == "invalid"):
        for parse in (calendar.parse_osi, calendar.parse_short):
            with pytest.raises(DataError):
                parse(row["input"])


@pytest.mark.parametrize("text", ["IWM   251212C00255000\n", "IWM   251212C00000000", "IWM20251212C000"])
def test_symbols_with_a_stray_newline_or_no_strike_are_refused(text):
    for parse in (calendar.parse_osi, calendar.parse_short):
        with pytest.raises(DataError):
            parse(text)


@given(
    st.from_regex(r"[A-Z]{1,5}[A-Z1-9]", fullmatch=True),
    st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)),
    st.sampled_from(["call", "put"]),
    st.integers(1, 99_999_999),
)
def test_any_series_survives_every_notation(root, expiration, right, thousandths):
    symbol = calendar.OptionSymbol(root, expiration, right, Decimal(thousandths) / 1000)
    assert len(symbol.osi) == 21
    assert calendar.parse_osi(symbol.osi) == calendar.parse_osi(symbol.compact) == symbol
    assert calendar.parse_short(symbol.short) == symbol


@given(DAYS)
def test_sessions_before_and_after_any_day_are_each_others_neighbours(when):
    before, after = calendar.previous_session(when), calendar.next_session(when)
    assert before < when < after
    assert after - before <= dt.timedelta(days=8)
    if calendar.is_session(when):
        assert calendar.next_session(before) == when == calendar.previous_session(after)
        assert calendar.sessions_between(before, after) == (when, after)


@given(DAYS)
def test_every_week_and_month_has_one_expiration_in_it(when):
    weekly = calendar.weekly_expiration(when)
    assert weekly.isocalendar()[:2] == when.isocalendar()[:2]
    assert calendar.is_session(weekly)
    assert calendar.friday_week(weekly)
    monthly = calendar.monthly_expiration(when.year, when.month)
    assert 14 <= monthly.day <= 21
    assert calendar.friday_week(monthly)


def test_monthly_and_weekly_expirations_of_a_span_are_ascending_and_complete():
    start, end = dt.date(2026, 6, 1), dt.date(2026, 7, 17)
    assert calendar.monthly_expirations(start, end) == (dt.date(2026, 6, 18), dt.date(2026, 7, 17))
    weekly = calendar.weekly_expirations(start, end)
    assert [day.isoformat() for day in weekly] == [
        "2026-06-05",
        "2026-06-12",
        "2026-06-18",
        "2026-06-26",
        "2026-07-02",
        "2026-07-10",
        "2026-07-17",
    ]


def test_a_wednesday_or_a_thursday_before_a_working_friday_does_not_close_its_week():
    assert not calendar.friday_week(dt.date(2026, 5, 27))
    assert not calendar.friday_week(dt.date(2026, 5, 28))


@pytest.mark.parametrize(
    ("instant", "session"),
    [
        ("2026-05-22T16:00", "2026-05-22"),
        ("2026-05-22T09:30", "2026-05-22"),
        ("2026-05-22T09:29", "2026-05-21"),
        ("2026-05-25T12:00", "2026-05-22"),
        ("2026-05-24T12:00", "2026-05-22"),
        ("2026-07-10T05:47+00:00", "2026-07-09"),
    ],
)
def test_the_session_of_an_instant_begins_at_the_open(instant, session):
    assert calendar.session_at(dt.datetime.fromisoformat(instant)) == day(session)


@pytest.mark.parametrize(
    ("friday", "hours"),
    [("2026-03-06", 71), ("2026-10-30", 73), ("2026-05-22", 72)],
    ids=["spring", "autumn", "plain"],
)
def test_a_weekend_that_changes_the_clock_is_an_hour_shorter_or_longer(friday, hours):
    start = dt.datetime.combine(day(friday), dt.time(16), calendar.NEW_YORK)
    end = dt.datetime.combine(day(friday) + dt.timedelta(days=3), dt.time(16), calendar.NEW_YORK)
    assert calendar.minutes_to(start, end) == 60 * hours


@pytest.mark.parametrize(
    ("utc", "local"),
    [("2026-07-10T01:50", "2026-07-09T21:50"), ("2026-01-10T04:59", "2026-01-09T23:59")],
    ids=["summer", "winter"],
)
def test_an_evening_in_new_york_has_not_the_date_of_utc(utc, local):
    found = calendar.to_new_york(dt.datetime.fromisoformat(f"{utc}+00:00"))
    assert found.replace(tzinfo=None) == dt.datetime.fromisoformat(local)


def test_a_closed_day_has_neither_open_nor_close():
    for ask in (calendar.session_open, calendar.session_close):
        with pytest.raises(ValueError, match="Memorial Day"):
            ask(dt.date(2026, 5, 25))


def test_a_saturday_expiration_settles_on_the_friday():
    assert calendar.expiry_instant(dt.date(2014, 6, 21), "pm").date() == dt.date(2014, 6, 20)


def test_the_zone_is_that_of_new_york():
    assert zoneinfo.ZoneInfo("America/New_York") == calendar.NEW_YORK


def test_importing_the_calendar_loads_no_heavy_library():
    code = "import sys, generator.calendar; print({'numpy', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
