"""
`archive sql`: any one SELECT over the archive's tables, and nothing else.

The query is parsed before it runs and must be one statement that reads. The database then
gives up files, network, extensions and its own settings: it can open the archive's tables, and
no other file.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from generator.archive.entries import Entry, as_document, captures, verdicts
from generator.archive.places import Report, Where, place_of, silent
from generator.archive.tables import COLUMNS, files, quoted, views
from generator.errors import UsageError

if TYPE_CHECKING:
    import duckdb

ROWS = 1000
SECONDS = 60.0  #: a query may take
_CAPTURES = {
    "symbol": "VARCHAR",
    "session": "DATE",
    "as_of": "TIMESTAMPTZ",
    "captured": "TIMESTAMPTZ",
    "edition": "VARCHAR",
    "provider": "VARCHAR",
    "synthetic": "BOOLEAN",
    "spot": "DOUBLE",
    "contracts": "INTEGER",
    "volume": "DOUBLE",
    "open_interest": "DOUBLE",
    "open_interest_date": "DATE",
    "verdict": "VARCHAR",
    "capture": "VARCHAR",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a query gave; dates and times as Python has them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    more: bool  #: there were more rows than asked for


def ask(where: Where, query: str, limit: int = ROWS, report: Report = silent) -> Table:
    """
    Return the first *limit* rows of a query over `chains`, `readings`, `printed` and `captures`.

    Raises:
        UsageError: If it is not one SELECT, does not run, or reaches beyond the archive.
    """
    place = place_of(where)
    named = {table for table in (*COLUMNS, "captures") if re.search(rf"\b{table}\b", query, re.IGNORECASE)}
    wanted = {table: files(place, table) if table in named else () for table in COLUMNS}
    every = captures(where, None, report) if "captures" in named else ()
    said = verdicts(place, None, report) if named & {"captures", "chains"} else {}
    with views(place, wanted, report, said=said) as (connection, root):
        _only_reads(connection, query)
        _add_captures(connection, every, said)
        _close_off(connection, [f"{root}/{table}/" for table in COLUMNS])
        return _answer(connection, query, limit)


def _only_reads(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Refuse all but one SELECT."""
    import duckdb  # noqa: PLC0415  loaded by now; the module's own import would cost every command

    try:
        statements = connection.extract_statements(query)
    except duckdb.Error as error:
        raise UsageError(_told(error)) from error
    kinds = [statement.type for statement in statements]
    if kinds != [duckdb.StatementType.SELECT]:
        found = ", ".join(kind.name for kind in kinds) or "nothing"
        raise UsageError(f"wanted one SELECT, found {found}: the archive is only read here")


def _add_captures(
    connection: duckdb.DuckDBPyConnection, every: Iterable[Entry], said: Mapping[str, str]
) -> None:
    """Add the index as a table."""
    rows = [{**as_document(entry), "verdict": said.get(entry.capture)} for entry in every]
    connection.register("index_rows", pd.DataFrame(rows, columns=list(_CAPTURES), dtype=object))
    chosen = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in _CAPTURES.items())
    connection.execute(f"CREATE TABLE captures AS SELECT {chosen} FROM index_rows")  # noqa: S608  our own names
    connection.unregister("index_rows")


def _close_off(connection: duckdb.DuckDBPyConnection, folders: Iterable[str]) -> None:
    """Leave the database nothing but the archive's tables, for good."""
    listed = ", ".join(map(quoted, folders))
    connection.execute(f"SET allowed_directories = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _answer(connection: duckdb.DuckDBPyConnection, query: str, limit: int) -> Table:
    import duckdb  # noqa: PLC0415  as above

    late = threading.Timer(SECONDS, connection.interrupt)
    late.daemon = True
    late.start()
    try:
        result = connection.execute(query)
        rows = result.fetchmany(limit + 1)
    except duckdb.InterruptException as error:
        raise UsageError(
            f"wanted a query of at most {SECONDS:g} seconds, found one that takes longer: ask for less"
        ) from error
    except duckdb.Error as error:
        raise UsageError(_told(error)) from error
    finally:
        late.cancel()
    columns = tuple(str(column[0]) for column in result.description or ())
    return Table(columns=columns, rows=tuple(map(tuple, rows[:limit])), more=len(rows) > limit)


def _told(error: Exception) -> str:
    """Return the first line of DuckDB's error."""
    return f"the query cannot be answered: {str(error).partition(chr(10))[0]}"
