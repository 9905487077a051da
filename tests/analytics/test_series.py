"""The chain as arrays: what is kept, how it is named, how long it has to run."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest

from generator.analytics.ledger import Ledger
from generator.analytics.series import book_of
from generator.calendar import NEW_YORK, session_close
from tests.builders import EXPIRATIONS, SESSION, chain_of, chain_row, make_chain


def book(chain, as_of=None):
    return book_of(chain, SESSION, as_of or session_close(SESSION))


def test_adjusted_and_expired_series_are_left_out():
    found = book(
        chain_of(
            chain_row(100, root="ABCD1"),
            chain_row(100, expiration=dt.date(2026, 3, 6)),
            chain_row(100, expiration=SESSION),
            chain_row(101),
        )
    )
    assert found.strike.tolist() == [100, 101]
    assert found.live.tolist() == [False, True]


def test_rows_come_sorted_whatever_their_order():
    chain = make_chain(width=3)
    mixed = chain.sample(frac=1, random_state=1).reset_index(drop=True)
    assert book(mixed).symbol.tolist() == book(chain).symbol.tolist()


def test_a_selector_finds_its_own_row_and_no_other():
    chain = make_chain(width=3, step=2.5)
    found, ledger = book(chain), Ledger({"chain": chain}, SESSION)
    for row in range(len(found)):
        _, mask = ledger.select(found.selector(row))
        assert chain["contract_symbol"][mask].tolist() == [found.symbol[row]]


def test_strikes_are_named_as_listed():
    found = book(chain_of(chain_row(262.5, "put"), chain_row(4500, "call")))
    assert [found.name(row) for row in (0, 1)] == ["put.2026-03-20.262.5", "call.2026-03-20.4500"]


def test_crossed_and_one_sided_quotes_have_no_mid():
    chain = chain_of(
        chain_row(99, bid=2.0, ask=1.0), chain_row(100, bid=0.0, ask=1.0), chain_row(101, bid=1.0, ask=1.2)
    )
    np.testing.assert_array_equal(book(chain).mid, [np.nan, np.nan, 1.1])


def test_a_running_session_counts_and_a_finished_one_does_not():
    chain = make_chain(width=1)
    closed, running = book(chain), book(chain, dt.datetime(2026, 3, 11, 10, tzinfo=NEW_YORK))
    assert [item.sessions for item in closed.expirations] == [0, 2, 7, 27 - 1]
    assert [item.sessions for item in running.expirations] == [1, 3, 8, 27]


@pytest.mark.recorded
def test_minutes_to_expiry_are_those_of_the_calendar_table(shared):
    rows = json.loads((shared / "reference" / "expiry_calendar.json").read_text())["rows"]
    checked = 0
    for row in (row for row in rows if row["kind"] == "time_to_expiry"):
        now, end = (dt.datetime.fromisoformat(row[name]) for name in ("now_et", "expiry_et"))
        if end.time() != session_close(end.date()).time():
            continue  # settled in the morning: another row of the chain
        chain = chain_of(chain_row(100, expiration=end.date()))
        found = book_of(chain, now.date(), now.replace(tzinfo=NEW_YORK)).expirations[0]
        assert found.minutes == row["minutes"]
        if row["valid"]:
            assert found.years == pytest.approx(row["T_years_365"], abs=1e-12)
        checked += 1
    assert checked > 5


def test_a_series_that_is_not_listed_is_not_found():
    assert book(make_chain(width=1)).find("ABCD  260320C00999000") is None


def test_every_expiration_has_its_rows():
    found = book(make_chain(width=2))
    assert [item.date for item in found.expirations] == list(EXPIRATIONS)
    for row in range(len(found)):
        assert found.expiration_of(row).date == found.day[row].item()
