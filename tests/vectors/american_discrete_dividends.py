"""American and European values with cash dividends: `analytics.american_dividends`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from generator.analytics import american_dividends
from generator.analytics.american import Terms
from generator.analytics.american_dividends import CashDividend
from tests.vectors.rows import Check, Row, near
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "type S K days r q sigma",
    "american european delta vega_per_volpt early_exercise_premium",
    dividends=fields("ex_day amount", ""),
    american_quantlib_fd_spot="the table's second method",
    qlfd_2000="the table's second method",
    european_quantlib_cashdiv="the table's second method",
    forward_equiv_yield_american="the answer of the wrong model",
    escrowed_european_bsm="the answer of another model",
    tag="what the row is",
)
DAYS = 365  #: a year, as the table counts
Found = Mapping[str, Any]


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows; those of one schedule of dividends are valued together, as a chain's are."""
    valued: dict[str, dict[int, Found]] = {}

    def check(row: Record, stated: Stated) -> Iterator[Check]:
        schedule = json.dumps(row["dividends"])
        if schedule not in valued:
            part = [other for other in table.rows if json.dumps(other["dividends"]) == schedule]
            valued[schedule] = dict(zip(map(id, part), _values(part), strict=True))
        return _check(row, valued[schedule][id(row)], stated)

    return each(table, check, lambda row: f"{row['type']} K={row['K']} days={row['days']} ({row['tag']})")


def _values(part: Sequence[Record]) -> list[Found]:
    given = [
        np.array([row[name] for row in part], dtype=float) for name in ("S", "K", "days", "r", "q", "sigma")
    ]
    given[2] /= DAYS
    terms = Terms.of(*given[:5], np.array([row["type"] == "C" for row in part]))
    dividends = [CashDividend(item["ex_day"] / DAYS, item["amount"]) for item in part[0]["dividends"]]
    greeks = american_dividends.greeks(terms, given[5], dividends)
    columns = {
        "american": american_dividends.price(terms, given[5], dividends),
        "european": american_dividends.price(terms, given[5], dividends, early=False),
        "delta": greeks.delta,
        "vega_per_volpt": greeks.vega,
    }
    return [{name: values[place] for name, values in columns.items()} for place in range(len(part))]


def _check(row: Record, found: Found, stated: Stated) -> Iterator[Check]:
    scale = row["S"] / 100
    both = stated("american abs <= #*S/100") * scale, stated("european #*S/100") * scale
    premium = found["american"] - found["european"]
    yield near("american", found["american"], row["american"], absolute=both[0])
    yield near("european", found["european"], row["european"], absolute=both[1])
    yield near("early_exercise_premium", premium, row["early_exercise_premium"], absolute=sum(both))
    yield near("delta", found["delta"], row["delta"], absolute=stated("delta #"))
    loose = stated("vega_per_volpt rel #") * abs(row["vega_per_volpt"]) + stated(
        "vega_per_volpt rel 1e-2 + #"
    )
    yield near("vega_per_volpt", found["vega_per_volpt"], row["vega_per_volpt"], absolute=loose)
