"""
What a brief is made from: the market of a request with what was known before it.

From its sources, or from the archive. What a brief of the archive was printed from is given
back as it was then, settings included, so that the same brief comes out again, whatever
has been added to the archive since.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from generator import archive, morning, providers
from generator.config import ARCHIVE, definitions
from generator.errors import DataError, RefusedSnapshotError
from generator.models.delivery import Request

if TYPE_CHECKING:
    from generator.models.analysis import Analysis, Choices
    from generator.models.market import History, Snapshot

Analyse = Callable[["Snapshot", "History", "Choices"], "Analysis"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Intake:
    """A snapshot with its history, the settings it is analysed with, and its hashes in the archive."""

    snapshot: Snapshot
    history: History
    choices: Choices
    show: str
    kept: Mapping[str, Any] = field(default_factory=dict)


def taken_in(request: Request) -> Intake:
    """
    Return what *request* is made from, kept in the archive by then.

    Raises:
        DataError: If the source's data, or the archive's, cannot be used.
        ProviderError: If a source is down or lacks the symbol.
        OutputError: If the archive cannot be written.
    """
    if request.edition == "morning":
        return _of_morning(request)
    if request.source == ARCHIVE:
        return _from_archive(request)
    snapshot, history = providers.gather(
        request.symbol, request.source, request.when, columns=request.columns, sourcing=request.sourcing
    )
    snapshot = dataclasses.replace(snapshot, name=request.name or snapshot.name)
    return _kept(request, snapshot, _with_memory(request, snapshot, history))


def judged(request: Request, analyse: Analyse) -> tuple[Intake, Analysis]:
    """
    Return the intake whose chain the gate lets through, with its analysis.

    A chain that is refused is kept with its verdict, and the next of its sources is asked.

    Raises:
        RefusedSnapshotError: When there is no next one.
    """
    intake = taken_in(request)
    snapshot, capture = intake.snapshot, intake.kept["snapshot"]
    try:
        analysis = analyse(snapshot, intake.history, intake.choices)
    except RefusedSnapshotError as error:
        archive.record_verdict(request.state, snapshot, capture, archive.REFUSED, *error.reasons)
        following = _next_source(request, snapshot, error)
        if following is None:
            raise
        return judged(following, analyse)
    archive.record_verdict(request.state, snapshot, capture, analysis.quality.verdict)
    return intake, analysis


def _next_source(request: Request, snapshot: Snapshot, error: RefusedSnapshotError) -> Request | None:
    """Return the request without the chain sources up to the refused one, or None when none is left."""
    used = next((source for source in snapshot.sources if source.part == "chain"), None)
    if request.source is not None or used is None or request.edition == "morning":
        return None
    failed = _failed(snapshot, used.name)
    asked = 1 + len(failed) - len(request.sourcing.refused)  # in this round, the refused one the last
    rest = request.sourcing.parts.get("chain", ())[asked:]
    if not rest:
        return None
    sourcing = dataclasses.replace(
        request.sourcing,
        parts={**request.sourcing.parts, "chain": rest},
        refused=(*failed, (used.name, f"refused: {'; '.join(error.reasons)}")),
    )
    return dataclasses.replace(request, sourcing=sourcing)


def _failed(snapshot: Snapshot, used: str) -> tuple[tuple[str, str], ...]:
    """Return the sources of a chain that failed before the one used, each with its reason."""
    start = "chain from "
    return tuple(
        (gap.what.removeprefix(start), gap.reason.removesuffix(f"; taken from {used}"))
        for gap in snapshot.gaps
        if gap.what.startswith(start)
    )


def _again(request: Request, printed: Mapping[str, Any]) -> Intake:
    """Return what a brief was printed from."""
    snapshot, history = archive.load(request.state, printed)
    try:
        choices, show = definitions(printed["definitions"]), str(printed["show"])
    except KeyError as error:
        raise DataError(f"wanted {error} among the inputs of the brief in the archive, found none") from error
    kept = {name: printed[name] for name in ("snapshot", "history")}
    return Intake(snapshot=snapshot, history=history, choices=choices, show=show, kept=kept)


def _of_morning(request: Request) -> Intake:
    """Return the morning edition, from the archive as it was when it was last printed."""
    capture = morning.on_file(request) if request.source == ARCHIVE else None
    if capture and (printed := archive.printed_from(request.state, request.symbol, capture)):
        return _again(request, printed)
    snapshot, history = morning.taken(request)
    return _kept(request, dataclasses.replace(snapshot, name=request.name or snapshot.name), history)


def _from_archive(request: Request) -> Intake:
    """Return a capture, as it was when a brief was last printed from it."""
    snapshot, kept = archive.snapshot_at(request.state, request.symbol, request.when)
    if printed := archive.printed_from(request.state, request.symbol, kept["snapshot"]):
        return _again(request, printed)
    snapshot = dataclasses.replace(snapshot, name=request.name or snapshot.name)
    return _kept(request, snapshot, archive.history(request.state, snapshot))


def _with_memory(request: Request, snapshot: Snapshot, history: History) -> History:
    """Return the source's history with the archive's memory: all of it, or the readings it lacks."""
    if snapshot.synthetic:
        return history  # markets of other seeds share the symbol
    if history.chains:
        memory = archive.history(request.state, snapshot, sessions=0)
        return dataclasses.replace(history, readings=memory.readings, gaps=memory.gaps)
    return archive.history(request.state, snapshot)


def _kept(request: Request, snapshot: Snapshot, history: History) -> Intake:
    kept = archive.keep(request.state, snapshot, history)
    return Intake(snapshot=snapshot, history=history, choices=request.choices, show=request.show, kept=kept)
