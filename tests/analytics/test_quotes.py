"""The quote filter, on the recorded table and on what it must not depend on."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics.quotes import REASONS, Verdict, judge_quotes


def judged(bid, ask, payoff=0.0, cap=100.0, age=None):
    return judge_quotes(
        np.array([bid], dtype=float),
        np.array([ask], dtype=float),
        payoff=np.array([payoff]),
        cap=np.array([cap]),
        age=None if age is None else np.array([age]),
    )


@pytest.mark.recorded
def test_every_row_of_the_table_gets_its_verdict(shared):
    rows = json.loads((shared / "reference" / "quote_filters.json").read_text())["rows"]

    def column(name):
        return np.array([np.nan if row[name] is None else float(row[name]) for row in rows])

    calls = np.array([row["type"] == "C" for row in rows])
    spot, strike = column("S"), column("K")
    found = judge_quotes(
        column("bid"),
        column("ask"),
        payoff=np.maximum(np.where(calls, spot - strike, strike - spot), 0),
        cap=np.where(calls, spot, strike),
        age=column("quote_age_s"),
    )
    assert [Verdict(v).name.lower() for v in found.verdict] == [row["verdict"] for row in rows]
    np.testing.assert_allclose(found.mid, column("mid"), rtol=1e-14)


def test_a_zero_bid_counts_for_open_interest_but_has_no_mid():
    found = judged(0.0, 0.05)
    assert found.verdict[0] == Verdict.REJECT_FOR_IV
    assert np.isnan(found.mid[0])
    assert not found.usable[0]


def test_a_wide_quote_is_usable_as_a_range_but_not_for_a_headline():
    found = judged(0.05, 0.5)
    assert found.usable[0]
    assert not found.tight[0]


def test_the_reason_is_told():
    assert REASONS[judged(2.0, 1.0).reason[0]][0] == "crossed"
    assert REASONS[judged(1.0, 1.1, age=901.0).reason[0]][0] == "stale quote"


prices = st.one_of(st.just(np.nan), st.floats(-1, 300))


@given(prices, prices, st.floats(0, 90), st.floats(91, 200))
def test_a_usable_quote_has_a_mid_between_its_bounds(bid, ask, payoff, cap):
    found = judged(bid, ask, payoff, cap)
    if found.usable[0]:
        assert bid > 0
        assert ask >= bid
        assert payoff < found.mid[0] <= cap
