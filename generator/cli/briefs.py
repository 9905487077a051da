"""What `build` and `demo` share: a closed day, and telling what was built."""

from __future__ import annotations

import datetime as dt
from typing import Any

from generator import calendar
from generator.cli.console import Console
from generator.models.delivery import Outcome, Request


def closed_line(when: dt.date | dt.datetime) -> str | None:
    """Return a line that says why there is nothing to do on a closed day, or None on a session."""
    day = when.date() if isinstance(when, dt.datetime) else when
    reason = calendar.closed_reason(day)
    if reason is None:
        return None
    before = calendar.previous_session(day)
    return f"{day} is no session ({reason}): nothing to do; the session before is {before}"


def nothing_to_do(console: Console, line: str) -> int:
    """Say why there is nothing to do; that is a success."""
    if console.json:
        console.document({"built": [], "failed": [], "closed": line})
    else:
        console.result(line)
    return 0


def deliver(console: Console, requests: list[Request], jobs: int = 1) -> int:
    """Build every request, print the paths of its files, and return the exit code."""
    from generator import batch

    outcomes = []
    for outcome in batch.build_all(requests, jobs=jobs, report=console.progress):
        console.progress("")
        outcomes.append(outcome)
        _tell(console, outcome)
    failed = [outcome for outcome in outcomes if outcome.built is None]
    if console.json:
        console.document(_document(outcomes))
    if not failed:
        return 0
    return failed[0].exit_code if len(failed) == len(outcomes) else 4


def _tell(console: Console, outcome: Outcome) -> None:
    if outcome.built is None:
        if console.verbose:
            console.trace(outcome.trace)
        named = (
            outcome.error if outcome.symbol in str(outcome.error) else f"{outcome.symbol}: {outcome.error}"
        )
        console.error(str(named))
        return
    for note in outcome.built.notes:
        console.note(f"{outcome.symbol}: {note}")
    for path in outcome.built.files if not console.json else ():
        console.result(str(path))


def _document(outcomes: list[Outcome]) -> dict[str, Any]:
    """Return what --json prints."""
    built = [
        {
            "symbol": outcome.symbol,
            "folder": str(outcome.built.folder),
            "files": [str(path) for path in outcome.built.files],
            "notes": list(outcome.built.notes),
        }
        for outcome in outcomes
        if outcome.built is not None
    ]
    failed = [
        {"symbol": outcome.symbol, "error": outcome.error, "exit_code": outcome.exit_code}
        for outcome in outcomes
        if outcome.built is None
    ]
    return {"built": built, "failed": failed, "closed": None}
