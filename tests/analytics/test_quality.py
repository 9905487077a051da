"""The gate: each recorded fault in small, and what must pass."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from generator.analytics import analyse
from generator.analytics.gate import sound
from generator.analytics.ledger import Ledger
from generator.analytics.quality import judge
from generator.analytics.quotes import sentinel
from generator.calendar import previous_session, session_close
from generator.errors import RefusedSnapshotError
from generator.models.analysis import Choices
from generator.models.market import Dividend, History
from generator.models.schema import validated_chain
from tests.builders import (
    EXPIRATIONS,
    SESSION,
    SPOT,
    make_bars,
    make_chain,
    make_history,
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


def stamped(seconds, chain=None):
    """A chain whose quotes are *seconds* older than the close."""
    made = make_chain() if chain is None else chain
    close = pd.Timestamp(session_close(SESSION)).tz_convert("UTC").tz_localize(None)
    return validated_chain(made.assign(quote_time=close - pd.to_timedelta(seconds, unit="s")))


def analysed(chain, history=None, **changes):
    return analyse(make_snapshot(chain=chain, **changes), history or History(), Choices())


def test_the_age_of_quotes_is_disclosed_until_each_has_a_time():
    assert judged().notes == ("quotes carry no time of their own: their age is not known",)
    assert judged(chain=stamped(30)).notes == ()
    some = stamped(30)
    some.loc[3, "quote_time"] = pd.NaT
    assert judged(chain=some).notes == ("some quotes carry no time of their own: their age is not known",)


def test_quotes_of_an_hour_ago_are_refused():
    assert "100% of the quotes within 15% of spot are more than 15 minutes" in reasons(chain=stamped(3600))


def test_quotes_of_a_close_may_be_stamped_a_quarter_of_an_hour_late():
    assert judged(chain=stamped(-900)).verdict == "good"


def test_quotes_of_the_evening_are_not_of_the_close():
    assert "of its own time" in reasons(chain=stamped(-5 * 3600))


def test_a_few_stale_quotes_are_counted_and_carry_no_volatility():
    chain = make_chain()
    ages = np.where(np.arange(len(chain)) % 5 == 0, 1000.0, 5.0)
    old = stamped(ages, chain)
    wild = old.assign(
        bid=np.where(ages > 900, old["bid"] * 3, old["bid"]),
        ask=np.where(ages > 900, old["ask"] * 3, old["ask"]),
    )
    found, sound_one = analysed(wild), analysed(stamped(5.0))
    ahead = (chain["expiration"] > pd.Timestamp(SESSION)).to_numpy()
    counts = found.quality.counts
    assert counts["stale"].number + counts["sentinel"].number >= ((ages > 900) & ahead).sum() - 5
    assert found.volatility.constant_30.number == pytest.approx(
        sound_one.volatility.constant_30.number, abs=0.3
    )


def test_each_reason_is_counted():
    chain = make_chain()
    chain.loc[0, ["bid", "ask"]] = [2.0, 1.0]
    chain.loc[1, ["bid", "ask"]] = [2.0, 2.0]
    chain.loc[2, "ask"] = np.nan
    chain.loc[3, ["bid", "ask"]] = [1.0, 9999.99]
    chain.loc[4, "bid"] = -1.0
    found = judged(chain=chain).counts
    names = ("crossed", "locked", "missing_side", "sentinel")
    assert [found[name].number for name in names] == [1, 1, 1, 2]


def test_a_high_offer_over_a_high_bid_is_no_placeholder():
    assert not sentinel(np.array([9990.0]), np.array([9999.0]), np.array([20_000.0]))[0]


def test_interest_without_a_quote_is_counted():
    chain = make_chain()
    chain.loc[:4, ["bid", "ask"]] = np.nan
    assert judged(chain=chain).counts["split_mismatch"].number == 5


@pytest.mark.parametrize("spot", [np.nan, 0.0, -1.0])
def test_a_price_that_is_none_is_refused(spot):
    assert "wanted one above zero" in reasons(chain=make_chain(), bars=make_bars(), spot=spot)


def test_an_after_hours_price_is_named():
    chain, bars = make_chain(), make_bars()
    assert "100.2 is an after-hours price: the session closed at 100" in reasons(
        chain=chain, bars=bars, spot=100.2
    )


def test_a_price_with_other_quotes_behind_it_is_not_called_after_hours():
    found = judged(chain=make_chain(spot=100.2), bars=make_bars(), spot=100.2)
    assert found.verdict == "good"


def during(**changes):
    """A running session, half an hour old."""
    as_of = session_close(SESSION) - dt.timedelta(hours=6)
    return {
        "as_of": as_of,
        "edition": "intraday",
        "bars": make_bars(end=previous_session(SESSION)),
        **changes,
    }


def test_during_a_session_quotes_that_lag_cost_the_plans_and_nothing_else():
    as_of = during()["as_of"]
    lagging = make_chain(spot=SPOT * 1.0045, as_of=as_of)
    found = analysed(lagging, **during())
    assert [held.metric for held in found.quality.withheld if held.metric == "plans"] == ["plans"]
    assert found.ideas == ()
    assert {refusal.family for refusal in found.refusals} == {"up", "down", "range", "shares"}
    assert not [name for name in found.facts if name.startswith("idea.")]
    in_step = analysed(make_chain(as_of=as_of), **during())
    assert found.volatility.constant_30.number == pytest.approx(
        in_step.volatility.constant_30.number, abs=0.2
    )


def test_during_a_session_a_gap_of_more_than_sixty_is_refused():
    chain = make_chain(spot=SPOT * 1.007, as_of=during()["as_of"])
    assert "60 are tolerated" in reasons(chain=chain, **during())


def test_open_interest_missing_on_many_series_is_not_summed():
    chain = make_chain()
    chain.loc[::6, "open_interest"] = np.nan
    found = analysed(chain, make_history(sessions=2))
    assert "open_interest" in {held.metric for held in found.quality.withheld}
    view = found.chain
    assert (view.open_interest_all.ratio, view.open_interest_live.ratio) == (None, None)
    assert (view.biggest_call, view.like_for_like, view.boards, view.increases) == (None, None, (), ())
    assert not [name for name in found.facts if name.startswith(("max_pain.", "put_call."))]


def test_open_interest_missing_in_one_expiration_costs_that_board():
    chain = make_chain(width=30)
    gone = (chain["expiration"] == pd.Timestamp(EXPIRATIONS[1])) & (chain["strike"] % 8 == 0)
    chain.loc[gone, "open_interest"] = np.nan
    found = analysed(chain)
    first, second = found.chain.boards
    assert (first.ratio.ratio, first.max_pain, first.calls, first.puts) == (None, None, (), ())
    assert second.ratio.ratio is not None
    assert found.chain.open_interest_all.ratio is not None


def test_no_volume_after_a_session_is_told_as_missing():
    found = analysed(make_chain().assign(volume=0.0))
    assert "though the session is over" in next(
        held.reason for held in found.quality.withheld if held.metric == "volume"
    )
    assert found.chain.volume_all.ratio is None


def test_lists_of_unlike_length_are_compared_only_where_they_overlap():
    few = make_past(
        previous_session(SESSION), chain=make_chain(previous_session(SESSION), expirations=EXPIRATIONS[:2])
    )
    found = analysed(make_chain(), History(chains=(few,)))
    assert "put_call.open_interest.all.change" in {held.metric for held in found.quality.withheld}
    assert found.chain.like_for_like.expirations.number == 1


def test_series_that_contradict_their_symbols_are_refused():
    chain = make_chain()
    moved = chain.assign(expiration=chain["expiration"] + pd.Timedelta(days=7))
    assert "contradict their own symbols" in reasons(chain=moved)
    assert "contradict their own symbols" in reasons(chain=chain.assign(strike=chain["strike"] + 0.5))


def test_a_morning_settlement_that_has_stopped_does_not_speak_about_the_price():
    stop = dt.date(2026, 3, 19)
    bars = make_bars(end=stop)
    frozen = make_chain(
        stop, spot=SPOT * 1.02, expirations=(dt.date(2026, 3, 20),), settlement="am", root="SPX"
    )
    running = make_chain(stop, expirations=(dt.date(2026, 3, 27), dt.date(2026, 4, 17)), root="SPXW")
    chain = validated_chain(pd.concat([frozen, running], ignore_index=True))
    snapshot = make_snapshot(stop, chain=chain, bars=bars, kind="index")
    assert judge(snapshot, Ledger({"chain": chain, "bars": bars}, stop)).verdict == "good"


def test_bars_that_end_before_the_session_before_are_refused():
    bars = make_snapshot().bars
    with pytest.raises(RefusedSnapshotError, match="the newest daily bar is of"):
        analyse(make_snapshot(bars=bars.iloc[:-2].reset_index(drop=True)), History(), Choices())
    assert analyse(make_snapshot(bars=bars.iloc[:-1].reset_index(drop=True)), History(), Choices())
