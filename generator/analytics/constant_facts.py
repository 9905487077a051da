"""
Volatility at a fixed number of days as facts, with its error bar.

Total variance runs straight between the expirations on either side, as in the Cboe Volatility
Index methodology; nothing is said outside the listed ones.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from generator.analytics.evidence import Evidence
from generator.analytics.term_structure import (
    DAY,
    Point,
    constant_maturity,
    decimals_of,
    forward_volatility,
)
from generator.models.analysis import Fact, Unit


def constant(
    evidence: Evidence, points: Sequence[Point], days: int, prefix: str = "", when: dt.date | None = None
) -> tuple[Fact | None, Fact | None]:
    """
    Return the volatility *days* ahead and its error bar, between the expirations on either side.

    Both are withheld where no two quoted expirations stand around that day.
    """
    name, target = f"{prefix}volatility.constant_{days}", days * DAY
    known = [point for point in points if point.volatility is not None and point.error is not None]
    before = [point for point in known if point.minutes.number <= target]
    after = [point for point in known if point.minutes.number > target]
    if not before or not after:
        evidence.withhold(name, f"no quoted expirations on both sides of {days} days")
        return None, None
    first, second = before[-1], after[0]
    pairs = [(point.minutes.number, _number(point.volatility)) for point in (first, second)]
    value = constant_maturity(pairs[0], pairs[1], target)
    if value is None or forward_volatility(pairs[0], pairs[1]) is None:
        evidence.withhold(name, f"total variance falls across {days} days")
        return None, None
    errors = (_number(first.error), _number(second.error))
    of = (first.volatility, first.minutes, second.volatility, second.minutes)
    fact = evidence.ledger.add(
        name,
        value,
        unit=Unit.PERCENT,
        decimals=decimals_of(_constant_error(pairs, errors, target, value)),
        formula=f"=sqrt(($1*$1*$2+($3*$3*$4-$1*$1*$2)*({target}-$2)/($4-$2))/{target})",
        of=tuple(item for item in of if item is not None),
        date=when,
    )
    return fact, _error_bar(evidence, fact, (first, second), errors, target)


def _constant_error(
    pairs: Sequence[tuple[float, float]], errors: tuple[float, float], target: float, value: float
) -> float:
    """Carry the error bars of both expirations through the interpolation, as if they went together."""
    (start, low), (end, high) = pairs
    near = (end - target) * low * start * errors[0]
    return (near + (target - start) * high * end * errors[1]) / ((end - start) * target * value)


def _error_bar(
    evidence: Evidence, fact: Fact, around: tuple[Point, Point], errors: tuple[float, float], target: float
) -> Fact:
    first, second = around
    pairs = [(point.minutes.number, _number(point.volatility)) for point in around]
    operands = (first.volatility, first.minutes, second.volatility, second.minutes, first.error, second.error)
    return evidence.ledger.add(
        f"{fact.id}_error",
        _constant_error(pairs, errors, target, fact.number),
        unit=Unit.VOLATILITY_POINTS,
        decimals=1,
        formula=f"=(($4-{target})*$1*$2*$5+({target}-$2)*$3*$4*$6)/(($4-$2)*{target}*$7)",
        of=(*(item for item in operands if item is not None), fact),
        date=fact.date,
    )


def _number(fact: Fact | None) -> float:
    return math.nan if fact is None else fact.number
