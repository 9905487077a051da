"""Archives to ask, damage and prune."""

from __future__ import annotations

import shutil
from pathlib import Path

import fsspec
import pytest

from generator import analytics, archive, calendar
from generator.analytics.readings import readings
from generator.models.analysis import Choices
from generator.providers.csv_folder import CsvFolder
from tests.builders import SESSION, SYMBOL, write_csv_folder

DAYS = (
    calendar.previous_session(calendar.previous_session(SESSION)),
    calendar.previous_session(SESSION),
    SESSION,
)


def keep_day(state, folder, day, symbol=SYMBOL):
    """Keep one session of a csv folder with verdict and readings, as an import does; return its hash."""
    snapshot = CsvFolder(folder).snapshot(symbol, day)
    analysis = analytics.analyse(snapshot, archive.history(state, snapshot), Choices())
    capture = archive.keep_snapshot(state, snapshot)
    archive.record_verdict(state, snapshot, capture, analysis.quality.verdict)
    archive.record_readings(state, snapshot, {"snapshot": capture}, readings(analysis.facts))
    return capture


def twin_of(kept, *, session=SESSION, symbol=SYMBOL, spot=100.0, **changes):
    """The parts of a brief.json that the archive keeps."""
    return {
        "id": f"{session}/{symbol}",
        "symbol": symbol,
        "session": session.isoformat(),
        "edition": "close",
        "as_of": calendar.session_close(session).isoformat(),
        "language": "en",
        "tier": "pro",
        "synthetic": False,
        "facts": [
            {"id": "spot", "value": spot, "unit": "usd", "decimals": 2, "date": session.isoformat()},
            {"id": "symbol", "value": symbol, "unit": "text", "decimals": 0, "date": None},
        ],
        "mentions": [{"fact": "spot"}, {"fact": "spot"}],
        "inputs": [{"name": name, "value": value} for name, value in kept.items()],
        **changes,
    }


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A csv folder of three sessions."""
    return write_csv_folder(tmp_path_factory.mktemp("market"))


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory, folder):
    state = tmp_path_factory.mktemp("filled") / "state"
    for day in DAYS:
        keep_day(state, folder, day)
    return state


@pytest.fixture
def filled(filled_once, tmp_path):
    """An archive of those three sessions, to be changed."""
    return Path(shutil.copytree(filled_once, tmp_path / "state"))


@pytest.fixture(params=["folder", "memory", "file"])
def where(request, tmp_path):
    """The place of an archive, of each kind."""
    if request.param == "folder":
        yield tmp_path / "state"
    elif request.param == "file":
        yield f"file://{tmp_path}/remote"
    else:
        url = f"memory://{tmp_path.name}"
        yield url
        system, path = fsspec.core.url_to_fs(url)
        if system.exists(path):
            system.rm(path, recursive=True)


@pytest.fixture
def damaged():
    """Damage the one file of a folder whose path matches, and return its path."""

    def damage(root, pattern, how):
        (path,) = root.glob(pattern)
        data = path.read_bytes()
        path.write_bytes({"cut": data[: len(data) // 2], "flipped": data[:-1] + bytes([data[-1] ^ 1])}[how])
        return path

    return damage
