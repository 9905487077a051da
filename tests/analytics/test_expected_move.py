"""Three moves and what each is: the straddle at the forward, the retail rule, one standard deviation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics import black76
from generator.analytics.expected_move import straddle_at
from generator.analytics.forwards import Pairs
from generator.analytics.volatility import todays_surface, volatility
from generator.models.analysis import Choices
from tests.analytics.evidence import make_evidence, recomputed
from tests.builders import EXPIRATIONS, make_chain

RATE = Choices(rate=0.04)


def pairs(strikes, forward, level, years):
    strikes = np.asarray(strikes, dtype=float)
    call, put = (black76.price(forward, strikes, 1.0, level, years, side) for side in (1.0, 0.0))
    return Pairs(strikes, call, put, np.full(len(strikes), 0.01))


def exact(forward, level, years):
    return 2 * float(black76.price(forward, forward, 1.0, level, years, 1.0))


@given(st.floats(0, 1), st.floats(0.1, 1.0), st.integers(1, 60), st.sampled_from([1.0, 2.5, 5.0]))
def test_a_straddle_between_strikes_is_that_at_the_forward(place, level, days, step):
    """Strikes up to a deviation and a half apart, where a straight line is up to a quarter too high."""
    forward, years = 100.0 + step * place, days / 365
    deviation = level * math.sqrt(years) * forward
    if step > 1.5 * deviation:
        return
    found = straddle_at(pairs([100 - step, 100, 100 + step, 100 + 2 * step], forward, level, years), forward)
    wanted = exact(forward, level, years)
    assert found.value == pytest.approx(wanted, rel=0.01 + 0.03 * deviation / forward)


def test_a_straight_line_alone_would_be_far_off():
    forward, level, years = 309.45, 0.2, 3 / 365
    two = pairs([307.5, 310.0], forward, level, years)
    share = (forward - 307.5) / 2.5
    straight = float(np.dot([1 - share, share], two.call + two.put))
    wanted = exact(forward, level, years)
    assert straight / wanted - 1 > 0.015
    assert straddle_at(two, forward).value == pytest.approx(wanted, rel=0.002)


def test_the_straddle_of_a_strike_at_the_forward_is_its_own():
    found = straddle_at(pairs([99, 100, 101], 100.0, 0.2, 0.1), 100.0)
    assert (found.low, found.high) == (100.0, 100.0)
    assert found.value == pytest.approx(exact(100.0, 0.2, 0.1))


def test_strikes_too_far_apart_or_on_one_side_only_give_none():
    assert straddle_at(pairs([90, 110], 100.0, 0.2, 0.1), 100.0) is None
    assert straddle_at(pairs([101, 102], 100.0, 0.2, 0.1), 100.0) is None
    assert straddle_at(pairs([98, 99], 100.0, 0.2, 0.1), 100.0) is None


def terms(level):
    evidence = make_evidence(chain=make_chain(volatility=level, width=30))
    return volatility(evidence, todays_surface(evidence, RATE)).terms, evidence


def test_the_retail_rule_is_no_deviation_and_the_straddle_is_the_mean_move():
    found, evidence = terms(0.2)
    term = next(item for item in found if item.expiration.value == EXPIRATIONS[3])
    assert term.straddle.number / term.one_sigma.number == pytest.approx(math.sqrt(2 / math.pi), abs=0.01)
    assert term.straddle_85.number / term.one_sigma.number == pytest.approx(0.68, abs=0.01)
    assert recomputed(term.straddle_85, evidence.ledger) == pytest.approx(term.straddle_85.number)


def test_a_large_deviation_has_two_ends_and_a_small_one_has_none():
    found, evidence = terms(0.6)
    large = next(item for item in found if item.expiration.value == EXPIRATIONS[3])
    width = large.atm_volatility.number / 100 * math.sqrt(large.minutes.number / 525_600)
    assert large.one_sigma_percent.number >= 10
    assert large.one_sigma_upper.number == pytest.approx(large.forward.number * math.exp(width))
    assert large.one_sigma_lower.number == pytest.approx(large.forward.number * math.exp(-width))
    for fact in (large.one_sigma_upper, large.one_sigma_lower):
        assert recomputed(fact, evidence.ledger) == pytest.approx(fact.number)
    assert (found[0].one_sigma_upper, found[0].one_sigma_lower) == (None, None)
