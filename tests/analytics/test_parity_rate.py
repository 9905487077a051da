"""The rate parity implies of American quotes, early exercise taken off."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from generator import calendar
from generator.analytics import american
from generator.analytics.american import Terms
from generator.analytics.forwards import pairs_of, regression
from generator.analytics.parity_rate import implied_rate
from generator.analytics.series import book_of
from generator.providers import gather
from tests.builders import SESSION, chain_of, chain_row

LONG = (dt.date(2026, 3, 13), dt.date(2026, 6, 18), dt.date(2027, 3, 19), dt.date(2028, 1, 21))


def american_book(rate, payout=0.012, days=LONG, session=SESSION):
    """Quotes of American options a cent wide, at strikes from 60 to 120."""
    now, rows = calendar.session_close(session), []
    strikes = np.repeat(np.arange(60.0, 121, 2), 2)
    calls = np.tile([True, False], len(strikes) // 2)
    for day in days:
        years = calendar.minutes_to(now, calendar.expiry_instant(day, "pm")) / 525_600
        values = american.price(Terms.of(100.0, strikes, years, rate, payout, calls), 0.2)
        for strike, call, value in zip(strikes, calls, values, strict=True):
            quoted = {"bid": max(value - 0.005, 0.0), "ask": value + 0.005}
            rows.append(chain_row(float(strike), "call" if call else "put", day, **quoted))
    return book_of(chain_of(*rows), session, now)


@pytest.mark.parametrize(("rate", "payout"), [(0.05, 0.012), (0.03, 0.0), (0.04, 0.03)])
def test_the_rate_american_quotes_were_made_with_comes_back(rate, payout):
    assert implied_rate([american_book(rate, payout)], european=False) == pytest.approx(rate, abs=1e-3)


def test_parity_alone_would_be_a_point_too_low():
    book = american_book(0.05)
    longest = book.expirations[-1]
    _, discount, _ = regression(pairs_of(book, longest).within(60, 95))
    assert -np.log(discount) / longest.years < 0.043
    assert implied_rate([book], european=True) < 0.043


def test_sessions_before_are_granted_what_todays_early_exercise_takes():
    before = dt.date(2026, 3, 10)
    books = [american_book(0.05), american_book(0.05, session=before)]
    assert implied_rate(books, european=False) == pytest.approx(0.05, abs=1.5e-3)


def test_a_long_board_counts_more_than_a_short_one():
    """The same error of prices is a larger one of a short board's rate."""
    short = american_book(0.09, days=LONG[:2], session=dt.date(2026, 3, 10))
    assert implied_rate([american_book(0.05), short], european=False) == pytest.approx(0.05, abs=4e-3)


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("symbol", "session", "apart"),
    [("QQQ", dt.date(2023, 6, 8), 0.002), ("SPY", dt.date(2023, 9, 14), 0.004)],
)
def test_recorded_funds_imply_the_rate_the_index_does(shared, symbol, session, apart):
    rates = []
    for name, european in (("SPX", True), (symbol, False)):
        snapshot, _ = gather(name, f"csv:{shared / 'data'}", session)
        book = book_of(snapshot.chain, snapshot.session, snapshot.as_of)
        rates.append(implied_rate([book], european=european))
    assert rates[1] == pytest.approx(rates[0], abs=apart)
