from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.calendar import NEW_YORK
from generator.cli.console import Console
from generator.cli.program import cli
from tests import builders

ROOT = Path(__file__).resolve().parents[2]
#: a Saturday
NOW = dt.datetime(2026, 5, 23, 12, 0, tzinfo=NEW_YORK)


@pytest.fixture(scope="session")
def market(tmp_path_factory):
    """A csv folder with the symbols AAA and BBB up to 2026-03-11, as text after `--source`."""
    folder = tmp_path_factory.mktemp("market")
    for symbol in ("AAA", "BBB"):
        builders.write_csv_folder(folder, symbol=symbol)
    return f"csv:{folder}"


@pytest.fixture
def quick(market):
    """The options of a build that takes a second."""
    return ("--source", market, "--as-of", "2026-03-11", "--format", "md")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in, with no settings of anybody's."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(here):
    """Run the command line in `here`, at a fixed hour, with a bare environment."""

    def run(*args, now=NOW, **environ):
        console = Console(environ={"HOME": str(here.parent / "home"), **environ}, now=lambda: now)
        return CliRunner().invoke(cli, [str(arg) for arg in args], obj=console)

    return run


@pytest.fixture(scope="session")
def process():
    """Run the command line in a process of its own, with *environ* added to this one's."""

    def process(*args, cwd=ROOT, **environ):
        return subprocess.run(
            [sys.executable, "-m", "generator", *(str(arg) for arg in args)],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
            capture_output=True,
            check=False,
        )

    return process
