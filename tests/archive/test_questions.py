from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import analytics, archive
from generator.archive import questions
from generator.archive.questions import _standing
from generator.errors import DataError
from generator.importing import import_folder
from generator.models.analysis import Choices
from generator.models.market import Reading
from generator.providers.csv_folder import CsvFolder
from tests.archive.conftest import DAYS
from tests.builders import SESSION, SYMBOL, chain_of, chain_row, make_bars, write_bars, write_chain

EARLY, LATE = DAYS[1], SESSION
NEAR, FAR = dt.date(2026, 3, 20), dt.date(2026, 4, 17)


@pytest.fixture
def pair(tmp_path):
    """Two sessions: a series expires, one goes missing, one is new, two stay."""
    gone = chain_row(100, "put", EARLY, open_interest=7.0)
    lost = chain_row(101, "put", NEAR, open_interest=5.0)
    stays = [
        chain_row(100, right, NEAR, open_interest=count) for right, count in (("put", 30.0), ("call", 10.0))
    ]
    grown = [
        chain_row(100, right, NEAR, open_interest=count) for right, count in (("put", 90.0), ("call", 8.0))
    ]
    new = chain_row(100, "call", FAR, open_interest=float("nan"))
    odd = chain_row(100, "put", NEAR, root=f"{SYMBOL}1", open_interest=1000.0)
    for day, rows in ((EARLY, [gone, lost, *stays]), (LATE, [*grown, new, odd])):
        write_chain(tmp_path, chain_of(*rows), day)
    write_bars(tmp_path, make_bars())
    for day in (EARLY, LATE):
        archive.keep_snapshot(tmp_path / "state", CsvFolder(tmp_path).snapshot(SYMBOL, day))
    return tmp_path / "state"


def test_new_expired_and_missing_series_are_told_apart(pair):
    change = questions.open_interest_change(pair, SYMBOL, EARLY, LATE)
    assert [(item.right, item.before, item.after, item.change) for item in change.both] == [
        ("put", 30.0, 90.0, 60.0),
        ("call", 10.0, 8.0, -2.0),
    ]
    assert [(item.expiration, item.before, item.after) for item in change.expired] == [(EARLY, 7.0, None)]
    assert [(item.strike, item.before, item.after) for item in change.missing] == [(101.0, 5.0, None)]
    assert sorted((item.before, item.after is None) for item in change.new) == [(None, False), (None, True)]
    assert all(item.change is None for item in (*change.new, *change.expired, *change.missing))
    assert (change.earlier.session, change.later.session) == (EARLY, LATE)


def test_put_call_is_taken_over_the_same_expirations_without_adjusted_series(pair):
    ratio = questions.open_interest_change(pair, SYMBOL, EARLY, LATE).like_for_like
    assert (ratio.expirations, ratio.before, ratio.after) == (1, 3.5, 11.25)


@pytest.mark.parametrize("days", [(LATE, EARLY), (LATE, LATE), (dt.date(2026, 2, 2), LATE)])
def test_only_two_dated_snapshots_in_order_can_be_compared(pair, days):
    with pytest.raises(DataError, match="wanted"):
        questions.open_interest_change(pair, SYMBOL, *days)


def test_a_damaged_chain_is_named_and_nothing_is_guessed(pair, damaged):
    path = damaged(pair / "archive", f"chains/*/session={LATE}/*.parquet", "cut")
    told = []
    with pytest.raises(DataError, match="wanted whole chains"):
        questions.open_interest_change(pair, SYMBOL, EARLY, LATE, told.append)
    assert path.name in told[0]


def test_a_figure_has_its_place_among_those_on_file(filled):
    known = questions.readings_of(filled, SYMBOL, "spot")
    assert [item.session for item in known] == list(DAYS)
    values = [item.value for item in known]
    for count, day in enumerate(DAYS, 1):
        found = questions.standing(filled, SYMBOL, "spot", day)
        assert (found.of, found.value) == (count, values[count - 1])
        assert found.place == 1 + sum(value > found.value for value in values[:count])
    assert questions.standing(filled, SYMBOL, "spot") == found
    with pytest.raises(DataError, match="wanted spot of ABCD on 2026-02-02, found none"):
        questions.standing(filled, SYMBOL, "spot", dt.date(2026, 2, 2))


def test_implied_volatility_has_a_history(filled):
    told = questions.implied_volatility_history(filled, SYMBOL)
    assert [item.session for item in told] == list(DAYS)
    assert all(15 < item.value < 25 for item in told)


def test_damaged_readings_are_named_and_left_out(filled, damaged):
    path = damaged(filled / "archive", f"readings/*/session={DAYS[1]}/*", "flipped")
    told = []
    assert [item.session for item in questions.readings_of(filled, SYMBOL, "spot", told.append)] == [
        DAYS[0],
        DAYS[2],
    ]
    assert path.name in told[0]


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_places_and_percentiles_agree_with_sorting(values):
    day = dt.date(2026, 1, 1)
    known = [
        Reading(session=day + dt.timedelta(days=at), id="x", value=float(value))
        for at, value in enumerate(values)
    ]
    found = _standing(known)
    assert found.place == sorted(values, reverse=True).index(values[-1]) + 1
    assert found.of == len(values)
    if len(values) > 1:
        lower = sorted(values).index(values[-1])
        assert found.percentile == 100 * lower / (len(values) - 1)
    else:
        assert found.percentile is None


@pytest.mark.recorded
def test_the_recorded_puts_of_may_are_found(shared, tmp_path):
    folder = tmp_path / "data"
    for name, pattern in (("chains", "IWM_2026-05-2[12]*"), ("bars", "IWM_daily.csv.gz")):
        (folder / name).mkdir(parents=True)
        for path in (shared / "data" / name).glob(pattern):
            (folder / name / path.name).write_bytes(path.read_bytes())
    done = import_folder(tmp_path / "state", folder)
    assert (len(done.kept), done.left) == (2, ())
    days = dt.date(2026, 5, 21), dt.date(2026, 5, 22)
    change = questions.open_interest_change(tmp_path / "state", "IWM", *days)
    found = next(item for item in change.both if item.contract == "IWM   260605P00262000")
    assert (found.before, found.after, found.volume_before) == (423, 111_609, 111_430)
    assert {item.expiration for item in change.expired} == {days[0]}
    source = CsvFolder(folder)
    snapshot = source.snapshot("IWM", days[1])
    facts = analytics.analyse(snapshot, source.history(snapshot), Choices()).facts
    ratio = change.like_for_like
    assert ratio.before == facts["put_call.like_for_like.then"].value
    assert ratio.after == facts["put_call.like_for_like.now"].value
    assert ratio.expirations == facts["put_call.like_for_like.expirations"].value
