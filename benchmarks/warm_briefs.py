"""Build one brief after another in one process; print the seconds of each."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from generator import batch
from generator.cli.demo import SESSION, SYMBOL
from generator.models.delivery import Request


def main() -> None:
    """Build briefs of as many markets as asked for, into the folder given."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    requests = [
        Request(
            symbol=SYMBOL,
            source=f"synthetic:{seed}",
            when=SESSION,
            formats=("html", "md", "pdf"),
            out=folder / str(seed),
            state=folder / "state",
        )
        for seed in range(1, count + 1)
    ]
    seconds = []
    start = time.perf_counter()
    for outcome in batch.build_all(requests):
        if outcome.built is None:
            sys.exit(f"error: {outcome.error}")
        seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
    json.dump(seconds, sys.stdout)


if __name__ == "__main__":
    main()
