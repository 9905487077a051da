"""
The archive's tables: Parquet, one file a capture or brief, partitioned by symbol and session.

DuckDB writes them, compressed and the same bytes for the same rows, and reads them with
`symbol` and `session` taken from the folders' names.
"""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from generator.archive.entries import Entry
from generator.archive.places import Place, Report, silent
from generator.archive.sealed import Slot, folder, key_of, opened, seal
from generator.errors import DataError

if TYPE_CHECKING:
    import duckdb

#: What each table's files hold, beside `symbol` and `session`.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "chains": {
        "capture": "VARCHAR",
        "as_of": "TIMESTAMP",
        "edition": "VARCHAR",
        "synthetic": "BOOLEAN",
        "spot": "DOUBLE",
        "open_interest_date": "DATE",
        "contract_symbol": "VARCHAR",
        "root": "VARCHAR",
        "expiration": "DATE",
        "settlement": "VARCHAR",
        "strike": "DOUBLE",
        "right": "VARCHAR",
        "bid": "DOUBLE",
        "ask": "DOUBLE",
        "last": "DOUBLE",
        "volume": "DOUBLE",
        "open_interest": "DOUBLE",
        "multiplier": "INTEGER",
        "standard": "BOOLEAN",
    },
    "readings": {
        "capture": "VARCHAR",
        "as_of": "TIMESTAMP",
        "edition": "VARCHAR",
        "synthetic": "BOOLEAN",
        "id": "VARCHAR",
        "value": "DOUBLE",
        "unit": "VARCHAR",
        "date": "DATE",
    },
    "printed": {
        "brief": "VARCHAR",
        "number": "INTEGER",
        "edition": "VARCHAR",
        "as_of": "TIMESTAMP",
        "language": "VARCHAR",
        "synthetic": "BOOLEAN",
        "id": "VARCHAR",
        "value": "DOUBLE",
        "text": "VARCHAR",
        "unit": "VARCHAR",
        "decimals": "INTEGER",
        "date": "DATE",
        "mentions": "INTEGER",
    },
}
PARTITIONS = {"symbol": "VARCHAR", "session": "DATE"}
#: No network, no code from elsewhere, no Python variables taken for tables, nothing spilled to disk;
#: no copy of files in memory, which are read but once.
SETTINGS: Mapping[str, str | bool | int] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
    "temp_directory": "",
    "enable_external_file_cache": False,
    "memory_limit": "1GB",
}


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Let Ctrl-C wait until the block is done: DuckDB aborts the process when one comes while it writes."""
    if threading.current_thread() is not threading.main_thread():  # only that one is interrupted
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt


@contextmanager
def engine(threads: int = 2) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a database in memory that can load nothing from elsewhere."""
    import duckdb  # noqa: PLC0415  a tenth of a second that most commands need not spend

    with duckdb.connect(":memory:", config={**SETTINGS, "threads": threads}) as connection:
        yield connection


def write_chain(place: Place, entry: Entry, chain: pd.DataFrame) -> None:
    """Write a capture's chain unless it is there whole; OutputError if that fails."""
    if held(place, "chains", entry.slot):
        return
    rows = chain.assign(
        capture=entry.capture,
        as_of=entry.as_of.replace(tzinfo=None),
        edition=entry.edition,
        synthetic=entry.synthetic,
        spot=entry.spot,
        open_interest_date=entry.open_interest_date,
    )
    write(place, "chains", entry.slot, rows)


def write(place: Place, table: str, slot: Slot, rows: pd.DataFrame) -> None:
    """Write one file of a table; OutputError if that fails."""
    inside = folder(table, slot.symbol, slot.session)
    seal(place, inside, slot.key, parquet(rows, COLUMNS[table]), "parquet")


def held(place: Place, table: str, slot: Slot) -> bool:
    """Tell whether a file of a table is there whole."""
    inside = folder(table, slot.symbol, slot.session)
    return bool(_whole(place, [name for name in place.names(inside) if key_of(name) == slot.key], silent))


