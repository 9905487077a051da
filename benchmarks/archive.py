"""
Store ten thousand contracts, and ask questions over 250 sessions of ten symbols.

Prints one JSON document: seconds by the clock and of processor time, and the peak memory of this
process in MB. The market is made up; its files stand in the folder given.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from generator import archive, calendar
from generator.analytics.ledger import Ledger
from generator.analytics.quality import judge
from generator.archive import asking, questions
from generator.archive.entries import Entry, enter
from generator.archive.places import place_of
from generator.archive.tables import write, write_chain
from generator.models.market import History
from generator.providers.csv_folder import CsvFolder
from generator.providers.synthetic import DEMO_SESSION, SYMBOL, Synthetic

SESSIONS = 250
SYMBOLS = 10
CONTRACTS = 10_000
READINGS = 25
SPOT = 100.0
#: names that end like the adjusted roots of a real market's would be taken for those
NAMES = tuple(f"BENCH{letter}" for letter in "ABCDEFGHIJ")


def write_market(folder: Path) -> None:
    """Write a csv folder with one chain of ten thousand contracts, and bars."""
    days = pd.date_range(DEMO_SESSION, periods=CONTRACTS // 500, freq="7D")
    strikes = np.round(np.linspace(50, 150, 250), 1)
    table = pd.MultiIndex.from_product(
        [days, strikes, ["call", "put"]], names=["expiration", "strike", "option_type"]
    ).to_frame(index=False)
    years = (table["expiration"] - days[0]).dt.days / 365 + 1e-3
    sign = np.where(table["option_type"] == "call", 1, -1)
    worth = np.maximum(sign * (SPOT - table["strike"]), 0) + 8 * np.sqrt(years)
    table = table.assign(
        expiration=table["expiration"].dt.strftime("%Y-%m-%d"),
        quote_date=DEMO_SESSION.isoformat(),
        snapshot_utc="",
        session="close",
        underlying="BENCH",
        underlying_price=SPOT,
        contract_symbol="",
        root="",
        bid=np.round(worth, 2),
        ask=np.round(worth + 0.05, 2),
        last=np.round(worth, 2),
        volume=50,
        open_interest=(table.index * 7919) % 5000,
    )
    for name in ("chains", "bars"):
        (folder / name).mkdir(parents=True)
    data = gzip.compress(table.to_csv(index=False).encode(), mtime=0)
    (folder / "chains" / f"BENCH_{DEMO_SESSION}.csv.gz").write_bytes(data)
    bars = pd.DataFrame({"date": list(sessions(300))[::-1]}).assign(
        open=SPOT, high=SPOT + 1, low=SPOT - 1, close=SPOT, volume=1_000_000
    )
    bars.to_csv(folder / "bars" / "BENCH_daily.csv", index=False)


def store(folder: Path) -> dict[str, float]:
    """Parse, judge and store the chain, as the first thing a process does."""
    start, spent = time.perf_counter(), time.process_time()
    snapshot = CsvFolder(folder).snapshot("BENCH", DEMO_SESSION)
    parsed = time.perf_counter()
    judge(snapshot, Ledger({"chain": snapshot.chain, "bars": snapshot.bars}, snapshot.session))
    judged = time.perf_counter()
    archive.keep(folder / "state", snapshot, History())
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "contracts": len(snapshot.chain),
        "parse": parsed - start,
        "judge": judged - parsed,
        "store": ended - judged,
        "store_in_all": ended - start,
        "store_in_all_cpu": time.process_time() - spent,
        "store_mb": peak,
    }


def sessions(count: int) -> Iterator[dt.date]:
    """Yield sessions, the last first."""
    day = DEMO_SESSION
    for _ in range(count):
        yield day
        day = calendar.previous_session(day)


def fill(state: Path) -> None:
    """Write the index, chains and readings of every session and symbol."""
    place = place_of(state)
    snapshot = Synthetic("1").snapshot(SYMBOL, DEMO_SESSION)
    draw = np.random.default_rng(1)
    for name in NAMES[:SYMBOLS]:
        for day in sessions(SESSIONS):
            entry = _entry(name, day, draw.bytes(32).hex())
            chain = snapshot.chain.assign(
                open_interest=snapshot.chain["open_interest"] + draw.integers(0, 500, len(snapshot.chain))
            )
            write_chain(place, entry, chain)
            write(place, "readings", entry.slot, _readings(entry, draw))
            enter(place, entry)


def _entry(symbol: str, day: dt.date, capture: str) -> Entry:
    return Entry(
        capture=capture,
        symbol=symbol,
        session=day,
        as_of=calendar.session_close(day),
        captured=calendar.session_close(day),
        edition="close",
        provider="csv",
        synthetic=False,
        spot=SPOT,
        contracts=1,
        volume=1.0,
        open_interest=1.0,
        open_interest_date=calendar.previous_session(day),
        chain=capture,
    )


def _readings(entry: Entry, draw: np.random.Generator) -> pd.DataFrame:
    names = ["volatility.constant_30", *(f"reading.{number}" for number in range(READINGS - 1))]
    return pd.DataFrame({"id": names, "value": draw.normal(20, 3, READINGS)}).assign(
        capture=entry.capture,
        as_of=entry.as_of.replace(tzinfo=None),
        edition="close",
        synthetic=False,
        unit="percent",
        date=entry.session,
    )


def ask(state: Path) -> dict[str, float]:
    """Time each question, the first with all that is loaded for it; `_cpu` is what it took on all cores."""
    earlier, later = sorted(sessions(2))
    snapshot = Synthetic("1").snapshot(SYMBOL, DEMO_SESSION)
    known = dataclasses.replace(snapshot, symbol=NAMES[0], synthetic=False)
    jobs: dict[str, Any] = {
        "open_interest_change": lambda: questions.open_interest_change(state, NAMES[0], earlier, later),
        "standing": lambda: questions.standing(state, NAMES[0], "volatility.constant_30"),
        "volatility_of_all": lambda: asking.ask(
            state,
            "SELECT symbol, session, value FROM readings WHERE id = 'volatility.constant_30'",
            limit=10_000,
        ),
        "interest_of_all": lambda: asking.ask(
            state, "SELECT symbol, session, sum(open_interest) FROM chains GROUP BY ALL", limit=10_000
        ),
        "readings_before": lambda: archive.history(state, known, sessions=0, days=0),
    }
    seconds = {}
    for name, job in jobs.items():
        start, spent = time.perf_counter(), time.process_time()
        job()
        seconds[name] = time.perf_counter() - start
        seconds[f"{name}_cpu"] = time.process_time() - spent
    return seconds


def main() -> None:
    """Run one part, or all: each in a process of its own, as a command runs."""
    folder = Path(sys.argv[1])
    part = sys.argv[2] if len(sys.argv) > 2 else "all"
    if part == "all":
        write_market(folder / "market")
        fill(folder / "filled")
        found: dict[str, float] = {}
        for name in ("store", "ask"):
            done = subprocess.run(
                [sys.executable, __file__, str(folder), name], capture_output=True, check=True
            )
            found |= json.loads(done.stdout)
    else:
        found = store(folder / "market") if part == "store" else ask(folder / "filled")
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
