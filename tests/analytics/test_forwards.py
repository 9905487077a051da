"""Forwards and the rate, read back from prices that were made with them."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from generator.analytics.forwards import Pairs, forward_from, pairs_of, regression
from generator.analytics.parity_rate import choose_rate, implied_rate
from generator.analytics.series import book_of
from generator.calendar import session_close
from generator.models.analysis import Choices
from generator.models.market import RatePoint
from tests.builders import SESSION, SPOT, make_chain, make_snapshot


@pytest.fixture(scope="module")
def cases(shared):
    return json.loads((shared / "reference" / "parity_forward.json").read_text())["rows"]


def pairs_from(quotes, call, put):
    def column(name):
        return np.array([quote[name] for quote in quotes], dtype=float)

    return Pairs(column("K"), column(call), column(put), np.full(len(quotes), 0.02))


@pytest.mark.recorded
def test_european_quotes_give_their_forward_back(cases):
    for case in cases:
        pairs = pairs_from(case["quotes"], "call_eur", "put_eur")
        assert forward_from(pairs, case["df"]) == pytest.approx(case["forward"], rel=1e-9)


@pytest.mark.recorded
def test_the_slope_of_european_parity_is_the_discount(cases):
    for case in cases:
        forward, discount, _ = regression(pairs_from(case["quotes"], "call_eur", "put_eur"))
        assert forward == pytest.approx(case["regression_forward"], rel=1e-9)
        assert discount == pytest.approx(case["regression_df"], rel=1e-9)


@pytest.mark.recorded
def test_american_quotes_bias_a_short_forward_by_little(cases):
    case = next(case for case in cases if case["days"] == 30)
    found = forward_from(pairs_from(case["quotes"], "call_am", "put_am"), case["df"])
    assert found == pytest.approx(case["forward"], abs=0.2)


def test_one_wide_strike_does_not_move_the_forward():
    strikes = np.arange(95.0, 106.0)
    gap = 100.3 - strikes
    calls, puts, spread = 3 + gap / 2, 3 - gap / 2, np.full(11, 0.05)
    calls[4] += 2
    spread[4] = 3
    assert forward_from(Pairs(strikes, calls, puts, spread), 1.0) == pytest.approx(100.3, abs=0.01)


def test_no_pair_gives_no_forward():
    empty = np.array([])
    assert forward_from(Pairs(empty, empty, empty, empty), 1.0) is None


def book(rate=0.04, **shape):
    return book_of(make_chain(rate=rate, **shape), SESSION, session_close(SESSION))


def test_forwards_of_a_made_chain_grow_at_its_rate():
    made = book()
    for expiration in made.expirations[1:]:
        found = forward_from(pairs_of(made, expiration), np.exp(-0.04 * expiration.years))
        assert found == pytest.approx(SPOT * np.exp(0.04 * expiration.years), rel=2e-4)


def test_a_wide_board_of_europeans_implies_its_rate():
    made = book(0.05, width=40)
    half = 0.005
    tight = dataclasses.replace(
        made, bid=made.mid - half, ask=made.mid + half, mid=np.where(made.mid > half, made.mid, np.nan)
    )
    found = implied_rate([tight], european=True)
    assert found == pytest.approx(0.05, abs=0.01)


def test_a_user_rate_goes_before_the_source_and_the_source_before_parity():
    snapshot = make_snapshot(rates=(RatePoint(days=30, rate=0.03),))
    books = [book()]
    assert choose_rate(snapshot, books, Choices(rate=0.01)).at(30) == 0.01
    chosen = choose_rate(snapshot, books, Choices())
    assert chosen.at(30) == 0.03
    assert chosen.known


def settled():
    """A board wide and tight enough to settle a rate of 5 %."""
    made = book(0.05, width=40)
    mid = np.where(made.mid > 0.005, made.mid, np.nan)
    return dataclasses.replace(made, bid=made.mid - 0.005, ask=made.mid + 0.005, mid=mid)


def test_where_today_settles_no_rate_the_latest_earlier_one_is_used():
    poor, index = book(width=3), make_snapshot(kind="index")
    rich = implied_rate([settled()], european=True)
    near = choose_rate(index, [poor, poor, settled()], Choices())
    assert near.source == "implied by put-call parity"
    far = choose_rate(index, [*[poor] * 7, settled(), book(width=3)], Choices())
    assert far.at(30) == pytest.approx(rich)
    assert far.known
    assert far.source == "implied by put-call parity on an earlier session"
    assert not choose_rate(index, [*[poor] * 30, settled()], Choices()).known


def test_a_board_too_poor_for_a_rate_says_so_and_uses_zero():
    chosen = choose_rate(make_snapshot(), [book(width=3)], Choices())
    assert not chosen.known
    assert chosen.at(30) == 0
    assert "zero" in chosen.source
