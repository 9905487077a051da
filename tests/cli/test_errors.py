from __future__ import annotations

import datetime as dt
import json

import pytest

from generator.cli.options import as_of

HOSTILE = ["../IWM", "/etc", "IWM~es", "IWM\n", "..", "", "I WM", "A" * 300, "<script>", "ıwm"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["build", "IWM", "--source", "csv:x", "--lang", "es"], "--lang 'es' does not exist; there is en"),
        (
            ["build", "IWM", "--source", "csv:x", "--tier", "free"],
            "--tier 'free' does not exist; there is pro",
        ),
        (["build", "IWM", "--source", "csv:x", "--edition", "noon"], "there are close, morning"),
        (["build", "IWM", "--source", "yahooo"], "--source 'yahooo' does not exist; there are archive, "),
        (["build", "IWM", "--source", "csv:x", "--format", "email"], "there are html, md, pdf, json"),
        (["build", "IWM", "--source", "csv:x", "--format", ""], "there are html, md, pdf, json"),
        (["build", "IWM", "--source", "csv:x", "--as-of", "yesterday"], "wanted 2026-05-22"),
        (["build", "IWM", "--source", "csv:x", "--as-of", "2026-03-08T02:30"], "clocks skip it"),
        (["build", "IWM", "--source", "csv:x", "--as-of", "0001-01-01T00:00+14:00"], "wanted 2026-05-22"),
        (["build", "IWM", "--source", "csv:x", "--as-of", "2026-02-30"], "wanted 2026-05-22"),
        (["build", "IWM", "--source", "csv:x", "--as-of", "1815-06-18"], "1990 to 2040"),
        (["build", "IWM", "--source", "csv:x", "--jobs", "0"], "--jobs"),
        (["build", "IWM"], "wanted a source, found none"),
        (["build", "--source", "csv:x"], "wanted a symbol, found none"),
        (["build", "IWM", "--nosuch"], "no such option"),
        (["nosuch"], "no such command 'nosuch'"),
        (["verify"], "missing argument"),
        (["completion", "tcsh"], "'bash', 'zsh', 'fish'"),
        (["--config"], "requires an argument"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(run, here, args, says):
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert says in result.stderr
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("symbol", HOSTILE)
def test_a_hostile_symbol_is_refused_before_anything_is_touched(run, here, symbol):
    result = run("build", "--source", "synthetic:7", "--", "IWM", symbol)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert list(here.iterdir()) == []


def test_an_error_is_a_document_when_json_is_asked_for(run):
    result = run("--json", "build", "../IWM", "--source", "csv:x")
    assert result.exit_code == 2
    document = json.loads(result.stdout)
    assert document["error"]["exit_code"] == 2
    assert "../IWM" in document["error"]["message"]
    assert result.stderr.startswith("error: ")


def test_settings_with_problems_end_in_78_and_name_all(run, here):
    (here / "strikebrief.toml").write_text("[brief]\nformts = 1\nlanguage = 'xx'\n")
    result = run("build", "IWM")
    assert result.exit_code == 78
    assert "formts" in result.stderr
    assert "language" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_closed_day_is_one_line_and_a_success(run, here, market):
    result = run("build", "IWM", "--source", market, "--as-of", "2026-05-25")
    assert result.exit_code == 0
    assert result.stdout == (
        "2026-05-25 is no session (Memorial Day): nothing to do; the session before is 2026-05-22\n"
    )
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "code"), [("csv:none", 65), ("csv:", 2), ("synthetic:x", 2), ("no.such:Thing", 78)]
)
def test_a_source_that_is_wrong_is_told_on_a_closed_day_too(run, source, code):
    result = run("build", "IWM", "--source", source, "--as-of", "2026-05-25")
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1


def test_a_time_that_comes_twice_is_the_first_of_the_two():
    first = as_of(None, None, "2026-11-01T01:30")
    assert first.utcoffset() == dt.timedelta(hours=-4)


def test_now_may_be_a_closed_day(run, market):
    result = run("build", "IWM", "--source", market)
    assert result.exit_code == 0
    assert "2026-05-23 is no session (weekend)" in result.stdout


def test_a_closed_day_is_a_document_when_json_is_asked_for(run):
    result = run("demo", "--as-of", "2026-05-25", "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["built"] == []
    assert "Memorial Day" in document["closed"]


def test_an_archive_folder_that_is_a_file_ends_in_73(run, here):
    (here / "taken").write_text("")
    result = run(
        "--state", here / "taken" / "below", "build", "IWM", "--source", "csv:x", "--as-of", "2026-05-22"
    )
    assert result.exit_code == 73
    assert "--state" in result.stderr
