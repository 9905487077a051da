"""The tables of a folder: read, named after their adaptors, and what they state of tolerance."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from tests.vectors.rows import Check, Row, broken, row_of

Record = Mapping[str, Any]
NUMBER = r"([0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"
#: a table of several files: what holds for all, bars and what is expected of them, by symbol
FAMILY = re.compile(r"(?P<name>.+?)_(?:meta\.json|(?P<part>bars|expected)_(?P<symbol>.+)\.csv)")
SUFFIXES = (".json", ".csv")  #: of vector files; what lies beside them is to be read


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


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table: of one file, or of several."""

    name: str
    meta: Record
    rows: Sequence[Record]
    beside: Mapping[str, pd.DataFrame] = field(default_factory=dict)  #: bars by symbol
    faults: Sequence[str] = ()  #: what of it could not be read

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
    inside: Mapping[str, Fields]  #: fields that are records themselves, or lists of them

    def unknown(self, rows: Iterable[Record], above: str = "") -> set[str]:
        """Return the fields of *rows* that nothing is done with."""
        known = self.given | self.compared | self.otherwise.keys() | self.inside.keys()
        found = set()
        for row in rows:
            found |= {above + name for name in row.keys() - known}
            for name in row.keys() & self.inside.keys():
                held = row[name]
                parts = held if isinstance(held, list) else [held]
                found |= self.inside[name].unknown(parts, f"{above}{name}.")
        return found


def fields(given: str, compared: str, **others: str | Fields) -> Fields:
    """
    Return the fields named in *given* and *compared*, apart by spaces, and the *others*.

    Those are told what they hold, or why nothing is done with them.
    """
    return Fields(
        frozenset(given.split()),
        frozenset(compared.split()),
        {name: reason for name, reason in others.items() if isinstance(reason, str)},
        {name: part for name, part in others.items() if isinstance(part, Fields)},
    )


def read_folder(folder: Path) -> Iterator[Table]:
    """Yield the tables of a folder by name."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    families = [found["name"] for path in paths if (found := FAMILY.fullmatch(path.name))]
    seen = set()
    for path in paths:
        found = FAMILY.fullmatch(path.name)
        if found is None:
            yield read(path)
        elif found["name"] not in seen and found["name"] in families:
            seen.add(found["name"])
            yield read_family(folder, found["name"])


def read(path: Path) -> Table:
    """Read a JSON table; one without `meta` and `rows` is all meta."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return Table(path.name, {}, (), faults=(f"cannot be read: {error}",))
    return Table(path.stem, held.get("meta", held), held.get("rows", ()))


def read_family(folder: Path, name: str) -> Table:
    """Read a table of bars and expected values, a file of each a symbol, and the cases of its meta file."""
    meta = folder / f"{name}_meta.json"
    held = read(meta) if meta.is_file() else Table(name, {}, (), faults=(f"{meta.name} is missing",))
    frames: dict[str, dict[str, pd.DataFrame]] = {"bars": {}, "expected": {}}
    for path in sorted(folder.glob(f"{name}_*.csv")):
        if found := FAMILY.fullmatch(path.name):
            frames[found["part"]][found["symbol"]] = pd.read_csv(path)
    alone = frames["bars"].keys() ^ frames["expected"].keys()
    faults = [f"{symbol}: bars or expected values are missing" for symbol in sorted(alone)]
    rows = [
        {"symbol": symbol, **record}
        for symbol, frame in frames["expected"].items()
        for record in frame.to_dict("records")
    ]
    rows += held.meta.get("degenerate", [])
    return Table(name, held.meta, rows, frames["bars"], (*held.faults, *faults))


def each(
    table: Table, check: Callable[[Record, Stated], Iterator[Check]], name: Callable[[Record], str]
) -> Iterator[Row]:
    """Yield a row for each of the table's; one that a function breaks on fails and stops no other."""
    for place, record in enumerate(table.rows, 1):
        title = f"row {place}"
        try:
            title = f"row {place}, {name(record)}"
            yield row_of(title, check(record, table.stated))
        except Exception as error:  # noqa: BLE001  whatever a row does to a function is that row's failure
            yield broken(title, f"{type(error).__name__}: {error}")
