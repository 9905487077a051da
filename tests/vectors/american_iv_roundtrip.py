"""American values, greeks and the way back to the volatility: `analytics.american`, `american_volatility`."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics import american
from generator.analytics.american import Terms
from generator.analytics.american_volatility import Refusal, implied_volatility
from tests.vectors.rows import Check, Row, near, refused
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "type S K T_years r q status",
    "sigma price delta gamma sigma_exercise_now_max intrinsic",
    price_pde="the table's second method",
    early_exercise_premium="price less european_price",
    european_price="the European table's",
    iv_american="sigma again, solved by the table",
    iv_bsm_wrong="the answer of the wrong model",
    vega_per_volpt="in the tolerance of sigma; none of its own is stated",
)


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(
        table,
        _check,
        lambda row: f"{row['type']} K={row['K']} sigma={row['sigma']} r={row['r']} q={row['q']}",
    )


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    terms = Terms.of(*(row[name] for name in ("S", "K", "T_years", "r", "q")), row["type"] == "C")
    close = stated("price #*S/100") * row["S"] / 100
    yield near("price", american.price(terms, row["sigma"])[0], row["price"], absolute=close)
    yield near("intrinsic", terms.intrinsic[0], row["intrinsic"], absolute=1e-12 * row["S"])
    greeks = american.greeks(terms, row["sigma"])
    yield near("delta", greeks.delta[0], row["delta"], absolute=stated("delta #"))
    if row["status"] == "ok":
        yield near("gamma", greeks.gamma[0], row["gamma"], relative=stated("gamma rel #"))
    if row["sigma_exercise_now_max"] is not None:
        least = american.price(terms, row["sigma_exercise_now_max"])[0]
        yield near("sigma_exercise_now_max", least, row["intrinsic"], absolute=close)
    found = implied_volatility(terms, row["price"])
    reason = Refusal(found.refusal[0]).words
    if row["status"] == "at_intrinsic_no_iv" or (row["status"] == "ill_conditioned" and reason):
        yield refused("status", found.volatility[0], reason)
    else:
        least = stated("|iv-sigma| <= max(#,")
        loose = stated("#/(100*vega_per_volpt)") / (100 * row["vega_per_volpt"])
        yield near("sigma", found.volatility[0], row["sigma"], absolute=max(least, loose))
