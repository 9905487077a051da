from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import TextError
from generator.formatting import FORMS, print_fact
from generator.models.analysis import Fact, Unit
from generator.rules.numbers import parse

NEW_YORK = dt.timezone(dt.timedelta(hours=-4))


def fact(value, unit=Unit.USD, decimals=2):
    return Fact(id="x", value=value, unit=unit, decimals=decimals, formula="=value(close)")


@pytest.mark.parametrize(
    ("value", "decimals", "form", "text"),
    [
        (285.12, 2, "plain", "285.12"),
        (223536, 0, "plain", "223,536"),
        (-1399, 0, "signed", "−1,399"),
        (101374, 0, "signed", "+101,374"),
        (0.0, 0, "signed", "0"),
        (212560, 0, "about", "213,000"),
        (6.37, 2, "money", "$6.37"),
        (-6.37, 2, "money", "−$6.37"),
        (262.5, 2, "strike", "262.5"),
        (7600.0, 2, "strike", "7,600"),
        (272.0, 2, "money_strike", "$272"),
        (9_610_000.0, 0, "millions", "$9.6\N{NO-BREAK SPACE}million"),
        (-120_000.0, 0, "millions", "−$0.1\N{NO-BREAK SPACE}million"),
        (4_334_640_000.0, 0, "large_money", "$4.3\N{NO-BREAK SPACE}billion"),
        (-776_810_000.0, 0, "large_money", "−$777\N{NO-BREAK SPACE}million"),
        (112_700_330_000.0, 0, "large_money", "$113\N{NO-BREAK SPACE}billion"),
        (-1.5, 2, "money_strike", "−$1.5"),
        (2.43, 2, "times", "2.4\N{NO-BREAK SPACE}times"),
        (-0.004, 2, "signed_percent", "0.00%"),
        (2.5, 0, "plain", "2"),
        (3.5, 0, "plain", "4"),
        (0.125, 2, "plain", "0.12"),
        (4, 0, "cardinal", "four"),
        (27, 0, "cardinal", "27"),
        (21, 0, "ordinal", "21st"),
        (12, 0, "ordinal", "twelfth"),
        (113, 0, "ordinal", "113th"),
    ],
)
def test_a_value_prints_from_its_raw_form_half_to_even(value, decimals, form, text):
    assert print_fact(fact(value, decimals=decimals), form) == text


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("day", "29 May"),
        ("date", "29 May 2026"),
        ("weekday", "Friday 29 May"),
        ("weekday_year", "Friday 29 May 2026"),
        ("short_day", "Fri 29 May"),
        ("weekday_name", "Friday"),
        ("iso", "2026-05-29"),
    ],
)
def test_a_date_prints_in_each_form(form, text):
    printed = print_fact(fact(dt.date(2026, 5, 29), Unit.DATE, 0), form)
    assert printed.replace("\N{NO-BREAK SPACE}", " ") == text


def test_an_instant_prints_its_time_and_its_day():
    instant = fact(dt.datetime(2026, 5, 22, 16, 0, tzinfo=NEW_YORK), Unit.TIME, 0)
    assert print_fact(instant, "time") == "16:00"
    assert print_fact(instant, "iso") == "2026-05-22"


def test_an_index_level_carries_no_dollar_sign():
    assert print_fact(fact(63.7, Unit.POINTS), "money") == "63.70\N{NO-BREAK SPACE}points"
    assert print_fact(fact(7600.0, Unit.POINTS), "money_strike") == "7,600"


@pytest.mark.parametrize("form", ["day", "time", "iso"])
def test_a_form_for_dates_refuses_a_number(form):
    with pytest.raises(TextError, match="x is usd, not a"):
        print_fact(fact(3.0), form)


def test_a_form_for_numbers_refuses_a_date():
    with pytest.raises(TextError, match="form 'percent' does not fit x"):
        print_fact(fact(dt.date(2026, 5, 29), Unit.DATE), "percent")


def test_an_unknown_form_is_named_with_the_known_ones():
    with pytest.raises(TextError, match="no form called 'shiny' for x; there are plain, signed"):
        print_fact(fact(3.0), "shiny")


EXACT = ("plain", "signed", "money", "percent", "signed_percent")


@given(value=st.floats(-1e7, 1e7), decimals=st.integers(0, 4), form=st.sampled_from(EXACT))
def test_what_is_printed_reads_back_within_half_a_digit(value, decimals, form):
    read = parse(print_fact(fact(value, decimals=decimals), form))
    assert abs(read.value - Decimal(repr(value))) <= Decimal(1).scaleb(-decimals) / 2


@given(value=st.floats(1, 1e9))
def test_three_significant_digits_read_back_within_half_of_the_third(value):
    read = parse(print_fact(fact(value, decimals=0), "about"))
    assert abs(float(read.value) - value) <= max(0.5, value * 0.005)


@given(day=st.dates(dt.date(2000, 1, 1), dt.date(2035, 12, 31)))
def test_every_date_reads_back(day):
    read = parse(print_fact(fact(day, Unit.DATE), "weekday_year"))
    assert (read.year, read.month, read.day, read.weekday) == (day.year, day.month, day.day, day.weekday())


def test_every_form_is_tried_by_this_module():
    numbers = {
        "plain",
        "signed",
        "magnitude",
        "about",
        "money",
        "strike",
        "money_strike",
        "millions",
        "large_money",
        "percent",
        "percent_magnitude",
        "signed_percent",
        "money_size",
        "millions_size",
        "points",
        "times",
        "cardinal",
        "ordinal",
    }
    dates = {"day", "date", "weekday", "weekday_name", "weekday_year", "short_day", "iso", "time"}
    assert set(FORMS) == numbers | dates | {"text"}