def parquet(rows: pd.DataFrame, columns: Mapping[str, str]) -> bytes:
    """Return rows as a Parquet file; a missing number is NULL."""
    chosen = ", ".join(_cast(name, kind) for name, kind in columns.items())
    place = tempfile.TemporaryDirectory(prefix="strikebrief-")
    with interrupts_wait(), place as home, engine(threads=1) as connection:
        path = Path(home) / "rows.parquet"
        connection.register("given", rows)
        query = f"SELECT {chosen} FROM given"  # noqa: S608  our own column names, listed above
        connection.execute(f"COPY ({query}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)")
        return path.read_bytes()


@contextmanager
def views(
    place: Place,
    wanted: Mapping[str, Iterable[str]],
    report: Report = silent,
    threads: int = 2,
    said: Mapping[str, str] | None = None,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """
    Give a database with a view for each table of *wanted*: its name and the files to read.

    Damaged files are reported and left out. Also gives the folder in which the tables lie. With
    *said*, the verdict on each capture, the chains have a column `verdict`.
    """
    whole = {table: _whole(place, names, report) for table, names in wanted.items()}
    every = tuple(name for names in whole.values() for name in names)
    with place.on_disk(every) as root, engine(threads) as connection:
        for table, names in whole.items():
            source = _source(table, [f"{root}/{name}" for name in names])
            if table == "chains" and said is not None:
                source = _judged(source, said)
            connection.execute(f'CREATE VIEW "{table}" AS {source}')
        yield connection, root


def files(place: Place, table: str, symbol: str | None = None) -> tuple[str, ...]:
    """Return the files of a table, one for each capture or brief."""
    first: dict[str, str] = {}
    for name in place.names(folder(table, symbol)):
        if name.endswith(".parquet"):
            first.setdefault(f"{name.rpartition('/')[0]}/{key_of(name)}", name)
    return tuple(first.values())


def quoted(text: object) -> str:
    """Return a text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"


def _whole(place: Place, names: Iterable[str], report: Report) -> list[str]:
    """Return the files that are as they were written."""
    good = []
    for name in names:
        try:
            opened(place, name)
        except DataError as error:
            report(f"{error}; it is left out")
        else:
            good.append(name)
    return good


def _source(table: str, paths: list[str]) -> str:
    """Return the query of a view; without files it has the columns and no row."""
    types = {**PARTITIONS, **COLUMNS[table]}
    if not paths:
        return "SELECT " + ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in types.items()) + " LIMIT 0"
    listed = ", ".join(map(quoted, paths))
    hive = ", ".join(f"'{name}': {kind}" for name, kind in PARTITIONS.items())
    chosen = ", ".join(f'"{name}"' for name in types)
    read = f"read_parquet([{listed}], hive_partitioning=true, hive_types={{{hive}}})"
    return f"SELECT {chosen} FROM {read}"  # noqa: S608  paths are quoted, columns our own


def _judged(source: str, said: Mapping[str, str]) -> str:
    """Return the query with what the gate said of each row's capture."""
    listed = ", ".join(f"({quoted(capture)}, {quoted(verdict)})" for capture, verdict in said.items())
    return (
        f"SELECT kept.*, judged.verdict FROM ({source}) kept LEFT JOIN "  # noqa: S608  quoted, and our own
        f"(VALUES {listed or '(NULL::VARCHAR, NULL::VARCHAR)'}) judged(capture, verdict) USING (capture)"
    )


def _cast(name: str, kind: str) -> str:
    plain = f"nullif(\"{name}\", 'NaN'::DOUBLE)" if kind == "DOUBLE" else f'"{name}"'
    return f'CAST({plain} AS {kind}) AS "{name}"'


def rows_of(connection: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    return connection.execute(query, list(values)).fetchall()
