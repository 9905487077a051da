"""
The quote filter: what a bid and an ask may be used for.

Rules of the Cboe Volatility Index methodology (zero bids carry no price, the mid stands
for a quote) and the no-arbitrage bounds of Hull, "Options, Futures and Other
Derivatives", chapter on the properties of stock options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

Array = np.ndarray
Numbers = Array | float

STALE_SECONDS = 900.0
LATE_SECONDS = 1200.0  #: after a close in which its quotes are stamped: funds and indices quote to 16:15
SENTINEL = 10.0  #: times the highest price an option can have
#: asks that feeds send for "no offer"
NINES = (9999.0, 9999.99, 99999.0, 99999.99, 199999.99, 999999.0, 999999.99)
WIDE, WIDE_SHARE = 0.25, 0.5
PENNY = 0.05
SLACK, SLACK_SHARE = 0.25, 0.02


class Verdict(IntEnum):
    """What a quote may be used for."""

    OK = 0
    OK_FLAG = 1  #: usable, with a caveat
    REJECT_FOR_IV = 2  #: open interest and volume count, the price does not
    REJECT = 3


#: reason of a verdict, by number; the first that applies is kept
REASONS: tuple[tuple[str, Verdict], ...] = (
    ("", Verdict.OK),
    ("a side is missing or negative", Verdict.REJECT),
    ("no bid and no ask", Verdict.REJECT),
    ("crossed", Verdict.REJECT),
    ("sentinel price", Verdict.REJECT),
    ("quote from the future", Verdict.REJECT),
    ("stale quote", Verdict.REJECT),
    ("above the highest price the option can have", Verdict.REJECT),
    ("ask far below the payoff", Verdict.REJECT),
    ("no bid", Verdict.REJECT_FOR_IV),
    ("mid at or below the payoff", Verdict.REJECT_FOR_IV),
    ("wide", Verdict.OK_FLAG),
    ("under five cents", Verdict.OK_FLAG),
    ("locked", Verdict.OK_FLAG),
    ("quote time unknown", Verdict.OK_FLAG),
)
WIDE_REASON = 11
#: what a count of verdicts is called -> the reasons it counts
COUNTED: Mapping[str, tuple[int, ...]] = {
    "future": (5,),
    "stale": (6,),
    "above_bound": (7,),
    "below_intrinsic": (8, 10),
    "wide": (11,),
}


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Verdicts of quotes, one element a quote."""

    verdict: Array  #: int8, values of `Verdict`
    reason: Array  #: int8, index into `REASONS`
    mid: Array  #: NaN where the quote says nothing about the price

    @property
    def usable(self) -> Array:
        """Mark quotes whose mid is a price."""
        return np.asarray(self.verdict <= Verdict.OK_FLAG)

    @property
    def tight(self) -> Array:
        """Mark quotes fit for a headline number: usable and not wide."""
        return np.asarray(self.usable & (self.reason != WIDE_REASON))


def judge_quotes(
    bid: Array,
    ask: Array,
    *,
    payoff: Array,
    cap: Array,
    age: Array | None = None,
) -> Judged:
    """
    Return the verdict on each quote.

    *payoff* is the lower bound of the price (an American option's intrinsic value, a
    European one's on the discounted forward), *cap* the upper (spot for a call; strike
    for an American put, discounted strike for a European one). *age* in seconds before
    the snapshot's own instant, NaN where the source does not say; None: not judged at all.
    """
    mid = (bid + ask) / 2
    tests = _tests(bid, ask, mid, payoff, cap, age)
    reason = np.zeros(len(bid), dtype=np.int8)
    for number in range(len(tests), 0, -1):
        reason[tests[number - 1]] = number
    verdict = np.array([kind for _, kind in REASONS], dtype=np.int8)[reason]
    without = (verdict == Verdict.REJECT) | (bid == 0)
    return Judged(verdict=verdict, reason=reason, mid=np.where(without, np.nan, mid))


def sentinel(bid: Array, ask: Array, cap: Array) -> Array:
    """
    Mark prices that stand for "none": below zero, far above *cap*, or a row of nines over no bid near it.

    *cap* is the highest price the option can have.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray((bid < 0) | (ask < 0) | _placeholder(bid, ask, cap))


def _placeholder(bid: Array, ask: Array, cap: Array) -> Array:
    nines = np.isin(ask, NINES) & (ask > 2 * bid)
    return np.asarray((np.maximum(bid, ask) > SENTINEL * cap) | nines)


def _tests(bid: Array, ask: Array, mid: Array, payoff: Array, cap: Array, age: Array | None) -> list[Array]:
    """One mask a reason, in the order of `REASONS` from the second."""
    never = np.zeros(len(bid), dtype=bool)
    width = ask - bid
    with np.errstate(invalid="ignore"):
        return [
            ~((bid >= 0) & (ask >= 0)),
            (bid == 0) & (ask == 0),
            bid > ask,
            _placeholder(bid, ask, cap),
            never if age is None else age < 0,
            never if age is None else age > STALE_SECONDS,
            mid > cap,
            ask < payoff - np.maximum(SLACK, SLACK_SHARE * payoff),
            bid == 0,
            mid <= payoff,
            (width > WIDE) & (width > WIDE_SHARE * mid),
            mid < PENNY,
            width == 0,
            never if age is None else np.isnan(age),
        ]
