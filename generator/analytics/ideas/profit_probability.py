"""The risk-neutral probability that a plan ends with a profit, each breakeven at its own volatility."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf, isinf

from generator.analytics.ideas import payoff
from generator.analytics.ideas.plan_facts import PlanWriter
from generator.analytics.ideas.planning import Candidate
from generator.analytics.ideas.scenario import at_trigger
from generator.analytics.ideas.sums import Sum
from generator.models.analysis import Fact

BEYOND = 1.0  #: dollars above the last breakeven, where the sign of the payoff is read


def probability_of_profit(write: PlanWriter, chosen: Candidate, breakevens: Sequence[Fact]) -> Fact | None:
    """The risk-neutral probability of a profit, seen from where the price stands at the trigger."""
    held, first = chosen.position.held, chosen.position.parts
    quote = next((part.quote for part in first if part.quote is not None), None)
    if quote is None or not breakevens:
        return None
    beyond: list[Fact] = []
    for place, breakeven in enumerate(breakevens, 1):
        above = write.desk.surface.probability_above(
            quote.expiration,
            breakeven.number,
            spot=chosen.scenario.trigger.number,
            as_of=at_trigger(write.desk),
            settlement=quote.settlement,
        )
        if above is None:
            return None
        of = (breakeven, chosen.scenario.trigger)
        beyond.append(write.percent(f"probability_above.{place}", 100 * above, "smile.probability_above", of))
    return _between(write, held, breakevens, beyond)


def _between(
    write: PlanWriter,
    held: Sequence[payoff.Holding],
    breakevens: Sequence[Fact],
    beyond: Sequence[Fact],
) -> Fact:
    """Add the probabilities of the stretches between breakevens in which there is a profit."""
    edges = [0.0, *(fact.number for fact in breakevens), inf]
    terms: list[tuple[int, Fact]] = []
    certain = 0
    for place, (low, high) in enumerate(pairwise(edges)):
        inside = low + BEYOND if isinf(high) else (low + high) / 2
        if payoff.profit(held, inside) <= 0:
            continue
        certain += 100 * (place == 0)
        terms += [(1, beyond[place - 1])] if place else []
        terms += [] if isinf(high) else [(-1, beyond[place])]
    total = Sum.of(terms)
    formula = total.over(1) if not certain else f"={certain}{total.over(1).removeprefix('=')}"
    return write.percent("probability_of_profit", certain + total.value, formula, total.facts)
