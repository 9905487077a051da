from __future__ import annotations

import datetime as dt

import pytest

from generator.calendar import NEW_YORK, is_session
from generator.providers.base import Ask
from generator.providers.rules import HORIZON, Rules, fourth_friday_of_june


def events(session):
    day = dt.date.fromisoformat(session)
    ask = Ask(symbol="IWM", when=dt.datetime.combine(day, dt.time(16), NEW_YORK), session=day)
    rules = Rules("", {})
    assert rules.fetch("events", ask).files == ()
    return rules.read("events", ask, {}).events


@pytest.mark.parametrize(
    "day",
    [
        "2018-06-22",
        "2019-06-28",
        "2020-06-26",
        "2021-06-25",
        "2022-06-24",
        "2023-06-23",
        "2024-06-28",
        "2025-06-27",
    ],
)
def test_russell_reconstitutions_of_the_past_fell_on_these_days(day):
    assert fourth_friday_of_june(int(day[:4])).isoformat() == day


def test_june_of_2026_has_its_three_dates_with_their_sources():
    found = {event.title: (event.date.isoformat(), event.source) for event in events("2026-05-22")}
    assert [day for day, _ in found.values()] == ["2026-06-18", "2026-06-26", "2026-06-30"]
    assert all(source.startswith("rule: ") for _, source in found.values())
    rebalance = found["Quarterly rebalance of the S&P indices, after the close"]
    assert rebalance[0] == "2026-06-18"  # the third Friday is Juneteenth


def test_dates_run_over_the_end_of_a_year():
    assert [event.date.isoformat() for event in events("2025-12-01")] == ["2025-12-19", "2025-12-31"]
    assert [event.date.isoformat() for event in events("2026-01-30")] == ["2026-03-20", "2026-03-31"]


def test_today_is_not_ahead():
    assert all(event.date > dt.date(2026, 6, 26) for event in events("2026-06-26"))


@pytest.mark.parametrize("year", range(2000, 2036))
def test_every_date_is_a_session_within_the_horizon_and_in_order(year):
    for month in (1, 3, 6, 9, 12):
        session = dt.date(year, month, 4)
        found = events(session.isoformat())
        assert [event.date for event in found] == sorted(event.date for event in found)
        assert all(is_session(event.date) and event.date - session <= HORIZON for event in found)
        assert len(set(found)) == len(found)
