"""
The ledger: where a stage writes its facts down, with the rows behind each.

Selectors name rows of a frame: `chain[expiration=2026-05-29 right=put]`. Frames are
called `chain`, `bars`, `chain@2026-05-21` for a session before, and `bars@VIX` for an index
beside the market. Operators are `=`, `!=`, `<`, `<=`, `>`, `>=`; terms are joined by a space
and all must hold.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from generator.models.analysis import Fact, Inputs, Unit, Value

SELECTOR = re.compile(r"(?P<frame>[a-z]+(?:@(?:\d{4}-\d\d-\d\d|[A-Z]+))?)\[(?P<terms>[^\]]*)\]")
TERM = re.compile(r"(?P<column>[a-z_]+)(?P<operator>!=|<=|>=|=|<|>)(?P<value>\S+)")


class Ledger:
    """Collects facts in order; an id is written once."""

    def __init__(self, frames: Mapping[str, pd.DataFrame], session: dt.date) -> None:
        self.frames = dict(frames)
        self.session = session
        self.facts: dict[str, Fact] = {}
        self._hashes: dict[str, np.ndarray] = {}
        self._masks: dict[tuple[str, str], np.ndarray] = {}  # terms recur in hundreds of selectors

    def add(
        self,
        name: str,
        value: Value,
        *,
        unit: Unit,
        decimals: int = 0,
        formula: str,
        rows: str | None = None,
        of: Sequence[Fact] = (),
        date: dt.date | None = None,
    ) -> Fact:
        """
        Write a fact down and return it; the same id with the same value is returned as it stands.

        *rows* is a selector, *of* the operand facts. `ValueError` for a second value
        under one id, and for NaN or infinity.
        """
        if isinstance(value, (float, np.floating)) and not np.isfinite(value):
            raise ValueError(f"fact {name}: wanted a finite number, found {value}")
        if isinstance(value, np.generic):
            value = value.item()
        fact = Fact(
            id=name,
            value=value,
            unit=unit,
            decimals=decimals,
            formula=formula,
            date=date or self.session,
            inputs=self._inputs(rows, of),
        )
        known = self.facts.setdefault(name, fact)
        if known.value != fact.value:
            raise ValueError(f"fact {name} has two values: {known.value} and {fact.value}")
        return known

    def day(self, day: dt.date) -> Fact:
        """Return the fact of a calendar date: `date.2026-05-29`."""
        return self.add(f"date.{day.isoformat()}", day, unit=Unit.DATE, formula="calendar date")

    def _inputs(self, rows: str | None, of: Sequence[Fact]) -> Inputs:
        operands = tuple(fact.id for fact in of)
        if rows is None:
            return Inputs(facts=operands)
        chosen = self.row_hashes(rows)
        digest = hashlib.sha256(chosen.tobytes()).hexdigest()[:16]
        return Inputs(selector=rows, rows=len(chosen), sha256=digest, facts=operands)

    def row_hashes(self, selector: str) -> np.ndarray:
        """Return the hashes of the selected rows, in frame order."""
        name, mask = self.select(selector)
        if name not in self._hashes:
            self._hashes[name] = pd.util.hash_pandas_object(self.frames[name], index=False).to_numpy()
        return np.asarray(self._hashes[name][mask])

    def select(self, selector: str) -> tuple[str, np.ndarray]:
        """Return the frame's name and a boolean mask of its rows."""
        found = SELECTOR.fullmatch(selector)
        if found is None:
            raise ValueError(f"not a selector: {selector!r}")
        frame = self.frames[found["frame"]]
        mask = np.ones(len(frame), dtype=bool)
        for term in found["terms"].split():
            known = self._masks.get((found["frame"], term))
            if known is None:
                known = self._masks[found["frame"], term] = _holds(frame, term)
            mask &= known
        return found["frame"], mask


def _holds(frame: pd.DataFrame, term: str) -> np.ndarray:
    found = TERM.fullmatch(term)
    if found is None:
        raise ValueError(f"not a selector term: {term!r}")
    column = frame[found["column"]]
    value: object = found["value"]
    if column.dtype.kind == "M":
        value = np.datetime64(found["value"], "s")
    elif column.dtype.kind in "fi":
        value = float(found["value"])
    elif column.dtype.kind == "b":
        value = found["value"] == "true"
    values = column.to_numpy()
    match found["operator"]:
        case "=":
            return np.asarray(values == value)
        case "!=":
            return np.asarray(values != value)
        case "<":
            return np.asarray(values < value)
        case "<=":
            return np.asarray(values <= value)
        case ">":
            return np.asarray(values > value)
        case _:
            return np.asarray(values >= value)
