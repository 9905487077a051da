"""
The series a plan may use: two-sided, tight, and with both neighbouring strikes two-sided.

"Liquid" is one rule for every leg; open interest and volume are printed, not required.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from generator.analytics.ideas import gate
from generator.analytics.ideas.scenario import Desk
from generator.analytics.smile import Quote, Surface
from generator.models.market import Right


def liquid_quotes(desk: Desk, expiration: dt.date, right: Right) -> tuple[Quote, ...]:
    """Return the liquid series of one side of an expiration, by strike."""
    key = ("liquid", expiration, right)
    if key not in desk.memory:
        desk.memory[key] = tuple(_liquid(desk.surface, expiration, right))
    found: tuple[Quote, ...] = desk.memory[key]
    return found


def _liquid(surface: Surface, expiration: dt.date, right: Right) -> Iterator[Quote]:
    traded = {quote.strike: quote for quote in surface.contracts(expiration, right)}
    strikes = _listed(surface, traded, right)
    for before, strike, after in zip(strikes, strikes[1:], strikes[2:], strict=False):
        quote = traded.get(strike)
        if quote is None or before not in traded or after not in traded:
            continue
        if gate.liquid(quote.bid, quote.ask):
            yield quote


def _listed(surface: Surface, traded: dict[float, Quote], right: Right) -> list[float]:
    """All strikes of the expiration and settlement of *traded*, quoted or not."""
    if not traded:
        return []
    book = surface.book
    row = book.find(next(iter(traded.values())).contract_symbol)
    if row is None:
        return []
    rows = book.expiration_of(row).rows
    side = book.call[rows] == (right == "call")
    return sorted({float(strike) for strike in book.strike[rows][side]})
