"""Boards: which expirations, which strikes, and their guards."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest

from generator.analytics import analyse
from generator.analytics.boards import board, board_expirations
from generator.analytics.chain_view import chain_view
from generator.analytics.contracts import ContractWriter
from generator.analytics.series import book_of
from generator.calendar import previous_session, session_close
from generator.models.analysis import Choices
from generator.models.market import History
from generator.providers import gather
from tests.analytics.evidence import make_evidence, recomputed
from tests.builders import EXPIRATIONS, SESSION, chain_of, chain_row, make_chain, make_history, make_past


def dates(expirations, session=SESSION, **changes):
    chain = make_chain(session, expirations=expirations, width=2, **changes)
    book = book_of(chain, session, session_close(session))
    return [item.date for item in board_expirations(book)]


def test_the_two_nearest_friday_weeks_are_shown():
    daily = tuple(SESSION + dt.timedelta(days=n) for n in range(17) if n % 7 not in (3, 4))
    assert dates(daily) == [dt.date(2026, 3, 13), dt.date(2026, 3, 20)]


def test_on_a_friday_after_the_close_this_weeks_is_gone():
    friday = dt.date(2026, 3, 13)
    weeks = tuple(friday + dt.timedelta(weeks=n) for n in range(4))
    assert dates(weeks, friday) == [dt.date(2026, 3, 20), dt.date(2026, 3, 27)]


def test_a_thursday_before_a_holiday_friday_ends_its_week():
    listed = (dt.date(2026, 4, 1), dt.date(2026, 4, 2), dt.date(2026, 4, 10))
    assert dates(listed, dt.date(2026, 3, 30)) == [dt.date(2026, 4, 2), dt.date(2026, 4, 10)]


def test_a_name_without_weeklies_shows_the_next_two_listed():
    listed = (dt.date(2026, 3, 20), dt.date(2026, 4, 17), dt.date(2026, 6, 18))
    assert dates(listed) == [dt.date(2026, 3, 20), dt.date(2026, 4, 17)]


def shown(chain, history=None, spot=100.0):
    evidence = make_evidence(history, chain=chain, spot=spot)
    live = evidence.ledger.add("volume.live", 100, unit="contracts", formula="test")
    return board(evidence, ContractWriter(evidence, live), evidence.book.expirations[0]), evidence


def rows(counts, day=EXPIRATIONS[2]):
    return chain_of(
        *(
            chain_row(strike, right, day, open_interest=float(interest))
            for strike, (call, put) in counts.items()
            for right, interest in (("call", call), ("put", put))
        )
    )


def test_strikes_outside_the_money_are_ranked_by_open_interest_then_nearness():
    counts = {90: (0, 500), 95: (0, 900), 98: (0, 500), 100: (9999, 9999), 105: (300, 0), 110: (800, 0)}
    found, _ = shown(rows(counts))
    assert [item.strike.number for item in found.calls] == [110, 105]
    assert [item.strike.number for item in found.puts] == [95, 98]


def test_without_the_two_largest_put_strikes_the_ratio_is_that_of_the_rest():
    counts = {90: (100, 600), 95: (100, 900), 100: (100, 100), 105: (100, 200)}
    found, evidence = shown(rows(counts))
    assert found.ratio_without.number == 300 / 400
    assert found.put_share.number == pytest.approx(100 * 1500 / 1800)
    assert recomputed(found.ratio_without, evidence.ledger) == found.ratio_without.number


def test_a_board_with_few_contracts_has_no_max_pain_and_says_why():
    found, evidence = shown(rows({95: (10, 10), 100: (10, 10), 105: (10, 10)}))
    assert found.max_pain is None
    assert [item.metric for item in evidence.withheld] == ["max_pain.2026-03-20"]


def test_zero_open_interest_gives_no_ratio_of_volume_to_it():
    chain = rows({95: (0, 0), 105: (0, 0)})
    chain.loc[chain["strike"] == 105, "open_interest"] = 5.0
    evidence = make_evidence(chain=chain)
    live = evidence.ledger.add("volume.live", 100, unit="contracts", formula="test")
    contract = ContractWriter(evidence, live).contract(0)
    assert contract.open_interest.number == 0
    assert contract.volume_to_open_interest is None


@pytest.mark.recorded
def test_hand_worked_strikes_and_ratios_are_matched(shared):
    for case in json.loads((shared / "reference" / "hand_chains.json").read_text())["rows"]:
        counts = {row["strike"]: (row["call"]["oi"], row["put"]["oi"]) for row in case["chain"]}
        found, _ = shown(rows(counts), spot=case["S"])
        expected = case["expected"]
        assert (found.ratio.ratio and found.ratio.ratio.number) == pytest.approx(expected["pc_oi"])
        for side, wanted in ((found.calls, "top_otm_calls"), (found.puts, "top_otm_puts")):
            tops = [(item["strike"], item["oi"]) for item in expected[wanted]][:2]
            assert [(item.strike.number, item.open_interest.number) for item in side] == tops


def test_every_strike_is_there_for_the_chart():
    found, _ = shown(rows({95: (1, 2), 105: (3, 4)}))
    assert found.strikes == ((95.0, 1.0, 2.0), (105.0, 3.0, 4.0))


def test_a_morning_settlement_is_kept_apart():
    day = dt.date(2026, 3, 20)
    chain = chain_of(
        *(
            chain_row(100 + n, right, day, root, settlement=settlement, open_interest=interest)
            for root, settlement, interest in (("ABCD", "am", 100.0), ("ABCDW", "pm", 7.0))
            for right in ("call", "put")
            for n in (-1, 1)
        )
    )
    evidence = make_evidence(chain=chain, kind="index")
    view = chain_view(evidence)
    assert [board.settlement for board in view.boards] == ["am", "pm"]
    assert view.boards[0].puts[0].open_interest.id == "open_interest.put.2026-03-20am.99"
    assert view.boards[1].puts[0].open_interest.id == "open_interest.put.2026-03-20.99"
    assert [board.puts[0].settlement for board in view.boards] == ["am", "pm"]
    assert view.boards[0].expiration == view.boards[1].expiration
    assert view.biggest_put.open_interest.id == "open_interest.put.2026-03-20am.99"
    assert view.expirations.number == 1


def two_settlements(*days):
    """A chain with a heavy morning and a light afternoon settlement on each of *days*."""
    return chain_of(
        *(
            chain_row(strike, right, day, root, settlement=settlement, open_interest=count, volume=count)
            for day in days
            for root, settlement, count in (("ABCD", "am", 900.0), ("ABCDW", "pm", 70.0))
            for right in ("call", "put")
            for strike in (95, 105)
        )
    )


def test_two_dates_that_settle_twice_have_four_boards_in_order():
    days = (dt.date(2026, 3, 20), dt.date(2026, 3, 27))
    book = book_of(two_settlements(*days), SESSION, session_close(SESSION))
    assert [item.key for item in board_expirations(book)] == [
        *("2026-03-20am", "2026-03-20", "2026-03-27am", "2026-03-27")
    ]


def thursday(as_of=None):
    """The evidence of a Thursday before a third Friday that settles twice."""
    session = dt.date(2026, 3, 19)
    chain = two_settlements(dt.date(2026, 3, 20), dt.date(2026, 3, 27))
    changes = {} if as_of is None else {"as_of": as_of, "edition": "intraday"}
    return make_evidence(session=session, chain=chain, kind="index", **changes)


def test_a_morning_settlement_that_trades_no_more_leaves_the_chain():
    evidence = thursday()
    view = chain_view(evidence)
    assert [(board.expiration.value.day, board.settlement) for board in view.boards] == [
        *((20, "pm"), (27, "am"), (27, "pm"))
    ]
    for found in (view.open_interest_live, view.volume_live):
        assert found.puts.number == 2 * (70 + 900 + 70)
        assert found.puts.formula == "=$1-$2"
        for fact in (found.puts, found.calls, found.ratio):
            assert recomputed(fact, evidence.ledger) == fact.value
    assert view.open_interest_all.puts.number == 2 * 2 * 970
    traded = {(item.expiration.value.day, item.settlement) for item in (*view.busiest, view.biggest_call)}
    assert (20, "am") not in traded


def test_on_the_thursday_itself_it_still_trades():
    session = dt.date(2026, 3, 19)
    view = chain_view(thursday(session_close(session) - dt.timedelta(hours=2)))
    assert (view.boards[0].expiration.value.day, view.boards[0].settlement) == (20, "am")
    assert view.open_interest_live.puts.formula == "=sum(open_interest)"


@pytest.mark.recorded
def test_the_recorded_thursday_leaves_the_monthly_morning_settlement_out(shared):
    snapshot, _ = gather("SPX", f"csv:{shared / 'data'}", dt.date(2023, 9, 14))
    view = analyse(snapshot, History(), Choices()).chain
    assert view.open_interest_live.ratio.number == pytest.approx(2.138, abs=5e-4)
    assert view.volume_live.ratio.number == pytest.approx(1.73, abs=5e-3)
    assert view.busiest[0].contract_symbol.startswith("SPXW")
    assert abs(view.biggest_put.distance.number) <= 20


def test_the_biggest_are_out_of_the_money_and_near_the_price():
    counts = {70: (0, 9000), 85: (0, 300), 95: (8000, 200), 105: (100, 7000), 119: (200, 0), 130: (6000, 0)}
    view = chain_view(make_evidence(chain=rows(counts)))
    assert (view.biggest_call.strike.number, view.biggest_put.strike.number) == (119, 85)
    alone = chain_view(make_evidence(chain=rows({70: (10, 10), 130: (10, 10)})))
    assert (alone.biggest_call, alone.biggest_put) == (None, None)


def followed(volumes, **changes):
    """What is followed up of a session before with *volumes* by (expiration, strike)."""
    before = previous_session(SESSION)
    old = chain_of(
        *(chain_row(strike, "put", day, volume=volume) for (day, strike), volume in volumes.items())
    )
    past = dataclasses.replace(make_past(before, chain=old), **changes)
    now = [chain_row(strike, "put", day, open_interest=400.0) for day, strike in volumes if day >= SESSION]
    return chain_view(make_evidence(History(chains=(past,)), chain=chain_of(*now))).followed


def test_the_busiest_series_of_the_session_before_is_followed_up():
    before = previous_session(SESSION)
    volumes = {(before, 95): 9000.0, (EXPIRATIONS[2], 95): 500.0, (EXPIRATIONS[2], 90): 800.0}
    found = followed(volumes)
    assert (found.strike.number, found.previous_volume.number) == (90, 800)
    assert (found.previous_open_interest.number, found.open_interest.number) == (100, 400)
    assert found.change.number == 300


def test_nothing_is_followed_up_that_is_gone_or_was_counted_in_part():
    series = {(SESSION, 95): 900.0, (EXPIRATIONS[2], 95): 500.0}
    assert followed(series) is None  # the busiest expires today
    early = session_close(previous_session(SESSION)) - dt.timedelta(hours=1)
    assert followed({(EXPIRATIONS[2], 95): 500.0}, as_of=early) is None
    assert chain_view(make_evidence()).followed is None


@pytest.mark.recorded
def test_the_recorded_put_of_the_eighteenth_of_may_is_followed_up(shared):
    snapshot, history = gather("IWM", f"csv:{shared / 'data'}", dt.date(2026, 5, 19))
    found = analyse(snapshot, history, Choices()).chain.followed
    assert found.contract_symbol == "IWM   260520P00275000"
    assert found.previous_volume.number == 76_744
    assert (found.previous_open_interest.number, found.open_interest.number) == (56_978, 43_725)
    assert found.change.number == -13_253


def test_every_arithmetic_fact_of_the_chain_gives_its_value_back():
    evidence = make_evidence(make_history(sessions=4))
    chain_view(evidence)
    checked = [fact for fact in evidence.ledger.facts.values() if fact.formula.startswith("=")]
    for fact in checked:
        assert recomputed(fact, evidence.ledger) == pytest.approx(fact.value, rel=1e-12), fact.id
    assert len(checked) > 100
