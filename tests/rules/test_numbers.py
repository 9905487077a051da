from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.formatting import FORMS, print_fact
from generator.models.analysis import Fact, Unit
from generator.rules.numbers import NAMES, parse, stray_digits, tokens

MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("text", "value", "decimals", "unit"),
    [
        ("$6.37", "6.37", 2, "$"),
        (f"{MINUS}0.4", "-0.4", 1, None),
        (f"{MINUS}$3.20", "-3.20", 2, "$"),
        ("-0.4", "-0.4", 1, None),
        ("+101,374", "101374", 0, None),
        ("2.2%", "2.2", 1, "%"),
        (f"{MINUS}3.25%", "-3.25", 2, "%"),
        (f"2.4{NO_BREAK}times", "2.4", 1, "times"),
        (f"$9.6{NO_BREAK}million", "9600000", -5, "million"),
        (f"$124{NO_BREAK}million", "124000000", -6, "million"),
        (f"\N{MINUS SIGN}$4.3{NO_BREAK}billion", "-4300000000", -8, "billion"),
        (f"4.3{NO_BREAK}points", "4.3", 1, "points"),
        ("four", "4", 0, "word"),
        ("Four", "4", 0, "word"),
        ("no", "0", 0, "word"),
        ("second", "2", 0, "word"),
        ("21st", "21", 0, "ordinal"),
        ("272", "272", 0, None),
    ],
)
def test_a_number_says_its_value_precision_and_unit(text, value, decimals, unit):
    printed = parse(text)
    assert (printed.value, printed.decimals, printed.unit) == (Decimal(value), decimals, unit)


@pytest.mark.parametrize(
    ("text", "year", "month", "day", "weekday"),
    [
        (f"29{NO_BREAK}May{NO_BREAK}2026", 2026, 5, 29, None),
        (f"Fri{NO_BREAK}29{NO_BREAK}May", None, 5, 29, 4),
        (f"Friday 22{NO_BREAK}May", None, 5, 22, 4),
        (f"Friday 22{NO_BREAK}May{NO_BREAK}2026", 2026, 5, 22, 4),
        (f"3{NO_BREAK}September", None, 9, 3, None),
        ("2026-05-29", 2026, 5, 29, None),
        ("Friday", None, None, None, 4),
    ],
)
def test_a_date_says_its_printed_parts(text, year, month, day, weekday):
    printed = parse(text)
    assert (printed.year, printed.month, printed.day, printed.weekday) == (year, month, day, weekday)


def test_a_time_says_hour_and_minute():
    assert (parse("16:00").hour, parse("16:00").minute) == (16, 0)


@pytest.mark.parametrize(
    "text", ["", "1,2", "12,34", "five hundred", "1.", "$", "--1", "1.2.3", "29 Mai", "%"]
)
def test_what_is_no_printed_number_is_an_error(text):
    with pytest.raises(ValueError, match="not a printed number"):
        parse(text)


@given(
    st.floats(-1e9, 1e9), st.integers(0, 3), st.sampled_from(["plain", "signed", "percent", "signed_percent"])
)
def test_printing_then_reading_is_within_half_a_unit_of_the_last_place(value, decimals, form):
    fact = Fact(id="x", value=value, unit=Unit.RATIO, decimals=decimals, formula="f")
    printed = parse(print_fact(fact, form))
    assert printed.decimals == decimals
    assert abs(printed.value - Decimal(repr(value))) <= Decimal(1).scaleb(-decimals) / 2


@given(st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2099, 12, 31)))  # noqa: DTZ001  printing needs no zone
def test_every_form_of_a_date_is_read_back(moment):
    fact = Fact(id="x", value=moment, unit=Unit.TIME, decimals=0, formula="f")
    for form in ("day", "date", "weekday", "weekday_name", "weekday_year", "short_day", "iso", "time"):
        said = parse(print_fact(fact, form))
        for part in ("year", "month", "day", "hour", "minute"):
            assert getattr(said, part) in {None, getattr(moment, part)}
        assert said.weekday in {None, moment.weekday()}


def test_every_form_of_print_is_one_token_of_running_text():
    number = Fact(id="x", value=21.4, unit=Unit.USD, decimals=1, formula="f")
    moment = Fact(
        id="x", value=dt.datetime(2026, 5, 29, 16, 0, tzinfo=dt.UTC), unit=Unit.TIME, decimals=0, formula="f"
    )
    wordy = {"text", "weekday_name", "cardinal", "ordinal"}
    for form in FORMS.keys() - wordy:
        fact = (
            moment
            if form in {"day", "date", "weekday", "weekday_year", "short_day", "iso", "time"}
            else number
        )
        text = print_fact(fact, form)
        found = [token.text for token in tokens(f"It says {text}, and no more.")]
        assert found == [text.replace(NO_BREAK, " ")], form


def test_tokens_come_in_order_and_ranges_are_two_numbers():
    text = (
        f"Up 2.7%, then 270.36\N{EN DASH}271.95 or 5-6, {MINUS}0.4 and 1,399 on Fri 29 May 2026 at 16:00 ET."
    )
    found = [token.text for token in tokens(text)]
    assert found == ["2.7%", "270.36", "271.95", "5", "6", f"{MINUS}0.4", "1,399", "Fri 29 May 2026", "16:00"]


@pytest.mark.parametrize("name", NAMES)
def test_a_listed_name_is_neither_stray_nor_a_token(name):
    text = f"the {name} stands here"
    assert stray_digits(text) == []
    assert list(tokens(text)) == []


@pytest.mark.parametrize(
    "text", ["a 31-day window", "Russell 20000", "1S&P 500", "x2", "\N{ARABIC-INDIC DIGIT FOUR}"]
)
def test_a_digit_that_no_name_owns_is_stray_and_located(text):
    found = stray_digits(text)
    assert found
    assert text[found[0][0]].isdigit()
