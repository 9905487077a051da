"""Timing jobs that take turns, and lines of a table with their goals."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def medians(
    runs: int, *jobs: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Return each job's median seconds; the jobs take turns, after one round that does not count."""
    seconds: list[list[float]] = [[] for _ in jobs]
    for round_ in range(runs + 1):
        for job, taken in zip(jobs, seconds, strict=True):
            start = clock()
            job()
            if round_:
                taken.append(clock() - start)
    return [statistics.median(taken) for taken in seconds]


def show(what: str, figure: str, goal: str, *, met: bool | None) -> None:
    """Print one line of the table."""
    verdict = {True: "met", False: "MISSED", None: "-"}[met]
    print(f"{what:<52} {figure:>24}   {goal:<18} {verdict}", flush=True)
