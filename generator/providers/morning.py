"""
The morning after: a close's quotes with the open interest that was counted after that close.

The clearing house counts a session's positions in the night after it. Whoever reads the count
before the next session's trading changes nothing of it sees what the session's volume left open.

A count is refused that is the one before once more, or that lacks series which cannot have
emptied. Measured on pairs of recorded captures a session apart (IWM, SPY, QQQ, SPX, AAPL and
NVDA, 2023 to 2026): of the series with ten contracts or more traded in between, 2 to 38 % had
the same count; two captures of one count 91 % and more. Series counted as zero that held more
than they had traded held under 0.05 % of the open interest in whole counts; a capture of
09:18 New York time lacked 31 % so.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from generator import calendar
from generator.errors import BadPayloadError, DataError, NotThereError
from generator.models.delivery import Sourcing
from generator.models.market import Gap, Part, RawFile, Snapshot, Source, Terms
from generator.providers.base import Answer, Ask, When
from generator.providers.chosen import name_of, provider_of
from generator.providers.files import raw_file
from generator.providers.occ_dates import MORNING, counted_at, known_from

TRADED = 10  #: contracts: a smaller volume often leaves the count as it was
FEWEST = 30  #: series traded so before a share of them says anything
SAME = 0.7  #: share of them with the same count from which it is the one before
LOST = 0.05  #: share of the open interest on series that cannot have emptied from which a count is not whole

Recipe = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Open interest counted after one session."""

    session: dt.date  #: the session after whose clearing it was counted
    at: dt.datetime  #: New York: when it was read
    interest: Mapping[str, float] = field(repr=False)  #: OSI symbol, 21 characters -> contracts
    source: Source
    files: tuple[RawFile, ...] = field(repr=False)
    recipe: Recipe = field(repr=False)  #: how the files are read again
    gaps: tuple[Gap, ...] = ()


def moment_of(when: When) -> dt.datetime:
    """Return the instant nothing later than which counts; of a day, its end."""
    if isinstance(when, dt.datetime):
        return calendar.to_new_york(when)
    return dt.datetime.combine(when, dt.time(23, 59, 59), calendar.NEW_YORK)


def session_before(when: When) -> dt.date:
    """Return the session a morning follows: of a day the one before it, of an instant the last that ended."""
    if not isinstance(when, dt.datetime):
        return calendar.previous_session(when)
    moment = calendar.to_new_york(when)
    session = calendar.session_on_or_before(moment.date())
    return session if calendar.session_close(session) <= moment else calendar.previous_session(session)


def check_known(session: dt.date, moment: dt.datetime) -> None:
    """
    Refuse a morning that has not come.

    Raises:
        NotThereError: If the count after *session* was not known at *moment*.
    """
    if (known := known_from(session)) > moment:
        raise NotThereError(
            f"wanted open interest counted after {session} at {moment:%Y-%m-%d %H:%M} New York time, found "
            f"that it is counted overnight: ask from {known:%Y-%m-%d %H:%M} on"
        )


def unstamped(moment: dt.datetime) -> dt.datetime:
    """Return when a count of no told time is taken to have been read: on its morning, or when asked."""
    return min(moment, dt.datetime.combine(moment.date(), MORNING, calendar.NEW_YORK))


def asked(symbol: str, part: Part, spec: str, sourcing: Sourcing, when: When) -> Count:
    """
    Return the count a provider gives: its open interest, or that beside its quotes.

    Raises:
        ProviderError: Of the kind that happened, or if the count is of another session.
        DataError: If a file cannot be used.
    """
    session, moment = session_before(when), moment_of(when)
    provider = provider_of(spec, None, sourcing.options.get(name_of(spec), {}))
    ask = Ask(
        symbol=symbol,
        when=moment,
        session=calendar.next_session(session),
        expirations=sourcing.expirations,
    )
    fetched = provider.fetch(part, ask)
    recipe = {
        "provider": name_of(spec),
        "part": part,
        "item": fetched.item,
        "retrieved_at": fetched.retrieved_at.isoformat() if fetched.retrieved_at else None,
        "when": ask.when.isoformat(),
        "session": ask.session.isoformat(),
        "expirations": ask.expirations,
        "files": [file.name for file in fetched.files],
    }
    count = told(symbol, recipe, {file.name: file.data for file in fetched.files})
    if count.session != session:
        raise NotThereError(
            f"wanted open interest counted after {session}, found that after {count.session} "
            f"in {fetched.item}: ask again later, or name another source"
        )
    return count


def told(symbol: str, recipe: Recipe, files: Mapping[str, bytes]) -> Count:
    """
    Return the count that kept bytes hold.

    Raises:
        ProviderError: If they no longer read, or the count's session cannot be known.
        DataError: If one of them is missing.
    """
    part: Part = recipe["part"]
    ask = Ask(
        symbol=symbol,
        when=calendar.to_new_york(dt.datetime.fromisoformat(recipe["when"])),
        session=dt.date.fromisoformat(recipe["session"]),
        expirations=recipe["expirations"],
    )
    try:
        given = {name: files[name] for name in recipe["files"]}
    except KeyError as error:
        raise DataError(f"wanted {error} among the kept files, found it missing") from error
    provider = provider_of(recipe["provider"], recipe["item"], {})
    answer = provider.read(part, ask, given)
    fetched = recipe["retrieved_at"]
    at = calendar.to_new_york(dt.datetime.fromisoformat(fetched)) if fetched else None
    known = at
    interest, session, at = _read(answer, part, at, ask)
    if part == "chain" and known is None and not _is_close(at):
        known = at
    return Count(
        session=session,
        at=at,
        interest=interest,
        source=_source(provider.printed, recipe, provider.terms, known),
        files=tuple(raw_file(name, data) for name, data in given.items()),
        recipe=recipe,
        gaps=answer.gaps,
    )


