"""
What hedges of each series would trade on a move of 1 %, over today's book.

A series' volatility is the fitted smile's at its strike; outside the quoted strikes it has none.
Series with less than half an hour left, and those that trade no more, are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.analytics.evidence import Evidence
from generator.analytics.gamma import Contracts, exposures, gammas
from generator.analytics.series import Book, Expiration
from generator.analytics.smile import Surface

Array = np.ndarray

LEAST_MINUTES = 30.0  #: definitions 2: later, a tick moves a volatility by points
AROUND = 0.02  #: of the price, where nearly all open interest must have a gamma


@dataclass(frozen=True, slots=True, eq=False)
class GammaBoard:
    """Arrays along the book of *evidence*; exposure in dollars for 1 %, NaN without a volatility."""

    evidence: Evidence
    contracts: Contracts
    exposure: Array
    counted: Array  #: bool, the series looked at

    @property
    def book(self) -> Book:
        """The book of the evidence."""
        return self.evidence.book

    @property
    def expirations(self) -> list[Expiration]:
        """Those with a gamma at some strike."""
        return [item for item in self.book.expirations if np.isfinite(self.exposure[item.rows]).any()]

    @property
    def unknown_near_spot(self) -> float | None:
        """The share of the open interest near the price that has no gamma; None without any."""
        near = self.counted & (np.abs(self.book.strike / self.evidence.spot.number - 1) <= AROUND)
        held = np.where(near, np.nan_to_num(self.book.open_interest), 0.0)
        return float(held[np.isnan(self.exposure)].sum() / held.sum()) if held.any() else None

    @property
    def today(self) -> bool:
        """Whether series that expire today are among those looked at."""
        return bool((self.counted & ~self.book.ahead).any())

    @property
    def terms(self) -> str:
        """The terms of a selector that choose the series looked at, and those without a gamma."""
        return f"standard=true expiration{'>=' if self.today else '>'}{self.evidence.session.isoformat()}"


def gamma_board(evidence: Evidence, surface: Surface) -> GammaBoard:
    """Return the exposures of today's book, valued with *surface*."""
    book = evidence.book
    columns = {name: np.full(len(book), np.nan) for name in ("forward", "discount", "volatility", "years")}
    counted = np.zeros(len(book), dtype=bool)
    for item in book.expirations:
        if item.minutes < LEAST_MINUTES or item.stopped:
            continue
        rows = item.rows
        counted[rows] = True
        smile = surface.slices.get((item.date, item.settlement))
        if smile is None or smile.curve is None:
            continue
        columns["forward"][rows], columns["discount"][rows] = smile.forward, smile.discount
        columns["years"][rows] = item.years
        strikes, place = np.unique(book.strike[rows], return_inverse=True)  # most have a call and a put
        columns["volatility"][rows] = smile.curve.within(np.log(strikes / smile.forward))[place]
    contracts = Contracts(strike=book.strike, call=book.call, open_interest=book.open_interest, **columns)
    spot = evidence.spot.number
    exposure = exposures(gammas(contracts, spot), book.open_interest, spot)
    return GammaBoard(evidence, contracts, exposure, counted)
