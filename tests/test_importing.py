from __future__ import annotations

import datetime as dt
import gzip

import pytest

from generator import archive, calendar
from generator.archive import questions
from generator.archive.exporting import export
from generator.errors import DataError, OutputError
from generator.importing import import_folder
from generator.models.analysis import Choices
from tests import builders
from tests.builders import SESSION, SYMBOL, make_chain, premarket, write_bars, write_chain, write_csv_folder


@pytest.fixture
def folder(tmp_path):
    return write_csv_folder(tmp_path / "data")


def listing(state):
    return {path: path.stat().st_mtime_ns for path in state.rglob("*") if path.is_file()}


def test_every_session_is_kept_judged_and_its_figures_with_it(tmp_path, folder):
    told = []
    done = import_folder(tmp_path / "state", folder, report=told.append)
    assert (len(done.kept), done.there, done.left, done.exit_code) == (3, (), (), 0)
    assert told[0].startswith("importing 1 of 3: chains/")
    assert len(archive.captures(tmp_path / "state", SYMBOL)) == 3
    assert len(questions.readings_of(tmp_path / "state", SYMBOL, "volatility.constant_30")) == 3


def test_a_second_import_changes_nothing(tmp_path, folder):
    state = tmp_path / "state"
    first = import_folder(state, folder)
    before = listing(state)
    second = import_folder(state, folder)
    assert (second.kept, second.there, second.exit_code) == ((), first.kept, 0)
    assert listing(state) == before


def test_new_bars_do_not_make_an_old_chain_new(tmp_path, folder):
    import_folder(tmp_path / "state", folder)
    write_bars(folder, builders.make_bars(n=310))
    assert import_folder(tmp_path / "state", folder).kept == ()


def test_a_refused_chain_and_damaged_files_are_named_and_left_out(tmp_path, folder):
    day = dt.date(2026, 3, 5)
    write_chain(folder, premarket(make_chain(day)), day)
    (folder / "chains" / "ABCD_2026-03-04.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n")[:-3])
    (folder / "chains" / "ABCD_2026-03-03.csv").write_text(
        "quote_date,strike\n2026-03-03,=cmd|' /C calc'!A0\n"
    )
    (folder / "chains" / "notes.csv").write_text("hello")
    (folder / "chains" / "WXYZ_2026-03-11.csv.gz").symlink_to("ABCD_2026-03-11.csv.gz")
    done = import_folder(tmp_path / "state", folder)
    told = {item.name: item.reason for item in done.left}
    assert set(told) == {
        "chains/ABCD_2026-03-05.csv.gz",
        "chains/ABCD_2026-03-04.csv.gz",
        "chains/ABCD_2026-03-03.csv",
        "chains/notes.csv",
        "chains/WXYZ_2026-03-11.csv.gz",
    }
    assert told["chains/ABCD_2026-03-05.csv.gz"].startswith("refused: only 0%")
    assert all("\n" not in reason and not reason.startswith("file") for reason in told.values())
    assert (len(done.kept), done.exit_code) == (3, 4)
    assert len(archive.captures(tmp_path / "state")) == 3


def test_bad_news_is_named_and_left_out_and_the_chains_stay(tmp_path, folder):
    news = folder / "news"
    news.mkdir(exist_ok=True)
    (news / "deep.json").write_text("[" * 100_000 + "]" * 100_000)
    (news / "broken.json").write_text('[{"title": "cut sho')
    done = import_folder(tmp_path / "state", folder)
    assert {item.name: item.reason for item in done.left} == {
        "news/deep.json": "wanted JSON at most 32 deep, found deeper",
        "news/broken.json": "wanted JSON, found it damaged or cut short at line 1, column 12",
    }
    assert (len(done.kept), done.exit_code) == (3, 4)


def test_two_different_chains_of_one_instant_are_warned_of(tmp_path, folder):
    import_folder(tmp_path / "state", folder)
    other = write_csv_folder(tmp_path / "other")
    write_chain(other, make_chain().assign(last=9.0), captured=calendar.session_close(SESSION))
    done = import_folder(tmp_path / "state", other)
    (line,) = done.doubtful
    assert line.startswith(f"{SYMBOL} {SESSION}: ")
    assert "are different captures of one instant" in line
    assert (len(done.kept), done.exit_code) == (1, 0)


def test_nothing_usable_is_bad_data(tmp_path):
    write_chain(tmp_path, premarket(make_chain()))
    write_bars(tmp_path, builders.make_bars())
    done = import_folder(tmp_path / "state", tmp_path)
    assert (done.kept, done.exit_code) == ((), 65)
    assert archive.captures(tmp_path / "state") == ()
    with pytest.raises(DataError, match="wanted a folder to import"):
        import_folder(tmp_path / "state", tmp_path / "nothing")


def test_an_archive_that_cannot_be_written_ends_the_import(tmp_path, folder):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "archive").write_text("in the way")
    with pytest.raises(OutputError):
        import_folder(tmp_path / "state", folder)


def test_what_is_exported_imports_as_the_same(tmp_path, folder):
    import_folder(tmp_path / "one", folder)
    done = export(tmp_path / "one", tmp_path / "out")
    assert (done.captures, done.exit_code) == (3, 0)
    import_folder(tmp_path / "two", tmp_path / "out")
    one, two = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("one", "two")
    )
    assert one == two


def test_columns_of_ones_own_are_exported_under_ours(tmp_path, folder):
    columns = {"last": "rho", "rho": "last"}
    import_folder(tmp_path / "one", folder, columns=columns, choices=Choices())
    assert export(tmp_path / "one", tmp_path / "out").captures == 3
    import_folder(tmp_path / "two", tmp_path / "out")
    one, two = (archive.snapshot_at(tmp_path / name, SYMBOL, SESSION)[0] for name in ("one", "two"))
    assert one.chain.equals(two.chain)
    assert one.bars.equals(two.bars)
    assert (one.spot, one.as_of, one.edition) == (two.spot, two.as_of, two.edition)


@pytest.mark.recorded
@pytest.mark.long
def test_all_recorded_sessions_import_and_the_traps_are_left_out(shared, tmp_path):
    done = import_folder(tmp_path / "state", shared / "data")
    assert done.exit_code == 4
    left = " ".join(item.name for item in done.left)
    for trap in ("premarket", "overnight-reset", "split-day"):
        assert trap in left
    own = [entry for entry in archive.captures(tmp_path / "state", "IWM") if entry.edition == "close"]
    assert len(own) >= 8
    assert import_folder(tmp_path / "state", shared / "data").kept == ()
