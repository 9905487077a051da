"""The archive gives back what was printed, byte for byte, in another place of the world."""

from __future__ import annotations

import json
import shutil

import pytest

from generator.calendar import next_session
from tests.builders import SESSION, SYMBOL, write_csv_folder

ELSEWHERE = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
#: of every symbol, kind of file and edition
TEN = (
    ("IWM", "2026-05-19"),
    ("IWM", "2026-05-22"),
    ("IWM", "2026-07-20T09:50"),
    ("SPY", "2026-05-22"),
    ("SPY", "2026-07-10"),
    ("QQQ", "2023-06-12"),
    ("QQQ", "2026-07-09"),
    ("SPX", "2023-09-14"),
    ("AAPL", "2026-08-21T10:10"),
    ("NVDA", "2026-08-21"),
)


def files_below(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def printed(process, folder, out, source, symbol, as_of, *more, **environ):
    """Build with all formats and return the files."""
    done = process(
        *("build", symbol, "--source", source, "--as-of", as_of, *more, "--format", "html,md,pdf"),
        *("--state", folder / "state", "--out", folder / out),
        cwd=folder,
        **environ,
    )
    assert done.returncode == 0, done.stderr.decode()
    return files_below(folder / out)


def test_a_brief_is_the_same_bytes_elsewhere(process, tmp_path):
    folder = write_csv_folder(tmp_path / "data")
    first = printed(process, tmp_path, "here", f"csv:{folder}", SYMBOL, SESSION)
    assert len(first) >= 6
    shutil.rmtree(folder)  # the archive alone is enough
    assert printed(process, tmp_path, "there", "archive", SYMBOL, SESSION, **ELSEWHERE) == first


def test_the_first_difference_is_shown_when_an_output_was_changed(process, tmp_path):
    folder = write_csv_folder(tmp_path / "data")
    printed(process, tmp_path, "here", f"csv:{folder}", SYMBOL, SESSION)
    page = tmp_path / "here" / str(SESSION) / SYMBOL / "brief.md"
    page.write_text(page.read_text("utf-8").replace("the most", "the very most", 1), "utf-8")
    done = process("verify", page.parent, "--state", tmp_path / "state", cwd=tmp_path)
    assert done.returncode == 1
    assert b"brief.md" in done.stdout
    assert b"very most" in done.stdout


@pytest.mark.recorded
def test_ten_recorded_briefs_are_the_same_bytes_also_after_an_import(process, shared, tmp_path):
    source = f"csv:{shared / 'data'}"
    first = {}
    for symbol, as_of in TEN:
        first |= printed(process, tmp_path, "here", source, symbol, as_of)
    done = process(
        "archive", "import", shared / "data", "--state", tmp_path / "state", "--json", cwd=tmp_path
    )
    assert done.returncode == 4  # the traps are left out, each named
    assert json.loads(done.stdout)["kept"]
    again = {}
    for symbol, as_of in TEN:
        again |= printed(process, tmp_path, "there", "archive", symbol, as_of, **ELSEWHERE)
    assert len({name.rpartition("/")[0] for name in first if name.endswith("brief.pdf")}) == len(TEN)
    assert [name for name in first if again.get(name) != first[name]] == []
    assert set(again) == set(first)


def test_a_morning_edition_is_the_same_bytes_elsewhere(process, tmp_path):
    """On an invented market: its close, the count made after it, and what learns of both later."""
    printed(process, tmp_path, "close", "synthetic:28", "DEMO", SESSION)
    morning = next_session(SESSION)
    asked = ("DEMO", morning, "--edition", "morning")
    first = printed(process, tmp_path, "here", "synthetic:28", *asked)
    assert {name.split("/")[0] for name in first} == {f"{morning}T0600"}
    printed(process, tmp_path, "later", "synthetic:28", "DEMO", morning)
    assert printed(process, tmp_path, "there", "archive", *asked, **ELSEWHERE) == first
