from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
import stat

import pandas as pd
import pytest

from generator import archive, calendar
from generator.archive.objects import Objects
from generator.errors import DataError, OutputError
from generator.models.market import History
from generator.providers import gather
from generator.providers.synthetic import DEMO_SESSION
from tests.builders import SESSION, SYMBOL, make_chain, make_snapshot, write_chain, write_csv_folder

CALENDAR = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260318\nSUMMARY:Report\nEND:VEVENT\nEND:VCALENDAR\n"


def same(one, other):
    for field in dataclasses.fields(one):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, pd.DataFrame):
            pd.testing.assert_frame_equal(mine, theirs)
        else:
            assert mine == theirs, field.name


def full_folder(place):
    folder = write_csv_folder(place)
    published = calendar.session_close(SESSION).isoformat()
    news = {
        "ticker": SYMBOL,
        "headlines": [{"title": "T", "publisher": "Demo Wire", "publishedAt": published}],
    }
    files = {
        "news/a.json": json.dumps(news),
        "news/b.json": json.dumps({**news, "ticker": "WXYZ"}),
        "news/evil.xml": "<!DOCTYPE rss><rss/>",
        "rates/curve.csv": "date,days,rate\n2026-03-10,30,0.036\n",
        f"dividends/{SYMBOL}.csv": "ex_date,amount\n2026-03-20,0.4\n",
        "events/world.ics": CALENDAR,
        "events/rows.csv": "date,title\n2026-03-19,Another\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize("make", [write_csv_folder, full_folder])
def test_a_market_from_files_comes_back_when_the_files_are_gone(tmp_path, make):
    folder = make(tmp_path / "data")
    snapshot, history = gather(SYMBOL, f"csv:{folder}", SESSION)
    kept = archive.keep(tmp_path / "state", snapshot, history)
    shutil.rmtree(folder)
    again, earlier = archive.load(tmp_path / "state", kept)
    same(snapshot, again)
    assert len(history.chains) == 2
    for one, other in zip(history.chains, earlier.chains, strict=True):
        same(one, other)


def test_a_capture_during_the_session_and_own_column_names_come_back(tmp_path):
    folder = write_csv_folder(tmp_path / "data")
    captured = dt.datetime.combine(SESSION, dt.time(10, 7), calendar.NEW_YORK)
    path = write_chain(folder, make_chain(), tag="1007ET", kind="intraday", captured=captured, spot=99.5)
    for file in (folder / "chains").iterdir():
        if file != path:
            file.unlink()
    columns = {"last": "rho", "rho": "last"}
    snapshot, history = gather(SYMBOL, f"csv:{folder}", captured, columns=columns)
    assert snapshot.chain["last"].isna().all()
    again, earlier = archive.load(tmp_path / "state", archive.keep(tmp_path / "state", snapshot, history))
    same(snapshot, again)
    assert (again.edition, again.as_of) == ("intraday", captured)
    assert history.chains == earlier.chains == ()


def test_a_synthetic_market_comes_back_from_its_recipe(tmp_path):
    snapshot, history = gather("DEMO", "synthetic:3", DEMO_SESSION)
    kept = archive.keep(tmp_path, snapshot, history)
    again, earlier = archive.load(tmp_path, kept)
    same(snapshot, again)
    for one, other in zip(history.chains, earlier.chains, strict=True):
        same(one, other)
    objects = (tmp_path / "archive" / "objects").rglob("*")
    assert sum(path.stat().st_size for path in objects if path.is_file()) < 10_000


def test_a_name_given_by_settings_is_kept(tmp_path):
    snapshot, history = gather("DEMO", "synthetic:3", DEMO_SESSION)
    named = dataclasses.replace(snapshot, name="Our Fund")
    assert archive.load(tmp_path, archive.keep(tmp_path, named, history))[0].name == "Our Fund"


def test_keeping_twice_gives_the_same_hashes_and_writes_nothing_new(tmp_path):
    market = gather(SYMBOL, f"csv:{write_csv_folder(tmp_path / 'data')}", SESSION)
    state = tmp_path / "state"
    kept = archive.keep(state, *market)
    before = {path: path.stat().st_mtime_ns for path in state.rglob("*") if path.is_file()}
    assert archive.keep(state, *market) == kept
    assert {path: path.stat().st_mtime_ns for path in state.rglob("*") if path.is_file()} == before
    objects = (path for path in before if "objects" in path.parts)
    assert all(path.name == Objects(state).put(path.read_bytes()) for path in objects)


def test_a_file_added_later_changes_nothing_that_was_kept(tmp_path):
    folder = write_csv_folder(tmp_path / "data")
    snapshot, history = gather(SYMBOL, f"csv:{folder}", SESSION)
    kept = archive.keep(tmp_path / "state", snapshot, history)
    day = calendar.previous_session(history.chains[-1].session)
    write_chain(folder, make_chain(day), day, captured=calendar.session_close(day))
    later, more = gather(SYMBOL, f"csv:{folder}", SESSION)
    assert len(more.chains) == len(history.chains) + 1
    assert archive.keep(tmp_path / "state", later, more)["snapshot"] == kept["snapshot"]
    assert len(archive.load(tmp_path / "state", kept)[1].chains) == len(history.chains)


def test_the_archive_is_for_its_owner_only(tmp_path):
    archive.keep(tmp_path, *gather("DEMO", "synthetic:3", DEMO_SESSION))
    for path in (path for path in (tmp_path / "archive").rglob("*") if path.is_file()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    for path in (path for path in tmp_path.rglob("*") if path.is_dir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path


@pytest.fixture
def kept(tmp_path):
    market = gather(SYMBOL, f"csv:{full_folder(tmp_path / 'data')}", SESSION)
    return tmp_path / "state", archive.keep(tmp_path / "state", *market)


def test_any_altered_object_is_named(kept):
    state, hashes = kept
    for path in sorted((state / "archive" / "objects").rglob("*")):
        if not path.is_file():
            continue
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(DataError, match=f"archived object {path.name[:12]} was altered"):
            archive.load(state, hashes)
        path.unlink()
        with pytest.raises(DataError, match=f"wanted {path.name[:12]} in the archive"):
            archive.load(state, hashes)
        path.write_bytes(whole)
    assert archive.load(state, hashes)[0].symbol == SYMBOL


@pytest.mark.parametrize("value", [None, 7, "", "../../etc/passwd", "A" * 64, "٣" * 64])
def test_what_is_no_hash_is_refused(kept, value):
    state, hashes = kept
    for name in ("snapshot", "history"):
        with pytest.raises(DataError, match="wanted"):
            archive.load(state, {**hashes, name: value})


def test_a_hash_of_something_else_is_refused(kept):
    state, hashes = kept
    with pytest.raises(DataError, match="wanted a capture of version 2, found another"):
        archive.load(state, {**hashes, "snapshot": hashes["history"]})
    for junk in (b"junk", b"[1]", b"[" * 100_000):
        with pytest.raises(DataError, match=r"manifest|version"):
            archive.load(state, {**hashes, "history": Objects(state).put(junk)})


def test_bytes_that_read_differently_now_are_refused(kept):
    state, hashes = kept
    objects = Objects(state)
    manifest = json.loads(objects.get(hashes["snapshot"]))
    manifest["as_of"] = "2026-03-11T15:00:00-04:00"
    with pytest.raises(DataError, match="this version reads 2026-03-11T16:00:00"):
        archive.load(state, {**hashes, "snapshot": objects.put(json.dumps(manifest).encode())})


def test_a_snapshot_without_source_bytes_cannot_be_kept(tmp_path):
    with pytest.raises(DataError, match="wanted the source's bytes of ABCD"):
        archive.keep(tmp_path, make_snapshot(), History())


def test_a_place_that_cannot_be_written_is_an_output_error(tmp_path):
    (tmp_path / "archive").write_text("in the way")
    with pytest.raises(OutputError, match="cannot keep data"):
        Objects(tmp_path).put(b"x")


def test_an_interrupted_write_leaves_no_half_object(tmp_path):
    objects = Objects(tmp_path)
    digest = objects.put(b"whole")
    path = next(path for path in tmp_path.rglob("*") if path.name == digest)
    path.write_bytes(b"half")
    assert objects.put(b"whole") == digest
    assert objects.get(digest) == b"whole"
    assert [other.name for other in path.parent.iterdir()] == [digest]


@pytest.mark.recorded
def test_a_recorded_session_comes_back(shared, tmp_path):
    snapshot, history = gather("IWM", f"csv:{shared / 'data'}", dt.date(2026, 5, 22))
    again, earlier = archive.load(tmp_path, archive.keep(tmp_path, snapshot, history))
    same(snapshot, again)
    for one, other in zip(history.chains, earlier.chains, strict=True):
        same(one, other)
