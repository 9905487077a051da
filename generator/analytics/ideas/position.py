"""
A position as a plan would enter it: priced today, and at its trigger.

At the trigger: the next session's close, spot at the level, each strike keeping its
volatility, half of today's spread against the plan on every leg. Prices are per share and
net: above zero is paid, below zero comes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite, nan

from generator.analytics.ideas import payoff
from generator.analytics.ideas.scenario import Desk, Scenario, at_trigger
from generator.analytics.ideas.strikes import liquid_quotes
from generator.analytics.smile import Quote


@dataclass(frozen=True, slots=True)
class Part:
    """So many of a series, sold when negative; of the shares themselves without a quote."""

    quantity: int
    quote: Quote | None = None

    @property
    def bid(self) -> float:
        """The price it can be sold at; only series with two sides are taken."""
        return 0.0 if self.quote is None else self.quote.bid or 0.0

    @property
    def ask(self) -> float:
        """The price it can be bought at."""
        return 0.0 if self.quote is None else self.quote.ask or 0.0

    @property
    def half_spread(self) -> float:
        """What either side is away from the mid; none for shares."""
        return (self.ask - self.bid) / 2


@dataclass(frozen=True)
class Position:
    """Parts and what each is worth; shares at the spot of the moment."""

    parts: tuple[Part, ...]
    spot: float  #: today
    trigger: float
    values: tuple[float, ...]  #: of each part at the trigger, mid

    @cached_property
    def mid_now(self) -> float:
        """The net price at mid, today."""
        return sum(part.quantity * (self._shares(part) + (part.bid + part.ask) / 2) for part in self.parts)

    @cached_property
    def natural_now(self) -> float:
        """Bought at the ask and sold at the bid, today."""
        return sum(
            part.quantity * (self._shares(part) + (part.ask if part.quantity > 0 else part.bid))
            for part in self.parts
        )

    @cached_property
    def mid_then(self) -> float:
        """The net value at the trigger."""
        return sum(part.quantity * value for part, value in zip(self.parts, self.values, strict=True))

    @cached_property
    def half_spreads(self) -> float:
        """What entering costs over the mid."""
        return sum(abs(part.quantity) * part.half_spread for part in self.parts)

    @property
    def natural_then(self) -> float:
        """The net price at the trigger, today's half spreads against the plan."""
        return self.mid_then + self.half_spreads

    @property
    def premium(self) -> float:
        """The net price at the trigger of its options alone."""
        shares = sum(part.quantity for part in self.parts if part.quote is None)
        return self.natural_then - shares * self.trigger

    @cached_property
    def held(self) -> tuple[payoff.Holding, ...]:
        """What is held, entered at the trigger, for the algebra of payoffs."""
        return tuple(
            _holding(part, value + (part.half_spread if part.quantity > 0 else -part.half_spread))
            for part, value in zip(self.parts, self.values, strict=True)
        )

    def profit(self, price: float) -> float:
        """Return the profit at expiration with the underlying at *price*."""
        return payoff.profit(self.held, price)

    def _shares(self, part: Part) -> float:
        return self.spot if part.quote is None else 0.0


def _holding(part: Part, price: float) -> payoff.Holding:
    if part.quote is None:
        return payoff.Holding("shares", part.quantity, price)
    return payoff.Holding(part.quote.right, part.quantity, price, part.quote.strike)


def priced(desk: Desk, scenario: Scenario, parts: Sequence[Part]) -> Position | None:
    """Return the position of *parts* as the scenario would enter it, None where a leg has no value."""
    values = [_value(desk, scenario, part) for part in parts]
    if not all(isfinite(value) for value in values):
        return None
    return Position(tuple(parts), desk.spot, scenario.trigger.number, tuple(values))


def _value(desk: Desk, scenario: Scenario, part: Part) -> float:
    """Return the value of a part at the trigger, NaN where it has none."""
    quote, trigger = part.quote, scenario.trigger.number
    if quote is None:
        return trigger
    key = ("values", quote.expiration, quote.right, trigger)
    known: dict[float, float] | None = desk.memory.get(key)
    if known is None:  # a side at once: single values cost as much as all of them
        quotes = liquid_quotes(desk, quote.expiration, quote.right)
        values = desk.surface.values(quotes, spot=trigger, as_of=at_trigger(desk))
        known = {each.strike: float(value) for each, value in zip(quotes, values, strict=True)}
        desk.memory[key] = known
    return known.get(quote.strike, nan)
