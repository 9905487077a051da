from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator import analytics
from generator.drawing import Beside, Here
from generator.errors import BriefError
from generator.models.analysis import Choices
from tests import builders

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def analysis():
    return analytics.analyse(builders.make_snapshot(), builders.make_history(), Choices())


@pytest.fixture(scope="module")
def beside():
    with Beside() as artist:
        yield artist


def test_both_draw_the_same_charts(analysis, beside):
    here = Here()
    assert here.begin(analysis, "en") == beside.begin(analysis, "en")
    assert here.finish() == beside.finish()


def test_a_fault_while_drawing_is_shown_with_its_place_and_the_process_goes_on(analysis, beside):
    with pytest.raises(RuntimeError, match=r"Traceback(.|\n)*AttributeError"):
        beside.begin(None, "en")
    assert beside.begin(analysis, "en")
    assert beside.finish()


def test_a_process_that_has_gone_is_one_line(analysis):
    with Beside() as artist:
        artist._process.kill()
        with pytest.raises(BriefError, match="process gone"):
            artist.begin(analysis, "en")


LONELY = """
from generator.drawing import Beside
import time
if __name__ == "__main__":
    with Beside() as artist:
        print(artist._process.pid, flush=True)
        time.sleep(60)
"""


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_the_process_ends_with_its_parent_however_that_ends(tmp_path, sent):
    script = tmp_path / "lonely.py"
    script.write_text(LONELY)
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, script], env=environ, stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(sent)
    for _ in range(500):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    raise AssertionError("the process outlived its parent by ten seconds")
