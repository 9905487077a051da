"""The tables of a folder: read, named after their adaptors, and what they state of tolerance."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.vectors.rows import Check, Row, broken, row_of

Record = Mapping[str, Any]
NUMBER = r"([0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"


@dataclass(frozen=True, slots=True)
class Stated:
    """A table's sentence on tolerance."""

    text: str

    def __call__(self, phrase: str) -> float:
        """Return the number that stands for `#` in *phrase*: `stated("delta #")`."""
        found = re.search(re.escape(phrase).replace(r"\#", NUMBER), self.text)
        if found is None:
            raise LookupError(f"the table states no tolerance like {phrase!r}: {self.text!r}")
        return float(found[1])


@dataclass(frozen=True, slots=True)
class Table:
    """One vector file; of several files that make one table, the one with what holds for all."""

    path: Path
    meta: Record
    rows: Sequence[Record]

    @property
    def stated(self) -> Stated:
        """What the table states of tolerance."""
        return Stated(str(self.meta["tolerance"]))


@dataclass(frozen=True, slots=True)
class Fields:
    """What an adaptor does with each field of a row."""

    given: frozenset[str]  #: handed to the functions
    compared: frozenset[str]
    otherwise: Mapping[str, str]  #: neither, and why

    def unknown(self, rows: Sequence[Record]) -> list[str]:
        """Return the fields of *rows* that nothing is done with."""
        known = self.given | self.compared | self.otherwise.keys()
        return sorted({field for row in rows for field in row} - known)


def fields(given: str, compared: str, **otherwise: str) -> Fields:
    """Return the fields named in *given* and *compared*, apart by spaces, and the rest with their reasons."""
    return Fields(frozenset(given.split()), frozenset(compared.split()), otherwise)


def read(path: Path) -> Table:
    """Read a JSON table; one without `meta` and `rows` is all meta."""
    held = json.loads(path.read_text(encoding="utf-8"))
    return Table(path, held.get("meta", held), held.get("rows", ()))


def each(
    table: Table, check: Callable[[Record, Stated], Iterator[Check]], name: Callable[[Record], str]
) -> Iterator[Row]:
    """Yield a row for each of the table's; one that a function breaks on fails and stops no other."""
    for place, record in enumerate(table.rows, 1):
        title = f"row {place}"
        try:
            title = f"row {place}, {name(record)}"
            yield row_of(title, list(check(record, table.stated)))
        except Exception as error:  # noqa: BLE001  whatever a row does to a function is that row's failure
            yield broken(title, f"{type(error).__name__}: {error}")
