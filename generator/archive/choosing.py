"""Which capture a day or an instant means, and what was known before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from generator import calendar
from generator.archive.entries import REFUSED, Entry, entries, verdicts
from generator.archive.found import readings_before
from generator.archive.places import Place, Report, Where, place_of, silent
from generator.archive.printed import briefs
from generator.archive.snapshots import load_snapshot, past_of
from generator.errors import DataError
from generator.models.market import Gap, History, PastChain, Snapshot

DAYS = 31
SESSIONS = 10
READINGS = 300


def snapshot_at(
    where: Where, symbol: str, when: dt.date | dt.datetime, report: Report = silent
) -> tuple[Snapshot, dict[str, str]]:
    """
    Return the capture of *symbol* in the session *when*, or the latest up to an instant, and its hash.

    A date means the close of that session, else its latest capture. Of several closes the one a
    brief was printed from is taken, else the one captured last; of several that hold the same chain, any.

    Raises:
        DataError: If no capture fits, two fit equally, or the chosen one is damaged.
    """
    place = place_of(where)
    every = [entry for entry in entries(place, symbol, report) if entry.edition != "morning"]
    if not every:
        there = sorted({entry.symbol for entry in entries(place, None)})
        raise DataError(f"wanted captures of {symbol} in the archive, found {', '.join(there) or 'nothing'}")
    if isinstance(when, dt.datetime):
        fitting, wanted = _latest(every, symbol, calendar.to_new_york(when))
    else:
        fitting, wanted = _of_session(every, symbol, when)
    chosen = _only(fitting, wanted, _last_printed(place, symbol))
    return load_snapshot(where, chosen.capture), {"snapshot": chosen.capture}


def history(
    where: Where,
    snapshot: Snapshot,
    *,
    sessions: int = SESSIONS,
    days: int = DAYS,
    readings: int = READINGS,
    report: Report = silent,
    read: Callable[[Where, str], PastChain] = past_of,
) -> History:
    """
    Return what the archive knew before *snapshot*, newest session first; its gaps tell what is damaged.

    Args:
        where: The state folder, or the archive's URL.
        snapshot: Only earlier sessions of its symbol count, invented ones for an invented one.
        sessions: Most chains, each its session's close, else its latest capture.
        days: How far back chains go.
        readings: Most sessions with readings.
        report: Gets a line for each damaged file that was left out.
        read: What brings a capture back; one that remembers saves time over many calls.
    """
    place = place_of(where)
    gaps: list[Gap] = []

    def damaged(line: str) -> None:
        gaps.append(Gap(what="archive", reason=line))
        report(line)

    said = verdicts(place, snapshot.symbol, damaged)
    start = snapshot.session - dt.timedelta(days=days)
    earlier = [
        entry
        for entry in entries(place, snapshot.symbol, damaged)
        if start <= entry.session < snapshot.session
        and entry.edition != "morning"  # its open interest is counted a session later
        and entry.synthetic == snapshot.synthetic
        and said.get(entry.capture) != REFUSED
    ]
    printed = _last_printed(place, snapshot.symbol)
    chains: list[PastChain] = []
    for day in sorted({entry.session for entry in earlier}, reverse=True):
        if len(chains) == sessions:
            break
        best = best_first((entry for entry in earlier if entry.session == day), printed)
        chains += _first_whole(best, partial(read, where), gaps, report)
    known = readings_before(place, snapshot, readings, damaged)
    return History(chains=tuple(chains), readings=known, gaps=tuple(gaps))


def best_first(fitting: Iterable[Entry], printed: Sequence[str] = ()) -> list[Entry]:
    """Return a session's captures: the close before others, the printed before others, the latest first."""
    by_hash = sorted(fitting, key=lambda entry: entry.capture)
    return sorted(
        by_hash,
        key=lambda entry: (entry.edition == "close", entry.capture in printed, entry.captured),
        reverse=True,
    )


def _of_session(every: Sequence[Entry], symbol: str, day: dt.date) -> tuple[list[Entry], str]:
    """Return the closes of a session, else its captures."""
    there = [entry for entry in every if entry.session == day]
    if not there:
        days = sorted({entry.session.isoformat() for entry in every})
        more = f" and {len(days) - 12} earlier" if len(days) > 12 else ""
        raise DataError(
            f"wanted a capture of {symbol} on {day} in the archive, "
            f"found those of {', '.join(days[-12:])}{more}"
        )
    closes = [entry for entry in there if entry.edition == "close"]
    return closes or there, f"capture of {symbol} on {day}"


def _latest(every: Sequence[Entry], symbol: str, moment: dt.datetime) -> tuple[list[Entry], str]:
    """Return the latest captures at or before an instant, of its session or the one before."""
    before = [entry for entry in every if entry.captured <= moment]
    if not before:
        raise DataError(
            f"wanted a capture of {symbol} at or before {moment:%Y-%m-%d %H:%M} New York time in the "
            f"archive, found none: the first is of {min(every, key=lambda entry: entry.captured).label}"
        )
    newest = max(entry.captured for entry in before)
    same = [entry for entry in before if entry.captured == newest]
    wanted = calendar.session_on_or_before(moment.date())
    if all(entry.session < calendar.previous_session(wanted) for entry in same):
        raise DataError(
            f"wanted a capture of {wanted} or the session before, found none of {symbol} newer "
            f"than {newest:%Y-%m-%dT%H:%M} of the session {same[0].session}: give a date for that one"
        )
    return same, f"capture of {symbol} at {newest:%Y-%m-%d %H:%M:%S}"


def _only(fitting: Sequence[Entry], wanted: str, printed: Sequence[str]) -> Entry:
    """Return the one capture that fits."""
    if told := [entry for digest in reversed(printed) for entry in fitting if entry.capture == digest]:
        return told[0]
    newest = max(entry.captured for entry in fitting)
    latest = [entry for entry in fitting if entry.captured == newest]
    if len({entry.chain for entry in latest}) == 1:
        return min(latest, key=lambda entry: entry.capture)
    labels = " and ".join(sorted(entry.label for entry in latest))
    raise DataError(
        f"wanted one {wanted}, found {labels} that fit equally: build the brief of the one you mean from its "
        "own file first (--source csv:DIR); what was printed is taken"
    )


def _last_printed(place: Place, symbol: str) -> list[str]:
    """Return the captures that briefs were printed from, the last printed last."""
    known = sorted(briefs(place, symbol), key=lambda item: (item["session"], item["number"]))
    return [str(item["inputs"].get("snapshot")) for item in known]


def _first_whole(
    best: Iterable[Entry], read: Callable[[str], PastChain], gaps: list[Gap], report: Report
) -> Iterator[PastChain]:
    """Yield the first capture whose bytes are whole, if there is one, and note those that are not."""
    for entry in best:
        try:
            yield read(entry.capture)
        except DataError as error:
            told = f"damaged in the archive, left out: {error}"
            gaps.append(Gap(what=f"{entry.edition} of session {entry.session}", reason=told))
            report(f"{entry.symbol} {entry.session}: {error}; it is left out")
        else:
            return
