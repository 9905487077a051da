"""Strikes and volatilities at 25 delta of a smile given as a function: `analytics.skew`."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from generator.analytics.skew import Smile, skew_of
from tests.vectors.rows import Check, Row, near
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "S days r q iv_atmf slope curv",
    "k25_call iv25_call k25_put iv25_put rr25_volpts skew_put_minus_call_volpts fly25_volpts",
    delta_residual="how exact the table is",
)
REACH = 4.0  #: standard deviations the function is looked at to


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(
        table, _check, lambda row: f"S={row['S']} days={row['days']} iv={row['iv_atmf']} slope={row['slope']}"
    )


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    strike, level, points = (stated(phrase) for phrase in ("strike rel #", "IV #", "vol points #"))
    found = skew_of(_smile(row))
    for wing, side in (("call", found and found.call), ("put", found and found.put)):
        yield near(f"k25_{wing}", side and side.strike, row[f"k25_{wing}"], relative=strike)
        yield near(f"iv25_{wing}", side and side.volatility, row[f"iv25_{wing}"], absolute=level)
    steep = found and 100 * found.steepness
    yield near("skew_put_minus_call_volpts", steep, row["skew_put_minus_call_volpts"], absolute=points)
    yield near("rr25_volpts", steep and -steep, row["rr25_volpts"], absolute=points)
    yield near("fly25_volpts", found and 100 * found.fly, row["fly25_volpts"], absolute=points)


def _smile(row: Record) -> Smile:
    """The function, as far as its volatilities stay above zero."""
    years = row["days"] / 365

    def volatility(moneyness: np.ndarray) -> np.ndarray:
        return np.asarray(row["iv_atmf"] + row["slope"] * moneyness + row["curv"] * moneyness**2)

    places = np.linspace(0, REACH * row["iv_atmf"] * math.sqrt(years), 400)
    low, high = (float(side * places[_alive(volatility(side * places))]) for side in (-1.0, 1.0))
    forward = row["S"] * math.exp((row["r"] - row["q"]) * years)
    return Smile(volatility, low, high, forward, years, math.exp(-row["q"] * years))


def _alive(volatilities: np.ndarray) -> int:
    """The last place before the first volatility that is not above zero."""
    below = np.flatnonzero(volatilities <= 0)
    return int(below[0]) - 1 if len(below) else len(volatilities) - 1
