from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from generator import __version__
from generator.cli.commands import COMMANDS
from generator.cli.program import cli

HEAVY = ("numpy", "pandas", "jinja2", "matplotlib", "weasyprint", "markdown")


def printed(*args):
    return subprocess.run(
        [sys.executable, "-m", "generator", *args], capture_output=True, text=True, check=False
    )


def leaves():
    found = []
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", leaf) for sub, leaf in command.commands.items()]
        else:
            found.append((name, command))
    return found


@pytest.mark.parametrize("args", [["--help"], ["-h"]])
def test_the_first_screen_lists_the_first_commands_and_the_rest_under_more(args, process):
    result = process(*args)
    assert result.returncode == 0
    first, _, more = result.stdout.decode().partition("\nMore:\n")
    listed = [line.split()[0] for line in first.partition("Commands:\n")[2].splitlines() if line]
    assert listed == ["demo", "init", "build", "verify"]
    assert "config" in more


def test_no_command_shows_the_first_screen_and_is_wrong_usage(process):
    result = process()
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr == process("--help").stdout


def test_click_shows_the_same_first_screen(run, process):
    assert run("--quiet", "--help").stdout == process("--help").stdout.decode()


def test_every_command_of_the_table_exists_under_its_name():
    for name in COMMANDS:
        assert cli.get_command(click.Context(cli), name).name == name


@pytest.mark.parametrize("args", [["--version"], ["--quiet", "--version"]])
def test_the_version_is_printed(args, process):
    assert process(*args).stdout.decode() == f"strikebrief {__version__}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("option", ["--help", "--version"])
def test_a_full_standard_output_is_one_line(option):
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "generator", option],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 73
    assert ended.stderr == "error: cannot write to standard output: No space left on device\n"


@pytest.mark.parametrize(
    "args", [["--help"], ["build", "--help"], ["config", "check"], ["completion", "bash"]]
)
def test_help_imports_nothing_heavy(args):
    code = (
        "import sys, atexit\n"
        f"sys.argv = ['strikebrief', *{args!r}]\n"
        "atexit.register(lambda: sys.stderr.write(' '.join(sys.modules)))\n"
        "from generator.__main__ import main\n"
        "main()\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(HEAVY) & set(result.stderr.split()) == set()
    if args == ["--help"]:
        assert "click" not in result.stderr.split()


@pytest.mark.parametrize(("name", "command"), leaves())
def test_every_command_and_option_is_documented(name, command, request):
    text = (request.config.rootpath / "docs" / "cli.md").read_text()
    start = text.index(f"## strikebrief {name}")
    section = text[start : text.find("\n## ", start + 1)]
    general = text[: text.index("## strikebrief")]
    options = [option for option in command.params if isinstance(option, click.Option)]
    for option in options:
        assert f"`{option.opts[-1]}" in (general if option.hidden else section)


@pytest.mark.parametrize(("name", "command"), leaves())
def test_every_command_takes_the_global_options_after_its_name(name, command, run):
    result = run(*name.split(), "--help")
    assert result.exit_code == 0
    names = {spelling for option in command.params for spelling in option.opts}
    assert {"--config", "--state", "--json", "--quiet", "-v", "--no-color"} <= names
