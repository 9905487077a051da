from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from generator.models.analysis import Fact, TermPoint, Unit
from generator.narrative.stretches import dearest_stretch


@dataclasses.dataclass(frozen=True)
class Board:
    """As much of an analysis as a stretch is read from."""

    terms: tuple[TermPoint, ...]

    @property
    def volatility(self):
        return self


def number(value):
    return Fact(id="x", value=value, unit=Unit.PERCENT, decimals=1, formula="=1")


def term(sessions, volatility, *, forward=20.0):
    days = sessions * 1.4
    day = dt.date(2026, 8, 21) + dt.timedelta(days=round(days))
    empty = dict.fromkeys(
        ("per_session", "straddle", "straddle_percent", "straddle_85", "one_sigma", "one_sigma_percent")
    )
    return TermPoint(
        expiration=Fact(id="d", value=day, unit=Unit.DATE, decimals=0, formula="calendar date"),
        minutes=number(days * 1440),
        sessions=number(sessions),
        forward=number(100.0),
        atm_volatility=None if volatility is None else number(volatility),
        upper=None,
        lower=None,
        forward_volatility=number(forward),
        **empty,
    )


def stretch(*terms):
    return dearest_stretch(Board(terms))


def test_the_week_of_a_dated_event_is_the_dearest():
    found = stretch(
        term(1, 22.0), term(5, 55.0, forward=60.0), term(10, 46.0), term(15, 42.0), term(40, 38.0)
    )
    assert (found.start.sessions.number, found.end.sessions.number) == (1, 5)
    assert found.times_usual > 1.3


def test_an_even_board_has_no_days_far_above_the_rest():
    found = stretch(term(5, 20.0), term(10, 20.0), term(15, 20.0), term(20, 20.0))
    assert found.times_usual == pytest.approx(1.0)


def test_an_expiration_under_five_sessions_away_is_no_stretch():
    assert stretch(term(1, 10.0), term(2, 90.0), term(3, 90.0)) is None


def test_a_weekend_alone_is_not_dear():
    friday, monday = term(5, 20.0), term(6, 20.0)
    minutes = number(friday.minutes.number + 3 * 1440)
    weekend = dataclasses.replace(monday, minutes=minutes, forward_volatility=number(20.1))
    found = stretch(friday, weekend, term(10, 20.0), term(15, 20.0), term(20, 20.0))
    assert found.times_usual == pytest.approx(1.0, abs=0.02)


def test_total_variance_that_falls_is_left_out():
    found = stretch(term(5, 60.0), term(10, 20.0), term(15, 25.0), term(20, 25.0))
    assert found.end.sessions.number != 10


def test_nothing_is_said_beyond_three_months():
    found = stretch(term(5, 20.0), term(10, 20.0), term(15, 20.0), term(200, 80.0))
    assert found.end.sessions.number <= 65


def test_without_volatilities_there_is_no_stretch():
    assert stretch(term(5, None), term(10, None)) is None
    assert stretch() is None


def test_a_stretch_within_its_error_bar_of_another_is_not_told_as_the_dearest():
    clear = [term(5, 20.0), term(10, 20.0), term(11, 20.6, forward=26.0), term(20, 20.5)]
    vague = [dataclasses.replace(each, atm_error=number(0.6)) for each in clear]
    assert stretch(*clear).end.sessions.number == 11
    assert stretch(*vague) is None
