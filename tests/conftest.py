"""Fixtures that every test may use."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from generator import pipeline
from tests.finished import request
from tests.tables import lines
from tests.wire.fixtures import _wire_server, wire

__all__ = ["_wire_server", "wire"]  # fixtures made elsewhere
ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser):
    parser.addoption("--tables", action="store_true", help="print what the tests tell as tables")


def pytest_terminal_summary(terminalreporter, config):
    if config.getoption("--tables"):
        for line in lines():
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The recorded data and vectors beside the project, or a skip with the reason."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the recorded data in {folder.name}/ beside the project")
    return folder


@pytest.fixture(autouse=True)
def quiet(caplog):
    """A test in which anything warned has failed."""
    yield
    loud = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    assert loud == []


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A folder with a finished brief and its archive."""
    folder = tmp_path_factory.mktemp("home")
    pipeline.build(request(folder))
    return folder


@pytest.fixture
def brief(home, tmp_path):
    """A copy of the finished brief, to be tampered with."""
    return Path(shutil.copytree(home / "output" / "2026-05-22" / "DEMO", tmp_path / "DEMO"))
