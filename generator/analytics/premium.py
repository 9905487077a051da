"""
What options price for the next thirty days against what the last 21 sessions realised.

The horizons match: thirty calendar days hold about 21 sessions. Setting the month ahead
against the month behind is a proxy of the variance premium; the premium itself needs a
forecast of what will be realised (Carr and Wu, 2009). No margin is "rich" for every market,
so only the ratio's place among its own earlier sessions carries such a word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from generator.analytics import realised
from generator.analytics.evidence import Evidence
from generator.analytics.realised_facts import MONTH, estimates
from generator.models.analysis import Premium, Unit, Volatility

RATIO = "volatility.implied_to_realised"


def premium(evidence: Evidence, implied: Volatility) -> Premium | None:
    """Return implied against realised as a ratio, in points and in variance; None without either."""
    ahead, behind = implied.constant_30, implied.realised_21
    others = estimates(evidence)
    if ahead is None or behind is None or behind.number <= 0:
        return None
    add, of = evidence.ledger.add, (ahead, behind)
    return Premium(
        implied=ahead,
        realised=behind,
        ratio=add(RATIO, ahead.number / behind.number, unit=Unit.RATIO, decimals=2, formula="=$1/$2", of=of),
        points=add(
            "volatility.premium_points",
            ahead.number - behind.number,
            unit=Unit.VOLATILITY_POINTS,
            decimals=min(ahead.decimals, behind.decimals),
            formula="=$1-$2",
            of=of,
        ),
        variance=add(
            "volatility.variance_premium",
            (ahead.number**2 - behind.number**2) / 1e4,
            unit=Unit.VARIANCE,
            decimals=4,
            formula="=($1*$1-$2*$2)/10000",
            of=of,
        ),
        estimates=others,
    )


def earlier_ratios(evidence: Evidence, implied: Mapping[dt.date, float]) -> dict[dt.date, float]:
    """Return the ratio of earlier sessions whose thirty-day volatility is on file; the bars give the rest."""
    bars = evidence.signals.bars
    line = 100 * realised.close_to_close(bars["close"].to_numpy(dtype=float), MONTH)
    days = bars["date"].to_numpy().astype("datetime64[D]")
    places = {day: int(np.searchsorted(days, np.datetime64(day, "D"))) for day in implied}
    return {
        day: implied[day] / float(line[place])
        for day, place in places.items()
        if place < len(days) and days[place] == np.datetime64(day, "D") and line[place] > 0
    }
