from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from generator import archive, calendar
from generator.archive.exporting import export
from generator.errors import DataError
from generator.models.delivery import Sourcing
from generator.models.market import History
from generator.providers.csv_folder import CsvFolder
from generator.providers.gathered import gather_parts
from generator.providers.synthetic import DEMO_SESSION, Synthetic
from tests import fakes
from tests.archive.conftest import DAYS, keep_day, twin_of
from tests.builders import SESSION, SYMBOL, make_bars, make_chain, write_bars, write_chain, write_csv_folder


def at(hour, minute=0, day=SESSION):
    return dt.datetime.combine(day, dt.time(hour, minute), calendar.NEW_YORK)


@pytest.fixture
def several(tmp_path):
    """An archive with two captures during a session and its close."""
    state = tmp_path / "state"
    for hour, kind in ((10, "intraday"), (12, "intraday"), (16, "close")):
        folder = tmp_path / str(hour)
        spot = 100 + hour / 10
        write_chain(folder, make_chain(spot=spot), kind=kind, captured=at(hour, 5), spot=spot)
        write_bars(folder, make_bars(last=101.6))
        keep_day(state, folder, SESSION)
    return state


def test_a_day_means_its_close(several):
    snapshot, kept = archive.snapshot_at(several, SYMBOL, SESSION)
    assert (snapshot.edition, snapshot.as_of) == ("close", at(16))
    assert archive.load(several, {**kept, "history": archive.keep(several, snapshot, History())["history"]})


@pytest.mark.parametrize(
    ("when", "found"), [(at(10, 5), 10), (at(11), 10), (at(12, 5), 12), (at(16, 4), 12), (at(16, 5), 16)]
)
def test_an_instant_means_the_latest_capture_up_to_it(several, when, found):
    snapshot, _ = archive.snapshot_at(several, SYMBOL, when)
    assert snapshot.spot == 100 + found / 10


def test_before_the_first_capture_there_is_none(several):
    with pytest.raises(DataError, match="at or before 2026-03-11 10:04 New York time"):
        archive.snapshot_at(several, SYMBOL, at(10, 4))


def test_a_capture_two_sessions_old_is_too_old_for_an_instant(several):
    friday = dt.date(2026, 3, 13)
    with pytest.raises(DataError, match="wanted a capture of 2026-03-13 or the session before"):
        archive.snapshot_at(several, SYMBOL, at(12, day=friday))


def test_the_only_capture_of_a_day_is_taken_whatever_its_time(tmp_path):
    write_chain(tmp_path, make_chain(spot=101.0), kind="intraday", captured=at(10), spot=101.0)
    write_bars(tmp_path, make_bars())
    keep_day(tmp_path / "state", tmp_path, SESSION)
    assert archive.snapshot_at(tmp_path / "state", SYMBOL, SESSION)[0].spot == 101


def test_what_is_not_there_is_told_with_what_is(filled):
    with pytest.raises(DataError, match="wanted captures of WXYZ in the archive, found ABCD"):
        archive.snapshot_at(filled, "WXYZ", SESSION)
    with pytest.raises(DataError, match=f"on 2026-02-02 in the archive, found those of {DAYS[0]}"):
        archive.snapshot_at(filled, SYMBOL, dt.date(2026, 2, 2))


def test_of_two_closes_that_differ_the_one_captured_last_is_taken(tmp_path):
    state, kept = tmp_path / "state", []
    for number in (2, 1):
        folder = tmp_path / str(number)
        write_chain(folder, make_chain().assign(last=float(number)), captured=at(16, number))
        write_bars(folder, make_bars())
        kept.append(keep_day(state, folder, SESSION))
    assert archive.snapshot_at(state, SYMBOL, SESSION)[1]["snapshot"] == kept[0]


def test_two_closes_of_one_instant_are_an_error_until_one_is_printed(tmp_path):
    state, kept = tmp_path / "state", []
    for number in (1, 2):
        folder = tmp_path / str(number)
        chain = make_chain().assign(last=float(number))
        write_chain(folder, chain, captured=at(16, 1))
        write_bars(folder, make_bars())
        kept.append(keep_day(state, folder, SESSION))
    with pytest.raises(DataError, match=f"(?s){min(kept)[:12]}.* and {max(kept)[:12]}.*fit equally"):
        archive.snapshot_at(state, SYMBOL, SESSION)
    archive.record(state, twin_of({"snapshot": kept[1], "history": "0" * 64}))
    assert archive.snapshot_at(state, SYMBOL, SESSION)[1]["snapshot"] == kept[1]


def test_the_same_chain_with_other_bars_is_the_same_market(tmp_path):
    state = tmp_path / "state"
    folder = write_csv_folder(tmp_path / "data")
    first = keep_day(state, folder, SESSION)
    write_bars(folder, make_bars(n=301))
    second = keep_day(state, folder, SESSION)
    assert first != second
    assert archive.snapshot_at(state, SYMBOL, SESSION)[1]["snapshot"] == min(first, second)


