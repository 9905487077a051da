"""
The measurements of docs/: what a brief costs, as ratios to a peer run beside it.

Absolute seconds drift with the machine; the ratios are the figures to keep. Runs of a
brief and of its peer alternate, and each figure is the median of RUNS runs.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measuring import medians, show

ROOT = Path(__file__).resolve().parents[1]
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
QUICK_RUNS = 4 * RUNS + 1
WARM_BRIEFS = 6
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("NUMBA", "OMP", "OPENBLAS", "RAYON")}
PARTS = (
    ("European chains", "benchmarks/chains.py"),
    ("American chains", "benchmarks/american_chains.py"),
    ("American chains with cash dividends", "benchmarks/cash_chains.py"),
    ("Stages of the analysis", "benchmarks/stages.py", str(ROOT.parent / "shared" / "data")),
)
#: runs the program, then prints the peak memory of itself and of its largest child, in KB
MEASURED = """
import resource, sys
from generator.__main__ import main
try:
    main()
finally:
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(*peaks, file=sys.stderr)
"""


def python(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run this Python on *args*; a failure ends the benchmark."""
    done = subprocess.run(
        [sys.executable, *args],
        env={**ENVIRONMENT, **environ},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"error: {' '.join(args)} ended with {done.returncode}: {done.stderr}")
    return done


def start_up() -> None:
    """Compare help and version with bare Python."""
    bare, shown, version = medians(
        QUICK_RUNS,
        lambda: python("-c", "pass"),
        lambda: python("-m", "generator", "--help"),
        lambda: python("-m", "generator", "--version"),
    )
    for name, taken in (("--help", shown), ("--version", version)):
        ratio = taken / bare
        show(f"{name} / bare Python", f"{taken * 1e3:.0f} ms, {ratio:.1f}x", "at most 6x", met=ratio <= 6)


def cold(folder: Path) -> None:
    """Compare a whole brief with QuantStats' report."""
    peer, has_peer = str(folder / "peer.html"), importlib.util.find_spec("quantstats") is not None
    jobs = [demo(folder, "html,md,pdf"), demo(folder, "html,md")]
    if has_peer:
        jobs.append(lambda: python("benchmarks/quantstats_report.py", peer))
    whole, short, *theirs = medians(RUNS, *jobs)
    if theirs:
        print(f"QuantStats, HTML only: {theirs[0]:.2f} s")
    else:
        print("no ratio to QuantStats: it is not installed here; `make bench` installs it")
    for name, taken, goal in (("HTML + Markdown + PDF", whole, 0.7), ("HTML + Markdown", short, 0.4)):
        ratio = taken / theirs[0] if theirs else None
        figure = f"{taken:.2f} s" + ("" if ratio is None else f", {ratio:.2f}x")
        met = None if ratio is None else ratio <= goal
        show(f"cold, {name}, audited / QuantStats", figure, f"at most {goal}x", met=met)


def demo(folder: Path, formats: str) -> Callable[[], object]:
    """Return a job that builds the demo in *formats*."""
    out, state = str(folder / formats), str(folder / "state")
    return lambda: python("-m", "generator", "--state", state, "demo", "--format", formats, "--out", out)


def imports(folder: Path) -> None:
    """Show that WeasyPrint is imported for a PDF only, in whatever process."""
    command = ("-m", "generator", "--state", str(folder / "state"), "demo", "--out", str(folder / "imports"))
    log = python(*command, "--format", "html,md", PYTHONPROFILEIMPORTTIME="1").stderr
    show("WeasyPrint imported without a PDF", str("weasyprint" in log), "never", met="weasyprint" not in log)


def warm(folder: Path) -> None:
    """Time the briefs after the first in one process."""
    done = python("benchmarks/warm_briefs.py", str(folder / "warm"), str(WARM_BRIEFS))
    _first, *later = json.loads(done.stdout)
    taken = statistics.median(later)
    show("the next brief in a warm process", f"{taken:.2f} s", "at most 0.75 s", met=taken <= 0.75)


def memory(folder: Path) -> None:
    """Print the peak memory of the process and of the one that makes the PDF."""
    command = ("--state", str(folder / "state"), "demo", "--out", str(folder / "memory"))
    done = python("-c", MEASURED, *command)
    own, child = (int(word) / 1024 for word in done.stderr.split()[-2:])
    figure = f"{own:.0f} + {child:.0f} = {own + child:.0f} MB"
    show("peak memory: program + PDF process", figure, "at most 200 MB", met=own + child <= 200)


def stored(folder: Path) -> None:
    """Time the archive: ten thousand contracts into it, and questions over 250 sessions of ten symbols."""
    found = json.loads(python("benchmarks/archive.py", str(folder / "archive")).stdout)
    taken, peak = found["store_in_all"], found["store_mb"]
    show("10,000 contracts parsed, judged, stored", f"{taken:.2f} s", "at most 0.5 s", met=taken <= 0.5)
    show("peak memory of that", f"{peak:.0f} MB", "at most 300 MB", met=peak <= 300)
    for name in ("open_interest_change", "standing", "volatility_of_all", "interest_of_all"):
        label = f"250 sessions x 10 symbols: {name.replace('_', ' ')}"
        figure = f"{found[name]:.2f} s ({found[f'{name}_cpu']:.2f} s of processor time)"
        show(label, figure, "at most 1 s", met=found[name] <= 1)


def parts() -> None:
    """Print the tables of chains beside other libraries, and of the analysis stage by stage."""
    for title, *command in PARTS:
        print(f"\n{title}\n\n{python(*command, **ONE_THREAD).stdout}", end="", flush=True)


def main() -> None:
    """Print the tables."""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, medians of {RUNS} runs\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start_up()
        cold(folder)
        imports(folder)
        warm(folder)
        memory(folder)
        stored(folder)
    parts()


if __name__ == "__main__":
    main()
