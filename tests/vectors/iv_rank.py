"""Rank and percentile among earlier sessions: `analytics.places`."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.places import YEAR, percentile, place, range_rank
from tests.vectors.rows import Check, Row, near, number, same
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields("history current", "iv_rank_raw iv_rank_clamped iv_percentile n printable", case="its number")


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(table, _check, lambda row: f"case {row['case']}, n={row['n']}")


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    earlier = [known for value in reversed(row["history"]) if (known := number(value)) is not None][:YEAR]
    close = {"absolute": stated("#")}
    current, standing = row["current"], place(row["current"], earlier)
    printed = None if standing is None else standing.year_rank
    raw, share = range_rank(current, earlier), percentile(current, earlier)
    if not row["printable"]:  # a table may leave out what is not to be printed
        raw = raw if row["iv_rank_raw"] is not None else printed
        share = share if row["iv_percentile"] is not None else standing and standing.percentile
    yield near("iv_rank_raw", raw, row["iv_rank_raw"], **close)
    yield near("iv_percentile", share, row["iv_percentile"], **close)
    yield same("n", 0 if standing is None else standing.sessions - 1, row["n"])
    if row["printable"]:
        yield near("iv_rank_clamped", printed, row["iv_rank_clamped"], **close)
    else:
        yield near("printable", printed, None)