def test_history_is_earlier_sessions_newest_first_with_their_readings(filled, folder):
    snapshot = CsvFolder(folder).snapshot(SYMBOL, SESSION)
    known = archive.history(filled, snapshot)
    own = CsvFolder(folder).history(snapshot)
    assert [past.session for past in known.chains] == [DAYS[1], DAYS[0]]
    for one, other in zip(known.chains, own.chains, strict=True):
        assert (one.spot, one.as_of) == (other.spot, other.as_of)
        pd.testing.assert_frame_equal(one.chain, other.chain)
    spots = [(item.session, item.value) for item in known.readings if item.id == "spot"]
    assert spots == [(past.session, past.spot) for past in own.chains]
    assert len({(item.session, item.id) for item in known.readings}) == len(known.readings)
    assert archive.history(filled, CsvFolder(folder).snapshot(SYMBOL, DAYS[0])).chains == ()


def test_history_has_limits(filled, folder):
    snapshot = CsvFolder(folder).snapshot(SYMBOL, SESSION)
    short = archive.history(filled, snapshot, sessions=1, readings=1)
    assert [past.session for past in short.chains] == [DAYS[1]]
    assert {item.session for item in short.readings} == {DAYS[1]}
    assert archive.history(filled, snapshot, days=0).chains == ()


def test_a_refused_capture_is_no_history(filled, folder, tmp_path):
    day = DAYS[1]
    other = write_csv_folder(tmp_path / "other")
    write_chain(other, make_chain(day).assign(bid=0.0), day, captured=calendar.session_close(day))
    later = CsvFolder(other).snapshot(SYMBOL, day)
    capture = archive.keep_snapshot(filled, later)
    archive.record_verdict(filled, later, capture, "refused", "no bids")
    archive.record_verdict(filled, later, capture, "good")
    known = archive.history(filled, CsvFolder(folder).snapshot(SYMBOL, SESSION))
    assert known.chains[0].chain["bid"].sum() > 0


def test_the_next_best_capture_stands_in_for_a_damaged_one(several, damaged):
    later = dataclasses.replace(
        archive.snapshot_at(several, SYMBOL, SESSION)[0], session=calendar.next_session(SESSION)
    )
    close = next(entry for entry in archive.captures(several) if entry.edition == "close")
    damaged(several / "archive", f"objects/*/{close.chain}", "cut")
    told = []
    known = archive.history(several, later, report=told.append)
    assert [past.spot for past in known.chains] == [101.2]
    assert len(told) == 1
    assert close.chain[:12] in told[0]
    assert told[0].endswith("it is left out")
    (gap,) = known.gaps
    assert gap.what == f"close of session {SESSION}"
    assert gap.reason.startswith("damaged in the archive, left out: file chains/")


def test_invented_and_real_markets_are_no_history_of_each_other(tmp_path):
    market = Synthetic("3")
    day = calendar.previous_session(DEMO_SESSION)
    archive.keep(tmp_path, market.snapshot("DEMO", day), History())
    today = market.snapshot("DEMO", DEMO_SESSION)
    assert [past.session for past in archive.history(tmp_path, today).chains] == [day]
    assert archive.history(tmp_path, dataclasses.replace(today, synthetic=False)).chains == ()


def test_a_history_from_other_captures_comes_back_item_by_item(filled, folder):
    snapshot = CsvFolder(folder).snapshot(SYMBOL, SESSION)
    own = CsvFolder(folder).history(snapshot).chains
    known = archive.history(filled, snapshot).chains
    mixed = History(chains=(known[0], own[1]))
    again = archive.load(filled, archive.keep(filled, snapshot, mixed))[1]
    for one, other in zip(mixed.chains, again.chains, strict=True):
        assert (one.session, one.as_of, one.spot) == (other.session, other.as_of, other.spot)
        pd.testing.assert_frame_equal(one.chain, other.chain)


def test_a_gathered_capture_is_the_history_of_one_from_files(tmp_path):
    parts = {"chain": (fakes.spec("down"), fakes.spec()), "bars": (fakes.spec(),)}
    found = gather_parts(SYMBOL, Sourcing(parts=parts), SESSION)
    archive.keep(tmp_path / "state", found, History())
    later = calendar.next_session(SESSION)
    snapshot = CsvFolder(write_csv_folder(tmp_path / "data", later)).snapshot(SYMBOL, later)
    known = archive.history(tmp_path / "state", snapshot)
    (past,) = known.chains
    assert (past.session, past.spot, past.as_of) == (SESSION, found.spot, found.as_of)
    again, earlier = archive.load(tmp_path / "state", archive.keep(tmp_path / "state", snapshot, known))
    pd.testing.assert_frame_equal(earlier.chains[0].chain, found.chain)
    pd.testing.assert_frame_equal(again.chain, snapshot.chain)


def test_a_gathered_capture_is_exported_in_the_shape_of_files(tmp_path):
    parts = {"chain": (fakes.spec(),), "bars": (fakes.spec(),), "news": (fakes.spec(),)}
    found = gather_parts(SYMBOL, Sourcing(parts=parts), SESSION)
    archive.keep(tmp_path / "state", found, History())
    assert export(tmp_path / "state", tmp_path / "out").captures == 1
    again = CsvFolder(tmp_path / "out").snapshot(SYMBOL, SESSION)
    pd.testing.assert_frame_equal(again.chain, found.chain)
    pd.testing.assert_frame_equal(again.bars, found.bars)
    assert (again.spot, again.as_of, again.edition) == (found.spot, found.as_of, found.edition)
    assert [item.title for item in again.news] == [item.title for item in found.news]
