from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import archive
from generator.archive import questions
from generator.archive.objects import Objects
from generator.archive.places import place_of
from generator.archive.sealed import folder, opened, seal, symbol_of
from generator.errors import ConfigError, DataError, OutputError
from generator.providers.csv_folder import CsvFolder
from tests.archive.conftest import DAYS, keep_day
from tests.builders import SESSION, SYMBOL

SYMBOLS = st.from_regex(r"\^?[A-Z0-9][A-Z0-9.\-]{0,14}", fullmatch=True)


def test_an_archive_works_in_every_kind_of_place(where, folder):
    for day in DAYS[:2]:
        keep_day(where, folder, day)
    source = CsvFolder(folder)
    snapshot = source.snapshot(SYMBOL, SESSION)
    known = archive.history(where, snapshot)
    assert [past.session for past in known.chains] == [DAYS[1], DAYS[0]]
    assert {reading.session for reading in known.readings} == set(DAYS[:2])
    kept = archive.keep(where, snapshot, known)
    again, earlier = archive.load(where, kept)
    pd.testing.assert_frame_equal(again.chain, snapshot.chain)
    assert earlier.readings == known.readings
    for one, other in zip(known.chains, earlier.chains, strict=True):
        pd.testing.assert_frame_equal(one.chain, other.chain)
    assert [entry.session for entry in archive.captures(where, SYMBOL)] == list(DAYS)
    change = questions.open_interest_change(where, SYMBOL, DAYS[1], SESSION)
    assert len(change.both) > 100


def test_what_was_cut_short_is_not_listed(tmp_path):
    place = place_of(tmp_path)
    name = seal(place, "captures/symbol=A", "key", b"{}", "json")
    (tmp_path / "archive" / "captures" / "symbol=A" / ".new-abc").write_bytes(b"half")
    assert place.names("captures") == (name,)


def test_sealing_again_writes_nothing_and_repairs_what_is_damaged(tmp_path):
    place = place_of(tmp_path)
    name = seal(place, "a", "key", b"whole", "json")
    path = tmp_path / "archive" / name
    before = path.stat().st_mtime_ns
    assert seal(place, "a", "key", b"whole", "json") == name
    assert path.stat().st_mtime_ns == before
    path.write_bytes(b"half")
    with pytest.raises(DataError, match="is damaged: its bytes hash to"):
        opened(place, name)
    assert seal(place, "a", "key", b"whole", "json") == name
    assert opened(place, name) == b"whole"


def test_other_content_under_the_same_key_takes_another_name(tmp_path):
    place = place_of(tmp_path)
    assert seal(place, "a", "key", b"one", "json") != seal(place, "a", "key", b"two", "json")


def test_a_protocol_that_nobody_speaks_is_a_fault_of_the_settings():
    with pytest.raises(ConfigError, match="nosuch://"):
        place_of("nosuch://user:secret@host/archive")


def test_an_address_is_told_without_what_may_be_secret():
    assert place_of("memory://user:secret@host/archive").label == "memory://"


def test_removing_leaves_no_empty_folder_and_no_other_file(where):
    place = place_of(where)
    one, other = (seal(place, f"chains/symbol={name}/session=x", "k", b"1", "p") for name in ("A", "B"))
    place.remove(one)
    place.remove(one)
    assert place.names("chains") == (other,)
    assert place.names("nothing") == ()


def test_a_place_that_does_not_answer_is_one_line_without_a_password():
    with pytest.raises(
        OutputError, match=r"^wanted the archive at ftp://\.\.\., found Connection refused: see"
    ) as told:
        place_of("ftp://user:secret@127.0.0.1:1/x")
    assert "secret" not in str(told.value)


def test_objects_are_checked_in_every_place(where):
    objects = Objects(where)
    digest = objects.put(b"bytes")
    assert objects.get(digest) == b"bytes"
    objects.place.put(f"objects/{digest[:2]}/{digest}", b"other")
    with pytest.raises(DataError, match="was altered"):
        objects.get(digest)
    with pytest.raises(DataError, match="found no such object"):
        objects.get("0" * 64)


@given(SYMBOLS)
def test_every_symbol_has_a_folder_of_its_own_that_tells_it_back(symbol):
    name = folder("chains", symbol, dt.date(2026, 5, 22))
    parts = name.split("/")
    assert parts[0] == "chains"
    assert parts[2] == "session=2026-05-22"
    assert len(parts) == 3
    assert not {".", ".."} & set(parts)
    assert all(mark.isascii() and (mark.isalnum() or mark in "=%.-") for mark in parts[1])
    assert symbol_of(f"{name}/x.json") == symbol


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"junk", "wanted JSON"),
        (b"[" * 100_000, "wanted JSON"),
        (b"[]", "of version 1"),
        (b'{"version":2}', "of version 1"),
    ],
)
def test_an_entry_that_says_nothing_known_is_told_and_left_out(tmp_path, data, wanted):
    place = place_of(tmp_path)
    seal(place, folder("captures", "AAA", dt.date(2026, 5, 22)), "0" * 32, data, "json")
    told = []
    assert archive.captures(tmp_path, "AAA", told.append) == ()
    assert wanted in told[0]
    assert told[0].endswith("it is left out")


@pytest.mark.parametrize("data", [b'{"version":1}', b'{"version":1,"capture":"x","symbol":"AAA"}'])
def test_an_entry_that_lacks_a_part_is_told_and_left_out(tmp_path, data):
    seal(place_of(tmp_path), folder("captures", "AAA", dt.date(2026, 5, 22)), "0" * 32, data, "json")
    told = []
    assert archive.captures(tmp_path, "AAA", told.append) == ()
    assert "wanted an entry, found other data" in told[0]
