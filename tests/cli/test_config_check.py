from __future__ import annotations

import json


def test_no_settings_are_ok(run):
    result = run("config", "check")
    assert (result.exit_code, result.stdout) == (0, "ok\n")


def test_good_settings_are_ok_and_named(run, here):
    run("init")
    result = run("config", "check")
    assert (result.exit_code, result.stdout) == (0, f"ok: {here / 'strikebrief.toml'}\n")


def test_every_problem_has_a_line_of_its_own(run, here):
    (here / "strikebrief.toml").write_text("[brief]\nformts = 1\n[definitions]\nrsi = 14\n")
    result = run("config", "check")
    assert result.exit_code == 78
    lines = result.stderr.splitlines()
    assert [line.startswith("error: line ") for line in lines] == [True, True]


def test_problems_are_a_document_when_json_is_asked_for(run, here):
    (here / "strikebrief.toml").write_text("[brief]\nformts = 1\n")
    result = run("config", "check", "--json")
    assert result.exit_code == 78
    (problem,) = json.loads(result.stdout)["problems"]
    assert "did you mean formats?" in problem


def test_the_users_own_settings_are_found(run, here):
    folder = here.parent / "xdg" / "strikebrief"
    folder.mkdir(parents=True)
    (folder / "strikebrief.toml").write_text("")
    result = run("config", "check", XDG_CONFIG_HOME=str(here.parent / "xdg"))
    assert result.stdout == f"ok: {folder / 'strikebrief.toml'}\n"


def test_config_alone_shows_its_help(run):
    result = run("config")
    assert result.exit_code == 2
    assert "check" in result.stderr
