"""How a plan is written down: `plan.<structure>.<part>`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.analytics.ideas.scenario import Desk, Scenario
from generator.analytics.smile import Quote
from generator.models.analysis import Fact, IdeaKind, Unit


@dataclass(frozen=True, slots=True)
class PlanWriter:
    """Writes the parts of one plan into the ledger."""

    desk: Desk
    kind: IdeaKind
    scenario: Scenario

    @property
    def id(self) -> str:
        """The plan's name in ids: `long_call`."""
        return self.kind.replace(" ", "_")

    def fact(self, part: str, value: float, formula: str, of: Sequence[Fact] = ()) -> Fact:
        """Write a price, per share."""
        return self.desk.ledger.add(
            f"plan.{self.id}.{part}", value, unit=self.desk.unit, decimals=2, formula=formula, of=of
        )

    def same(self, part: str, fact: Fact) -> Fact:
        """Write a price that is another fact's: a level, or the edge of a range."""
        return self.fact(part, fact.number, "=$1", (fact,))

    def ratio(self, part: str, over: Fact, under: Fact) -> Fact | None:
        """Write one fact over another; None where the second is not above zero."""
        if under.number <= 0:
            return None
        return self.desk.ledger.add(
            f"plan.{self.id}.{part}",
            over.number / under.number,
            unit=Unit.RATIO,
            decimals=2,
            formula="=$1/$2",
            of=(over, under),
        )

    def quoted(self, part: str, quote: Quote, value: float, formula: str, *, of: Sequence[Fact] = ()) -> Fact:
        """Write a price that today's quote of a series gives."""
        return self.desk.ledger.add(
            f"plan.{self.id}.{part}",
            value,
            unit=self.desk.unit,
            decimals=2,
            formula=formula,
            rows=self._series(quote)[1],
            of=of,
        )

    def spread_percent(self, quote: Quote) -> Fact | None:
        """Write the spread over the mid, in percent."""
        if quote.spread_percent is None:
            return None
        return self.desk.ledger.add(
            f"plan.{self.id}.spread_percent",
            quote.spread_percent,
            unit=Unit.PERCENT,
            decimals=1,
            formula="=200*(value(ask)-value(bid))/(value(ask)+value(bid))",
            rows=self._series(quote)[1],
        )

    def counted(self, column: str, quote: Quote) -> Fact | None:
        """Write the open interest or the volume of a series, under the id every part of a brief uses."""
        count = quote.open_interest if column == "open_interest" else quote.volume
        if count is None:
            return None
        name, rows = self._series(quote)
        return self.desk.ledger.add(
            f"{column}.{name}", count, unit=Unit.CONTRACTS, formula=f"=value({column})", rows=rows
        )

    def _series(self, quote: Quote) -> tuple[str, str]:
        """Return the name of a series in ids, and its selector."""
        book = self.desk.surface.book
        row = book.find(quote.contract_symbol)
        if row is None:
            raise ValueError(f"series {quote.contract_symbol}: wanted a row of the book, found none")
        return book.name(row), book.selector(row)
