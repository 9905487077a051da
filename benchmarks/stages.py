"""
What each stage of the analysis takes of a brief's time.

python benchmarks/stages.py [DIR]: the demo's market, and the recorded chains of DIR, a folder as
docs/data.md has it. A stage is what `generator.analytics` calls by name. A brief is built as a warm
process builds it: HTML, Markdown and PDF, with its audit. The analysis runs twice for that, the
second time for the audit and beside the PDF; a stage's share counts both. Times are medians of
runs, of a stage in CPU time of its thread, of the brief on the clock.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from measuring import show

from generator import analytics, pipeline
from generator.cli.demo import SESSION, SYMBOL
from generator.models.delivery import Request
from generator.renderers.pdf import PdfWorker

RUNS = 5
SHARE = 0.1  #: of a brief's time that a stage may take
FORMATS = ("html", "md", "pdf")
RECORDED = (
    ("IWM", dt.date(2026, 5, 22)),
    ("SPY", dt.date(2026, 7, 10)),
    ("SPX", dt.date(2023, 9, 14)),
)


@contextmanager
def timed() -> Iterator[dict[str, list[float]]]:
    """Yield the seconds each stage took, a number a call, while the analysis runs."""
    taken: dict[str, list[float]] = defaultdict(list)
    with mock.patch.multiple(
        analytics, **{name: _watched(name, job, taken) for name, job in _stages().items()}
    ):
        yield taken


def _stages() -> dict[str, Callable[..., Any]]:
    """Return the functions the analysis calls, by name."""
    return {
        name: value
        for name, value in vars(analytics).items()
        if callable(value) and not isinstance(value, type) and name != "analyse"
        if value.__module__.startswith(f"{analytics.__name__}.")
    }


def _watched(name: str, job: Callable[..., Any], taken: dict[str, list[float]]) -> Callable[..., Any]:
    def run(*args: Any, **named: Any) -> Any:
        start = time.thread_time()
        try:
            return job(*args, **named)
        finally:
            taken[name].append(time.thread_time() - start)

    return run


def profile(
    symbol: str,
    source: str,
    when: dt.date,
    folder: Path,
    *,
    runs: int = RUNS,
    formats: tuple[str, ...] = FORMATS,
) -> tuple[float, dict[str, float]]:
    """Return the seconds of a warm brief, and those of each stage in all its analyses."""
    briefs, stages = [], defaultdict(list)
    with PdfWorker() as worker:
        for run in range(runs + 1):
            request = Request(
                symbol=symbol,
                source=source,
                when=when,
                formats=formats,
                out=folder / str(run),
                state=folder / f"{run}s",
            )
            with timed() as taken:
                start = time.perf_counter()
                pipeline.build(request, worker if "pdf" in formats else None)
                seconds = time.perf_counter() - start
            if run:
                briefs.append(seconds)
                for name, calls in taken.items():
                    stages[name].append(sum(calls))
    return statistics.median(briefs), {name: statistics.median(calls) for name, calls in stages.items()}


def told(symbol: str, when: dt.date, brief: float, stages: dict[str, float]) -> None:
    """Print a brief's stages, the longest first."""
    whole = sum(stages.values())
    print(f"\n{symbol} {when}: a warm brief takes {brief:.2f} s, its analyses {whole:.2f} s\n")
    print("| stage | ms | of the brief |\n| --- | ---: | ---: |")
    for name, seconds in sorted(stages.items(), key=lambda item: -item[1]):
        print(f"| {name} | {1e3 * seconds:.0f} | {seconds / brief:.1%} |")
    name, seconds = max(stages.items(), key=lambda item: item[1])
    share = seconds / brief
    print()
    show(f"longest stage, {name}", f"{share:.1%}", "at most 10 %", met=share <= SHARE)


def main(data: Path | None) -> None:
    """Print the tables."""
    jobs = [(SYMBOL, "synthetic:1", SESSION)]
    if data is not None and data.is_dir():
        jobs += [(symbol, f"csv:{data}", when) for symbol, when in RECORDED]
    else:
        print("no folder of recorded chains: only the demo's market")
    for symbol, source, when in jobs:
        with tempfile.TemporaryDirectory() as name:
            told(symbol, when, *profile(symbol, source, when, Path(name)))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
