"""The gate: each recorded fault in small, and what must pass."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from generator.analytics.gate import sound
from generator.analytics.ledger import Ledger
from generator.analytics.quality import judge
from generator.errors import RefusedSnapshotError
from generator.models.market import Dividend
from tests.builders import (
    EXPIRATIONS,
    SESSION,
    SPOT,
    make_bars,
    make_chain,
    make_past,
    make_snapshot,
    overnight_reset,
    premarket,
    sparse,
    split_day,
)


def judged(**changes):
    snapshot = make_snapshot(**changes)
    return judge(snapshot, Ledger({"chain": snapshot.chain, "bars": snapshot.bars}, snapshot.session))


def reasons(**changes):
    with pytest.raises(RefusedSnapshotError) as refused:
        judged(**changes)
    assert refused.value.exit_code == 65
    return " ".join(refused.value.reasons)


def test_a_whole_chain_is_good():
    assert judged().verdict == "good"


@pytest.mark.parametrize(
    ("trap", "told"),
    [
        (premarket, "have a bid and an ask"),
        (overnight_reset, "open interest is zero or missing"),
        (split_day, "split's first day"),
        (sparse, "have a bid and an ask"),
    ],
)
def test_a_trap_is_refused_with_its_reason(trap, told):
    assert told in reasons(chain=trap(make_chain()))


def test_an_empty_chain_is_refused():
    assert "the chain is empty" in reasons(chain=make_chain().iloc[:0])


def test_a_chain_of_expired_series_is_refused():
    assert "no standard series" in reasons(
        chain=make_chain(expirations=(dt.date(2026, 3, 6),)),
    )


def test_no_bars_are_refused():
    assert "no daily bars" in reasons(bars=make_bars().iloc[:0])


def test_a_split_the_bars_do_not_know_is_refused():
    assert "a split the bars do not know" in reasons(bars=make_bars(last=7 * SPOT))


def test_a_spot_of_another_time_is_refused():
    assert "imply a spot" in reasons(chain=make_chain(spot=SPOT * 1.005))


def test_a_gap_within_thirty_basis_points_passes():
    assert judged(chain=make_chain(spot=SPOT * 1.002)).verdict == "good"


def test_a_known_dividend_explains_a_gap():
    day = SESSION + dt.timedelta(days=1)
    chain = make_chain(spot=SPOT * 0.993, expirations=EXPIRATIONS[1:])
    assert "imply a spot" in reasons(chain=chain)
    paid = Dividend(ex_date=day, amount=0.7, confirmed=True, source="test")
    assert judged(chain=chain, dividends=(paid,)).verdict == "good"


def test_missing_open_interest_is_counted_and_noted():
    chain = make_chain()
    chain.loc[:9, "open_interest"] = np.nan
    found = judged(chain=chain)
    assert found.counts["missing_open_interest"].number == 10
    assert found.verdict == "usable"


def test_counts_are_those_of_the_rows():
    chain = make_chain()
    found = judged(chain=chain)
    assert found.counts["contracts"].number == len(chain)
    assert found.counts["zero_bid"].number == (chain["bid"] == 0).sum()
    assert found.counts["adjusted"].number == 0


def test_a_reset_session_is_not_compared_with():
    earlier = dt.date(2026, 3, 10)
    assert sound(make_past(earlier))
    assert not sound(make_past(earlier, chain=overnight_reset(make_chain(earlier))))
