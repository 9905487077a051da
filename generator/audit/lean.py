"""The votes of the day's lean and their tally once more, from the facts they name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from generator.audit.twin import Twin
from generator.models.analysis import Fact

_FAMILIES = ("trend", "momentum", "options", "volatility")


def lean_fault(fact: Fact, twin: Twin) -> str | None:
    """Return what a fact of the lean should have been, None where it is right."""
    wanted = _wanted(fact.id.removeprefix("lean."), fact, twin)
    return None if fact.number == wanted else f"is {fact.value}, its votes give {wanted}"


def _wanted(name: str, fact: Fact, twin: Twin) -> float:
    if name in _VOTES:
        return _VOTES[name]([twin.facts[operand].number for operand in fact.inputs.facts])
    cast = [twin.facts.get(f"lean.{family}") for family in _FAMILIES]
    return _tally([vote.number for vote in cast if vote is not None])[name]


def _sign(value: float) -> int:
    return 1 if value > 0 else -1 if value < 0 else 0


def _both(first: int, second: int, *, strong: bool) -> int:
    if first != second:
        return 0
    return 2 * first if strong else first


def _trend(of: Sequence[float]) -> int:
    distance, change, average, reach = of
    return _both(_sign(distance), _sign(change), strong=abs(distance * average) >= 200 * reach)


def _momentum(of: Sequence[float]) -> int:
    rsi, macd, signal = of
    return _both(_sign(rsi - 50), _sign(macd - signal), strong=rsi >= 60 or rsi <= 40)


def _options(of: Sequence[float]) -> int:
    skew, skew_before, ratio, ratio_before = of
    moved, turned = skew_before - skew, 1 - ratio / ratio_before
    sides = (_sign(moved) if abs(moved) > 0.1 else 0, _sign(turned) if abs(turned) > 0.005 else 0)
    return _both(*sides, strong=abs(turned) >= 0.05)


def _volatility(of: Sequence[float]) -> int:
    (percentile,) = of
    for bound, vote in ((10, 2), (20, 1)):
        if percentile < bound:
            return vote
        if percentile > 100 - bound:
            return -vote
    return 0


_VOTES: Mapping[str, Callable[[Sequence[float]], int]] = {
    "trend": _trend,
    "momentum": _momentum,
    "options": _options,
    "volatility": _volatility,
}


def _tally(votes: Sequence[float]) -> Mapping[str, float]:
    return {
        "cast": len(votes),
        "up": sum(vote > 0 for vote in votes),
        "down": sum(vote < 0 for vote in votes),
        "highest": max([0, *votes]),
        "lowest": min([0, *votes]),
    }
