"""Two options of one side and expiration: one bought, one sold."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas.outrights import between
from generator.analytics.ideas.planning import Parts
from generator.analytics.ideas.position import Part
from generator.analytics.ideas.scenario import Desk, Scenario
from generator.analytics.ideas.strikes import liquid_quotes
from generator.analytics.smile import Quote
from generator.models.analysis import Fact
from generator.models.market import Right

WIDTH = 1.0  #: average ranges between the strikes of what is sold for its premium, at least


def debit(desk: Desk, scenario: Scenario, target: Fact, right: Right) -> Iterator[Parts]:
    """
    Yield spreads that are bought for a move to the target.

    The sold strike is the first liquid one at the target or beyond it, where the plan has
    nothing left to gain; the bought one lies from the trigger on, short of the target.
    """
    sold = at_or_beyond(desk, scenario, target.number, right, scenario.side)
    if sold is None:
        return
    for quote in between(desk, scenario, target, right):
        yield (Part(1, quote), Part(-1, sold))


def credit(desk: Desk, scenario: Scenario, right: Right) -> Iterator[Parts]:
    """Yield the spread that is sold for its premium at the invalidation or behind it."""
    parts = sold_outside(desk, scenario, scenario.invalidation.number, right, -scenario.side)
    if parts is not None:
        yield parts


def sold_outside(
    desk: Desk, scenario: Scenario, price: float, right: Right, side: int
) -> tuple[Part, Part] | None:
    """
    Return what is sold at *price* or beyond it, and what is bought at least an average range further.

    Each strike is the first liquid one, upwards for side 1, downwards for -1.
    """
    sold = at_or_beyond(desk, scenario, price, right, side)
    if sold is None:
        return None
    bought = at_or_beyond(desk, scenario, sold.strike + side * WIDTH * desk.average_range, right, side)
    return None if bought is None else (Part(-1, sold), Part(1, bought))


def at_or_beyond(desk: Desk, scenario: Scenario, price: float, right: Right, side: int) -> Quote | None:
    """Return the first liquid series at *price* or beyond it, upwards for side 1, downwards for -1."""
    quotes = liquid_quotes(desk, scenario.expiration, right)
    beyond = [quote for quote in quotes if side * quote.strike >= side * price]
    return min(beyond, key=lambda quote: side * quote.strike, default=None)
