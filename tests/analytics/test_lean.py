"""The day's lean: each vote from its two halves, the tally, and what is said without figures."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics import analyse
from generator.analytics.evidence import gathered
from generator.analytics.lean import _momentum, _options, _trend, _volatility, way
from generator.analytics.ledger import Ledger
from generator.analytics.price import price
from generator.analytics.technicals import technicals
from generator.models.analysis import Choices, Fact, Unit
from generator.models.market import History
from generator.rules.claims import evaluate
from tests.analytics.ideas.desks import number, placed
from tests.builders import make_bars, make_history, make_snapshot

CHOICES = Choices(rate=0.04)
VOTES = st.lists(st.integers(-2, 2), min_size=0, max_size=4)


def analysed(bars, history=None):
    return analyse(make_snapshot(bars=bars), history or History(), CHOICES)


def moving(step):
    """300 bars that rise or fall by about *step* a session, end at 100 and are not quite straight."""
    bars = make_bars(300, 5, volatility=0.0005)
    path = 100 * np.exp(step * (np.arange(300) - 299))
    bend = path * (1 + np.sign(step) * 2e-5 * (np.arange(300) - 299) * (np.arange(300) > 270))
    scale = bend / bars["close"].to_numpy()
    return bars.assign(**{name: bars[name] * scale for name in ("open", "high", "low", "close")})


def vote(analysis, family):
    return next(item for item in analysis.lean.votes if item.family == family)


@pytest.mark.parametrize(("step", "side"), [(0.004, 1), (-0.004, -1)])
def test_a_steady_move_gives_trend_its_side(step, side):
    analysis = analysed(moving(step))
    assert vote(analysis, "trend").value.number == 2 * side
    assert analysis.lean.direction is None  # one family or two are not three


def signals_of(bars):
    snapshot = make_snapshot(bars=bars)
    ledger = Ledger({"bars": bars, "chain": snapshot.chain}, snapshot.session)
    worth = price(snapshot, ledger)
    return gathered(snapshot, (), ledger, worth.spot), technicals(snapshot, ledger, CHOICES)


def fact(value):
    return number(f"test.{value}", value, Unit.INDICATOR)


@pytest.mark.parametrize(
    ("rsi", "macd", "signal", "wanted"),
    [
        (55.0, 1.0, 0.5, 1),
        (60.0, 1.0, 0.5, 2),
        (45.0, 0.5, 1.0, -1),
        (40.0, 0.5, 1.0, -2),
        (60.9, 3.39, 4.16, 0),
        (45.0, 1.0, 0.5, 0),
        (50.0, 1.0, 0.5, 0),
    ],
)
def test_momentum_needs_both_its_halves(rsi, macd, signal, wanted):
    evidence, signals = signals_of(make_bars())
    signals = dataclasses.replace(signals, rsi_14=fact(rsi), macd=fact(macd), macd_signal=fact(signal))
    assert _momentum(evidence, signals).value.number == wanted


@pytest.mark.parametrize(
    ("skew", "before", "now", "then", "wanted"),
    [
        (4.0, 4.5, 2.0, 2.05, 1),
        (4.0, 4.5, 2.0, 2.2, 2),
        (4.5, 4.0, 2.05, 2.0, -1),
        (4.5, 4.0, 2.2, 2.0, -2),
        (4.0, 4.5, 2.05, 2.0, 0),
        (4.0, 4.05, 2.0, 2.1, 0),
        (4.0, 4.5, 2.0, 2.005, 0),
    ],
)
def test_options_need_the_skew_and_the_ratio_to_move_one_way(skew, before, now, then, wanted):
    evidence, _ = signals_of(make_bars())
    analysis = analysed(make_bars(), make_history())
    change = dataclasses.replace(
        analysis.chain.like_for_like, now=number("ratio.now", now), then=number("ratio.then", then)
    )
    chain = dataclasses.replace(analysis.chain, like_for_like=change)
    found = _options(evidence, chain, number("skew", skew), number("skew.before", before))
    assert found.value.number == wanted


@pytest.mark.parametrize(
    ("percentile", "wanted"), [(95, -2), (90, -1), (85, -1), (80, 0), (50, 0), (20, 0), (15, 1), (5, 2)]
)
def test_volatility_votes_by_its_own_record(percentile, wanted):
    evidence, _ = signals_of(make_bars())
    assert _volatility(evidence, placed(percentile)).value.number == wanted


def test_without_a_record_volatility_has_no_vote_and_says_why():
    evidence, _ = signals_of(make_bars())
    for place in (None, placed(None)):
        found = _volatility(evidence, place)
        assert found.value is None
        assert found.absent


def test_a_first_session_has_no_vote_of_the_options_and_few_bars_none_of_the_price():
    first = analysed(make_bars())
    assert vote(first, "options").value is None
    assert vote(first, "options").absent == "no session before to compare with"
    few = analysed(make_bars(10))
    assert vote(few, "trend").value is None
    assert few.lean.cast.number == 0
    assert few.lean.direction is None
    evidence, signals = signals_of(make_bars(60))
    assert _trend(evidence, signals).value is not None


@given(VOTES)
def test_the_tally_counts_and_the_claim_and_the_direction_agree(votes):
    up, down = sum(v > 0 for v in votes), sum(v < 0 for v in votes)
    counts = {"up": up, "down": down, "lowest": min([0, *votes]), "highest": max([0, *votes])}
    facts = {f"lean.{name}": number(f"lean.{name}", value) for name, value in counts.items()}
    claims = evaluate(facts)
    found = way(votes)
    assert (found == "up") == claims["lean.bullish"].holds
    assert (found == "down") == claims["lean.bearish"].holds


@pytest.mark.parametrize(
    ("votes", "wanted"),
    [
        ([1, 1, 1], "up"),
        ([1, 1, 1, -1], "up"),
        ([1, 1, 1, -2], None),
        ([2, 2], None),
        ([2, 2, 0, 0], None),
        ([-1, -2, -1, 1], "down"),
        ([-1, -1, -1, 2], None),
        ([], None),
    ],
)
def test_three_agree_and_none_is_strongly_against(votes, wanted):
    assert way(votes) == wanted


def test_the_tally_s_facts_are_those_of_the_votes():
    lean = analysed(make_bars(seed=8), make_history()).lean
    values = [item.value.number for item in lean.votes if item.value is not None]
    assert lean.cast.number == len(values)
    assert lean.up.number == sum(v > 0 for v in values)
    assert lean.down.number == sum(v < 0 for v in values)
    assert all(isinstance(item.value, Fact) or item.absent for item in lean.votes)
