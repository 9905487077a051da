"""What MACD's gap to its signal did lately."""

from __future__ import annotations

import numpy as np
import pytest

from generator.analytics.momentum import rising_sessions, sessions_since_cross, year_share
from generator.rules.claims import evaluate
from tests.rules.test_claims import facts

NAN = float("nan")


@pytest.mark.parametrize(
    ("gaps", "age"),
    [
        ([NAN, -1.0, -0.5, 0.2], 0),
        ([-1.0, 0.2, 0.1, 0.3], 2),
        ([1.0, -0.2], 0),
        ([1.0, 0.0, -0.2, -0.3], 1),
        ([0.1, 0.2], None),
        ([1.0, 0.0], None),
        ([NAN, NAN], None),
        ([], None),
    ],
)
def test_a_cross_is_dated_by_the_session_that_took_the_sign(gaps, age):
    assert sessions_since_cross(np.array(gaps)) == age


@pytest.mark.parametrize(
    ("gaps", "sessions"),
    [
        ([NAN, 1.0, 2.0, 3.0], 2),
        ([3.0, 1.0, 2.0], 1),
        ([1.0, 2.0, 2.0], 0),
        ([2.0, 1.0], 0),
        ([1.0], None),
        ([], None),
    ],
)
def test_a_run_counts_rises_without_a_break(gaps, sessions):
    assert rising_sessions(np.array(gaps)) == sessions


def test_the_share_of_the_year_needs_the_year():
    gaps = np.arange(252.0)
    assert year_share(gaps) == 100
    assert year_share(gaps[::-1]) == 0
    assert year_share(gaps[1:]) is None
    assert year_share(np.concatenate(([NAN], gaps[1:]))) is None
    assert year_share(np.concatenate(([NAN], gaps))) == 100


def holding(**values):
    named = {f"technicals__{key}": value for key, value in values.items()}
    claims = evaluate(facts(**named)).items()
    return {name for name, claim in claims if claim.holds and name.startswith("macd")}


def test_a_cross_is_told_only_within_three_bars():
    assert holding(macd_histogram=0.1, macd_cross_age=2) == {"macd.crossed_up"}
    assert holding(macd_histogram=-0.1, macd_cross_age=0) == {"macd.crossed_down"}
    assert holding(macd_histogram=0.1, macd_cross_age=3) == set()


def test_surging_needs_a_scale_and_not_a_level():
    """MACD is in dollars: a level alone, such as the seed's +1.62, is never surging."""
    assert holding(macd_histogram=1.62, macd_rising=3, macd_share=90) == {"macd.surging"}
    assert holding(macd_histogram=1.62, macd_rising=2, macd_share=99) == set()
    assert holding(macd_histogram=1.62, macd_rising=5, macd_share=89.9) == set()
    assert holding(macd_histogram=-0.01, macd_rising=5, macd_share=95) == set()
