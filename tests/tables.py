"""
What tests tell as tables: how each fault of a source ended, and the verdict on each recorded chain.

`pytest --tables` prints them, `make tables` those two whole.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from generator.errors import BriefError

#: title -> the heads of its columns
HEADS = {
    "How each fault of a source ends": ("source", "fault", "ends as", "exit", "what is said"),
    "The verdict on each recorded chain": ("chain", "verdict", "withheld, or why refused"),
}
FAULTS, TRAPS = HEADS
ROWS: dict[str, list[tuple[str, ...]]] = {title: [] for title in HEADS}
WIDEST = 110
_TEST = re.compile(r"test_(?P<file>\w+)\.py::\w+(?:\[(?P<case>.*)\])? \(\w+\)$", re.DOTALL)


@contextmanager
def ends_as(kind: type[BriefError]) -> Iterator[pytest.ExceptionInfo[BriefError]]:
    """Hold as `pytest.raises` does, and tell how the fault ended."""
    with pytest.raises(kind) as caught:
        yield caught
    told = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", str(caught.value))  # the port is another each time
    ended(caught.type.__name__, str(caught.value.exit_code), told)


def ended(how: str, code: str = "", said: str = "") -> None:
    """Tell how the fault of the running test ended."""
    source, case = _running()
    _tell(FAULTS, source, case, how, code, said)


def judged(name: str, verdict: str, said: str) -> None:
    """Tell the verdict on a recorded chain."""
    _tell(TRAPS, name, verdict, said)


def _tell(title: str, *cells: str) -> None:
    shown = (cell if len(cell) <= WIDEST else f"{cell[: WIDEST - 1]}…" for cell in cells)
    ROWS[title].append(tuple(cell.replace("|", "/") for cell in shown))


def _running() -> tuple[str, str]:
    """Return the source and the case of the test that runs."""
    found = _TEST.search(os.environ["PYTEST_CURRENT_TEST"])
    assert found is not None
    return found["file"].removesuffix("_wire").replace("_", "-"), found["case"] or ""


def lines() -> Iterator[str]:
    """Yield the tables as Markdown, those without a row left out."""
    for title, rows in ROWS.items():
        if rows:
            yield from ("", f"## {title}", "")
            yield _line(HEADS[title])
            yield _line(("---",) * len(HEADS[title]))
            yield from map(_line, sorted(rows))
            yield f"\n{len(rows)} rows"


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
