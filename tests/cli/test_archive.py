from __future__ import annotations

import csv
import io
import json

import pytest

from generator import calendar
from tests.builders import (
    SESSION,
    SYMBOL,
    make_bars,
    make_chain,
    premarket,
    write_bars,
    write_chain,
    write_csv_folder,
)

DAY = SESSION.isoformat()


@pytest.fixture
def folder(tmp_path):
    return write_csv_folder(tmp_path / "past")


@pytest.fixture
def filled(run, folder):
    assert run("archive", "import", folder).exit_code == 0
    return run


def document(result):
    return json.loads(result.stdout)


def test_import_names_what_it_kept_and_then_what_was_there(run, folder):
    result = run("archive", "import", folder)
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["kept"] * 3
    assert result.stderr == "3 captures kept, 0 there before, 0 files left out\n"
    again = document(run("--json", "archive", "import", folder))
    assert (again["kept"], len(again["there"]), again["left_out"]) == ([], 3, [])


def test_import_names_what_it_left_out_and_ends_in_4(run, folder):
    write_chain(folder, premarket(make_chain()), tag="0900ET", kind="intraday")
    (folder / "chains" / "ABCD_2026-03-02.csv").write_bytes(b"\x00")
    result = run("archive", "import", folder)
    assert result.exit_code == 4
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert [error.split()[1] for error in errors] == [
        "chains/ABCD_2026-03-02.csv:",
        f"chains/ABCD_{DAY}_0900ET.csv.gz:",
    ]
    assert len(document(run("archive", "import", folder, "--json"))["left_out"]) == 2


def test_import_of_nothing_usable_is_bad_data(run, tmp_path):
    write_chain(tmp_path / "bad", premarket(make_chain()))
    write_bars(tmp_path / "bad", make_bars())
    (tmp_path / "empty").mkdir()
    for name in ("bad", "empty", "nothing"):
        result = run("archive", "import", tmp_path / name)
        assert result.exit_code == 65
        assert "error: " in result.stderr


def test_list_shows_every_capture_with_its_verdict(filled):
    lines = filled("archive", "list", SYMBOL.lower()).stdout.splitlines()
    assert len(lines) == 3
    assert all(" close " in line and (" good " in line or " usable " in line) for line in lines)
    told = document(filled("--json", "archive", "list"))
    assert [item["session"] for item in told["captures"]][-1] == DAY
    assert told["damaged"] == []


def test_an_empty_archive_lists_nothing_and_is_not_made(run, here):
    result = run("archive", "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "archive import" in result.stderr
    assert list(here.iterdir()) == []


def test_show_tells_a_session_and_checks_it(filled, here):
    result = filled("archive", "show", SYMBOL, DAY)
    assert result.exit_code == 0
    assert f"chains/{SYMBOL}_{DAY}.csv.gz" in result.stdout
    assert "reading spot" in result.stdout
    (capture,) = document(filled("--json", "archive", "show", SYMBOL, DAY))["captures"]
    place = here / ".strikebrief" / "archive" / "objects" / capture["chain"][:2] / capture["chain"]
    place.write_bytes(b"x")
    damaged = filled("archive", "show", SYMBOL, DAY)
    assert damaged.exit_code == 65
    assert "was altered" in damaged.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("show", "../x", DAY),
        ("show", SYMBOL, "yesterday"),
        ("show", SYMBOL, f"{DAY}T10:00"),
        ("list", "a/b"),
        ("prune",),
        ("sql", "COPY chains TO 'x'"),
        ("sql", "SELECT * FROM '/etc/passwd'"),
        ("sql", "SELECT 1", "--limit", "0"),
    ],
)
def test_wrong_usage_is_one_line_and_2(filled, here, args):
    before = sorted(here.rglob("*"))
    result = filled("archive", *args)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert sorted(here.rglob("*")) == before


def test_a_session_that_is_not_there_is_bad_data(filled):
    assert filled("archive", "show", SYMBOL, "2026-02-02").exit_code == 65


