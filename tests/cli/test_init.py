from __future__ import annotations

import json

from generator import config


def test_init_writes_settings_that_are_read_and_short(run, here):
    result = run("init")
    assert result.exit_code == 0
    assert result.stdout == "strikebrief.toml\n"
    path = here / "strikebrief.toml"
    assert len(path.read_text().splitlines()) < 25
    assert config.read(path).symbols == ("IWM",)


def test_init_overwrites_nothing(run, here):
    path = here / "strikebrief.toml"
    path.write_text("# mine\n")
    result = run("init")
    assert result.exit_code == 73
    assert result.stderr.startswith("error: wanted to write strikebrief.toml")
    assert path.read_text() == "# mine\n"


def test_init_theme_copies_templates_and_static(run, here):
    result = run("init", "--theme")
    assert result.exit_code == 0
    assert result.stdout.split() == ["theme", "strikebrief.toml"]
    assert any((here / "theme" / "templates").rglob("*.j2"))
    assert any((here / "theme" / "static").iterdir())
    assert len((here / "strikebrief.toml").read_text().splitlines()) < 25
    assert config.read(here / "strikebrief.toml").theme.resolve() == here / "theme"


def test_init_theme_beside_settings_leaves_them_alone_and_says_what_to_add(run, here):
    (here / "strikebrief.toml").write_text("# mine\n")
    result = run("init", "--theme", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"written": ["theme"]}
    assert 'folder = "theme"' in result.stderr
    assert (here / "strikebrief.toml").read_text() == "# mine\n"


def test_init_theme_overwrites_no_theme(run, here):
    (here / "theme").mkdir()
    result = run("init", "--theme")
    assert result.exit_code == 73
    assert not (here / "strikebrief.toml").exists()


def test_init_writes_where_config_says(run, here):
    result = run("--config", "other.toml", "init")
    assert result.exit_code == 0
    assert (here / "other.toml").exists()


def test_init_in_a_folder_that_is_missing_ends_in_73(run):
    result = run("init", "--config", "none/strikebrief.toml")
    assert result.exit_code == 73
    assert result.stderr.startswith("error: cannot write none/strikebrief.toml: ")
