from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator import archive
from generator.archive.pruning import prune
from generator.models.market import History
from generator.providers.csv_folder import CsvFolder
from tests.archive.conftest import DAYS
from tests.builders import SESSION, SYMBOL

ROOT = Path(__file__).resolve().parents[2]
#: keeps a session, and is killed at the n-th write: before it is begun, or when it is whole but not yet named
KILLED = """
import datetime as dt, os, signal, sys
from pathlib import Path
from generator import archive
from generator.archive import places
from generator.models.market import History
from generator.providers.csv_folder import CsvFolder
state, folder, day, stop, late = sys.argv[1:]
left = [int(stop)]
write = places._write
def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def counted(path, data):
    left[0] -= 1
    if left[0] == 0:
        if late == "late":
            Path.replace = kill
        else:
            kill()
    write(path, data)
places._write = counted
source = CsvFolder(folder)
snapshot = source.snapshot("ABCD", dt.date.fromisoformat(day))
archive.keep(Path(state), snapshot, source.history(snapshot))
"""


def child(*args):
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, *map(str, args)], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


@pytest.mark.parametrize("late", ["early", "late"])
def test_a_keep_that_is_killed_leaves_nothing_half_done(tmp_path, folder, late):
    """Two files, the manifest, the table, the entry, two past chains, the history: killed at each."""
    source = CsvFolder(folder)
    snapshot = source.snapshot(SYMBOL, SESSION)
    history = source.history(snapshot)
    stops = range(1, 9)
    runs = [child(tmp_path / str(stop), folder, SESSION, stop, late) for stop in stops]
    codes = [run.wait() for run in runs]
    assert codes == [-9] * 8
    for stop in stops:
        state = tmp_path / str(stop)
        told = []
        there = archive.captures(state, SYMBOL, told.append)
        assert len(there) == (1 if stop > 5 else 0)
        assert told == []
        if there:
            assert archive.snapshot_at(state, SYMBOL, SESSION)[0].spot == snapshot.spot
        kept = archive.keep(state, snapshot, history)
        again, earlier = archive.load(state, kept)
        assert again.chain.equals(snapshot.chain)
        assert len(earlier.chains) == 2
        assert len(archive.captures(state)) == 1
        prune(state, DAYS[0])
        assert not list(state.rglob(".new-*"))


def test_processes_that_keep_the_same_at_once_agree(tmp_path, folder):
    runs = [child(tmp_path / "state", folder, SESSION, 0, "never") for _ in range(3)]
    assert [run.wait() for run in runs] == [0, 0, 0]
    told = []
    (entry,) = archive.captures(tmp_path / "state", report=told.append)
    assert told == []
    names = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    snapshot = CsvFolder(folder).snapshot(SYMBOL, SESSION)
    kept = archive.keep(tmp_path / "state", snapshot, CsvFolder(folder).history(snapshot))
    assert kept["snapshot"] == entry.capture
    assert [path for path in (tmp_path / "state").rglob("*") if path.is_file()] == names
    assert archive.keep(tmp_path / "state", snapshot, History())["snapshot"] == entry.capture
