"""
Payoffs written as sums of facts, so that anyone can work them out again: `=$1-$2-$3`.

Between two strikes a payoff is a straight line: so many times the price, so many times each
strike, less what was paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generator.analytics.ideas.position import Part
from generator.models.analysis import Fact

STEP = 1e-6  #: of a dollar: to the side of a strike


@dataclass(frozen=True, slots=True)
class Sum:
    """Facts with whole coefficients, each fact once, none times zero."""

    terms: tuple[tuple[int, Fact], ...]

    @classmethod
    def of(cls, terms: Iterable[tuple[int, Fact]]) -> Sum:
        """Return the sum of *terms*, equal facts added up."""
        found: dict[str, tuple[int, Fact]] = {}
        for count, fact in terms:
            before = found.get(fact.id, (0, fact))[0]
            found[fact.id] = (before + count, fact)
        return cls(tuple(term for term in found.values() if term[0]))

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The operands, in the order of the formula."""
        return tuple(fact for _, fact in self.terms)

    @property
    def value(self) -> float:
        """The sum."""
        return sum(count * fact.number for count, fact in self.terms)

    def over(self, divisor: int) -> str:
        """Return the formula of the sum over a whole number."""
        if divisor < 0:
            return Sum(tuple((-count, fact) for count, fact in self.terms)).over(-divisor)
        body = "".join(_term(place, count) for place, (count, _) in enumerate(self.terms, 1)).removeprefix(
            "+"
        )
        return f"={body}" if divisor == 1 else f"=({body})/{divisor}"


def _term(place: int, count: int) -> str:
    size = "" if abs(count) == 1 else f"{abs(count)}*"
    return f"{'+' if count > 0 else '-'}{size}${place}"


@dataclass(frozen=True, slots=True)
class Entered:
    """A position's parts with the facts of its strikes, and what was paid for it or taken in."""

    parts: Sequence[Part]
    strikes: Sequence[Fact | None]  #: None for shares
    price: Fact
    credit: bool

    def payoff(self, spot: float, at: Fact | None) -> Sum:
        """Return the profit with the underlying at *spot*, whose fact is *at*; None for a price of zero."""
        slope, rest = self._line(spot)
        moving = () if at is None else ((slope, at),)
        return Sum.of((*moving, *rest))

    def breakeven(self, spot: float) -> tuple[float, str, tuple[Fact, ...]]:
        """Return the price near *spot* at which the profit is zero, its formula and its operands."""
        for side in (STEP, -STEP):
            slope, rest = self._line(spot + side)
            if slope:
                total = Sum.of(rest)
                return -total.value / slope, total.over(-slope), total.facts
        raise ValueError(f"wanted a payoff that crosses zero at {spot}, found a flat one")

    def _line(self, spot: float) -> tuple[int, list[tuple[int, Fact]]]:
        """Return how many times the price the payoff at *spot* is, and the rest of it."""
        slope = 0
        rest = [(1 if self.credit else -1, self.price)]
        for part, strike in zip(self.parts, self.strikes, strict=True):
            if part.quote is None or strike is None:
                slope += part.quantity
            elif part.quote.right == "call" and spot > part.quote.strike:
                slope += part.quantity
                rest.append((-part.quantity, strike))
            elif part.quote.right == "put" and spot < part.quote.strike:
                slope -= part.quantity
                rest.append((part.quantity, strike))
        return slope, rest
