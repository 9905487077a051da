"""Max pain, on boards worked by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics.max_pain import max_pain, payouts, reason_to_withhold


@pytest.fixture(scope="module")
def boards(shared):
    return json.loads((shared / "reference" / "hand_chains.json").read_text())["rows"]


def arrays(board):
    chain = board["chain"]
    return tuple(
        np.array(values, dtype=float)
        for values in (
            [row["strike"] for row in chain],
            [row["call"]["oi"] for row in chain],
            [row["put"]["oi"] for row in chain],
        )
    )


@pytest.mark.recorded
def test_every_payout_is_the_one_worked_by_hand(boards):
    for board in boards:
        expected = [row["total_points"] for row in board["expected"]["max_pain_table"]]
        assert payouts(*arrays(board)).tolist() == expected


@pytest.mark.recorded
def test_ties_go_to_the_strike_nearest_to_spot(boards):
    for board in boards:
        assert max_pain(*arrays(board), board["S"]) == board["expected"]["max_pain"]


def test_a_tie_as_far_from_spot_goes_to_the_lower_strike():
    strikes, none = np.array([90.0, 110.0]), np.zeros(2)
    assert max_pain(strikes, none, none, 100.0) == 90.0


def test_a_minimum_at_the_edge_is_withheld():
    strikes = np.array([90.0, 100.0, 110.0])
    calls, puts = np.zeros(3), np.array([300.0, 500.0, 800.0])
    strike = max_pain(strikes, calls, puts, 120.0)
    assert strike == 110.0
    assert "edge" in reason_to_withhold(strikes, calls, puts, strike)


def test_a_flat_minimum_that_reaches_the_edge_is_withheld():
    """Without calls no strike from the highest put upwards pays anything: the board does not tell."""
    strikes = np.array([90.0, 100.0, 110.0])
    calls, puts = np.zeros(3), np.array([800.0, 900.0, 0.0])
    assert max_pain(strikes, calls, puts, 99.0) == 100.0
    assert "edge" in reason_to_withhold(strikes, calls, puts, 100.0)


def test_few_contracts_are_withheld():
    strikes = np.array([90.0, 100.0, 110.0])
    few = np.array([100.0, 100.0, 100.0])
    assert "fewer than 1000" in reason_to_withhold(strikes, few, few, 100.0)


interest = st.lists(st.integers(0, 10_000), min_size=5, max_size=5)


@given(interest, interest, st.floats(80, 120))
def test_no_listed_strike_pays_less(calls, puts, spot):
    strikes = np.array([80.0, 90, 100, 110, 120])
    paid = payouts(strikes, np.array(calls), np.array(puts))
    assert paid[strikes == max_pain(strikes, np.array(calls), np.array(puts), spot)] == paid.min()
