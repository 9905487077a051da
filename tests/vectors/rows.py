"""What an adaptor yields: rows of a table, each with the worst of its comparisons."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

INFINITE = math.inf


@dataclass(frozen=True, slots=True)
class Check:
    """One field of a row: how far the function's value is from the table's, and how far it may be."""

    field: str
    error: float  #: infinite where only one of the two is a number, or where they differ and may not
    tolerance: float
    note: str = ""

    @property
    def within(self) -> bool:
        """Tell whether the field holds; an error that is no number does not."""
        return self.error <= self.tolerance

    @property
    def share(self) -> float:
        """The error over its tolerance."""
        if self.error == 0:
            return 0.0
        return self.error / self.tolerance if self.tolerance else INFINITE


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the comparison that is nearest to its tolerance, or furthest beyond it."""

    name: str
    error: float
    tolerance: float
    within: bool
    note: str


def row_of(name: str, checks: Iterable[Check]) -> Row:
    """Return a row from its comparisons; without any it does not hold."""
    made = list(checks)
    if not made:
        return broken(name, "nothing was compared")
    wrong = [check for check in made if not check.within]
    worst = max(wrong or made, key=lambda check: INFINITE if math.isnan(check.error) else check.share)
    fields = ", ".join(check.field for check in wrong if check is not worst)
    others = f"; also {fields}" if fields else ""
    return Row(
        name,
        worst.error,
        worst.tolerance,
        not wrong,
        f"{worst.field}{worst.note and ': '}{worst.note}{others}",
    )


def broken(name: str, reason: str) -> Row:
    """Return a row that could not be compared: it does not hold."""
    return Row(name, INFINITE, 0.0, within=False, note=reason)


def near(field: str, found: Any, wanted: Any, *, absolute: float = 0.0, relative: float = 0.0) -> Check:
    """Compare two numbers; where the table has none (null, or blank) the function must give none."""
    mine, theirs = number(found), number(wanted)
    if theirs is None:
        return Check(field, 0.0 if mine is None else INFINITE, 0.0, f"found {found}, wanted no number")
    if mine is None:
        return Check(field, INFINITE, 0.0, f"found none, wanted {wanted}")
    tolerance = max(absolute, relative * abs(theirs))
    return Check(field, abs(mine - theirs), tolerance, f"found {mine!r}, wanted {wanted}")


def same(field: str, found: Any, wanted: Any) -> Check:
    """Compare two values that must be equal: counts, dates, names, verdicts."""
    return Check(field, 0.0 if found == wanted else INFINITE, 0.0, f"found {found!r}, wanted {wanted!r}")


def refused(field: str, found: Any, reason: str) -> Check:
    """Hold the function to giving no number, and to saying why."""
    agreed = number(found) is None and reason != ""
    return Check(
        field, 0.0 if agreed else INFINITE, 0.0, f"found {found} ({reason or 'no reason'}), wanted a refusal"
    )


def number(value: Any) -> float | None:
    """Return a value as a number; None and NaN are none."""
    if value is None or (made := float(value)) != made:
        return None
    return made
