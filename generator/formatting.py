"""
How facts are printed: one function a form, all rounding from the raw value, half to even.

A form is a name ("money", "percent", "weekday"); `print_fact` applies it. Two forms of
one fact never disagree, since none starts from another's text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

from generator.errors import TextError
from generator.models.analysis import Fact, Unit

MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
CARDINALS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
ORDINALS = (
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def rounded(value: float, decimals: int) -> Decimal:
    """Return *value* at *decimals* places, half to even on its shortest decimal form."""
    quantum = Decimal(1).scaleb(-decimals)
    result = Decimal(repr(float(value))).quantize(quantum, rounding=ROUND_HALF_EVEN)
    return abs(result) if result == 0 else result


def grouped(value: float, decimals: int) -> str:
    """Return "1,234.50"; a negative number with a true minus sign."""
    number = rounded(value, max(decimals, 0))
    if decimals < 0:
        number = rounded(float(rounded(value, decimals)), 0)
    return f"{MINUS if number < 0 else ''}{abs(number):,}"


def shortest(value: float) -> str:
    """Return a strike as the exchange lists it: 272, 262.5, 12.125."""
    number = rounded(value, 3).normalize()
    return f"{MINUS if number < 0 else ''}{abs(number):,f}"


def _signed(value: float, decimals: int) -> str:
    number = rounded(value, decimals)
    return grouped(value, decimals) if number <= 0 else f"+{grouped(value, decimals)}"


def _significant(value: float, digits: int = 3) -> int:
    """Return how many decimals (negative: powers of ten) keep *digits* significant."""
    if value == 0:
        return 0
    return digits - 1 - Decimal(repr(abs(float(value)))).adjusted()


def _plain(fact: Fact) -> str:
    return grouped(fact.number, fact.decimals)


def _money(fact: Fact) -> str:
    if fact.unit is Unit.POINTS:
        return f"{_plain(fact)}{NO_BREAK}points"
    return _dollars(_plain(fact))


def _dollars(text: str) -> str:
    """Put the dollar sign after a minus sign, before anything else."""
    return f"{MINUS}${text[1:]}" if text.startswith(MINUS) else f"${text}"


def _sized(fact: Fact) -> Fact:
    return replace(fact, value=abs(fact.number))


def _money_strike(fact: Fact) -> str:
    return shortest(fact.number) if fact.unit is Unit.POINTS else _dollars(shortest(fact.number))


def _magnitude(fact: Fact) -> str:
    return grouped(abs(fact.number), fact.decimals)


def _about(fact: Fact) -> str:
    decimals = min(_significant(fact.number), 0)
    return grouped(fact.number, decimals)


def _millions(fact: Fact) -> str:
    value = fact.number / 1e6
    return f"{_dollars(grouped(value, 1 if abs(value) < 100 else 0))}{NO_BREAK}million"


def _large(fact: Fact) -> str:
    """Return millions up to a thousand of them, then billions."""
    value = fact.number / 1e9
    if abs(value) < 1:
        return _millions(fact)
    return f"{_dollars(grouped(value, 1 if abs(value) < 100 else 0))}{NO_BREAK}billion"


def _times(fact: Fact) -> str:
    return f"{grouped(fact.number, 1)}{NO_BREAK}times"


def _cardinal(fact: Fact) -> str:
    value = fact.number
    small = value == int(value) and 0 <= value < len(CARDINALS)
    return CARDINALS[int(value)] if small else _plain(fact)


def _ordinal(fact: Fact) -> str:
    value = int(fact.number)
    if 0 <= value < len(ORDINALS):
        return ORDINALS[value]
    suffix = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value:,}{suffix}"


def _day_of(fact: Fact) -> dt.date:
    value = fact.value
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    raise TextError(f"{fact.id} is {fact.unit}, not a date: choose a form for numbers")


def _day(fact: Fact) -> str:
    day = _day_of(fact)
    return f"{day.day}{NO_BREAK}{MONTHS[day.month - 1]}"


def _date(fact: Fact) -> str:
    return f"{_day(fact)}{NO_BREAK}{_day_of(fact).year}"


def _weekday(fact: Fact) -> str:
    return f"{WEEKDAYS[_day_of(fact).weekday()]} {_day(fact)}"


def _weekday_name(fact: Fact) -> str:
    return WEEKDAYS[_day_of(fact).weekday()]


def _weekday_year(fact: Fact) -> str:
    return f"{WEEKDAYS[_day_of(fact).weekday()]} {_date(fact)}"


def _short_day(fact: Fact) -> str:
    day = _day_of(fact)
    return f"{WEEKDAYS[day.weekday()][:3]}{NO_BREAK}{day.day}{NO_BREAK}{MONTHS[day.month - 1][:3]}"


def _iso(fact: Fact) -> str:
    return _day_of(fact).isoformat()


def _time(fact: Fact) -> str:
    if not isinstance(fact.value, dt.datetime):
        raise TextError(f"{fact.id} is {fact.unit}, not a time")
    return f"{fact.value:%H:%M}"


#: name of a form -> how it prints a fact
FORMS: Mapping[str, Callable[[Fact], str]] = {
    "plain": _plain,  # 285.12   223,536
    "signed": lambda f: _signed(f.number, f.decimals),  # +101,374
    "magnitude": _magnitude,  # the size without the sign: 1,399
    "about": _about,  # three significant digits: 213,000
    "money": _money,  # $6.37   63.70 points
    "money_size": lambda f: _money(_sized(f)),  # without the sign
    "strike": lambda f: shortest(f.number),  # 272   262.5
    "money_strike": _money_strike,  # $272
    "millions": _millions,  # $9.6 million
    "millions_size": lambda f: _millions(_sized(f)),
    "large_money": _large,  # $4.3 billion
    "percent": lambda f: f"{_plain(f)}%",
    "percent_magnitude": lambda f: f"{_magnitude(f)}%",
    "signed_percent": lambda f: f"{_signed(f.number, f.decimals)}%",
    "points": lambda f: f"{_plain(f)}{NO_BREAK}points",
    "times": _times,  # 2.4 times
    "cardinal": _cardinal,  # four   27
    "ordinal": _ordinal,  # second   21st
    "text": lambda f: str(f.value),
    "day": _day,  # 29 May
    "date": _date,  # 29 May 2026
    "weekday": _weekday,  # Friday 29 May
    "weekday_name": _weekday_name,  # Friday
    "weekday_year": _weekday_year,  # Friday 29 May 2026
    "short_day": _short_day,  # Fri 29 May
    "iso": _iso,  # 2026-05-29
    "time": _time,  # 16:00
}


def print_fact(fact: Fact, form: str) -> str:
    """Return *fact* in *form*; `TextError` for a form that does not exist or fit."""
    writer = FORMS.get(form)
    if writer is None:
        raise TextError(f"no form called {form!r} for {fact.id}; there are {', '.join(FORMS)}")
    try:
        return writer(fact)
    except TypeError as error:
        raise TextError(f"form {form!r} does not fit {fact.id}: {error}") from error
