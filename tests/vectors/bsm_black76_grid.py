"""European prices, greeks and volatilities: `analytics.black76`, and the solver for whole chains."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generator.analytics import black76, european, pricing
from generator.analytics.american_volatility import Refusal
from generator.analytics.normal import cumulative
from tests.vectors.rows import Check, Row, near, refused
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "type S K T_years forward df sigma iv_status iv_abs_tol",
    "price delta gamma vega_per_1 vega_per_volpt theta_per_year theta_per_calday rho_per_1 rho_per_1pct "
    "p_itm_Nd2 delta_fwd",
    T_def="T_years as a fraction",
    r="in forward and df",
    q="in forward and df",
    intrinsic_fwd_disc="a step of price; no tolerance is stated",
    time_value="a step of price; no tolerance is stated",
    upper_bound="a step of price; no tolerance is stated",
    d1="a step of delta; no tolerance is stated",
    d2="a step of p_itm_Nd2; no tolerance is stated",
    tag="what the row is",
)


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(table, _check, lambda row: f"{row['type']} K={row['K']} sigma={row['sigma']} ({row['tag']})")


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    call = row["type"] == "C"
    names = ("S", "forward", "K", "df", "sigma", "T_years", "price")
    spot, forward, strike, discount, sigma, years, premium = (float(row[name]) for name in names)
    found = black76.price(forward, strike, discount, sigma, years, call)
    yield near("price", found, premium, absolute=stated("price abs #*max(S,K)") * max(spot, strike))
    yield from _greeks(row, stated, black76.greeks(spot, forward, strike, discount, sigma, years, call), spot)
    side = 1.0 if call else -1.0
    first, second = black76.moneyness_terms(forward, strike, sigma, years)
    close = {"absolute": stated("delta #")}
    yield near("p_itm_Nd2", cumulative(side * second), row["p_itm_Nd2"], **close)
    yield near("delta_fwd", side * cumulative(side * first), row["delta_fwd"], **close)
    given = tuple(np.array([value]) for value in (forward, strike, discount))
    for solver in (black76, european):
        solved = solver.implied_volatility(np.array([premium]), *given, years, np.array([call]))
        why = pricing.refusals(np.array([premium]), solved, *given, np.array([call]), tick=0.0)
        yield from _volatility(row, solved[0], sigma, Refusal(why[0]).words)


def _greeks(row: Record, stated: Stated, greeks: black76.Greeks, spot: float) -> Iterator[Check]:
    yield near("delta", greeks.delta, row["delta"], absolute=stated("delta #"))
    least = {"absolute": stated("gamma rel 1e-9 (abs #)"), "relative": stated("gamma rel #")}
    yield near("gamma", greeks.gamma, row["gamma"], **least)
    relative = stated("vega, theta, rho rel #")
    absolute = stated("vega, theta, rho rel 1e-9 (abs #*S)") * spot
    for value, units in (
        (greeks.vega, {"vega_per_volpt": 1, "vega_per_1": 100}),
        (greeks.theta, {"theta_per_calday": 1, "theta_per_year": 365}),
        (greeks.rho, {"rho_per_1pct": 1, "rho_per_1": 100}),
    ):
        for field, scale in units.items():
            yield near(field, scale * value, row[field], absolute=absolute * scale, relative=relative)


def _volatility(row: Record, found: float, sigma: float, reason: str) -> Iterator[Check]:
    if row["iv_status"] == "unrecoverable" or (row["iv_status"] == "ill_conditioned" and reason):
        yield refused("iv_status", found, reason)
    else:
        yield near("sigma", found, sigma, absolute=float(row["iv_abs_tol"]))
