"""
Who draws the charts: this process, or one beside it that imports matplotlib meanwhile.

Both take an analysis with `begin`, which says what can be drawn, and hand the charts over
with `finish`; between the two the caller writes the words.
"""

from __future__ import annotations

import gc
import signal
import traceback
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from generator.errors import BriefError
from generator.registry import load

if TYPE_CHECKING:
    from generator.models.analysis import Analysis
    from generator.models.brief import Chart


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
        ours, theirs = get_context("spawn").Pipe()
        self._line = ours
        self._process = get_context("spawn").Process(target=_draw, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self._line.close()
        self._process.kill()
        self._process.join()

    def begin(self, analysis: Analysis, language: str) -> tuple[str, ...]:
        """Hand *analysis* over and return what can be drawn."""
        with suppress(OSError):  # the process has gone: the answer says so
            self._line.send((analysis, language))
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
            kind, value = self._line.recv()
        except EOFError as error:
            raise BriefError(
                "wanted the charts, found their process gone: is there memory enough?"
            ) from error
        if kind == "refused":
            raise BriefError(value)
        if kind == "fault":
            raise RuntimeError(f"the charts could not be drawn\n{value}")
        return value


def _draw(line: Connection) -> None:
    """Answer every analysis that comes with the ids and then the charts, until the line is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the business of whoever asked
    from generator import charts

    for name in charts.CHARTS:
        load("chart", charts.CHARTS, name)
    gc.freeze()
    artist = Here()
    with suppress(EOFError, OSError):  # whoever asked has gone
        while True:
            task = line.recv()
            try:
                line.send(("done", artist.begin(*task)))
                line.send(("done", artist.finish()))
            except BriefError as error:
                line.send(("refused", str(error)))
            except Exception:  # noqa: BLE001  whatever it was is told to whoever asked
                line.send(("fault", traceback.format_exc()))
