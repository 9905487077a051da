"""Build several briefs: one after the other, or over processes; each ends on its own."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from functools import cache

from generator.drawing import Artist, Beside, Here
from generator.errors import AuditError, BriefError
from generator.models.delivery import Outcome, Request
from generator.pipeline import Report, build, silent
from generator.renderers.pdf import PdfWorker

#: below so many symbols a pool of processes costs more than it saves
FEWEST_FOR_A_POOL = 3


def build_all(requests: Sequence[Request], jobs: int = 1, report: Report = silent) -> Iterator[Outcome]:
    """Build every request and yield how each ended, in order; *jobs* processes from three requests on."""
    if jobs > 1 and len(requests) >= FEWEST_FOR_A_POOL:
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  one brief needs no pool
        from multiprocessing import get_context  # noqa: PLC0415  the same

        with ProcessPoolExecutor(min(jobs, len(requests)), get_context("spawn")) as pool:
            yield from pool.map(_outcome_in_pool, requests)
        return
    wants_pdf = any("pdf" in request.formats for request in requests)
    with Beside() as artist, PdfWorker() if wants_pdf else nullcontext() as worker:
        for request in requests:
            yield _outcome(request, worker, artist, report)
            if request is not requests[-1]:
                gc.collect()


@cache
def _pool_worker() -> PdfWorker:
    """Return this process's own PDF process; it ends with the pipe between them."""
    return PdfWorker()


def _outcome_in_pool(request: Request) -> Outcome:
    return _outcome(request, _pool_worker(), Here(), silent)


def _outcome(request: Request, worker: PdfWorker | None, artist: Artist, report: Report) -> Outcome:
    try:
        return Outcome(symbol=request.symbol, built=build(request, worker, artist, report))
    except BriefError as error:
        return _failure(request, error, str(error), error.exit_code)
    except Exception as error:  # noqa: BLE001  a fault with one symbol must not stop the others
        line = f"a fault in this program: {type(error).__name__}: {error}; run again with -v and report it"
        return _failure(request, error, line, 1)


def _failure(request: Request, error: Exception, line: str, code: int) -> Outcome:
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, AuditError):
        trace += "\n".join(error.findings)
    return Outcome(symbol=request.symbol, error=line, exit_code=code, trace=trace)
