"""What the chain of a session before gives, against what was found in that session."""

from __future__ import annotations

import datetime as dt

import pytest

from generator import analytics
from generator.analytics.evidence import PastBook
from generator.analytics.parity_rate import choose_rate
from generator.analytics.past_volatility import SKEW, THIRTY, past_volatility
from generator.analytics.series import book_of
from generator.models.analysis import Choices
from generator.models.market import History
from generator.providers.csv_folder import CsvFolder
from tests.builders import SESSION, make_chain, make_past, make_snapshot


def book_before(past):
    return PastBook(past.session, past.spot, book_of(past.chain, past.session, past.as_of))


def given(past, rate=None):
    book = book_before(past)
    rate = rate or choose_rate(make_snapshot(), [book.book], Choices())
    return past_volatility(book, rate, european=False)


@pytest.mark.parametrize("level", [0.12, 0.2, 0.35])
def test_a_flat_chain_gives_back_its_volatility_and_no_skew(level):
    found = given(make_past(SESSION, chain=make_chain(volatility=level, width=20)))
    assert found[THIRTY] == pytest.approx(100 * level, abs=0.3)
    assert found[SKEW] == pytest.approx(0, abs=0.5)


def test_a_chain_too_narrow_for_25_delta_has_a_middle_and_no_skew():
    found = given(make_past(SESSION, chain=make_chain(width=2)))
    assert THIRTY in found
    assert SKEW not in found


def test_a_chain_that_expires_today_gives_nothing():
    assert given(make_past(SESSION, chain=make_chain(expirations=(SESSION,)))) == {}


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("symbol", "day"),
    [
        ("IWM", dt.date(2026, 5, 22)),
        ("IWM", dt.date(2026, 5, 18)),
        ("SPY", dt.date(2026, 5, 21)),
        ("SPY", dt.date(2026, 7, 9)),
        ("QQQ", dt.date(2026, 5, 20)),
        ("AAPL", dt.date(2026, 8, 19)),
        ("NVDA", dt.date(2026, 8, 21)),
        ("SPX", dt.date(2023, 6, 8)),
    ],
)
def test_a_recorded_chain_gives_what_its_own_brief_found(shared, symbol, day):
    """Two expirations are fitted instead of all: a tenth of a point, the last digit printed."""
    snapshot = CsvFolder(shared / "data").snapshot(symbol, day)
    facts = analytics.analyse(snapshot, History(), Choices()).facts
    past = make_past(day, spot=snapshot.spot, chain=snapshot.chain)
    book = book_before(past)
    rate = choose_rate(snapshot, [book.book], Choices())
    found = past_volatility(book, rate, european=snapshot.kind == "index")
    wanted = {name: facts[name].number for name in (THIRTY, SKEW) if name in facts}
    assert wanted
    assert {name: found.get(name) for name in wanted} == pytest.approx(wanted, abs=0.1)