def of_capture(capture: Snapshot, at: dt.datetime, recipe: Recipe) -> Count:
    """
    Return the count that a capture carries, of the session before its own.

    A recipe that is not `timed` stands for a capture that does not say when it was read.
    """
    chain = next((source for source in capture.sources if source.part == "chain"), None)
    if chain is None:
        raise DataError(f"wanted the source of the chain of {capture.session}, found none")
    known = at if recipe.get("timed", True) else None
    return Count(
        session=capture.open_interest_date,
        at=at,
        interest=_counts(capture.chain),
        source=dataclasses.replace(chain, part="open interest", retrieved_at=known, delay="end of day"),
        files=capture.raw,
        recipe=recipe,
    )


def joined(close: Snapshot, count: Count, raw: tuple[RawFile, ...], gaps: tuple[Gap, ...] = ()) -> Snapshot:
    """
    Return the close's market with the count made after it, without the series that expired that day.

    A series that was not counted has none: what stood before is of another date.
    """
    alive = close.chain["expiration"] > np.datetime64(close.session, "s")
    if not alive.any():
        raise DataError(f"wanted series that outlive {close.session}, found none")
    chain = close.chain[alive].reset_index(drop=True)
    interest = chain["contract_symbol"].map(count.interest).astype("float64")
    others = tuple(source for source in close.sources if source.part != "open interest")
    return dataclasses.replace(
        close,
        edition="morning",
        chain=chain.assign(open_interest=interest),
        open_interest_date=count.session,
        open_interest_at=count.at,
        sources=(*others, count.source),
        gaps=(*close.gaps, *gaps, *count.gaps, *_new(close, count)),
        raw=raw,
    )


def problem(close: Snapshot, count: Count) -> str | None:
    """Return why a count cannot be the one after the close, or None."""
    alive = close.chain["expiration"] > np.datetime64(close.session, "s")
    before = close.chain.loc[alive, "open_interest"].to_numpy(dtype=float)
    volume = np.nan_to_num(close.chain.loc[alive, "volume"].to_numpy(dtype=float))
    now = close.chain.loc[alive, "contract_symbol"].map(count.interest).to_numpy(dtype=float)
    held = np.nan_to_num(before)
    lost = float(held[(np.nan_to_num(now) == 0) & (held > volume)].sum() / max(held.sum(), 1.0))
    if lost > LOST:
        return (
            f"{lost:.0%} of the open interest before is on series without a count that cannot have emptied, "
            "the count is not whole yet: ask again later, or name another source"
        )
    share = _unchanged(before, now, volume)
    if share is not None and share >= SAME:
        return (
            f"{share:.0%} of the traded series have the count of the session before: "
            "the clearing house's new count is not out yet, ask again later"
        )
    return None


def _unchanged(before: np.ndarray, now: np.ndarray, volume: np.ndarray) -> float | None:
    """Return the share of the traded series whose count stayed; None where none traded."""
    known = ~(np.isnan(before) | np.isnan(now))
    chosen = known & (volume >= TRADED)
    if chosen.sum() < FEWEST:
        chosen = known & (volume > 0)
    return float((before[chosen] == now[chosen]).mean()) if chosen.any() else None


def _read(
    answer: Answer, part: Part, at: dt.datetime | None, ask: Ask
) -> tuple[Mapping[str, float], dt.date, dt.datetime]:
    """Return counts, session and instant of an answer."""
    if part == "open interest":
        if answer.open_interest_date is None:
            raise BadPayloadError("wanted open interest with its date, found none")
        return answer.open_interest, answer.open_interest_date, at or unstamped(ask.when)
    if answer.chain is None:
        raise BadPayloadError(f"wanted a chain of {ask.symbol}, found none in the answer")
    at = at or answer.chain.captured
    return _counts(answer.chain.frame), counted_at(at), at


def _counts(chain: pd.DataFrame) -> dict[str, float]:
    """Return a chain's open interest, where it is known."""
    known = chain[chain["open_interest"].notna()]
    return dict(zip(known["contract_symbol"], known["open_interest"].astype(float), strict=True))


def _is_close(at: dt.datetime) -> bool:
    """Tell whether an instant is a session's close, which quotes have that do not say when they were read."""
    return calendar.is_session(at.date()) and calendar.session_close(at.date()) == at


def _source(printed: str, recipe: Recipe, terms: Terms, at: dt.datetime | None) -> Source:
    """Return where the count came from, as the brief prints it; *at* when it was read, if that is known."""
    return Source(
        part="open interest",
        name=printed,
        item=recipe["item"],
        retrieved_at=at,
        delay="end of day",
        terms=terms.summary,
        provider=recipe["provider"],
        allows=tuple(sorted(terms.allows)),
        attribution=terms.attribution,
    )


def _new(close: Snapshot, count: Count) -> tuple[Gap, ...]:
    """Tell of series that were counted and that the close did not quote."""
    known = set(close.chain["contract_symbol"])
    new = [symbol for symbol in count.interest if symbol not in known and _alive(symbol, close.session)]
    if not new:
        return ()
    held = int(sum(count.interest[symbol] for symbol in new))
    reason = f"{len(new):,} counted after the close, holding {held:,}, had no quotes in it and are left out"
    return (Gap(what="series not quoted at the close", reason=reason),)


def _alive(symbol: str, session: dt.date) -> bool:
    """Tell whether a series outlives a session."""
    try:
        return calendar.parse_osi(symbol).expiration > session
    except DataError:
        return False
