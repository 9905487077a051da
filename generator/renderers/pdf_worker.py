"""
The process that makes PDFs: reads pages from standard input, writes PDFs to standard output.

It imports WeasyPrint once, holds fonts and styles ready, may fetch nothing but our static
files, and lives under limits of memory and processor time.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import IO

from generator.errors import BriefError
from generator.renderers.frames import Frame, read_frame, write_frame

MEMORY = 1536 * 1024 * 1024  #: bytes of address space
SECONDS = 60  #: of processor time a document
REMEDY = (
    "wanted WeasyPrint with Pango for brief.pdf, found {found}: on Debian "
    "`apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`, on macOS `brew install pango`, "
    "on Windows MSYS2 `pacman -S mingw-w64-ucrt-x86_64-pango`; the other formats do not need it"
)
Printer = Callable[[str, bytes], bytes]


def main() -> int:
    """Answer requests until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us hears it, and closes the pipe
    requests, answers = sys.stdin.buffer, _private_output()
    os.environ["SOURCE_DATE_EPOCH"] = "0"  # else fontTools writes the hour into each font it cuts
    limit_memory()
    try:
        printer = make_printer()
    except (OSError, ImportError) as error:
        found = " ".join(str(error).split())[:120]
        return _refuse(requests, answers, REMEDY.format(found=found))
    except BriefError as error:  # a font that was never cut
        return _refuse(requests, answers, str(error))
    gc.collect()
    gc.freeze()
    gc.disable()  # a quarter of a document's time; collected between documents instead
    while True:
        try:
            request = read_frame(requests)
        except EOFError:
            return 0
        write_frame(answers, answered(printer, request))
        gc.collect()


def _private_output() -> IO[bytes]:
    """Keep standard output to ourselves: what a library prints, as WeasyPrint without Pango, goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _refuse(requests: IO[bytes], answers: IO[bytes], message: str) -> int:
    while True:
        try:
            read_frame(requests)
        except EOFError:
            return 0
        write_frame(answers, Frame({"status": "unavailable", "message": message}))


def answered(printer: Printer, request: Frame) -> Frame:
    """Return the answer to *request*: the PDF and what WeasyPrint warned of, or one line."""
    limit_time()
    heard = _Warnings()
    log = logging.getLogger("weasyprint")
    log.addHandler(heard)
    try:
        pdf = printer(request.body.decode(), str(request.head["identifier"]).encode())
    except Exception as error:  # noqa: BLE001  whatever it was becomes the answer's one line
        return Frame({"status": "failed", "message": " ".join(f"{type(error).__name__}: {error}".split())})
    finally:
        log.removeHandler(heard)
    return Frame({"status": "done", "warnings": heard.lines}, pdf)


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(" ".join(record.getMessage().split()))


def make_printer() -> Printer:
    """Return what makes PDFs, its styles parsed and its fonts loaded; OSError without Pango."""
    from generator.renderers.press import Press  # noqa: PLC0415  dear, and absent on some machines

    logging.getLogger("weasyprint").handlers = []
    press = Press()
    press.print(
        "<html lang=en><title>0</title><h1>0</h1><p>0 <em>0</em> <strong>0</strong>", b"0"
    )  # first use
    return press.print


def limit_memory() -> None:
    """Bound the address space, where the system can."""
    try:
        import resource  # noqa: PLC0415  Unix only

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):  # Windows has no limits, macOS refuses this one
        return


def limit_time() -> None:
    """Bound the processor time of the next document, where the system can."""
    try:
        import resource  # noqa: PLC0415  Unix only
    except ImportError:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(usage.ru_utime + usage.ru_stime)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (spent + SECONDS, hard))


if __name__ == "__main__":
    sys.exit(main())
