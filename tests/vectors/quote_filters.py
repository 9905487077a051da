"""Verdicts on quotes: `analytics.quotes`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generator.analytics.quotes import REASONS, Verdict, judge_quotes
from tests.vectors.rows import Check, Row, near, number, same
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "mode type S K bid ask quote_age_s",
    "verdict mid",
    last="never a price",
    last_age_s="never a price",
    reason="in the table's words; ours must be there",
)
RUNNING = "regular_session"


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(table, _check, lambda row: f"{row['bid']} x {row['ask']} ({row['reason']})")


def _check(row: Record, _: Stated) -> Iterator[Check]:
    spot, strike, call = float(row["S"]), float(row["K"]), row["type"] == "C"
    found = judge_quotes(
        _one(row["bid"]),
        _one(row["ask"]),
        payoff=_one(max(spot - strike if call else strike - spot, 0.0)),
        cap=_one(spot if call else strike),
        # a snapshot of a day's end is judged at its own instant
        age=_one(row["quote_age_s"] if row["mode"] == RUNNING else 0.0),
    )
    verdict = Verdict(found.verdict[0])
    yield same("verdict", verdict.name.lower(), row["verdict"])
    yield same("reason", bool(REASONS[found.reason[0]][0]), verdict != Verdict.OK)
    yield near("mid", found.mid[0], row["mid"], relative=1e-14)


def _one(value: float | None) -> np.ndarray:
    known = number(value)
    return np.array([np.nan if known is None else known])
