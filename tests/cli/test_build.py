from __future__ import annotations

import datetime as dt
import json
import os
import pty
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.calendar import NEW_YORK
from tests import builders

ROOT = Path(__file__).resolve().parents[2]


def test_build_prints_the_paths_of_the_files(run, here, quick):
    result = run("build", "AAA", *quick)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "output/2026-03-11/AAA/brief.md"
    assert all((here / line).is_file() for line in lines)


def test_the_archive_is_for_its_owner_only_and_beside_the_settings(run, here, quick):
    (here / "strikebrief.toml").write_text("")
    assert run("build", "AAA", *quick).exit_code == 0
    assert (here / ".strikebrief").stat().st_mode & 0o777 == 0o700


def test_the_archive_stands_where_the_environment_or_the_option_says(run, here, quick):
    assert run("build", "AAA", *quick, STRIKEBRIEF_STATE=str(here / "a")).exit_code == 0
    assert (
        run("build", "AAA", *quick, "--state", here / "b", STRIKEBRIEF_STATE=str(here / "a")).exit_code == 0
    )
    assert {path.name for path in here.iterdir()} == {"a", "b", "output"}


def test_settings_say_what_to_build(run, here, market):
    (here / "strikebrief.toml").write_text(
        f'[brief]\nsymbols = ["AAA"]\nsource = "{market}"\nformats = ["md"]\nout = "briefs"\n'
        '[symbols.AAA]\nname = "Alpha Fund"\n'
    )
    result = run("build", now=dt.datetime(2026, 3, 11, 18, 0, tzinfo=NEW_YORK))
    assert result.exit_code == 0
    text = (here / "briefs" / "2026-03-11" / "AAA" / "brief.md").read_text("utf-8")
    assert "Alpha Fund" in text


def test_json_names_what_was_built(run, here, quick):
    result = run("--json", "build", "aaa", *quick)
    assert result.exit_code == 0
    (built,) = json.loads(result.stdout)["built"]
    assert built["symbol"] == "AAA"
    assert all((here / path).is_file() for path in built["files"])


def test_the_twin_alone_is_audited_written_and_verified(run, here, quick):
    result = run("build", "AAA", *quick, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    folder = here / "output" / "2026-03-11" / "AAA"
    assert sorted(path.name for path in folder.iterdir()) == ["brief.json", "manifest.json"]
    assert run("verify", folder).exit_code == 0
    twin = json.loads((folder / "brief.json").read_bytes())
    next(fact for fact in twin["facts"] if fact["id"] == "spot")["value"] += 1
    (folder / "brief.json").write_text(json.dumps(twin))
    assert run("verify", folder).exit_code == 1


def test_a_capture_that_does_not_say_when_has_no_time_in_its_head(run, here):
    builders.write_bars(here / "data", builders.make_bars(), "AAA")
    builders.write_chain(here / "data", builders.make_chain(), kind="intraday", symbol="AAA")
    result = run("build", "AAA", "--source", "csv:data", "--as-of", "2026-03-11", "--format", "md")
    assert (result.exit_code, result.stderr) == (0, "")
    (path,) = (here / "output").rglob("brief.md")
    text = path.read_text("utf-8")
    assert "at a time that the quotes do not tell · 100.00" in text.replace("\xa0", " ")
    assert "during the session, as of" not in text


def test_some_done_and_some_not_ends_in_4_and_names_each(run, here, quick):
    taken = here / "output" / "2026-03-11" / "BBB"
    taken.parent.mkdir(parents=True)
    taken.write_text("mine")
    result = run("build", "AAA", "BBB", *quick)
    assert result.exit_code == 4
    assert "AAA/brief.md" in result.stdout
    assert result.stderr.startswith("error: ")
    assert "BBB" in result.stderr
    assert taken.read_text() == "mine"


def test_none_done_ends_in_the_code_of_the_first(run, here, quick):
    (here / "output").write_text("mine")
    result = run("--json", "build", "AAA", "BBB", *quick)
    assert result.exit_code == 73
    assert [failed["exit_code"] for failed in json.loads(result.stdout)["failed"]] == [73, 73]


def test_a_folder_that_is_not_there_is_bad_data(run):
    result = run("build", "AAA", "--source", "csv:none", "--as-of", "2026-05-22")
    assert result.exit_code == 65
    assert result.stderr.startswith("error: AAA: ")
    assert result.stderr.count("\n") == 1


def test_v_shows_the_traceback(run):
    result = run("build", "AAA", "--source", "csv:none", "--as-of", "2026-05-22", "-v")
    assert result.exit_code == 65
    assert "Traceback (most recent call last)" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("error: ")


def test_demo_ends_with_the_paths(run):
    result = run("demo", "--format", "html")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"output/2026-03-11/DEMO/{name}" for name in ("brief.html", "brief.json", "manifest.json")
    ]


