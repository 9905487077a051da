"""docs/attacks.md names defences; the tests it names exist, are collected and are not skipped."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NAMED = re.compile(r"`(tests/[\w/]+\.py::\w+)`")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "attacks.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]


def test_all_thirty_eight_are_answered_each_once():
    assert [int(row[0]) for row in ROWS] == list(range(1, 39))
    assert all(len(row) == 4 for row in ROWS)
    assert all(row[1] and row[2] for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_defence_names_its_tests_and_nothing_else(row):
    assert NAMED.findall(row[3])
    assert NAMED.sub("", row[3]).strip() == ""


@pytest.mark.parametrize("chosen", ["", "not recorded and not long and not wheel"], ids=["all", "every run"])
def test_the_tests_named_are_collected_and_none_rests_on_recorded_data_alone(chosen):
    named = sorted({name for row in ROWS for name in NAMED.findall(row[3])})
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--collect-only",
            "-q",
            "-p",
            "no:cacheprovider",
            "-m",
            chosen,
            *named,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    found = {line.partition("[")[0] for line in done.stdout.splitlines() if "::" in line}
    assert found <= set(named)
    assert chosen or found == set(named)
    assert [row[0] for row in ROWS if not found & set(NAMED.findall(row[3]))] == []
