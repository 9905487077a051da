"""Put/call ratios: what is summed, what is compared."""

from __future__ import annotations

import datetime as dt

import numpy as np

from generator.analytics.put_call import common_expirations, history_ratios, like_for_like, ratio, week_ago
from generator.calendar import previous_session
from generator.models.market import History
from tests.analytics.evidence import make_evidence, recomputed
from tests.builders import EXPIRATIONS, SESSION, chain_of, chain_row, make_chain, make_history, make_past


def two_sided(expirations=EXPIRATIONS, put=200.0, call=100.0):
    return chain_of(
        *(
            chain_row(100, right, day, open_interest=interest, volume=interest / 10)
            for day in expirations
            for right, interest in (("put", put), ("call", call))
        )
    )


def test_all_counts_expiring_series_and_live_does_not():
    chain = two_sided()
    chain.loc[(chain["expiration"] == "2026-03-11") & (chain["right"] == "put"), "open_interest"] = 1000.0
    evidence = make_evidence(chain=chain)
    everything, live = (ratio(evidence, "open_interest", scope) for scope in ("all", "live"))
    assert everything.ratio.number == 1600 / 400
    assert live.ratio.number == 2
    assert live.puts.inputs.selector == "chain[right=put standard=true expiration>2026-03-11]"


def test_adjusted_series_are_left_out():
    chain = chain_of(
        chain_row(100, "put", open_interest=50.0),
        chain_row(100, "call", open_interest=50.0),
        chain_row(100, "put", root="ABCD1", open_interest=9999.0),
    )
    assert ratio(make_evidence(chain=chain), "open_interest", "all").ratio.number == 1


def test_no_calls_give_no_ratio_and_a_reason():
    evidence = make_evidence(chain=two_sided(call=0.0))
    assert ratio(evidence, "open_interest", "all").ratio is None
    assert [item.metric for item in evidence.withheld] == ["put_call.open_interest.all"]


def test_missing_counts_are_not_zeros_but_are_not_summed_either():
    chain = two_sided()
    chain.loc[0, "volume"] = np.nan
    evidence = make_evidence(chain=chain)
    found = ratio(evidence, "volume", "all")
    assert found.puts.number + found.calls.number == 110
    assert recomputed(found.calls, evidence.ledger) == found.calls.number


def test_open_interest_is_dated_by_its_count():
    evidence = make_evidence()
    assert ratio(evidence, "open_interest", "all").puts.date == previous_session(SESSION)
    assert ratio(evidence, "volume", "all").puts.date == SESSION


def test_a_change_compares_only_expirations_listed_on_both_days():
    earlier = previous_session(SESSION)
    joined = (*EXPIRATIONS[1:], dt.date(2026, 5, 15))
    past = make_past(earlier, chain=two_sided(expirations=EXPIRATIONS[:3], put=300.0))
    evidence = make_evidence(History(chains=(past,)), chain=two_sided(expirations=joined))
    found = like_for_like(evidence, evidence.previous, "put_call.like_for_like")
    assert found.expirations.number == 2
    assert (found.then.number, found.now.number) == (3, 2)
    assert found.since.value == earlier


def test_dates_only_one_day_lists_are_taken_out_of_the_span():
    evidence = make_evidence(
        History(chains=(make_past(previous_session(SESSION), chain=two_sided(EXPIRATIONS)),)),
        chain=two_sided((EXPIRATIONS[1], EXPIRATIONS[3])),
    )
    common, terms = common_expirations(evidence.book, evidence.previous.book)
    assert common == (EXPIRATIONS[1], EXPIRATIONS[3])
    assert terms == "expiration>=2026-03-13 expiration<=2026-04-17 expiration!=2026-03-20"


def test_the_week_begins_with_the_oldest_of_five_sessions():
    evidence = make_evidence(make_history(sessions=6))
    assert week_ago(evidence).session == dt.date(2026, 3, 5)


def test_yesterday_alone_is_no_week():
    assert week_ago(make_evidence(make_history(sessions=1))) is None


def test_the_history_ends_with_today():
    evidence = make_evidence(make_history(sessions=2), chain=make_chain())
    days = [day for day, _ in history_ratios(evidence)]
    assert days == [dt.date(2026, 3, 9), dt.date(2026, 3, 10), SESSION]
