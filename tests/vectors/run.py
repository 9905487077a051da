"""
Run every vector file of a folder through the public functions: `python -m tests.vectors.run DIR`.

A line a file: rows, rows within the stated tolerance, and the comparison that came nearest to its
tolerance. The exit code is 1 if a row does not hold or a file has no adaptor.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tests.vectors import (
    american_discrete_dividends,
    american_iv_roundtrip,
    american_published,
    bsm_black76_grid,
    expiry_calendar,
    hand_chains,
    iv_rank,
    osi_symbols,
    parity_forward,
    probabilities,
    quote_filters,
    skew_25delta,
    structures,
    technicals,
    term_structure,
    vix_whitepaper_2009,
    zero_gamma,
)
from tests.vectors.rows import Row
from tests.vectors.tables import Table, read_folder

#: name of a table -> its adaptor
ADAPTORS: Mapping[str, ModuleType] = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        american_discrete_dividends,
        american_iv_roundtrip,
        american_published,
        bsm_black76_grid,
        expiry_calendar,
        hand_chains,
        iv_rank,
        osi_symbols,
        parity_forward,
        probabilities,
        quote_filters,
        skew_25delta,
        structures,
        technicals,
        term_structure,
        vix_whitepaper_2009,
        zero_gamma,
    )
}
HEADS = ("table", "rows", "within", "worst error", "tolerance", "where")
WIDTHS = (28, 6, 7, 12, 11)
MARKS = ("<!-- vectors -->", "<!-- end -->")
SHOWN = 20  #: rows that do not hold, a file


@dataclass(frozen=True, slots=True)
class Result:
    """One file: its rows, and what could not be done with it."""

    name: str
    rows: tuple[Row, ...]
    faults: tuple[str, ...] = ()  #: each is a failure
    remarks: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Tell whether every row holds and nothing was left out."""
        return bool(self.rows) and not self.faults and all(row.within for row in self.rows)


def results(folder: Path) -> Iterator[Result]:
    """Yield a result for each table of *folder*, by name."""
    for table in read_folder(folder):
        yield result_of(table)


def result_of(table: Table) -> Result:
    """Return the result of one table."""
    adaptor = adaptor_of(table)
    if table.faults or adaptor is None:
        return Result(table.name, (), tuple(table.faults) or ("no adaptor for this file",))
    return compared(table, adaptor)


def adaptor_of(table: Table) -> ModuleType | None:
    """Return the adaptor of a table: by its file, by its own name, or by the start of its file's name."""
    for name in (table.name, str(table.meta.get("name"))):
        if name in ADAPTORS:
            return ADAPTORS[name]
    begun = [name for name in ADAPTORS if table.name.startswith(name)]
    return ADAPTORS[max(begun, key=len)] if begun else None


def compared(table: Table, adaptor: ModuleType) -> Result:
    """Return the rows of a table, and its fields that nothing was done with."""
    wanted = len(table.rows)
    try:
        rows = tuple(adaptor.rows(table))
    except Exception as error:  # noqa: BLE001  one table that cannot be run stops no other
        return Result(table.name, (), (f"{wanted} rows not compared, {type(error).__name__}: {error}",))
    faults = () if len(rows) == wanted else (f"{wanted} rows in the file, {len(rows)} compared",)
    if not wanted:
        faults = ("no rows in the file",)
    unknown = adaptor.FIELDS.unknown(table.rows)
    if hasattr(adaptor, "EXPECTED"):
        unknown |= adaptor.EXPECTED.unknown([table.meta["expected"]])
    remarks = (f"fields not compared: {', '.join(sorted(unknown))}",) if unknown else ()
    return Result(table.name, rows, faults, remarks)


def lines(result: Result) -> Iterator[str]:
    """Yield the line of a table, and one for each row that does not hold."""
    cells = _cells(result)
    yield f"{_aligned(*cells[:-1])}  {cells[-1]}"
    for fault in result.faults:
        yield f"  FAILS: {fault}"
    for remark in result.remarks:
        yield f"  {remark}"
    lost = [row for row in result.rows if not row.within]
    for row in lost[:SHOWN]:
        yield f"  FAILS: {row.name}: {row.note} (error {row.error:.3e}, allowed {row.tolerance:.1e})"
    if len(lost) > SHOWN:
        yield f"  and {len(lost) - SHOWN} more"


def _cells(result: Result) -> tuple[str, ...]:
    held = sum(row.within for row in result.rows)
    numbers = result.name, str(len(result.rows)), str(held)
    worst = max(result.rows, key=_share, default=None)
    if worst is None:
        return (*numbers, "", "", "")
    where = f"{worst.note.partition(':')[0]}, {worst.name}"
    if worst.within and worst.error == worst.tolerance == 0:
        return (*numbers, "none", "none", "exact")
    return (*numbers, f"{worst.error:.1e}", f"{worst.tolerance:.1e}", where)


def _share(row: Row) -> tuple[bool, float]:
    if not row.within:
        return True, row.error
    return False, row.error / row.tolerance if row.tolerance else 0.0


def _aligned(name: str, *cells: str) -> str:
    return name.ljust(WIDTHS[0]) + "".join(
        cell.rjust(width) for cell, width in zip(cells, WIDTHS[1:], strict=True)
    )


def main(arguments: list[str]) -> int:
    """Print the table of a folder, on request into a page too; return the exit code."""
    parser = argparse.ArgumentParser(prog="make vectors", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--into", type=Path, metavar="PAGE", help="a page of docs, between its marks")
    given = parser.parse_args(arguments)
    if not given.folder.is_dir():
        parser.error(f"wanted a folder with vector files, found {given.folder}")
    sys.stdout.write(_aligned(*HEADS[:-1]) + f"  {HEADS[-1]}\n")
    made = []
    for result in results(given.folder):
        made.append(result)
        sys.stdout.writelines(f"{line}\n" for line in lines(result))
        sys.stdout.flush()
    every = [row for result in made for row in result.rows]
    held = sum(row.within for row in every)
    sys.stdout.write(f"{held} of {len(every)} rows of {len(made)} tables hold\n")
    failing = [result.name for result in made if not result.holds] if made else ["no vector files here"]
    if failing:
        sys.stdout.write(f"FAILS: {', '.join(failing)}\n")
    if given.into:
        given.into.write_text(_inserted(given.into.read_text(encoding="utf-8"), made), encoding="utf-8")
    return 1 if failing else 0


def _inserted(page: str, made: list[Result]) -> str:
    """The page with the table between its marks."""
    table = [HEADS, ("---", "---:", "---:", "---:", "---:", "---"), *(_cells(result) for result in made)]
    text = "\n".join(f"| {' | '.join(cells)} |" for cells in table)
    before, after = page.split(MARKS[0])
    return f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after.split(MARKS[1], 1)[1]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
