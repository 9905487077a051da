"""A chain sent twice, and volumes that stand from the session before."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from generator.analytics import analyse
from generator.analytics.gate import comparable
from generator.analytics.series import book_of
from generator.analytics.stale import repeated, untraded
from generator.calendar import previous_session, session_close
from generator.errors import RefusedSnapshotError
from generator.models.analysis import Choices
from generator.models.market import History
from tests.builders import EXPIRATIONS, SESSION, SPOT, make_chain, make_past, make_snapshot

BEFORE = previous_session(SESSION)
OLDER = previous_session(BEFORE)
MOVED = SPOT + 0.4  #: the same strikes are listed
AHEAD = (*EXPIRATIONS[1:], dt.date(2026, 5, 15))


def traded(chain, seed):
    """*chain* with volumes of a day of its own."""
    drawn = np.random.default_rng(seed).integers(10, 5000, len(chain))
    return chain.assign(volume=drawn.astype(float))


def day(session, seed, spot=SPOT):
    return traded(make_chain(session, spot=spot, expirations=AHEAD), seed)


def found(chain, earlier, **changes):
    history = History(chains=(make_past(BEFORE, chain=earlier),))
    return analyse(make_snapshot(chain=chain, **changes), history, Choices())


def withheld(analysis):
    return {held.metric for held in analysis.quality.withheld}


def test_an_old_chain_under_a_new_date_is_refused():
    old = day(BEFORE, 1)
    with pytest.raises(RefusedSnapshotError, match=f"are those of {BEFORE}, an old chain under a new date"):
        found(old, old)


def test_a_morning_edition_repeats_its_own_close_by_design_and_no_earlier_one():
    now = day(SESSION, 2)
    before = make_past(BEFORE, spot=MOVED, chain=day(BEFORE, 1, MOVED))
    history = History(chains=(make_past(SESSION, chain=now), before))
    morning = make_snapshot(chain=now, edition="morning", open_interest_date=SESSION)
    assert "volume" not in withheld(analyse(morning, history, Choices()))
    with pytest.raises(RefusedSnapshotError, match=f"are those of {BEFORE}"):
        found(day(BEFORE, 1), day(BEFORE, 1), edition="morning")


def test_another_days_chain_is_not_the_old_one():
    share = repeated(day(SESSION, 2, MOVED), day(BEFORE, 1), SPOT)
    assert share.quotes < 0.1
    assert not share.whole
    assert not share.carried(over=False)


def test_quotes_that_stand_while_volume_moves_are_no_old_chain():
    old = day(BEFORE, 1)
    assert not repeated(traded(old, 2), old, SPOT).whole


def test_few_series_in_both_say_nothing():
    old = day(BEFORE, 1)
    share = repeated(old.iloc[:20], old, SPOT)
    assert (share.quotes, share.volumes) == (None, None)


def half_kept(old):
    """A later chain in which every other series has not traded."""
    new = day(SESSION, 2, MOVED)
    kept = np.arange(len(new)) % 2 == 0
    return new.assign(
        volume=np.where(kept, old["volume"], new["volume"]), last=np.where(kept, old["last"], new["last"])
    )


@pytest.mark.parametrize("over", [False, True])
def test_volumes_kept_from_the_session_before_are_withheld(over):
    old = day(BEFORE, 1)
    changes = {} if over else {"as_of": session_close(SESSION) - dt.timedelta(hours=3), "edition": "intraday"}
    analysis = found(half_kept(old), old, spot=MOVED, **changes)
    assert "volume" in withheld(analysis)
    view = analysis.chain
    assert (view.volume_all.ratio, view.volume_live.ratio) == (None, None)
    assert (view.busiest, view.busiest_share, view.expiring_share) == ((), None, None)
    shown = [contract for board in view.boards for contract in (*board.calls, *board.puts)]
    assert shown
    assert {contract.volume for contract in shown} == {None}
    assert not [name for name in analysis.facts if name.startswith(("volume.", "put_call.volume."))]
    assert view.open_interest_all.ratio is not None


def test_the_busiest_series_is_never_one_that_has_not_traded():
    old = day(BEFORE, 1)
    old.loc[100, "volume"] = 20_000.0
    new = day(SESSION, 2, MOVED)
    new.loc[100, ["volume", "last"]] = old.loc[100, ["volume", "last"]]
    analysis = found(new, old, spot=MOVED)
    assert "volume" not in withheld(analysis)
    names = [contract.contract_symbol for contract in analysis.chain.busiest]
    assert len(names) == 5
    assert new.loc[100, "contract_symbol"] not in names


def test_a_series_that_traded_at_another_price_has_its_own_volume():
    old, new = day(BEFORE, 1), day(SESSION, 2, MOVED)
    new.loc[100, "volume"] = old.loc[100, "volume"]
    new.loc[100, "last"] = old.loc[100, "last"] + 0.5
    books = (book_of(new, SESSION, session_close(SESSION)), book_of(old, BEFORE, session_close(BEFORE)))
    assert not untraded(*books)[books[0].find(new.loc[100, "contract_symbol"])]


def test_the_series_followed_since_yesterday_had_traded_then():
    older, old, new = day(OLDER, 3, SPOT - 0.3), day(BEFORE, 1), day(SESSION, 2, MOVED)
    for chain in (older, old):
        chain.loc[100, ["volume", "last"]] = [20_000.0, 1.23]
    history = History(chains=(make_past(BEFORE, chain=old), make_past(OLDER, chain=older)))
    analysis = analyse(make_snapshot(chain=new, spot=MOVED), history, Choices())
    told = analysis.chain.followed
    assert told.contract_symbol != new.loc[100, "contract_symbol"]
    assert told.previous_volume.number == old.drop(index=100)["volume"].max()


def test_a_session_on_file_that_repeats_the_one_before_it_is_left_out_and_said():
    old = day(OLDER, 1)
    chains = (make_past(BEFORE, chain=old), make_past(OLDER, chain=old))
    kept, told = comparable(chains, make_snapshot(chain=day(SESSION, 2)))
    assert [past.session for past in kept] == [OLDER]
    assert f"its quotes and volumes are those of {OLDER}" in told[0].reason
    analysis = analyse(make_snapshot(chain=day(SESSION, 2)), History(chains=chains), Choices())
    assert analysis.chain.like_for_like is None
    assert analysis.quality.verdict == "usable"
