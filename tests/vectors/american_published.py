"""American values without cash dividends, published and true: `analytics.american`."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics import american
from generator.analytics.american import Terms
from tests.vectors.rows import Check, Row, near
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "type S K T_years r q sigma kind published_decimals",
    "true_american published",
    table="where the row was published",
    published_method="what the published number was made with",
    published_minus_true="how far that is off",
    pde_check="the table's second method",
    quantlib_same_method="QuantLib's number by the published method",
    note="what the row is",
)


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(
        table,
        _check,
        lambda row: f"{row['table']} {row['type']} S={row['S']} K={row['K']} sigma={row['sigma']}",
    )


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    given = (row[name] for name in ("S", "K", "T_years", "r", "q"))
    found = float(american.price(Terms.of(*given, row["type"] == "C"), row["sigma"])[0])
    tolerance = stated("|x - true_american| <= #*max(1,K/100)") * max(1.0, row["K"] / 100)
    if row["true_american"] is not None:
        yield near("true_american", found, row["true_american"], absolute=tolerance)
    if row["kind"] == "exact":
        printed = 0.5 * 10.0 ** -row["published_decimals"]
        yield near("published", found, row["published"], absolute=tolerance + printed)
