"""One snapshot out of what several providers told."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from generator import calendar
from generator.errors import DataError, ProviderError
from generator.models.market import (
    Edition,
    Event,
    Gap,
    Part,
    RawFile,
    Snapshot,
    Source,
    Terms,
    VolatilityIndex,
)
from generator.providers.base import Answer, Ask, Chain
from generator.providers.news import newest_first
from generator.providers.products import product
from generator.providers.volatility_index import index_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one provider told about one part; without an answer, only why nobody did."""

    part: Part
    ask: Ask
    provider: str | None = None  #: registry name, or "package.module:Class"
    printed: str = ""
    terms: Terms | None = None
    item: str = ""
    retrieved_at: dt.datetime | None = None
    files: tuple[RawFile, ...] = ()
    answer: Answer = dataclasses.field(default_factory=Answer)
    failed: tuple[tuple[str, str], ...] = ()  #: provider as printed, and its reason, of those asked before


def edition_of(captured: dt.datetime) -> tuple[dt.date, Edition, dt.datetime]:
    """
    Return session, edition and as_of of quotes captured at an instant.

    From the close on it is the close edition, and as_of is the close; before the open of a
    session the quotes are those of the session before.
    """
    local = calendar.to_new_york(captured)
    session = calendar.session_on_or_before(local.date())
    if session == local.date() and local < calendar.session_open(session):
        session = calendar.previous_session(session)
    close = calendar.session_close(session)
    if local >= close:
        return session, "close", close
    return session, "intraday", local


def assembled(symbol: str, told: Sequence[Told], raw: tuple[RawFile, ...]) -> Snapshot:
    """
    Return the snapshot of what was told.

    Raises:
        DataError: If chain or bars are missing, or the chain has no price of the underlying.
    """
    chain = next((item.answer.chain for item in told if item.answer.chain is not None), None)
    bars = _bars_of("bars", told)
    if chain is None or bars is None:
        raise DataError(
            f"wanted a chain and bars of {symbol}, found no {'chain' if chain is None else 'bars'}"
        )
    session, edition, as_of = edition_of(chain.captured)
    known = product(symbol)
    previous = calendar.previous_session(session)
    frame, expired = _alive(chain, session)
    frame, counted = _with_open_interest(frame, told, previous)
    return Snapshot(
        symbol=symbol,
        name=known.name or chain.name,
        kind=known.kind if known.name else chain.kind or known.kind,
        session=session,
        previous_session=previous,
        as_of=as_of,
        edition=edition,
        synthetic=False,
        spot=_spot(symbol, chain, bars, session, edition),
        chain=frame,
        bars=bars,
        open_interest_date=previous,
        news=newest_first([item for one in told for item in one.answer.news], as_of),
        events=_events(event for one in told for event in one.answer.events),
        past_earnings=_events(event for one in told for event in one.answer.past_earnings),
        dividends=tuple(
            sorted((item for one in told for item in one.answer.dividends), key=lambda item: item.ex_date)
        ),
        volatility_index=_index(symbol, told, session if edition == "close" else previous),
        paid=tuple(sorted((item for one in told for item in one.answer.paid), key=lambda item: item.ex_date)),
        rates=next((item.answer.rates for item in told if item.answer.rates), ()),
        sources=tuple(_source(item) for item in told if item.provider),
        gaps=(*_gaps(told, chain, bars, session, edition, expired), *counted),
        raw=raw,
    )


def _bars_of(part: Part, told: Sequence[Told]) -> pd.DataFrame | None:
    """Return the bars told for a part."""
    return next(
        (item.answer.bars for item in told if item.part == part and item.answer.bars is not None), None
    )


def _index(symbol: str, told: Sequence[Told], last: dt.date) -> VolatilityIndex | None:
    """Return the volatility index beside the market, if its bars were told."""
    bars = _bars_of("volatility index", told)
    return None if bars is None else index_of(symbol, bars, last)


def _alive(chain: Chain, session: dt.date) -> tuple[pd.DataFrame, int]:
    """Return the series not expired before the session, and how many had."""
    expired = chain.frame["expiration"] < np.datetime64(session, "s")
    if expired.all():
        raise DataError(f"wanted series that are alive on {session}, found none")
    return chain.frame[~expired].reset_index(drop=True), int(expired.sum())


def _with_open_interest(
    frame: pd.DataFrame, told: Sequence[Told], previous: dt.date
) -> tuple[pd.DataFrame, tuple[Gap, ...]]:
    """Return the chain with the counts of a source of open interest, where that lists the series."""
    answer = next((item.answer for item in told if item.answer.open_interest), None)
    if answer is None:
        return frame, ()
    if answer.open_interest_date != previous:
        reason = f"counted after {answer.open_interest_date}, wanted after {previous}: the chain's own stands"
        return frame, (Gap(what="open interest", reason=reason),)
    counts = frame["contract_symbol"].map(answer.open_interest).astype("float64")
    return frame.assign(open_interest=counts.fillna(frame["open_interest"])), ()


def _spot(symbol: str, chain: Chain, bars: pd.DataFrame, session: dt.date, edition: Edition) -> float:
    """Return the official close for a close edition, of the bars or the chain's source, else the quote."""
    close = None
    if edition == "close":
        row = bars.loc[bars["date"] == np.datetime64(session, "s"), "close"]
        close = chain.close if row.empty else float(row.iloc[0])
    spot = close or chain.spot
    if spot is None:
        raise ProviderError(f"wanted a price of {symbol} beside its chain, found none")
    return spot


def _events(found: Iterable[Event]) -> tuple[Event, ...]:
    """Return events in order, one that several sources tell of only once."""
    once = {(event.date, event.title.casefold()): event for event in reversed(list(found))}
    return tuple(sorted(once.values(), key=lambda item: (item.date, item.time or dt.time.min, item.title)))


def _source(told: Told) -> Source:
    """Return where a part came from, as the brief prints it."""
    terms = told.terms
    return Source(
        part=told.part,
        name=told.printed,
        item=told.item,
        retrieved_at=told.retrieved_at,
        delay=told.answer.delay,
        terms=terms.summary if terms else None,
        provider=told.provider,
        allows=tuple(sorted(terms.allows)) if terms else (),
        attribution=terms.attribution if terms else None,
    )


def _gaps(
    told: Sequence[Told], chain: Chain, bars: pd.DataFrame, session: dt.date, edition: Edition, expired: int
) -> Iterable[Gap]:
    """Say who did not answer, what the answers lack, and what was left out of them."""
    for item in told:
        for name, reason in item.failed:
            taken = f"; taken from {item.printed}" if item.provider else ""
            yield Gap(what=f"{item.part} from {name}", reason=f"{reason}{taken}")
        beside = item.part == "volatility index"
        yield from (dataclasses.replace(gap, what=item.part) if beside else gap for gap in item.answer.gaps)
    if expired:
        yield Gap(what="expired series", reason=f"{expired} in the chain had expired and are left out")
    for reason, rows in chain.rows_left_out.items():
        yield Gap(what="rows of the chain", reason=f"{rows} left out: {reason}")
    if edition == "close" and not (bars["date"] == np.datetime64(session, "s")).any():
        yield Gap(
            what="the session's bar", reason=f"there is none of {session}; the price is the chain source's"
        )