def test_verify_says_ok_then_names_what_was_changed(run):
    run("demo", "--format", "md")
    folder = Path("output/2026-03-11/DEMO")
    good = run("verify", folder)
    assert (good.exit_code, good.stderr) == (0, "")
    assert good.stdout.startswith(f"ok: {folder}: ")
    text = (folder / "brief.md").read_text("utf-8")
    (folder / "brief.md").write_text(text.replace("%", ".1%"), "utf-8")
    bad = run("verify", folder)
    assert bad.exit_code == 1
    assert bad.stdout.startswith(f"{folder}: brief.md: ")
    document = json.loads(run("verify", folder, "--json").stdout)
    assert document["verified"][0]["findings"]


def test_verify_of_nothing_is_bad_data(run):
    result = run("verify", "none")
    assert result.exit_code == 65
    assert "brief.json" in result.stderr


def test_of_several_briefs_one_that_fails_is_a_failure(run):
    run("demo", "--format", "md")
    result = run("verify", "output/2026-03-11/DEMO", "none")
    assert result.exit_code == 1
    assert result.stdout.startswith("ok: ")


# --- in a process of its own


def test_a_latin_1_terminal_gets_escapes(process, tmp_path):
    result = process("init", "--config", "\N{SNOWMAN}.toml", cwd=tmp_path, PYTHONIOENCODING="latin-1")
    assert result.returncode == 0
    assert result.stdout == b"\\u2603.toml\n"


def test_no_color_and_no_terminal_mean_no_escapes(process, tmp_path):
    for environ in ({}, {"NO_COLOR": "1"}, {"TERM": "dumb"}):
        result = process("build", "../x", cwd=tmp_path, **environ)
        assert result.returncode == 2
        assert b"\x1b" not in result.stderr


def terminal(args, cwd, **environ):
    """Return what the program writes to standard error when that is a terminal."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "generator", *args]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environ}
    with subprocess.Popen(command, cwd=cwd, env=environ, stdout=subprocess.DEVNULL, stderr=slave) as process:
        os.close(slave)
        shown = b""
        try:
            while part := os.read(master, 4096):
                shown += part
        except OSError:  # how Linux says that the other end is closed
            pass
        process.wait()
    os.close(master)
    return shown


def test_progress_and_colour_are_for_terminals_that_want_them(tmp_path):
    args = ["demo", "--format", "md"]
    shown = terminal(args, tmp_path)
    assert b"DEMO: rendering" in shown
    assert shown.rstrip(b"\r\n").endswith(b"\x1b[K")
    assert terminal([*args, "--quiet"], tmp_path) == b""
    assert b"\x1b" not in terminal(args, tmp_path, NO_COLOR="1")
    assert b"\x1b[31m" in terminal(["build", "../x"], tmp_path)
    assert b"\x1b" not in terminal(["build", "../x", "--no-color"], tmp_path)


def started(args, cwd):
    return subprocess.Popen(
        [sys.executable, "-m", "generator", *args],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("waited twelve seconds for nothing")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_an_interrupted_build_leaves_the_old_brief(process, tmp_path, sent, code):
    args = ["demo", "--format", "md,pdf"]
    assert process(*args, cwd=tmp_path).returncode == 0
    folder = tmp_path / "output" / "2026-03-11" / "DEMO"
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with started([*args, "--seed", "2", "--state", "second"], tmp_path) as running:
        wait_for((tmp_path / "second" / "archive").exists)
        running.send_signal(sent)
        _, errors = running.communicate()
    assert running.returncode == code
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    if sent is signal.SIGINT:
        assert errors.decode().splitlines()[-1] == "error: interrupted; nothing half-written was left"


@pytest.mark.parametrize("args", [["completion", "bash"], ["build", "--help"]])
def test_a_reader_that_has_gone_ends_the_program_as_it_ends_other_tools(tmp_path, args):
    with started(args, tmp_path) as running:
        running.stdout.close()
        errors = running.stderr.read()
    assert errors == b""
    assert running.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "args",
    [["completion", "bash"], ["build", "--help"], ["--json", "build", "../x"], ["config", "check", "--json"]],
)
def test_standard_output_that_takes_nothing_is_one_line_and_73(tmp_path, args):
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [sys.executable, "-m", "generator", *args],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert result.returncode == 73
    lines = result.stderr.decode().splitlines()
    assert lines[-1] == "error: cannot write to standard output: No space left on device"
    assert b"Traceback" not in result.stderr


def test_without_a_standard_output_the_work_is_done(tmp_path):
    command = f"exec {shlex.quote(sys.executable)} -m generator completion bash >&-"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, env=environ, stderr=subprocess.PIPE, check=False
    )
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.parametrize("given", [(), ("--state", "nowhere/at/all")])
def test_verify_makes_no_archive(run, here, given):
    run("demo", "--format", "md", "--state", "kept")
    before = sorted(here.iterdir())
    result = run("verify", "output/2026-03-11/DEMO", *given)
    assert result.exit_code == 65
    assert "another --state" in result.stderr
    assert sorted(here.iterdir()) == before


def test_a_file_among_the_charts_stops_the_build(run, here, quick):
    assert run("build", "AAA", *quick).exit_code == 0
    mine = here / "output" / "2026-03-11" / "AAA" / "charts" / "mine.txt"
    mine.write_text("mine")
    result = run("build", "AAA", *quick)
    assert result.exit_code == 73
    assert "charts/mine.txt" in result.stderr
    assert mine.read_text() == "mine"
