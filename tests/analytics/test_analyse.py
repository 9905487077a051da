"""The whole analysis, on made markets and on the recorded week it is measured by."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import time

import pytest

from generator.analytics import analyse
from generator.calendar import NEW_YORK
from generator.errors import RefusedSnapshotError
from generator.models.analysis import Choices
from generator.models.market import History
from generator.providers import gather
from tests.analytics.evidence import make_evidence
from tests.builders import SESSION, make_history, make_snapshot, overnight_reset

FRIDAY = dt.date(2026, 5, 22)
GOOD = [
    *(("IWM", dt.date(2026, 5, day)) for day in range(18, 23)),
    *(("IWM", dt.date(2026, 7, day)) for day in (8, 9, 10)),
    *((symbol, FRIDAY) for symbol in ("SPY", "QQQ")),
    *((symbol, dt.date(2026, 7, 10)) for symbol in ("SPY", "QQQ", "SPX")),
    ("AAPL", dt.date(2026, 8, 21)),
    ("NVDA", dt.date(2026, 8, 21)),
    ("AAPL", dt.date(2026, 7, 24)),
]


def market(shared, symbol, when):
    return gather(symbol, f"csv:{shared / 'data'}", when)


@pytest.fixture(scope="module")
def friday(shared):
    return analyse(*market(shared, "IWM", FRIDAY), Choices())


def test_the_same_inputs_give_the_same_analysis():
    first, second = (analyse(make_snapshot(), make_history(), Choices()) for _ in range(2))
    assert first == second


def test_every_fact_is_finite_and_under_its_own_id():
    facts = analyse(make_snapshot(), make_history(sessions=5), Choices()).facts
    assert all(name == fact.id for name, fact in facts.items())
    assert all(math.isfinite(fact.value) for fact in facts.values() if isinstance(fact.value, float))


def test_operands_are_facts_written_before():
    seen = set()
    for fact in analyse(make_snapshot(), make_history(), Choices()).facts.values():
        assert set(fact.inputs.facts) <= seen
        seen.add(fact.id)


def test_a_brief_can_be_made_without_any_history():
    found = analyse(make_snapshot(), History(), Choices())
    assert found.chain.like_for_like is None
    assert found.chain.history_sessions.number == 1


def test_a_later_session_in_the_history_is_not_looked_at():
    later = dataclasses.replace(make_history(sessions=1).chains[0], session=SESSION)
    found = analyse(make_snapshot(), History(chains=(later,)), Choices())
    assert found.chain.history_sessions.number == 1


def test_a_reset_session_in_the_history_is_passed_over():
    past = make_history(sessions=2)
    reset = dataclasses.replace(past.chains[0], chain=overnight_reset(past.chains[0].chain))
    found = analyse(make_snapshot(), History(chains=(reset, past.chains[1])), Choices())
    assert found.chain.history_sessions.number == 2
    assert found.chain.increases == ()


def test_an_index_is_measured_in_points():
    assert make_evidence(kind="index").unit == "index_points"


@pytest.mark.recorded
def test_the_ratio_of_the_recorded_week_is_like_for_like(friday):
    week = friday.chain.like_for_like_week
    assert week.expirations.number == 10
    assert (round(week.then.number, 2), round(week.now.number, 2)) == (3.01, 3.06)
    raw = dict(friday.chain.history_ratios)
    assert round(raw[dt.date(2026, 5, 18)], 2) == 3.05
    assert round(friday.chain.open_interest_all.ratio.number, 2) == 2.72
    assert min(raw.values()) > 2.7


@pytest.mark.recorded
def test_volume_is_told_with_and_without_the_series_that_expire(friday):
    assert round(friday.chain.volume_all.ratio.number, 2) == 1.26
    assert round(friday.chain.volume_live.ratio.number, 2) == 2.23


@pytest.mark.recorded
def test_the_recorded_roll_is_found(friday):
    roll = friday.chain.roll
    assert (roll.lost.number, roll.gained.number) == (166_209, 212_560)
    assert [leg.contract_symbol for leg in roll.closed] == ["IWM   260527P00270000", "IWM   260527P00260000"]
    assert [leg.contract_symbol for leg in roll.opened] == ["IWM   260605P00272000", "IWM   260605P00262000"]
    assert round(roll.cost.number, 3) == 0.875
    assert roll.traded_on.value == dt.date(2026, 5, 21)


@pytest.mark.recorded
def test_the_recorded_boards_have_their_strikes(friday):
    near, far = friday.chain.boards
    assert [
        (c.strike.number, c.open_interest.number, c.change.number) for c in (*near.calls, *near.puts)
    ] == [
        (288, 10_363, 7_538),
        (305, 10_063, 209),
        (265, 49_362, -1_399),
        (275, 36_577, -3_170),
    ]
    assert round(far.put_share.number) == 72
    assert round(far.ratio.ratio.number, 2) == 6.89
    assert round(far.ratio_without.number, 2) == 1.94


@pytest.mark.recorded
def test_the_recorded_cluster_of_volume_is_found(friday):
    four = friday.chain.busiest[:4]
    assert {(c.expiration.value, c.strike.number) for c in four} == {
        (dt.date(2026, 6, 18), strike) for strike in (269, 270, 271, 272)
    }
    assert sum(c.volume.number for c in four) == 156_842
    assert round(friday.chain.busiest_share.number) == 19
    assert friday.chain.biggest_put.open_interest.number == 141_307


@pytest.mark.recorded
def test_the_recorded_volatilities_are_those_worked_out_by_hand(friday):
    found = friday.volatility
    terms = {term.expiration.value: term for term in found.terms}
    week, month = terms[dt.date(2026, 5, 29)], terms[dt.date(2026, 6, 18)]
    # by hand on a straight line between the strikes, a cent or two above a straddle at the forward
    assert week.straddle.number == pytest.approx(6.37, abs=0.03)
    assert month.straddle.number == pytest.approx(14.04, abs=0.02)
    assert month.upper.number == pytest.approx(299.15, abs=0.01)
    # by hand straight between the two strikes around the forward; the spreads alone leave 0.23 open
    assert found.constant_30.number == pytest.approx(22.7, abs=0.15)
    assert found.constant_30_error.number == pytest.approx(0.23, abs=0.02)
    assert week.atm_volatility.number == pytest.approx(20.2, abs=0.1)
    assert month.atm_volatility.number == pytest.approx(22.7, abs=0.1)
    assert found.realised_21.number == pytest.approx(19.9, abs=0.05)
    assert found.skew_25.number == pytest.approx(4.3, abs=0.1)
    assert month.forward_volatility.number == pytest.approx(25, abs=0.5)
    assert week.sessions.number == 4
    assert found.past_move.straddle.number == pytest.approx(5.52, abs=0.03)
    assert found.past_move.moved.number == pytest.approx(9.15, abs=1e-9)


@pytest.mark.recorded
@pytest.mark.parametrize(("symbol", "session"), GOOD, ids=str)
def test_a_recorded_close_passes_the_gate(shared, symbol, session):
    found = analyse(*market(shared, symbol, session), Choices())
    assert found.chain.open_interest_all.ratio is not None
    assert found.volatility.terms[0].forward.number == pytest.approx(found.price.spot.number, rel=0.01)
    assert len(found.facts) < 1200


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("symbol", "when", "told"),
    [
        ("IWM", dt.datetime(2026, 5, 20, 9, 20, tzinfo=NEW_YORK), "have a bid and an ask"),
        ("IWM", dt.datetime(2026, 7, 10, 1, 50, tzinfo=NEW_YORK), "open interest is zero"),
        ("AAPL", dt.date(2014, 6, 9), "split's first day"),
    ],
)
def test_a_recorded_trap_is_refused(shared, symbol, when, told):
    with pytest.raises(RefusedSnapshotError, match=told):
        analyse(*market(shared, symbol, when), Choices())


@pytest.mark.recorded
def test_a_big_index_chain_is_analysed_in_less_than_a_second_of_work(shared):
    inputs = market(shared, "SPX", dt.date(2023, 9, 14))
    analyse(*inputs, Choices())
    start = time.process_time()
    analyse(*inputs, Choices())
    assert time.process_time() - start < 1
