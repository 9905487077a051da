"""
Who draws the charts: this process, or one beside it that imports matplotlib meanwhile.

Both take an analysis with `begin`, which says what can be drawn, and hand the charts over
with `finish`; between the two the caller writes the words.
"""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Protocol, Self

import generator
from generator.errors import BriefError
from generator.registry import load

if TYPE_CHECKING:
    from generator.models.analysis import Analysis
    from generator.models.brief import Chart


COMMAND = (sys.executable, "-m", "generator.drawing")


class Artist(Protocol):
    """Draws the charts of one analysis at a time."""

    def begin(self, analysis: Analysis, language: str) -> tuple[str, ...]:
        """Take *analysis* and return the ids of the charts it supports."""

    def finish(self) -> tuple[Chart, ...]:
        """Return those charts, in that order."""


class Here:
    """Draws in this process."""

    def begin(self, analysis: Analysis, language: str) -> tuple[str, ...]:
        """Import matplotlib and look at what can be drawn."""
        from generator import charts

        self._task = analysis, language
        self._ids = tuple(name for name in charts.CHARTS if charts.drawable(name, analysis) is None)
        return self._ids

    def finish(self) -> tuple[Chart, ...]:
        """Draw."""
        from generator import charts

        return charts.draw(self._ids, *self._task)


class Beside:
    """Draws in a process of its own, which ends with this one, however this one ends."""

    def __enter__(self) -> Self:
        """Start the process; it imports matplotlib while the caller gathers."""
        self._process = subprocess.Popen(  # noqa: S603  this interpreter, our own module
            COMMAND,
            cwd=Path(generator.__file__).resolve().parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # an interrupt from the terminal is the business of whoever asked
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self._process.kill()
        with suppress(BrokenPipeError):  # what it had not read is of no use to anybody
            self._process.communicate()

    def begin(self, analysis: Analysis, language: str) -> tuple[str, ...]:
        """Hand *analysis* over and return what can be drawn."""
        with suppress(BrokenPipeError):  # the process has gone: the answer says so
            _send(self._process.stdin, (analysis, language))
        ids: tuple[str, ...] = self._answer()
        return ids

    def finish(self) -> tuple[Chart, ...]:
        """
        Wait for the charts.

        Raises:
            BriefError: What the drawing raised.
        """
        drawn: tuple[Chart, ...] = self._answer()
        return drawn

    def _answer(self) -> Any:
        try:
            kind, value = _receive(self._process.stdout)
        except EOFError as error:
            raise BriefError(
                "wanted the charts, found their process gone: is there memory enough?"
            ) from error
        if kind == "refused":
            raise BriefError(value)
        if kind == "fault":
            raise RuntimeError(f"the charts could not be drawn\n{value}")
        return value


def _send(pipe: IO[bytes] | None, value: object) -> None:
    if pipe is not None:
        pickle.dump(value, pipe)
        pipe.flush()


def _receive(pipe: IO[bytes] | None) -> Any:
    if pipe is None:
        raise EOFError
    return pickle.load(pipe)  # noqa: S301  from our own process, through a pipe nobody else holds


def main() -> None:
    """Answer every analysis that comes with the ids and then the charts, until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to standard error
    from generator import charts

    for name in charts.CHARTS:
        load("chart", charts.CHARTS, name)
    gc.freeze()
    artist = Here()
    with suppress(EOFError, BrokenPipeError):
        while True:
            task = _receive(sys.stdin.buffer)
            try:
                _send(answers, ("done", artist.begin(*task)))
                _send(answers, ("done", artist.finish()))
            except BrokenPipeError:
                raise
            except BriefError as error:
                _send(answers, ("refused", str(error)))
            except Exception:  # noqa: BLE001  whatever it was is told to whoever asked
                _send(answers, ("fault", traceback.format_exc()))


if __name__ == "__main__":
    main()
