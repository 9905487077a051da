"""Option symbols, read, refused and written: `generator.calendar`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from generator import calendar
from generator.errors import DataError
from tests.vectors.rows import Check, Row, refused, same
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "case input osi osi_compact short",
    "root expiration type strike adjusted_root_suspected flex_root_suspected",
    settlement_hint="of the root, not of the symbol",
    exercise_style="of the root, not of the symbol",
    note="what the row is",
    reason="what the row is",
)


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(table, _check, lambda row: row.get("osi") or f"{row['input']!r} ({row['reason']})")


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    return CASES[row["case"]](row, stated)


def _valid(row: Record, _: Stated) -> Iterator[Check]:
    symbol = calendar.parse_osi(row["osi"])
    yield same("osi_compact", calendar.parse_osi(row["osi_compact"]), symbol)
    yield same("short", calendar.parse_short(row["short"]), symbol)
    yield same("root", symbol.root, row["root"])
    yield same("expiration", symbol.expiration.isoformat(), row["expiration"])
    yield same("type", symbol.right[0].upper(), row["type"])
    yield same("strike", symbol.strike, Decimal(row["strike"]))
    yield same("strike", type(symbol.strike), Decimal)
    yield same("adjusted_root_suspected", symbol.adjusted, row["adjusted_root_suspected"])
    yield same("flex_root_suspected", symbol.flex, row["flex_root_suspected"])
    for field, text in (("osi", symbol.osi), ("osi_compact", symbol.compact), ("short", symbol.short)):
        yield same(field, text, row[field])


def _invalid(row: Record, _: Stated) -> Iterator[Check]:
    for parse in (calendar.parse_osi, calendar.parse_short):
        try:
            yield refused("input", parse(row["input"]).strike, "")
        except DataError as error:
            yield refused("input", None, str(error))


CASES = {"valid": _valid, "invalid": _invalid}
