"""Risk-neutral probabilities of ending beyond a level and of touching it: `analytics.distribution`."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from generator.analytics import black76
from generator.analytics.distribution import (
    Market,
    call_spread,
    probabilities_above,
    probability_above,
    probability_of_touch,
)
from tests.vectors.rows import Check, Row, near, number
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "S K days r q sigma_at_K dsigma_dK",
    "prob_above_flat_Nd2 prob_above_with_skew_BL call_spread_estimate_width1 delta_call prob_touch_flat "
    "two_times_prob_itm",
    second_method_abs_diff="how exact the table is",
)
WIDTH = 1.0


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(table, _check, lambda row: f"S={row['S']} K={row['K']} days={row['days']}")


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    close = {"absolute": stated("# for closed forms")}
    spot, level, volatility, slope = (float(row[name]) for name in ("S", "K", "sigma_at_K", "dsigma_dK"))
    years = row["days"] / 365
    forward = spot * math.exp((row["r"] - row["q"]) * years)
    discount = math.exp(-row["r"] * years)
    flat = probability_above(forward, level, volatility, years)
    yield near("prob_above_flat_Nd2", flat, row["prob_above_flat_Nd2"], **close)
    beyond = flat if level >= spot or flat is None else 1 - flat
    yield near("two_times_prob_itm", beyond and 2 * beyond, row["two_times_prob_itm"], **close)
    tilted = probability_above(forward, level, volatility, years, slope)
    raw = probabilities_above(forward, level, volatility, years, slope)
    yield from _probability("prob_above_with_skew_BL", tilted, float(raw), row, close)
    touched = probability_of_touch(spot, forward, level, volatility, years)
    yield near("prob_touch_flat", touched, row["prob_touch_flat"], **close)
    greeks = black76.greeks(spot, forward, level, discount, volatility, years, call=True)
    yield near("delta_call", greeks.delta, row["delta_call"], **close)
    ends = level + WIDTH / 2 * np.array([-1.0, 1.0])
    levels = volatility + slope * (ends - level)
    below, above = (
        Market(*[float(x)] * 2) for x in black76.price(forward, ends, discount, levels, years, call=True)
    )
    spread = call_spread(below, above, discount, WIDTH)
    raw = (below.bid - above.bid) / (discount * WIDTH)
    yield from _probability("call_spread_estimate_width1", spread and spread.middle, raw, row, close)


def _probability(field: str, found: float | None, raw: float, row: Record, close: dict) -> Iterator[Check]:
    """What lies outside 0 to 1 is no probability: the function refuses what the table shows."""
    wanted = number(row[field])
    if wanted is None or 0 <= wanted <= 1:
        yield near(field, found, wanted, **close)
    else:
        yield near(field, found, None)
        yield near(field, raw, wanted, **close)
