"""What two quoted options around a level say of the probability of ending above it, and how surely."""

from __future__ import annotations

import math

import numpy as np

from generator.analytics.distribution import Estimate, Market, call_spread, put_spread
from generator.analytics.smile import Slice, Surface

APART = 0.25  #: deviations at least from the level to either strike: a tick over less says little


def quoted_probability(surface: Surface, smile: Slice, level: float) -> Estimate | None:
    """
    Return the estimate of the out-of-the-money options nearest to *level* that stand well apart.

    Calls at and above the forward, puts below it, so that early exercise hardly counts. None where
    no usable quotes stand on both sides, or their mid prices allow no probability.
    """
    volatility = smile.volatility(level)
    if volatility is None:
        return None
    book, rows = surface.book, smile.expiration.rows
    call = level >= smile.forward
    found = np.flatnonzero(surface.judged.usable[rows] & (book.call[rows] == call)) + smile.expiration.start
    strikes = book.strike[found]
    away = APART * volatility * math.sqrt(smile.expiration.years) * level
    below = int(np.searchsorted(strikes, level - away, side="right")) - 1
    above = int(np.searchsorted(strikes, level + away))
    if below < 0 or above == len(strikes):
        return None
    low, high = (Market(float(book.bid[row]), float(book.ask[row])) for row in found[[below, above]])
    spread = call_spread if call else put_spread
    return spread(low, high, smile.discount, float(strikes[above] - strikes[below]))
