"""Trade structures at expiration: `analytics.ideas.payoff`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from generator.analytics.ideas import payoff
from generator.analytics.ideas.payoff import Holding
from generator.analytics.ideas.probability import Lognormal
from tests.vectors.rows import Check, Row, near, same
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "S sigma days r q",
    "net_debit_per_share max_gain_per_share max_loss_per_share max_gain_unbounded max_loss_unbounded "
    "breakevens reward_to_risk prob_profit_rn",
    legs=fields("kind K price qty", ""),
    per_contract_usd=fields("", "max_gain max_loss"),
    id="its name",
)
KINDS = {"C": "call", "P": "put", "stock": "shares"}


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(table, _check, lambda row: row["id"])


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    held = [Holding(KINDS[leg["kind"]], leg["qty"], leg["price"], leg.get("K") or 0.0) for leg in row["legs"]]
    money, chance = {"absolute": stated("money #")}, {"absolute": stated("prob #")}
    gain, loss = payoff.max_gain(held), payoff.max_loss(held)
    yield near("net_debit_per_share", payoff.cost(held), row["net_debit_per_share"], **money)
    for side, amount in (("gain", gain), ("loss", loss)):
        dollars = payoff.per_contract(amount)
        yield near(f"max_{side}_per_share", amount, row[f"max_{side}_per_share"], **money)
        yield same(f"max_{side}_unbounded", amount is None, row[f"max_{side}_unbounded"])
        # a hundred shares: a hundred times the tolerance of one
        hundredfold = {"absolute": 100 * money["absolute"]}
        yield near("per_contract_usd", dollars, row["per_contract_usd"][f"max_{side}"], **hundredfold)
    for found, wanted in itertools.zip_longest(payoff.breakevens(held), row["breakevens"]):
        yield near("breakevens", found, wanted, **money)
    yield near("reward_to_risk", payoff.reward_to_risk(held), row["reward_to_risk"], **money)
    price = Lognormal(row["S"], row["days"] / 365, row["r"], row["q"], row["sigma"])
    yield near(
        "prob_profit_rn", payoff.probability_of_profit(held, price.above), row["prob_profit_rn"], **chance
    )
    bad = any(amount is not None and amount <= 0 for amount in (gain, loss))
    yield same("rejected", payoff.fault(held) is not None, bad)
