"""Volatility between two expirations: `analytics.term_structure`."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.term_structure import constant_maturity, forward_volatility
from tests.vectors.rows import Check, Row, near, same
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "days1 iv1 days2 iv2 target_days",
    "iv_target forward_iv_1_2 calendar_arbitrage bracketed",
    linear_in_vol_wrong="the answer of the wrong way",
)


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(table, _check, lambda row: f"{row['days1']} to {row['days2']} days, at {row['target_days']}")


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    points = (row["days1"], row["iv1"]), (row["days2"], row["iv2"])
    close = {"absolute": stated("#")}
    found, between = constant_maturity(*points, row["target_days"]), forward_volatility(*points)
    yield near("iv_target", found, row["iv_target"], **close)
    yield same("bracketed", found is not None, row["bracketed"])
    yield near("forward_iv_1_2", between, row["forward_iv_1_2"], **close)
    yield same("calendar_arbitrage", between is None, row["calendar_arbitrage"])
