"""
Thirty-day volatility and skew of sessions whose chains are on file and whose readings are not.

Found as today's are and withheld by the same tests, with today's rate, from smiles fitted to the
two expirations either side of thirty days alone: some 16 ms a session.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.analytics.evidence import PastBook
from generator.analytics.forwards import Rate
from generator.analytics.series import Book, Expiration
from generator.analytics.skew import skew_25
from generator.analytics.slices import Slice
from generator.analytics.surface import surface_of
from generator.analytics.term_structure import (
    THIRTY_DAYS,
    constant_maturity,
    forward_volatility,
    shown_expirations,
)

THIRTY = "volatility.constant_30"
SKEW = "volatility.skew_25"


def past_volatility(past: PastBook, rate: Rate, *, european: bool) -> dict[str, float]:
    """Return the 30-day volatility (percent) and the skew (points) of a session before, by id of the fact."""
    if not past.complete:
        return {}
    near = _around_thirty(past.book)
    wanted = np.zeros(len(past.book), dtype=bool)
    for item in near:
        wanted[item.rows] = True
    surface = surface_of(past.book, past.spot, rate, european=european, wanted=wanted)
    smiles = [item for item in surface.slices.values() if item.expiration in near]
    found = {THIRTY: _thirty(smiles), SKEW: _skew(smiles, past.spot)}
    return {name: 100 * value for name, value in found.items() if value is not None}


def _around_thirty(book: Book) -> list[Expiration]:
    """Return the last expiration up to thirty days and the first beyond, of those the brief shows."""
    live = shown_expirations(book.expirations, book.session)
    before = [item for item in live if item.minutes <= THIRTY_DAYS]
    return before[-1:] + live[len(before) : len(before) + 1]


def _thirty(smiles: Sequence[Slice]) -> float | None:
    """Return the volatility thirty days ahead, a fraction a year."""
    points = [(item.expiration.minutes, level) for item in smiles if (level := _at_forward(item)) is not None]
    before = [point for point in points if point[0] <= THIRTY_DAYS]
    after = [point for point in points if point[0] > THIRTY_DAYS]
    if not before or not after or forward_volatility(before[-1], after[0]) is None:
        return None
    return constant_maturity(before[-1], after[0], THIRTY_DAYS)


def _at_forward(smile: Slice) -> float | None:
    return None if smile.error(smile.forward) is None else smile.volatility(smile.forward)


def _skew(smiles: Sequence[Slice], spot: float) -> float | None:
    """Return what a put at 25 delta carries more than a call next to thirty days, a fraction a year."""
    if not smiles:
        return None
    smile = min(smiles, key=lambda item: abs(item.expiration.minutes - THIRTY_DAYS))
    found = skew_25(smile, spot)
    if found is None:
        return None
    bars = [smile.error(strike) for strike in (found.put.strike, found.call.strike, smile.forward)]
    return None if None in bars else found.steepness
