"""Forwards from parity, European and American: `analytics.forwards`, `american_carry`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generator.analytics.american_carry import QuotedPairs, fit_carry
from generator.analytics.forwards import Pairs, forward_from, regression
from tests.vectors.rows import Check, Row, near
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "S days r df",
    "forward regression_df regression_forward",
    quotes=fields(
        "K call_eur put_eur call_am put_am",
        "F_from_eur F_from_am_naive",
        am_box_low="a bound",
        am_box_high="a bound",
    ),
    q="in the quotes",
    sigma="in the quotes; no tolerance is stated",
    implied_carry_q="the forward again",
    worst_european_abs="how far the table's quotes are off parity",
    american_bias_at_atm="the error of the wrong way",
    implied_q_from_american_atm="the answer of the wrong way",
)
DAYS = 365
SPREAD = 0.02  #: equal everywhere: it weighs the strikes


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(table, _check, lambda row: f"S={row['S']} days={row['days']} r={row['r']} q={row['q']}")


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    close = {"relative": stated("European F rel #")}
    quotes, discount = row["quotes"], row["df"]
    pairs = _pairs(quotes, "eur")
    yield near("forward", forward_from(pairs, discount), row["forward"], **close)
    forward, slope, _ = regression(pairs)
    yield near("regression_forward", forward, row["regression_forward"], **close)
    yield near("regression_df", slope, row["regression_df"], **close)
    for quote in quotes:
        for side, field in (("eur", "F_from_eur"), ("am", "F_from_am_naive")):
            yield near(field, forward_from(_pairs([quote], side), discount), quote[field], **close)
    strike, call, put = (np.array([quote[key] for quote in quotes]) for key in ("K", "call_am", "put_am"))
    years, rate, spread = (np.full(len(quotes), value) for value in (row["days"] / DAYS, row["r"], SPREAD))
    carry = fit_carry(row["S"], QuotedPairs(years, rate, strike, call, put, spread))
    field = "forward, exercise premiums taken off"
    yield near(field, carry.forward[0], row["forward"], relative=stated("premia) rel #"))


def _pairs(quotes: list[Record], side: str) -> Pairs:
    names = ("K", f"call_{side}", f"put_{side}")
    strike, call, put = (np.array([quote[name] for quote in quotes], dtype=float) for name in names)
    return Pairs(strike, call, put, np.full(len(quotes), SPREAD))
