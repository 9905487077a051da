"""
What a plan's legs pay, worked out from brief.json alone: extremes, breakevens, prices.

Written apart from the analysis: a payoff is evaluated at prices and searched, never derived.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_FAR = 4.0  # times the highest strike or price: beyond it every payoff is straight
_HALVINGS = 200
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Curve:
    """The profit of *legs* at expiration, *paid* for the whole of them; both as brief.json has them."""

    legs: Sequence[Mapping[str, Any]]
    paid: float

    def at(self, price: float) -> float:
        """Return the profit with the underlying at *price*."""
        worth: float = sum(leg["quantity"] * _worth(leg, price) for leg in self.legs)
        return worth - self.paid

    @property
    def corners(self) -> list[float]:
        """Zero, the strikes and a price far beyond them."""
        strikes = sorted({float(leg["strike"]) for leg in self.legs if leg["right"] is not None})
        return [0.0, *strikes, _FAR * max([*strikes, abs(self.paid), 1.0])]

    @property
    def rising(self) -> float:
        """By how much the profit grows a dollar of price, beyond every strike."""
        far = self.corners[-1]
        return self.at(far + 1) - self.at(far)

    @property
    def most(self) -> float:
        """The largest profit, infinite where it has no bound."""
        return math.inf if self.rising > _NOTHING else max(map(self.at, self.corners))

    @property
    def least(self) -> float:
        """The largest loss, as a profit below zero."""
        return -math.inf if self.rising < -_NOTHING else min(map(self.at, self.corners))

    @property
    def turns(self) -> list[float]:
        """The prices at which profit and loss meet, ascending."""
        return [
            self._halved(low, high)
            for low, high in pairwise(self.corners)
            if self.at(low) * self.at(high) < 0
        ]

    def _halved(self, low: float, high: float) -> float:
        sign = math.copysign(1, self.at(low))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if sign * self.at(middle) > 0 else (low, middle)
        return (low + high) / 2


def _worth(leg: Mapping[str, Any], price: float) -> float:
    if leg["right"] is None:
        return price
    over = price - float(leg["strike"])
    return max(over if leg["right"] == "call" else -over, 0.0)


def net_now(legs: Sequence[Mapping[str, Any]], spot: float) -> tuple[float, float]:
    """Return what the legs cost today: bought at the ask and sold at the bid, and at mid."""
    natural = middle = 0.0
    for leg in legs:
        shares = leg["right"] is None
        bid, ask = (spot, spot) if shares else (float(leg["bid"]), float(leg["ask"]))
        natural += leg["quantity"] * (ask if leg["quantity"] > 0 else bid)
        middle += leg["quantity"] * (bid + ask) / 2
    return natural, middle


def net_then(legs: Sequence[Mapping[str, Any]], trigger: float) -> tuple[float, float]:
    """Return what the legs cost at the trigger: with half of today's spread against the plan, and at mid."""
    natural = middle = 0.0
    for leg in legs:
        shares = leg["right"] is None
        value = trigger if shares else float(leg["value_at_trigger"])
        half = 0.0 if shares else (float(leg["ask"]) - float(leg["bid"])) / 2
        middle += leg["quantity"] * value
        natural += leg["quantity"] * value + abs(leg["quantity"]) * half
    return natural, middle
