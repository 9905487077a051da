"""Whatever a source leaves out, the analysis ends in an `Analysis` or a refusal, never in a crash."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.analytics import analyse
from generator.errors import RefusedSnapshotError
from generator.models.analysis import Choices
from generator.models.market import History
from tests.builders import EXPIRATIONS, make_bars, make_chain, make_history, make_past, make_snapshot

COLUMNS = ("bid", "ask", "volume", "open_interest")
CHAIN, BARS, HISTORY = make_chain(), make_bars(), make_history(sessions=2)


def holds(snapshot, history):
    """Analyse, and look at every number."""
    try:
        found = analyse(snapshot, history, Choices())
    except RefusedSnapshotError:
        return None
    for fact in found.facts.values():
        assert not isinstance(fact.value, float) or math.isfinite(fact.value), fact.id
    return found


def damaged(chain, seed, share, columns, value):
    hit = np.random.default_rng(seed).random(len(chain)) < share
    return chain.assign(**{name: np.where(hit, value, chain[name]) for name in columns})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 1000),
    st.floats(0, 1),
    st.lists(st.sampled_from(COLUMNS), unique=True, min_size=1),
    st.sampled_from([np.nan, 0.0]),
    st.booleans(),
)
def test_rows_without_numbers_never_crash_it(seed, share, columns, value, earlier):
    chain = damaged(CHAIN, seed, share, columns, value)
    history = HISTORY
    if earlier:
        past = tuple(
            make_past(item.session, chain=damaged(item.chain, seed, share / 2, columns, value))
            for item in HISTORY.chains
        )
        history = History(chains=past)
    holds(make_snapshot(chain=chain, bars=BARS), history)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_few_expirations_are_enough(count):
    found = holds(make_snapshot(chain=make_chain(expirations=EXPIRATIONS[:count])), HISTORY)
    assert len(found.volatility.terms) == count - 1


def test_only_calls_give_no_ratio_of_puts_to_them_that_means_anything():
    chain = CHAIN[CHAIN["right"] == "call"].reset_index(drop=True)
    found = holds(make_snapshot(chain=chain), History())
    assert found.chain.open_interest_all.ratio.number == 0
    assert found.volatility.terms == ()
    assert found.chain.biggest_put is None


def test_only_puts_give_no_ratio():
    chain = CHAIN[CHAIN["right"] == "put"].reset_index(drop=True)
    assert holds(make_snapshot(chain=chain), History()).chain.open_interest_all.ratio is None


def test_no_volume_at_all_gives_no_volume_ratio():
    found = holds(make_snapshot(chain=CHAIN.assign(volume=np.nan)), HISTORY)
    assert found.chain.volume_all.ratio is None
    assert found.chain.busiest == ()


def test_one_bar_is_enough():
    found = holds(make_snapshot(bars=make_bars(1)), HISTORY)
    assert found.volatility.realised_21 is None
