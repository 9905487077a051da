from __future__ import annotations

import dataclasses

import pytest

from generator import archive
from generator.archive.exporting import export
from generator.errors import OutputError
from generator.models.market import History
from generator.providers.csv_folder import CsvFolder
from generator.providers.files import raw_file
from generator.providers.synthetic import DEMO_SESSION, Synthetic
from tests.archive.conftest import DAYS, keep_day
from tests.builders import SESSION, SYMBOL, make_bars, make_chain, write_bars, write_chain


def test_the_csv_source_reads_what_was_exported(filled, tmp_path):
    done = export(filled, tmp_path / "out", symbol=SYMBOL)
    assert done.captures == 3
    snapshot = CsvFolder(tmp_path / "out").snapshot(SYMBOL, SESSION)
    assert snapshot.chain.equals(archive.snapshot_at(filled, SYMBOL, SESSION)[0].chain)


def test_sessions_and_symbols_can_be_chosen(filled, tmp_path):
    done = export(filled, tmp_path / "out", since=DAYS[1], until=DAYS[1])
    assert [name for name in done.files if name.startswith("chains/")] == [
        f"chains/{SYMBOL}_{DAYS[1]}.csv.gz"
    ]
    assert export(filled, tmp_path / "none", symbol="WXYZ").exit_code == 65


def test_a_folder_with_files_in_it_is_not_written_to(filled, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("x")
    with pytest.raises(OutputError, match="wanted a new or empty folder"):
        export(filled, tmp_path / "out")
    with pytest.raises(OutputError, match="cannot write"):
        export(filled, tmp_path / "out" / "mine")


def test_an_invented_market_is_not_written_beside_real_ones(filled, tmp_path):
    archive.keep(filled, Synthetic("3").snapshot("DEMO", DEMO_SESSION), History())
    done = export(filled, tmp_path / "out")
    assert (done.captures, done.exit_code) == (3, 4)
    assert "build it from its seed" in done.left[0].reason
    assert not list((tmp_path / "out").rglob("*DEMO*"))


def test_a_damaged_capture_is_named_and_left_out(filled, tmp_path, damaged):
    entry = archive.captures(filled)[0]
    damaged(filled / "archive", f"objects/*/{entry.chain}", "cut")
    damaged(filled / "archive", f"captures/*/session={DAYS[1]}/*", "cut")
    done = export(filled, tmp_path / "out")
    assert (done.captures, len(done.left), done.exit_code) == (1, 2, 4)
    assert {item.name.split()[0] for item in done.left} == {SYMBOL, "index"}


def test_two_captures_that_share_a_name_are_not_written_over_each_other(filled, tmp_path):
    other = tmp_path / "other"
    write_chain(other, make_chain().assign(last=9.0))
    write_bars(other, make_bars())
    keep_day(filled, other, SESSION)
    done = export(filled, tmp_path / "out", since=SESSION)
    assert (done.captures, len(done.left), done.exit_code) == (1, 1, 4)
    assert "found another capture's under that name" in done.left[0].reason


@pytest.mark.parametrize("name", ["../stolen.csv", "/etc/stolen.csv", "news/../../x"])
def test_no_name_leads_out_of_the_folder(filled, tmp_path, name):
    snapshot = archive.snapshot_at(filled, SYMBOL, SESSION)[0]
    evil = dataclasses.replace(snapshot, raw=(*snapshot.raw, raw_file(name, b"x")))
    archive.keep_snapshot(tmp_path / "evil", evil)
    done = export(tmp_path / "evil", tmp_path / "deep" / "out")
    assert (done.captures, done.exit_code) == (0, 65)
    assert "wanted a file's name inside the folder" in done.left[0].reason
    assert done.files == ()
    assert not list(tmp_path.rglob("stolen.csv"))
