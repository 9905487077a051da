"""Changes that look like one position moved."""

from __future__ import annotations

import dataclasses
import datetime as dt

from generator.analytics.chain_view import chain_view
from generator.calendar import previous_session
from generator.models.market import History
from tests.analytics.evidence import make_evidence, recomputed
from tests.builders import EXPIRATIONS, SESSION, chain_of, chain_row, make_past

NEAR, FAR = EXPIRATIONS[1], EXPIRATIONS[2]
EARLIER = previous_session(SESSION)
#: expiration, strike: volume then, open interest then and now
LEGS = {
    (NEAR, 95): (1000, 1200, 300),
    (NEAR, 90): (1050, 1300, 350),
    (FAR, 97): (1100, 50, 1050),
    (FAR, 92): (1000, 60, 990),
    (FAR, 99): (10, 500, 505),
}


def markets(legs=LEGS, right="put"):
    then, now = [], []
    for (day, strike), (volume, before, after) in legs.items():
        for side in ("put", "call"):
            moved = side == right
            counts = (volume, before, after) if moved else (5, 100, 100)
            series = {"strike": strike, "right": side, "expiration": day, "bid": 1 + strike / 100, "ask": 2.1}
            then.append(chain_row(**series, volume=float(counts[0]), open_interest=float(counts[1])))
            now.append(chain_row(**series, volume=10.0, open_interest=float(counts[2])))
    return chain_of(*then), chain_of(*now)


def found(legs=LEGS, **changes):
    then, now = markets(legs, **changes)
    evidence = make_evidence(History(chains=(make_past(EARLIER, chain=then),)), chain=now)
    return chain_view(evidence).roll, evidence


def test_two_legs_that_emptied_as_two_filled_are_found():
    roll, _ = found()
    assert roll.right == "put"
    assert [(leg.expiration.value, leg.strike.number) for leg in roll.closed] == [(NEAR, 95), (NEAR, 90)]
    assert [(leg.expiration.value, leg.strike.number) for leg in roll.opened] == [(FAR, 97), (FAR, 92)]
    assert (roll.lost.number, roll.gained.number) == (1850, 1930)
    assert roll.traded_on.value == EARLIER
    assert roll.pairs.number == 1000


def test_what_it_cost_follows_from_that_sessions_mids():
    roll, evidence = found()
    first, second = (roll.closed_value.number, roll.opened_value.number)
    assert roll.cost.number == second - first
    for fact in (roll.lost, roll.gained, roll.pairs, roll.closed_value, roll.cost, roll.cost_total):
        assert recomputed(fact, evidence.ledger) == fact.value


def test_calls_count_as_well():
    roll, _ = found(right="call")
    assert roll.right == "call"


def test_sizes_that_differ_by_more_than_a_quarter_are_no_roll():
    legs = {**LEGS, (NEAR, 95): (1000, 600, 90), (NEAR, 90): (1000, 600, 80)}
    legs |= {(FAR, 97): (1600, 0, 1600), (FAR, 92): (1600, 0, 1600)}
    assert found(legs)[0] is None


def test_trading_that_left_no_trace_in_open_interest_is_no_roll():
    legs = {key: (volume, before, before) for key, (volume, before, _) in LEGS.items()}
    assert found(legs)[0] is None


def test_a_series_not_listed_before_counts_for_nothing():
    then, now = markets()
    then = then[then["expiration"] != "2026-03-20"].reset_index(drop=True)
    evidence = make_evidence(History(chains=(make_past(EARLIER, chain=then),)), chain=now)
    view = chain_view(evidence)
    assert view.roll is None
    assert all(contract.expiration.value == NEAR for contract in view.decreases)
    assert view.increases == ()


def test_half_a_session_says_nothing_about_a_roll():
    then, now = markets()
    past = dataclasses.replace(
        make_past(EARLIER, chain=then),
        as_of=dt.datetime.combine(EARLIER, dt.time(10, 7), make_past(EARLIER, chain=then).as_of.tzinfo),
    )
    evidence = make_evidence(History(chains=(past,)), chain=now)
    view = chain_view(evidence)
    assert view.roll is None
    assert view.decreases[0].previous_volume is None
    assert view.decreases[0].change.number == -950


def test_without_a_session_before_there_is_no_change_at_all():
    _, now = markets()
    view = chain_view(make_evidence(chain=now))
    assert (view.roll, view.increases, view.decreases, view.like_for_like) == (None, (), (), None)
