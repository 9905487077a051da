"""
Payoffs at expiration, per share, of any legs on one underlying and one expiration.

Piecewise linear algebra: extremes and breakevens lie at zero, at strikes, or between
them. Commissions, assignment and early exercise are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import inf, isinf
from typing import Literal

#: risk-neutral probability (0 to 1) that the underlying ends above a price
Above = Callable[[float], float]
TOLERANCE = 1e-9  #: of a dollar: a profit smaller than this is none


class Fault(StrEnum):
    """Why prices cannot be those of a trade: a bad quote, or an arbitrage nobody offers."""

    NO_GAIN = "it can gain nothing"  # a debit of at least the width
    NO_LOSS = "it can lose nothing"  # a credit of at least the width
    NO_CREDIT = "it takes in nothing"  # sold for a premium that is none


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held: shares (strike 0), calls or puts; quantity > 0 bought, at *price* per share."""

    kind: Literal["call", "put", "shares"]
    quantity: int
    price: float
    strike: float = 0.0

    def value(self, spot: float) -> float:
        """Return what it is worth at expiration."""
        if self.kind == "put":
            return self.quantity * max(self.strike - spot, 0.0)
        return self.quantity * max(spot - self.strike, 0.0)

    @property
    def slope_above(self) -> int:
        """The change of its value a dollar above every strike."""
        return 0 if self.kind == "put" else self.quantity


def cost(holdings: Sequence[Holding]) -> float:
    """Return what is paid to enter, negative when money comes in."""
    return sum(holding.quantity * holding.price for holding in holdings)


def profit(holdings: Sequence[Holding], spot: float) -> float:
    """Return the profit at expiration with the underlying at *spot*."""
    return sum(holding.value(spot) for holding in holdings) - cost(holdings)


def max_gain(holdings: Sequence[Holding]) -> float | None:
    """Return the largest profit, None when it is unbounded."""
    if _slope_above(holdings) > 0:
        return None
    return max(profit(holdings, spot) for spot in _corners(holdings))


def max_loss(holdings: Sequence[Holding]) -> float | None:
    """Return the largest loss, positive; negative when nothing can be lost, None when unbounded."""
    if _slope_above(holdings) < 0:
        return None
    return -min(profit(holdings, spot) for spot in _corners(holdings))


def reward_to_risk(holdings: Sequence[Holding]) -> float | None:
    """Return largest gain over largest loss; None when either is unbounded or not above zero."""
    gain, loss = max_gain(holdings), max_loss(holdings)
    if gain is None or loss is None or gain <= 0 or loss <= 0:
        return None
    return gain / loss


def breakevens(holdings: Sequence[Holding]) -> tuple[float, ...]:
    """Return the prices at which profit turns into loss or back, ascending."""
    corners = _corners(holdings)
    ends = [*corners[1:], inf]
    found = (_crossing(holdings, low, high) for low, high in zip(corners, ends, strict=True))
    return tuple(crossing for crossing in found if crossing is not None)


def probability_of_profit(holdings: Sequence[Holding], above: Above) -> float:
    """Return the risk-neutral probability (0 to 1) of a profit above zero, from *above* each breakeven."""
    edges = [*sorted({*_corners(holdings), *breakevens(holdings)}), inf]
    total = 0.0
    for low, high in pairwise(edges):
        if profit(holdings, _inside(low, high)) > TOLERANCE:
            total += (above(low) if low > 0 else 1.0) - (0.0 if isinf(high) else above(high))
    return total


def fault(holdings: Sequence[Holding], *, sold: bool = False) -> Fault | None:
    """
    Return why the prices are to be rejected, None where they may stand.

    A debit of at least the width leaves no gain, a credit of at least the width no loss;
    what is *sold* for its premium must bring one in.
    """
    if sold and cost(holdings) >= -TOLERANCE:
        return Fault.NO_CREDIT
    gain, loss = max_gain(holdings), max_loss(holdings)
    if gain is not None and gain <= TOLERANCE:
        return Fault.NO_GAIN
    if loss is not None and loss <= TOLERANCE:
        return Fault.NO_LOSS
    return None


def per_contract(amount: float | None, multiplier: int = 100) -> float | None:
    """Return dollars a contract of an amount a share; None, unbounded, stays None."""
    return None if amount is None else amount * multiplier


def _slope_above(holdings: Sequence[Holding]) -> int:
    return sum(holding.slope_above for holding in holdings)


def _corners(holdings: Sequence[Holding]) -> list[float]:
    return sorted({0.0, *(holding.strike for holding in holdings)})


def _inside(low: float, high: float) -> float:
    return low + 1.0 if isinf(high) else (low + high) / 2


def _crossing(holdings: Sequence[Holding], low: float, high: float) -> float | None:
    """Return where the profit is zero between two corners, the lower one excluded."""
    start = profit(holdings, low)
    slope = (
        profit(holdings, low + 1) - start if isinf(high) else (profit(holdings, high) - start) / (high - low)
    )
    if abs(start) <= TOLERANCE or slope * start >= 0:
        return None
    where = low - start / slope
    return where if where <= high + TOLERANCE else None
