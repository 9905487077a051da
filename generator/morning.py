"""
The morning edition: the last close on file, with the count made after it.

The close comes out of the archive, whatever the source; the source gives the count. Its part
"open interest" is asked first, then the counts beside its quotes, of which nothing else is used.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from generator import archive, calendar, providers
from generator.config import ARCHIVE
from generator.errors import DataError, NotThereError, ProviderError
from generator.models.delivery import Request
from generator.models.market import Gap, History, Part
from generator.providers.morning import (
    asked,
    check_known,
    moment_of,
    problem,
    session_before,
    unstamped,
)
from generator.providers.plan import plan

if TYPE_CHECKING:
    from generator.models.market import Snapshot
    from generator.providers.morning import Count

#: who is asked, and how
Asking = tuple[str, "Callable[[], Count]"]
PARTS: tuple[Part, ...] = ("open interest", "chain")


def on_file(request: Request) -> str | None:
    """Return the hash of the morning capture that *request* means, or None when there is none yet."""
    session, moment = session_before(request.when), moment_of(request.when)
    return archive.morning_at(request.state, request.symbol, session, moment)


def taken(request: Request) -> tuple[Snapshot, History]:
    """
    Return the morning's market, and what was known before it, the close's own count first.

    Raises:
        DataError: If the close is not on file, with what to do.
        ProviderError: If no source has the count made after it.
    """
    session = session_before(request.when)
    check_known(session, moment_of(request.when))
    close, capture = _close(request, session)
    count, failed = _first(request, close)
    snapshot = archive.made_morning(request.state, capture, count, failed)
    return snapshot, _history(request, close, capture)


def _close(request: Request, session: dt.date) -> tuple[Snapshot, str]:
    """Return the close on file, with its hash."""
    advice = (
        f"build the close edition of {session} first (--as-of {session}), or take its captures in "
        "with archive import"
    )
    try:
        close, kept = archive.snapshot_at(request.state, request.symbol, session)
    except DataError as error:
        raise DataError(f"{error}: {advice}") from error
    if close.edition != "close":
        raise DataError(
            f"wanted the close of {request.symbol} on {session} in the archive, found a capture "
            f"of {close.as_of:%H:%M}: {advice}"
        )
    return close, kept["snapshot"]


def _first(request: Request, close: Snapshot) -> tuple[Count, tuple[Gap, ...]]:
    """Return the first count that is whole and new, and how those before it failed."""
    failed: list[Gap] = []
    errors: list[ProviderError | DataError] = []
    for name, ask in _askings(request, close):
        try:
            count = ask()
        except (ProviderError, DataError) as error:
            errors.append(error)
        else:
            if (reason := problem(close, count)) is None:
                return count, tuple(failed)
            errors.append(
                NotThereError(f"wanted open interest counted after {close.session}, found {reason}")
            )
        failed.append(Gap(what=f"open interest from {name}", reason=str(errors[-1])))
    raise _none(request, close, failed, errors)


def _none(
    request: Request, close: Snapshot, failed: list[Gap], errors: list[ProviderError | DataError]
) -> ProviderError | DataError:
    """Return the error for a morning that nobody counted."""
    if len(errors) == 1:
        return errors[0]
    wanted = f"wanted open interest of {request.symbol} counted after {close.session}"
    if request.source == ARCHIVE and not errors:
        return NotThereError(f"{wanted}, found no capture on file with it: name a source of it with --source")
    told = "; ".join(f"{gap.what.removeprefix('open interest from ')}: {gap.reason}" for gap in failed)
    advice = 'name one with "open interest" = under [sources]'
    return NotThereError(f"{wanted}, found no source that has it: {told or advice}")


def _askings(request: Request, close: Snapshot) -> Iterator[Asking]:
    """Yield whom to ask for the count, in order."""
    if request.source == ARCHIVE:
        until = request.when if isinstance(request.when, dt.datetime) else None
        yield from archive.counts_on_file(request.state, close, until)
        return
    if request.source is not None and providers.name_of(request.source) == "synthetic":
        yield request.source, partial(_invented, request, close)
        return
    wanted = plan(request.source, request.sourcing, request.columns)
    for part in PARTS:
        for spec in wanted.parts.get(part, ()):
            yield providers.name_of(spec), partial(asked, request.symbol, part, spec, wanted, request.when)


def _invented(request: Request, close: Snapshot) -> Count:
    """Return the count of an invented market: that of its next session."""
    following = calendar.next_session(close.session)
    capture, _ = providers.gather(request.symbol, request.source, following)
    if not _same_market(close, capture):
        raise DataError(
            f"wanted the close of {request.source} on {close.session} in the archive, found another "
            "market's: build that close first"
        )
    return archive.capture_count(capture, "synthetic", unstamped(moment_of(request.when)))


def _same_market(close: Snapshot, capture: Snapshot) -> bool:
    """Tell whether two captures of the invented market have one seed."""
    return close.synthetic and {item.item for item in close.sources} == {
        item.item for item in capture.sources
    }


def _history(request: Request, close: Snapshot, capture: str) -> History:
    """Return the close as a session before, then what was known before it when it was last printed."""
    printed = archive.printed_from(request.state, request.symbol, capture)
    earlier = archive.load(request.state, printed)[1] if printed else archive.history(request.state, close)
    own = archive.past_of(request.state, capture)
    return dataclasses.replace(earlier, chains=(own, *earlier.chains))
