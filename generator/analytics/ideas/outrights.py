"""A bought option: strikes at or beyond the trigger, short of the target."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas.planning import Parts
from generator.analytics.ideas.position import Part
from generator.analytics.ideas.scenario import Desk, Scenario
from generator.analytics.ideas.strikes import liquid_quotes
from generator.analytics.smile import Quote
from generator.models.analysis import Fact
from generator.models.market import Right


def bought(desk: Desk, scenario: Scenario, target: Fact, right: Right) -> Iterator[Parts]:
    """Yield one option at each liquid strike from the trigger up to, or down to, the target."""
    for quote in between(desk, scenario, target, right):
        yield (Part(1, quote),)


def between(desk: Desk, scenario: Scenario, target: Fact, right: Right) -> Iterator[Quote]:
    """Yield the liquid series from the trigger to short of the target, nearest to the trigger first."""
    side = scenario.side
    low, high = side * scenario.trigger.number, side * target.number
    for quote in liquid_quotes(desk, scenario.expiration, right)[::side]:
        if low <= side * quote.strike < high:
            yield quote
