"""The price at which net gamma exposure changes sign: `analytics.gamma`."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from generator.analytics.gamma import REACH, Contracts, exposures, gammas, net, zero_gamma
from tests.vectors.rows import Check, Row, near, number, same
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "call_strike call_oi put_strike put_oi sigma days r q",
    "zero_gamma net_gex_at_mid_strike net_sign_above net_sign_below",
    second_method_abs_diff="how exact the table is",
    within_strike_range="the flip is looked for within 15 % of the price",
)
ASIDE = 1e-4  #: of the flip, where the sign on each side is read
SAME_ARITHMETIC = 1e-9  #: of the net; no tolerance is stated


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows; the price is half-way between the strikes."""
    return each(table, _check, _name)


def _name(row: Record) -> str:
    return f"{row['call_oi']} calls at {row['call_strike']}, {row['put_oi']} puts at {row['put_strike']}"


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    middle = (row["call_strike"] + row["put_strike"]) / 2
    wanted = number(row["zero_gamma"])
    yield near(
        "net_gex_at_mid_strike", _net(row, middle), row["net_gex_at_mid_strike"], relative=SAME_ARITHMETIC
    )
    found = zero_gamma(_contracts(row, middle), middle)
    if wanted is not None and abs(wanted / middle - 1) > REACH:
        yield near("zero_gamma", found, None)
        return
    yield near("zero_gamma", found, wanted, absolute=stated("abs #*S") * middle)
    for side, field in ((1, "net_sign_above"), (-1, "net_sign_below")):
        sign = None if found is None else "+" if _net(row, found * (1 + side * ASIDE)) > 0 else "-"
        yield same(field, sign, row[field] if wanted is not None else None)


def _contracts(row: Record, spot: float) -> Contracts:
    years = row["days"] / 365
    return Contracts(
        strike=np.array([row["call_strike"], row["put_strike"]], dtype=float),
        call=np.array([True, False]),
        open_interest=np.array([row["call_oi"], row["put_oi"]], dtype=float),
        forward=np.full(2, spot * math.exp((row["r"] - row["q"]) * years)),
        discount=np.full(2, math.exp(-row["r"] * years)),
        volatility=np.full(2, float(row["sigma"])),
        years=np.full(2, years),
    )


def _net(row: Record, spot: float) -> float:
    contracts = _contracts(row, spot)
    return net(exposures(gammas(contracts, spot), contracts.open_interest, spot), contracts.call)
