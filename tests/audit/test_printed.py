from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.audit.printed import problem
from generator.formatting import FORMS, print_fact
from generator.models.analysis import Fact, Unit

MINUS = "\N{MINUS SIGN}"


def fact(value, unit=Unit.USD, decimals=2):
    return Fact(id="x", value=value, unit=unit, decimals=decimals, formula="f")


@pytest.mark.parametrize(
    ("text", "form", "value", "unit"),
    [
        ("$6.37", "money", 6.365, Unit.USD),
        ("$6.36", "money", 6.365, Unit.USD),
        (f"{MINUS}0.4", "plain", -0.4321, Unit.USD),
        ("3,170", "magnitude", -3170, Unit.CONTRACTS),
        ("213,000", "about", 212_560, Unit.CONTRACTS),
        ("$9.6\N{NO-BREAK SPACE}million", "millions", 9_633_225.0, Unit.USD),
        ("$4.3 billion", "large_money", 4_334_640_000.0, Unit.USD),
        ("four", "cardinal", 4, Unit.COUNT),
        ("no", "cardinal", 0, Unit.COUNT),
        ("21st", "ordinal", 21, Unit.COUNT),
        ("2.4 times", "times", 2.43, Unit.RATIO),
        ("22.7%", "percent", 22.68, Unit.PERCENT),
        ("Fri 29 May", "short_day", dt.date(2026, 5, 29), Unit.DATE),
        ("Friday", "weekday_name", dt.date(2026, 5, 29), Unit.DATE),
        ("16:00", "time", dt.datetime(2026, 5, 29, 16, tzinfo=ZoneInfo("America/New_York")), Unit.TIME),
    ],
)
def test_a_text_that_says_its_fact_has_no_problem(text, form, value, unit):
    assert problem(text, form, fact(value, unit)) is None


@pytest.mark.parametrize(
    ("text", "form", "value", "unit"),
    [
        ("$6.38", "money", 6.365, Unit.USD),
        ("0.4", "plain", -0.4321, Unit.USD),
        (f"{MINUS}3,170", "magnitude", -3170, Unit.CONTRACTS),
        ("214,000", "about", 212_560, Unit.CONTRACTS),
        ("$9.7 million", "millions", 9_633_225.0, Unit.USD),
        ("$4.3 million", "large_money", 4_334_640_000.0, Unit.USD),
        ("$4.3 billion", "large_money", 4_434_640_000.0, Unit.USD),
        ("five", "cardinal", 4, Unit.COUNT),
        ("$7,739", "money", 7739, Unit.CONTRACTS),
        ("2.4%", "percent", 2.43, Unit.RATIO),
        ("2.4 times", "times", 2.43, Unit.PERCENT),
        ("Thu 29 May", "short_day", dt.date(2026, 5, 29), Unit.DATE),
        ("29 May 2025", "date", dt.date(2026, 5, 29), Unit.DATE),
        ("5 June", "day", dt.date(2026, 5, 29), Unit.DATE),
        ("29", "day", dt.date(2026, 5, 29), Unit.DATE),
        ("29 May", "day", 29.0, Unit.USD),
        ("16:15", "time", dt.datetime(2026, 5, 29, 16, tzinfo=ZoneInfo("America/New_York")), Unit.TIME),
        ("near 3", "plain", 3.0, Unit.USD),
        ("Small caps up 4%", "text", "Small caps up 3%", Unit.TEXT),
    ],
)
def test_a_text_that_says_something_else_has_a_problem(text, form, value, unit):
    assert problem(text, form, fact(value, unit))


NUMBERS = sorted(FORMS.keys() - {"text", "time", "iso"} - {form for form in FORMS if "da" in form})


@given(
    st.floats(-1e8, 1e8).filter(lambda value: abs(value) > 1e-6), st.integers(0, 2), st.sampled_from(NUMBERS)
)
def test_whatever_is_printed_from_a_value_says_it(value, decimals, form):
    unit = {
        "millions": Unit.USD,
        "large_money": Unit.USD,
        "times": Unit.RATIO,
        "points": Unit.POINTS,
    }.get(form, Unit.PERCENT if "percent" in form else Unit.USD)
    value = abs(value) if form in {"millions", "strike", "money_strike"} else value
    whole = form in {"ordinal", "cardinal"}
    known = fact(float(abs(int(value))) if whole else value, unit, 0 if whole else decimals)
    assert problem(print_fact(known, form), form, known) is None