def test_export_writes_what_import_reads(filled, tmp_path):
    result = filled("archive", "export", tmp_path / "out", "--from", DAY, "--to", DAY, "--symbol", SYMBOL)
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if "/chains/" in line] == [
        str(tmp_path / "out" / "chains" / f"{SYMBOL}_{DAY}.csv.gz")
    ]
    state = ("--state", tmp_path / "other")
    assert filled(*state, "archive", "import", tmp_path / "out").exit_code == 0
    assert document(filled("--json", *state, "archive", "list"))["captures"][0]["session"] == DAY
    assert filled("archive", "export", tmp_path / "out").exit_code == 73
    none = filled("--json", "archive", "export", tmp_path / "none", "--symbol", "WXYZ")
    assert (none.exit_code, document(none)["captures"]) == (65, 0)


def test_prune_says_what_would_go_and_then_does_it(filled):
    told = document(filled("--json", "archive", "prune", "--before", DAY, "--dry-run"))
    assert (len(told["removed"]), told["dry_run"]) == (2, True)
    result = filled("archive", "prune", "--before", DAY)
    assert result.exit_code == 0
    assert "2 captures" in result.stderr
    assert len(filled("archive", "list").stdout.splitlines()) == 1


def test_sql_prints_a_table_csv_or_json(filled):
    query = "SELECT symbol, session, count(*) AS n, NULL AS none FROM chains GROUP BY ALL ORDER BY session"
    table = filled("archive", "sql", query).stdout.splitlines()
    assert table[0].split() == ["symbol", "session", "n", "none"]
    assert len(table) == 4
    rows = list(csv.DictReader(io.StringIO(filled("archive", "sql", query, "--csv").stdout)))
    told = document(filled("archive", "sql", query, "--json", "--limit", "2"))
    assert (told["columns"], told["more"], len(told["rows"])) == (["symbol", "session", "n", "none"], True, 2)
    assert [(row["symbol"], row["session"], int(row["n"])) for row in rows[:2]] == [
        (row["symbol"], row["session"], row["n"]) for row in told["rows"]
    ]
    assert told["rows"][0]["none"] is None
    assert "more than 1 rows" in filled("archive", "sql", query, "--limit", "1").stderr


def test_json_of_a_query_has_no_number_without_end(filled):
    query = "SELECT 'inf'::DOUBLE AS a, 'nan'::DOUBLE AS b, 1.5::DOUBLE AS c"
    told = filled("archive", "sql", query, "--json").stdout
    assert json.loads(told, parse_constant=pytest.fail)["rows"] == [{"a": None, "b": None, "c": 1.5}]


def test_list_of_a_symbol_not_on_file_says_which_are(filled):
    result = filled("archive", "list", "NOPE")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"the archive holds no capture of NOPE; it has {SYMBOL}\n"


def test_a_damaged_table_is_named_and_ends_in_4(filled, here):
    (path, *_) = sorted((here / ".strikebrief" / "archive" / "chains").rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:100])
    result = filled("archive", "sql", "SELECT count(DISTINCT session) AS n FROM chains")
    assert (result.exit_code, result.stdout) == (4, "n\n2\n")
    assert path.name in result.stderr


def test_a_damaged_earlier_session_is_told_in_the_brief_and_mended_by_an_import(filled, folder, here):
    before = calendar.previous_session(SESSION)
    (known,) = document(filled("--json", "archive", "show", SYMBOL, before))["captures"]
    place = here / ".strikebrief" / "archive" / "objects" / known["chain"][:2] / known["chain"]
    place.write_bytes(b"....." + place.read_bytes()[5:])
    build = ("build", SYMBOL, "--source", "archive", "--as-of", DAY, "--format", "md")
    built = filled(*build)
    assert built.exit_code == 0
    (line,) = built.stderr.splitlines()
    assert f"close of session {before}: damaged in the archive, left out: file chains/" in line
    brief = here / "output" / DAY / SYMBOL
    (gap,) = json.loads((brief / "brief.json").read_bytes())["gaps"][-1:]
    assert f"{gap['what']}: {gap['reason']}" in line
    assert "damaged in the archive, left out" in (brief / "brief.md").read_text("utf-8")
    assert filled("verify", brief).exit_code == 0
    healed = document(filled("--json", "archive", "import", folder))
    assert (healed["kept"], len(healed["there"])) == ([f"chains/{SYMBOL}_{before}.csv.gz"], 2)
    assert filled("archive", "show", SYMBOL, before).exit_code == 0
