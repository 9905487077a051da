"""Volatility by expiration."""

from __future__ import annotations

import datetime as dt
import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics.term_structure import constant_maturity, forward_volatility
from generator.analytics.volatility import todays_surface, volatility
from generator.models.analysis import Choices
from generator.models.market import History
from tests.analytics.evidence import make_evidence, recomputed
from tests.builders import SESSION, make_chain, make_history, make_past

#: weekly to 60 days, so that 30 days lie between two
WEEKS = tuple(dt.date(2026, 3, 13) + dt.timedelta(weeks=n) for n in range(8) if n != 3)
RATE = Choices(rate=0.04)


@pytest.fixture(scope="module")
def vectors(shared):
    return json.loads((shared / "reference" / "term_structure.json").read_text())["rows"]


@pytest.mark.recorded
def test_constant_maturity_runs_straight_in_total_variance(vectors):
    for row in vectors:
        points = ((row["days1"], row["iv1"]), (row["days2"], row["iv2"]))
        assert constant_maturity(*points, row["target_days"]) == pytest.approx(row["iv_target"], abs=1e-12)


@pytest.mark.recorded
def test_forward_volatility_is_withheld_where_variance_falls(vectors):
    for row in vectors:
        found = forward_volatility((row["days1"], row["iv1"]), (row["days2"], row["iv2"]))
        if row["calendar_arbitrage"]:
            assert found is None
        else:
            assert found == pytest.approx(row["forward_iv_1_2"], abs=1e-12)


def test_nothing_is_said_outside_the_listed_expirations():
    assert constant_maturity((31, 0.2), (60, 0.2), 30) is None
    assert constant_maturity((10, 0.2), (29, 0.2), 30) is None


@given(st.floats(1, 29), st.floats(31, 400), st.floats(0.01, 3))
def test_a_flat_volatility_stays_flat(first, second, level):
    points = ((first, level), (second, level))
    assert constant_maturity(*points, 30) == pytest.approx(level)
    assert forward_volatility(*points) == pytest.approx(level)


def measured(history=None, choices=RATE, **changes):
    changes.setdefault("chain", make_chain(expirations=WEEKS, volatility=0.25))
    evidence = make_evidence(history, **changes)
    return volatility(evidence, todays_surface(evidence, choices)), evidence


def test_a_flat_chain_comes_back_flat():
    found, _ = measured()
    assert len(found.terms) == len(WEEKS)
    for term in found.terms[1:]:  # two days out a tick is a point of volatility
        assert term.atm_volatility.number == pytest.approx(25, abs=0.3)
    assert found.constant_30.number == pytest.approx(25, abs=0.2)


def test_volatility_a_session_is_the_root_of_variance_over_the_sessions_left():
    found, _ = measured()
    term = found.terms[1]
    years = term.minutes.number / 525_600
    wanted = term.atm_volatility.number * math.sqrt(years / term.sessions.number)
    assert term.sessions.number == 7
    assert term.per_session.number == pytest.approx(wanted)


def test_the_straddle_is_four_fifths_of_one_deviation():
    found, _ = measured()
    term = found.terms[3]
    assert term.straddle.number / term.one_sigma.number == pytest.approx(math.sqrt(2 / math.pi), abs=0.01)
    assert term.straddle_85.number == pytest.approx(0.85 * term.straddle.number)
    assert term.upper.number - term.lower.number == pytest.approx(2 * term.straddle.number)


def test_every_arithmetic_fact_of_volatility_gives_its_value_back():
    past = make_past(dt.date(2026, 3, 10), chain=make_chain(dt.date(2026, 3, 10), expirations=WEEKS))
    _, evidence = measured(History(chains=(past,)))
    checked = [fact for fact in evidence.ledger.facts.values() if fact.formula.startswith("=")]
    for fact in checked:
        assert recomputed(fact, evidence.ledger) == pytest.approx(fact.value, rel=1e-12), fact.id
    assert "previous.volatility.constant_30" in evidence.ledger.facts


def test_a_chain_that_ends_before_30_days_has_no_30_day_volatility():
    found, evidence = measured(chain=make_chain(expirations=WEEKS[:3]))
    assert found.constant_30 is None
    assert "volatility.constant_30" in [item.metric for item in evidence.withheld]


def test_nothing_known_about_the_rate_is_withheld_and_told():
    chain = make_chain(expirations=WEEKS, width=4)
    found, evidence = measured(choices=Choices(), chain=chain)
    assert found.rate is None
    assert "zero is used" in found.rate_source
    assert "rate" in [item.metric for item in evidence.withheld]


def test_what_ended_today_is_set_beside_what_it_had_priced():
    four_ago = dt.date(2026, 3, 5)
    chain = make_chain(four_ago, expirations=(SESSION, *WEEKS), spot=97.0)
    history = History(chains=(make_past(four_ago, spot=97.0, chain=chain),))
    found, _ = measured(history, chain=make_chain(expirations=(SESSION, *WEEKS)))
    move = found.past_move
    years = 6 / 365
    assert move.since.value == four_ago
    assert move.moved.number == pytest.approx(3)
    assert move.straddle.number == pytest.approx(97 * 0.2 * math.sqrt(years * 2 / math.pi), rel=0.02)
    assert move.ratio.number == pytest.approx(move.moved.number / move.straddle.number)


def test_nothing_ends_before_the_close():
    snapshot_time = dt.datetime.combine(SESSION, dt.time(11), make_evidence().snapshot.as_of.tzinfo)
    found, _ = measured(make_history(sessions=5), as_of=snapshot_time, chain=make_chain(as_of=snapshot_time))
    assert found.past_move is None


def test_realised_volatility_needs_22_closes():
    full, evidence = measured()
    bars = evidence.snapshot.bars
    closes = bars["close"].to_numpy()[-22:]
    moves = [math.log(b / a) for a, b in pairwise(closes)]
    mean = sum(moves) / 21
    deviation = math.sqrt(sum((move - mean) ** 2 for move in moves) / 20)
    assert full.realised_21.number == pytest.approx(100 * deviation * math.sqrt(252))
    short, _ = measured(bars=bars.iloc[-21:].reset_index(drop=True))
    assert short.realised_21 is None


def test_spot_implied_by_parity_is_the_spot_the_chain_was_made_from():
    found, _ = measured()
    assert found.parity_gap.number == pytest.approx(0, abs=3)
