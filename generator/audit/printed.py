"""Whether a printed text says its fact's value, by the audit's own reading of numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from generator.audit.twin import folded
from generator.models.analysis import Fact, Unit
from generator.rules.numbers import Printed, parse

#: forms that print the size and leave the sign to the words around it
UNSIGNED = frozenset({"magnitude", "percent_magnitude", "money_size", "millions_size"})
#: forms that print at most three significant digits of a large number
ROUGH = frozenset({"about"})
#: printed unit -> units of fact that may carry it
FITS: Mapping[str, frozenset[Unit]] = {
    "$": frozenset({Unit.USD}),
    "million": frozenset({Unit.USD}),
    "billion": frozenset({Unit.USD}),
    "%": frozenset({Unit.PERCENT}),
    "points": frozenset({Unit.POINTS, Unit.VOLATILITY_POINTS, Unit.PERCENT}),
    "times": frozenset({Unit.RATIO}),
}
_SLACK = Decimal("1e-9")  # of half a unit: a tie rounds either way


def problem(text: str, form: str, fact: Fact) -> str | None:
    """Return why *text* does not say *fact*, or None."""
    if fact.unit is Unit.TEXT:
        same = folded(text) == folded(_printable(str(fact.value)))
        return None if same else f"{text!r} is not the text of {fact.id}, {fact.value!r}"
    try:
        printed = parse(text)
    except ValueError as error:
        return f"{fact.id}: {error}"
    if isinstance(fact.value, (dt.date, dt.datetime)):
        return _date_problem(text, printed, fact.id, fact.value)
    return _number_problem(text, printed, form, fact)


def _printable(text: str) -> str:
    """Drop what no document may hold: control characters and the private marks."""
    return "".join(c if c.isprintable() or c.isspace() else "" for c in text)


def _number_problem(text: str, printed: Printed, form: str, fact: Fact) -> str | None:
    if printed.value is None:
        return f"{text!r} is a date or time; {fact.id} is the number {fact.value}"
    if printed.unit is not None and fact.unit not in FITS.get(printed.unit, fact.unit):
        return f"{text!r} is printed in {printed.unit!r}; {fact.id} counts {fact.unit}"
    value = Decimal(repr(fact.number))
    wanted = abs(value) if form in UNSIGNED else value
    half = Decimal(1).scaleb(-_places(printed, form, value)) / 2
    if abs(printed.value - wanted) > half * (1 + _SLACK):
        return f"{text!r} is printed, {fact.id} is {fact.value}"
    return None


def _places(printed: Printed, form: str, value: Decimal) -> int:
    """Return the place of the last digit that counts; trailing zeros of a rough form do not."""
    if form not in ROUGH or value == 0:
        return printed.decimals
    return min(2 - value.adjusted(), printed.decimals)


def _date_problem(text: str, printed: Printed, name: str, value: dt.date) -> str | None:
    if printed.value is not None:
        return f"{text!r} is a number; {name} is {value.isoformat()}"
    parts = {
        "year": value.year,
        "month": value.month,
        "day": value.day,
        "weekday": value.weekday(),
        "hour": getattr(value, "hour", None),
        "minute": getattr(value, "minute", None),
    }
    said = {part: getattr(printed, part) for part in parts if getattr(printed, part) is not None}
    if any(parts[part] != number for part, number in said.items()):
        return f"{text!r} is printed, {name} is {value.isoformat()}"
    return None
