"""Made chains of American options: values of the product's engine, a few cents wide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from generator import calendar
from generator.analytics import american, american_dividends
from generator.analytics.american import Terms
from generator.analytics.american_dividends import FINE, CashDividend
from tests.builders import SESSION, SPOT, chain_of, chain_row

RATE, PAYOUT, VOLATILITY = 0.04, 0.012, 0.22
MONTHS = (dt.date(2026, 3, 13), dt.date(2026, 4, 17), dt.date(2026, 6, 18), dt.date(2027, 3, 19))
STRIKES = (70, 75, 80, 85, 90, 94, 97, 98, 99, 100, 101, 102, 103, 106, 110, 115, 120, 125, 130)


def american_chain(
    *,
    spot: float = SPOT,
    payout: float = PAYOUT,
    skew: Callable[[np.ndarray], np.ndarray] = np.zeros_like,
    half: float = 0.01,
    days: Sequence[dt.date] = MONTHS,
    paid: tuple[dt.date, float] | None = None,
) -> pd.DataFrame:
    """
    Quote both sides of every strike; *skew* adds to the volatility by ln(strike / spot).

    *paid* is a cash dividend: ex-date and dollars.
    """
    now, rows = calendar.session_close(SESSION), []
    strikes = np.repeat(np.array(STRIKES, dtype=float), 2)
    calls = np.tile([True, False], len(STRIKES))
    level = VOLATILITY + skew(np.log(strikes / spot))
    for day in days:
        years = calendar.minutes_to(now, calendar.expiry_instant(day, "pm")) / 525_600
        terms = Terms.of(spot, strikes, years, RATE, payout, calls)
        if paid is not None and paid[0] <= day:
            opening = dt.datetime.combine(paid[0], dt.time(9, 30), calendar.NEW_YORK)
            dividend = CashDividend(calendar.minutes_to(now, opening) / 525_600, paid[1])
            values = american_dividends.price(terms, level, [dividend], FINE)
        else:
            values = american.price(terms, level)
        for strike, call, value in zip(strikes, calls, values, strict=True):
            quoted = {"bid": max(value - half, 0.0), "ask": value + half}
            rows.append(chain_row(float(strike), "call" if call else "put", day, **quoted))
    return chain_of(*rows)
