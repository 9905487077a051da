"""Every fact once more: its rows, its arithmetic, its named formula, or a second analysis."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from generator.audit.adjusting import with_adjusted
from generator.audit.bar_measures import BAR_MEASURES
from generator.audit.exposure import exposure_fault
from generator.audit.findings import TWIN, Finding
from generator.audit.indicators import INDICATORS, least_payouts
from generator.audit.lean import lean_fault
from generator.audit.quote_counts import QUOTE_COUNTS
from generator.audit.rows import Rows
from generator.audit.twin import Twin
from generator.models.analysis import Fact, Unit, Value
from generator.rules.arithmetic import ExpressionError, calculate

CLOSE = 1e-9  # relative, and absolute near zero
_OPERAND = re.compile(r"\$(\d+)")
_EXTREME_DAY = re.compile(r"date\.of_(max|min)\((\w+)\)")


def check_facts(
    twin: Twin, frames: Mapping[str, pd.DataFrame], second: Mapping[str, Fact]
) -> Iterator[Finding]:
    """Yield each fact that its rows, its formula or *second* contradict, and each that nothing can prove."""
    rows = Rows(with_adjusted(frames, twin.facts))
    for fact in twin.facts.values():
        try:
            fault = _fault(fact, twin, rows, second)
        except (LookupError, ValueError, TypeError, ArithmeticError) as error:
            fault = f"{fact.formula!r} cannot be recomputed: {error}"
        if fault:
            yield Finding(TWIN, f"fact {fact.id}", fault)


def _fault(fact: Fact, twin: Twin, rows: Rows, second: Mapping[str, Fact]) -> str | None:
    missing = [name for name in fact.inputs.facts if name not in twin.facts]
    if missing:
        return f"its operand {missing[0]} is no fact of the brief"
    table = None if fact.inputs.selector is None else _Table(rows, *rows.select(fact.inputs.selector))
    known = second.get(fact.id)
    if known is not None and not _same(fact.value, known.value):
        return f"is {fact.value}, a second analysis says {known.value}"
    proved, fault = _proved(fact, twin, table)
    if not fault and not proved and known is None:
        fault = f"nothing proves {fact.formula!r}: no arithmetic, no second value"
    return fault or _other_rows(fact, rows, table)


def _other_rows(fact: Fact, rows: Rows, table: _Table | None) -> str | None:
    """Return how the rows found differ from those the fact was made from."""
    if table is None:
        return None
    if len(table.positions) != fact.inputs.rows:
        return f"wanted {fact.inputs.rows} rows of {fact.inputs.selector}, found {len(table.positions)}"
    if rows.digest(table.frame, table.positions) != fact.inputs.sha256:
        return f"the rows of {fact.inputs.selector} are not those it was made from"
    return None


def _proved(fact: Fact, twin: Twin, table: _Table | None) -> tuple[bool, str | None]:
    """Return whether the audit has a computation of its own for *fact*, and what it contradicts."""
    if fact.formula.startswith("="):
        return True, _unequal(fact, _computed(fact, twin, table))
    own = _OWN.get((fact.id.split(".")[0], fact.formula))
    if own is not None:
        return True, own(fact, twin)
    if fact.formula == "gamma.exposure" and table is not None:
        return exposure_fault(fact, twin, table.rows, table.positions)
    value = None if table is None else _from_rows(fact, twin, table)
    return value is not None, None if value is None else _unequal(fact, value)


def _from_rows(fact: Fact, twin: Twin, table: _Table) -> Value | None:
    """Return what a named formula gives on the rows, None for a name without a recipe here."""
    formula = fact.formula
    if formula == "max_pain":
        return _max_pain(twin, table)
    if formula in QUOTE_COUNTS:
        return QUOTE_COUNTS[formula](table, twin.spot)
    if formula in INDICATORS:
        return INDICATORS[formula](table)
    if formula in BAR_MEASURES:
        return BAR_MEASURES[formula](table, [twin.facts[name].number for name in fact.inputs.facts])
    extreme = _EXTREME_DAY.fullmatch(formula)
    return _extreme_day(table, extreme[1], extreme[2]) if extreme else None


class _Table(Mapping[str, np.ndarray]):
    """The columns of the selected rows, each read on first use."""

    def __init__(self, rows: Rows, frame: str, positions: np.ndarray) -> None:
        self.rows, self.frame, self.positions = rows, frame, positions

    def __getitem__(self, column: str) -> np.ndarray:
        return np.asarray(self.rows.column(self.frame, column)[self.positions])

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows.frames[self.frame].columns)

    def __len__(self) -> int:
        return len(self.rows.frames[self.frame].columns)


def _computed(fact: Fact, twin: Twin, table: _Table | None) -> Value:
    """Return what the arithmetic of *fact* gives; a lone operand may be a date or a text."""
    lone = _OPERAND.fullmatch(fact.formula[1:])
    operands = [twin.facts[name].value for name in fact.inputs.facts]
    if lone:
        return operands[int(lone[1]) - 1]
    names: dict[str, Any] = {f"operand_{i}": value for i, value in enumerate(operands, 1)}
    if table is not None:
        names.update({column: _Column(table, column) for column in table})
    expression = _OPERAND.sub(r"operand_\1", fact.formula[1:])
    count = 0 if table is None else len(table.positions)
    result: Value = calculate(expression, names, _functions(count))
    return result


class _Column:
    """A column named in a formula; only the functions of rows can read it."""

    def __init__(self, table: _Table, name: str) -> None:
        self.table, self.name = table, name

    def values(self) -> np.ndarray:
        values: np.ndarray = np.asarray(self.table[self.name], dtype=np.float64)
        return values


def _functions(count: int) -> Mapping[str, Callable[..., float]]:
    return {
        "count": lambda: count,
        "sum": lambda column: float(np.nansum(_values(column))),
        "median": lambda column: float(np.median(_values(column))),
        "mean": lambda column: float(np.mean(_values(column))),
        "value": lambda column: _only(_values(column)),
        "first": lambda column: float(_values(column)[0]),
        "last": lambda column: float(_values(column)[-1]),
        "max": lambda *values: _extreme(np.nanmax, max, values),
        "min": lambda *values: _extreme(np.nanmin, min, values),
        "abs": abs,
        "sqrt": math.sqrt,
        "exp": math.exp,
    }


def _values(column: Any) -> np.ndarray:
    if not isinstance(column, _Column):
        raise ExpressionError(f"wanted a column, found {column!r}")
    return column.values()


def _only(values: np.ndarray) -> float:
    if len(values) != 1:
        raise ExpressionError(f"wanted one row, found {len(values)}")
    return float(values[0])


def _extreme(
    of_rows: Callable[[np.ndarray], Any], of_numbers: Callable[..., float], values: tuple[Any, ...]
) -> float:
    if len(values) == 1:
        return float(of_rows(_values(values[0])))
    return of_numbers(*values)


def _unequal(fact: Fact, value: Value) -> str | None:
    return None if _same(fact.value, value) else f"is {fact.value}, {fact.formula!r} gives {value}"


def _same(a: Value, b: Value) -> bool:
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=CLOSE, abs_tol=CLOSE)
    return a == b


def _max_pain(twin: Twin, table: _Table) -> float:
    """Return the strike that pays out least; ties go to the nearest to the price, then to the lower."""
    least = least_payouts(table)
    gaps = np.abs(least - twin.spot)
    return float(least[gaps == gaps.min()].min())


def _extreme_day(table: _Table, pick: str, column: str) -> dt.date:
    """Return the first day of the highest or lowest value."""
    values = table[column]
    place = int(np.argmax(values) if pick == "max" else np.argmin(values))
    day: dt.date = pd.Timestamp(table["date"][place]).date()
    return day


# --- formulas that need no rows


def _calendar_date(fact: Fact, _twin: Twin) -> str | None:
    named = fact.id.removeprefix("date.")
    value = fact.value.isoformat() if isinstance(fact.value, dt.date) else fact.value
    return None if named == value else f"is {value}, its id says {named}"


def _axis_tick(fact: Fact, _twin: Twin) -> str | None:
    """Hold a tick against its id, `chart.price.y.262.5`; ids print at most three decimals."""
    named = re.search(r"-?\d[\d]*(?:\.\d+)?$", fact.id.replace("\N{MINUS SIGN}", "-"))
    if fact.unit is Unit.DATE:
        return None if fact.id.endswith(str(fact.value)) else f"is {fact.value}, its id says otherwise"
    near = named is not None and math.isclose(float(named[0]), fact.number, abs_tol=5e-4)
    return None if near else f"is {fact.value}, its id says {named[0] if named else 'nothing'}"


def _source(fact: Fact, twin: Twin) -> str | None:
    """Hold a fact such as `source.2.terms` against the second source of the brief."""
    number, _, what = fact.id.removeprefix("source.").partition(".")
    sources = twin.raw["sources"]
    if not number.isdecimal() or not 1 <= int(number) <= len(sources):
        return f"{number} is no source of the brief, which has {len(sources)}"
    wanted = _said_of(sources[int(number) - 1]).get(what)
    return None if fact.value == wanted else f"{fact.value!r} is no source of the brief"


def _said_of(source: Mapping[str, Any]) -> dict[str, str]:
    """Return what a brief may say of one source."""
    name, item = source["name"], source.get("item")
    own = source.get("provider") is None
    delay = "" if own else source.get("delay") or ""
    late = f", {'delayed ' * delay[:1].isdigit()}{delay}" if delay else ""
    terms = [text for text in (source.get("attribution"), source.get("terms")) if text and not own]
    return {
        "part": source["part"],
        "item": (f"{name}: {item}" if item else name) + late,
        "terms": "; ".join(terms),
    }


def _gap(fact: Fact, twin: Twin) -> str | None:
    told = {f"{gap['what']}: {gap['reason']}" for gap in twin.raw["gaps"]}
    told |= {f"{held['metric']}: {held['reason']}" for held in twin.raw["quality"]["withheld"]}
    return None if fact.value in told else f"{fact.value!r} is no gap of the brief"


#: first part of the id, formula -> what proves it
_OWN: Mapping[tuple[str, str], Callable[[Fact, Twin], str | None]] = {
    ("date", "calendar date"): _calendar_date,
    ("chart", "axis tick"): _axis_tick,
    ("source", "source"): _source,
    ("gap", "gap"): _gap,
    **{
        ("lean", f"lean.{name}"): lean_fault
        for name in ("trend", "momentum", "options", "volatility", "tally")
    },
}
