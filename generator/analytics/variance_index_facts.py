"""
The variance index of an index's chain, as a fact: the rule of the Cboe Volatility Index on its own options.

Friday-week expirations 23 to 37 days ahead, the last up to thirty days and the first beyond; of a
date that settles twice the standard (morning) series, as Cboe takes them.
"""

from __future__ import annotations

import numpy as np

from generator.analytics.evidence import Evidence
from generator.analytics.series import Book, Expiration
from generator.analytics.smile import Surface
from generator.analytics.term_structure import DAY, THIRTY_DAYS
from generator.analytics.variance_index import Strip, index_of, strip_variance
from generator.calendar import friday_week
from generator.models.analysis import Fact, Unit

METRIC = "volatility.variance_index_30"
DAYS = (23, 37)  #: Cboe Volatility Index methodology


def variance_index(evidence: Evidence, surface: Surface) -> Fact | None:
    """Return the index, percent; None for stocks and funds, withheld where the strips do not reach it."""
    if not surface.market.european:
        return None
    near, following = around_thirty(surface.book)
    if near is None or following is None:
        evidence.withhold(METRIC, "no Friday expirations on both sides of 30 days, 23 to 37 ahead")
        return None
    found = [(item.minutes, _variance(surface, item)) for item in (near, following)]
    pairs = [(minutes, variance) for minutes, variance in found if variance is not None]
    level = index_of(pairs[0], pairs[1]) if len(pairs) == len(found) else None
    if level is None:
        evidence.withhold(METRIC, "the quotes of its expirations make no strip")
        return None
    days = f"expiration>={near.date.isoformat()} expiration<={following.date.isoformat()}"
    return evidence.ledger.add(
        METRIC,
        level,
        unit=Unit.PERCENT,
        decimals=1,
        formula="variance.index_30",
        rows=f"chain[{days} standard=true]",
    )


def around_thirty(book: Book) -> tuple[Expiration | None, Expiration | None]:
    """Return the expirations the index is read from, None on a side where there is none."""
    dated: dict[object, Expiration] = {}
    for item in book.expirations:  # the morning settlement of a date comes first
        inside = DAYS[0] * DAY <= item.minutes <= DAYS[1] * DAY
        if inside and friday_week(item.date) and not item.stopped:
            dated.setdefault(item.date, item)
    before = [item for item in dated.values() if item.minutes <= THIRTY_DAYS]
    after = [item for item in dated.values() if item.minutes > THIRTY_DAYS]
    return (before[-1] if before else None), (after[0] if after else None)


def _variance(surface: Surface, expiration: Expiration) -> float | None:
    rate = surface.rate.at(365 * expiration.years)
    found = strip_variance(strip_of(surface, expiration), expiration.minutes, rate)
    return None if found is None else found.variance


def strip_of(surface: Surface, expiration: Expiration) -> Strip:
    """Return the quotes of one expiration by strike, those that stand for no price left out."""
    book, rows = surface.book, np.arange(expiration.start, expiration.stop)
    strikes = np.unique(book.strike[rows])
    good = np.isfinite(surface.judged.mid[rows])
    sides = []
    for call in (True, False):
        own = rows[good & (book.call[rows] == call)]
        for quotes in (book.bid, book.ask):
            side = np.full(len(strikes), np.nan)
            side[np.searchsorted(strikes, book.strike[own])] = quotes[own]
            sides.append(side)
    return Strip(strikes, *sides)
