"""
brief.pdf: WeasyPrint in a process of its own, which may be started before it is needed.

A request and its answer are frames of eight bytes of length and a body; see `pdf_worker`.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock, Timer
from types import TracebackType
from typing import TYPE_CHECKING, Self

import generator
from generator.errors import BriefError, OutputError
from generator.renderers.frames import Frame, read_frame, write_frame

if TYPE_CHECKING:  # the process is to start before anything dear is imported
    from generator.models.brief import Document
    from generator.renderers.draft import Draft

LIMIT = 90.0  #: seconds after which a document is given up
COMMAND = (sys.executable, "-m", "generator.renderers.pdf_worker")
LOG = logging.getLogger(__name__)


class PdfUnavailableError(BriefError):
    """WeasyPrint or the libraries under it are not installed; the other formats do not need them."""


def write(draft: Draft) -> tuple[Document, ...]:
    """
    Return the tagged PDF, made by the draft's worker or by one started for it.

    Raises:
        PdfUnavailableError: If WeasyPrint or its Pango is not installed.
        OutputError: If the PDF cannot be made, or not within the limits.
    """
    from generator.models.brief import Document  # noqa: PLC0415  so that the process starts sooner
    from generator.renderers.page import paper_page  # noqa: PLC0415  the same
    from generator.renderers.paper import on_paper  # noqa: PLC0415  the same

    html = paper_page(draft, on_paper(draft.body))
    if draft.worker is not None:
        return (Document(path="brief.pdf", data=draft.worker.render(html)),)
    with PdfWorker() as worker:
        return (Document(path="brief.pdf", data=worker.render(html)),)


class PdfWorker:
    """
    A process that turns pages into PDFs, one after the other.

    `start` returns at once; the imports run while the caller does something else. A
    worker that died or hung is started afresh by the next `render`.
    """

    def __init__(self, limit: float = LIMIT, command: Sequence[str] = COMMAND) -> None:
        self.limit = limit
        self.command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = Lock()

    def start(self) -> None:
        """Start the process, unless it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        self._process = subprocess.Popen(  # noqa: S603  this interpreter, our own module
            self.command,
            cwd=Path(generator.__file__).resolve().parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def render(self, html: str) -> bytes:
        """
        Return *html* as a tagged PDF; the same page gives the same bytes.

        Raises:
            PdfUnavailableError: If WeasyPrint or its Pango is not installed.
            OutputError: If the process failed, or took longer than the limit.
        """
        with self._turn:
            self.start()
            answer = self._ask(Frame({"identifier": sha256(html.encode()).hexdigest()}, html.encode()))
        if answer.head["status"] == "unavailable":
            raise PdfUnavailableError(str(answer.head["message"]))
        if answer.head["status"] != "done":
            raise OutputError(
                f"wanted brief.pdf, found {answer.head['message']}: build without pdf, or report it"
            )
        for warning in answer.head["warnings"]:
            LOG.warning("brief.pdf: %s", warning)
        return answer.body

    def _ask(self, request: Frame) -> Frame:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise OutputError("wanted a running pdf worker, found none: call start first")
        timer = Timer(self.limit, process.kill)
        timer.start()
        try:
            write_frame(process.stdin, request)
            return read_frame(process.stdout)
        except (OSError, EOFError) as error:
            process.kill()
            code = process.wait()
            self.stop()
            raise OutputError(
                f"wanted brief.pdf, found its process ended with {code} after at most {self.limit:g} s "
                "(time or memory ran out): build without pdf, or with fewer rows"
            ) from error
        finally:
            timer.cancel()

    def stop(self) -> None:
        """End the process; it may be started again."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # part of a page that the process will not read any more
                    pipe.close()

    def __enter__(self) -> Self:
        """Start the process."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.stop()
