from __future__ import annotations

import datetime as dt
import shutil

import pytest

from generator import archive, calendar, pipeline, verification
from generator.archive import pruning, questions
from generator.archive.locks import keeping
from generator.archive.places import place_of
from generator.archive.pruning import prune
from generator.errors import DataError, LockedError
from generator.models.market import History
from generator.providers.csv_folder import CsvFolder
from generator.providers.synthetic import Synthetic
from tests.archive.conftest import DAYS, keep_day, twin_of
from tests.builders import SESSION, SYMBOL
from tests.finished import request

LATER = calendar.next_session(SESSION)


def listing(state):
    return {path.relative_to(state): path.stat().st_size for path in state.rglob("*") if path.is_file()}


def test_old_captures_go_with_their_tables_and_bytes_and_readings_stay(filled, folder):
    done = prune(filled, SESSION)
    assert [entry.session for entry in done.captures] == list(DAYS[:2])
    assert [entry.session for entry in archive.captures(filled)] == [SESSION]
    assert [item.session for item in questions.readings_of(filled, SYMBOL, "spot")] == list(DAYS)
    assert len(list((filled / "archive" / "chains").rglob("*.parquet"))) == 1
    assert archive.snapshot_at(filled, SYMBOL, SESSION)[0].session == SESSION
    assert prune(filled, SESSION).files == 0
    keep_day(filled, folder, DAYS[0])
    assert [entry.session for entry in archive.captures(filled)] == [DAYS[0], SESSION]


def test_a_dry_run_tells_the_same_and_removes_nothing(filled):
    before = listing(filled)
    told = prune(filled, LATER, dry_run=True)
    assert {path: size for path, size in listing(filled).items() if path.name != ".lock"} == {
        path: size for path, size in before.items() if path.name != ".lock"
    }
    done = prune(filled, LATER)
    assert (told.files, told.size, len(told.captures)) == (done.files, done.size, 3)
    gone = sum(before.values()) - sum(listing(filled).values())
    assert gone == done.size


def test_what_a_printed_brief_was_made_from_stays(filled, folder):
    snapshot = CsvFolder(folder).snapshot(SYMBOL, SESSION)
    history = archive.history(filled, snapshot)
    kept = archive.keep(filled, snapshot, history)
    archive.record(filled, twin_of(kept))
    done = prune(filled, LATER)
    assert (done.captures, done.needed) == ((), 3)
    again, earlier = archive.load(filled, kept)
    assert again.session == SESSION
    assert [past.session for past in earlier.chains] == [past.session for past in history.chains]


def test_a_brief_that_was_printed_proves_out_after_any_prune(tmp_path):
    wanted = request(tmp_path, formats=("md",))
    built = pipeline.build(wanted)
    archive.record(wanted.state, (built.folder / "brief.json").read_bytes())
    stray = archive.keep(wanted.state, *_other_market())
    done = prune(wanted.state, dt.date(2040, 1, 1))
    assert len(done.captures) == 1
    with pytest.raises(DataError, match="found no such object"):
        archive.load(wanted.state, stray)
    assert verification.verify(built.folder, wanted.state).id == "2026-05-22/DEMO"


def _other_market():
    return Synthetic("8").snapshot("DEMO", SESSION), History()


def test_the_history_of_a_brief_in_the_making_stays(filled, folder):
    snapshot = CsvFolder(folder).snapshot(SYMBOL, SESSION)
    kept = archive.keep(filled, snapshot, archive.history(filled, snapshot))
    assert [entry.session for entry in prune(filled, SESSION).captures] == list(DAYS[:2])
    assert len(archive.load(filled, kept)[1].chains) == 2


@pytest.mark.parametrize("pattern", ["captures/*/session=%s/*", "verdicts/*/session=%s/*"])
def test_a_damaged_index_stops_the_prune(filled, damaged, pattern):
    damaged(filled / "archive", pattern % SESSION, "cut")
    before = listing(filled)
    with pytest.raises(DataError, match="nothing was removed: archive file"):
        prune(filled, SESSION)
    assert listing(filled).items() >= before.items()


def test_a_damaged_manifest_stops_the_prune(filled, damaged):
    (entry,) = archive.captures(filled)[-1:]
    damaged(filled / "archive", f"objects/*/{entry.capture}", "flipped")
    with pytest.raises(DataError, match="was altered"):
        prune(filled, SESSION)
    assert len(archive.captures(filled)) == 3


def test_leftovers_of_writes_that_were_cut_short_go(filled):
    left = filled / "archive" / "objects" / ".new-abc"
    left.write_bytes(b"half")
    assert prune(filled, dt.date(2000, 1, 1)).files == 1
    assert not left.exists()


def test_nothing_is_pruned_while_another_keeps(filled):
    with keeping(place_of(filled)), pytest.raises(LockedError, match="found it in use"):
        prune(filled, SESSION)
    assert len(archive.captures(filled)) == 3


def test_a_prune_that_is_cut_short_leaves_what_fits_together(filled):
    wanted = prune(filled, SESSION, dry_run=True).files
    place = place_of(filled)
    for stop in range(1, wanted):
        state = filled.parent / str(stop)
        for path in filled.rglob("*"):
            if path.is_file():
                copy = state / path.relative_to(filled)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())
        _cut_short(state, stop)
        told = []
        for entry in archive.captures(state, SYMBOL, told.append):
            assert archive.snapshot_at(state, SYMBOL, entry.session)
        assert told == []
        prune(state, SESSION)
        assert {path for path in listing(state) if path.name != ".lock"} == {
            path for path in _after(filled) if path.name != ".lock"
        }
    assert place.names("captures")


class EnoughError(Exception):
    pass


def _cut_short(state, stop):
    """Remove the first *stop* files that a prune would."""

    class Short(type(place_of(state))):
        def remove(self, name):
            nonlocal stop
            if not stop:
                raise EnoughError
            stop -= 1
            super().remove(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pruning, "place_of", lambda where: Short(where / "archive"))
        with pytest.raises(EnoughError):
            prune(state, SESSION)


def _after(filled):
    """The files of *filled* once pruned, worked out once on a copy."""
    state = filled.parent / "after"
    if not state.exists():
        shutil.copytree(filled, state)
        prune(state, SESSION)
    return listing(state)
