"""Whatever a source leaves out, the analysis ends in an `Analysis` or a refusal, never in a crash."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from generator.analytics import analyse
from generator.errors import RefusedSnapshotError, SchemaError
from generator.models.analysis import Choices
from generator.models.market import History
from generator.models.schema import validated_chain
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


# --- damage is refused, withheld or without effect; no number changes unsaid


def whole():
    return analyse(make_snapshot(chain=CHAIN, bars=BARS), History(), Choices())


WHOLE = whole()
RATIOS = ("put_call.open_interest.all", "put_call.open_interest.live", "put_call.volume.all")


def struck(seed, share):
    return np.random.default_rng(seed).random(len(CHAIN)) < share


SHARES = st.floats(0.005, 0.9)
SEEDS = st.integers(0, 10_000)
PATIENT = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@PATIENT
@given(SEEDS, SHARES, st.sampled_from([0.0, np.nan, -1.0, 9999.99, 199999.99]))
def test_broken_quotes_change_no_count_and_hardly_a_volatility(seed, share, value):
    hit = struck(seed, share)
    sides = {"ask": np.where(hit, value, CHAIN["ask"])}
    if not value > 0:
        sides["bid"] = np.where(hit, value, CHAIN["bid"])
    found = holds(make_snapshot(chain=CHAIN.assign(**sides), bars=BARS), History())
    if found is None:
        return
    assert [found.facts[name].value for name in RATIOS] == [WHOLE.facts[name].value for name in RATIOS]
    assert_volatility_stands(found)


def assert_volatility_stands(found):
    """The 30-day volatility is not printed, or it is the one of the whole chain, 20 %."""
    level = found.volatility.constant_30
    assert level is None or abs(level.number - WHOLE.volatility.constant_30.number) < 0.5


@PATIENT
@given(SEEDS, SHARES)
def test_swapped_sides_are_crossed_quotes_counted_and_unused(seed, share):
    hit = struck(seed, share)
    swapped = CHAIN.assign(
        bid=np.where(hit, CHAIN["ask"], CHAIN["bid"]), ask=np.where(hit, CHAIN["bid"], CHAIN["ask"])
    )
    found = holds(make_snapshot(chain=swapped, bars=BARS), History())
    if found is not None:
        assert found.quality.counts["crossed"].number == hit.sum()
        assert_volatility_stands(found)


@PATIENT
@given(SEEDS, SHARES, st.sampled_from([("open_interest", "ask"), ("volume", "bid")]))
def test_columns_that_change_places_are_refused_or_leave_the_rest_alone(seed, share, pair):
    hit = struck(seed, share)
    first, second = pair
    changed = CHAIN.assign(
        **{
            first: np.where(hit, np.floor(CHAIN[second]), CHAIN[first]),
            second: np.where(hit, CHAIN[first], CHAIN[second]),
        }
    )
    found = holds(make_snapshot(chain=changed, bars=BARS), History())
    if found is not None:
        assert_volatility_stands(found)


@PATIENT
@given(SEEDS, SHARES)
def test_missing_counts_are_told_and_too_many_are_not_summed(seed, share):
    hit = struck(seed, share)
    changed = CHAIN.assign(open_interest=np.where(hit, np.nan, CHAIN["open_interest"]))
    found = holds(make_snapshot(chain=changed, bars=BARS), History())
    if found is None:
        return
    assert found.quality.counts["missing_open_interest"].number == hit.sum()
    live = (CHAIN["expiration"].dt.date > make_snapshot().session).to_numpy()
    if hit[live].mean() > 0.1:
        assert "put_call.open_interest.all" not in found.facts
        assert "open_interest" in {held.metric for held in found.quality.withheld}


@PATIENT
@given(SEEDS, SHARES, st.sampled_from([-7, -2, 2, 7, 28]))
def test_expirations_that_moved_are_refused(seed, share, days):
    hit = struck(seed, share)
    assume(hit.any())
    moved = CHAIN["expiration"] + np.where(hit, np.timedelta64(days, "D"), np.timedelta64(0, "D"))
    chain = CHAIN.assign(expiration=moved.astype("datetime64[s]"))
    with pytest.raises(RefusedSnapshotError, match=f"{hit.sum()} series contradict their own symbols"):
        analyse(make_snapshot(chain=chain, bars=BARS), History(), Choices())


@PATIENT
@given(SEEDS)
def test_rows_sent_twice_are_refused_by_the_schema(seed):
    again = CHAIN.sample(3, random_state=seed)
    with pytest.raises(SchemaError, match="each series once"):
        validated_chain(pd.concat([CHAIN, again], ignore_index=True))
