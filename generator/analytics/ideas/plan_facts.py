"""How a plan is written down: `plan.<structure>.<part>`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.analytics.ideas.position import Part
from generator.analytics.ideas.scenario import Desk
from generator.analytics.ideas.sums import Sum
from generator.analytics.smile import Quote
from generator.models.analysis import Fact, IdeaKind, Leg, Unit


@dataclass(frozen=True, slots=True)
class PlanWriter:
    """Writes the parts of one plan into the ledger; *within* is the part that all of them belong to."""

    desk: Desk
    kind: IdeaKind
    within: str = ""

    @property
    def id(self) -> str:
        """The plan's name in ids: `long_call`."""
        return self.kind.replace(" ", "_").replace("-", "_")

    def name(self, part: str) -> str:
        """Return the id of a part's fact."""
        return f"plan.{self.id}.{self.within}{part}"

    def fact(self, part: str, value: float, formula: str, of: Sequence[Fact] = ()) -> Fact:
        """Write a price, per share."""
        return self.desk.ledger.add(
            self.name(part), value, unit=self.desk.unit, decimals=2, formula=formula, of=of
        )

    def same(self, part: str, fact: Fact) -> Fact:
        """Write a price that is another fact's: a level, or the edge of a range."""
        return self.fact(part, fact.number, "=$1", (fact,))

    def sum(self, part: str, total: Sum, over: int = 1) -> Fact:
        """Write a sum of prices, over a whole number."""
        return self.fact(part, total.value / over, total.over(over), total.facts)

    def percent(self, part: str, value: float, formula: str, of: Sequence[Fact] = ()) -> Fact:
        """Write a percentage."""
        return self.desk.ledger.add(self.name(part), value, unit=Unit.PERCENT, formula=formula, of=of)

    def ratio(self, part: str, over: Fact, under: Fact) -> Fact | None:
        """Write one fact over another; None where the second is not above zero."""
        if under.number <= 0:
            return None
        return self.desk.ledger.add(
            self.name(part),
            over.number / under.number,
            unit=Unit.RATIO,
            decimals=2,
            formula="=$1/$2",
            of=(over, under),
        )

    def multiplier(self, parts: Sequence[Part]) -> float | None:
        """Return how many shares a contract of the first option is on, None without an option."""
        symbol = next((part.quote.contract_symbol for part in parts if part.quote is not None), None)
        row = None if symbol is None else self.desk.surface.book.find(symbol)
        if row is None:
            return None
        _, mask = self.desk.ledger.select(self.desk.surface.book.selector(row))
        return float(self.desk.snapshot.chain["multiplier"].to_numpy()[mask][0])

    def leg(self, place: int, part: Part, value: float) -> Leg:
        """Write one leg down with its quote, its counts and its value at the trigger."""
        quote = part.quote
        if quote is None:
            return Leg(quantity=part.quantity, right=None, strike=None, expiration=None, contract_symbol=None)
        stem = f"leg.{place}"
        return Leg(
            quantity=part.quantity,
            right=quote.right,
            strike=self._quoted(f"{stem}.strike", quote, quote.strike, "=value(strike)"),
            expiration=self.desk.ledger.day(quote.expiration),
            contract_symbol=quote.contract_symbol,
            bid=self._quoted(f"{stem}.bid", quote, part.bid, "=value(bid)"),
            ask=self._quoted(f"{stem}.ask", quote, part.ask, "=value(ask)"),
            value_at_trigger=self.fact(f"{stem}.value_at_trigger", value, "sticky_strike.value"),
            spread_percent=self._spread(stem, quote),
            open_interest=self._counted("open_interest", quote),
            volume=self._counted("volume", quote),
        )

    def _quoted(self, part: str, quote: Quote, value: float, formula: str) -> Fact:
        """Write a price that today's row of a series gives."""
        return self.desk.ledger.add(
            self.name(part),
            value,
            unit=self.desk.unit,
            decimals=2,
            formula=formula,
            rows=self.series(quote)[1],
        )

    def _spread(self, stem: str, quote: Quote) -> Fact | None:
        """Write the spread over the mid, in percent."""
        if quote.spread_percent is None:
            return None
        return self.desk.ledger.add(
            self.name(f"{stem}.spread_percent"),
            quote.spread_percent,
            unit=Unit.PERCENT,
            decimals=1,
            formula="=200*(value(ask)-value(bid))/(value(ask)+value(bid))",
            rows=self.series(quote)[1],
        )

    def _counted(self, column: str, quote: Quote) -> Fact | None:
        """Write the open interest or the volume of a series, under the id every part of a brief uses."""
        count = quote.open_interest if column == "open_interest" else quote.volume
        if count is None:
            return None
        name, rows = self.series(quote)
        return self.desk.ledger.add(
            f"{column}.{name}",
            count,
            unit=Unit.CONTRACTS,
            formula=f"=value({column})",
            rows=rows,
            date=self.desk.snapshot.open_interest_date if column == "open_interest" else None,
        )

    def series(self, quote: Quote) -> tuple[str, str]:
        """Return the name of a series in ids, and its selector."""
        book = self.desk.surface.book
        row = book.find(quote.contract_symbol)
        if row is None:
            raise ValueError(f"series {quote.contract_symbol}: wanted a row of the book, found none")
        return book.name(row), book.selector(row)
