"""
A folder of csv files: `chains/`, `bars/`, `news/`, and when there, `rates/`, `dividends/`, `events/`.

The same code reads a folder on disk and the files an earlier run kept in the archive.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from generator import calendar
from generator.errors import DataError, UsageError
from generator.models.market import Edition, Gap, History, PastChain, Snapshot, Source
from generator.providers.bars import bars_file, parse_bars
from generator.providers.base import When, checked_symbol
from generator.providers.chains import Capture, ChainName, Stamp, chain_name, parse_chain, stamp_of
from generator.providers.context import Context, read_context
from generator.providers.files import Files, FolderFiles, bare, raw_file, unpacked
from generator.providers.products import Product, product
from generator.providers.volatility_index import index_beside
from generator.providers.words import listing

SETTINGS = "settings/columns.json"
APART = 0.05  #: of the close: what a price beside a close's chain may differ from it untold
HISTORY_DAYS = 31
HISTORY_SESSIONS = 10


class CsvFolder:
    """
    Markets from files; *columns* maps our column names to those of the chain files.

    Raises:
        DataError: If the folder is not there.
        UsageError: If no folder is named.
    """

    def __init__(
        self, folder: str | Path, *, columns: Mapping[str, str] | None = None, files: Files | None = None
    ) -> None:
        if files is None and not str(folder):
            raise UsageError("wanted a folder after csv:, found none: write csv:DIR")
        self.files = files or FolderFiles(Path(folder))
        self.columns = dict(columns or {})

    def snapshot(self, symbol: str, when: When) -> Snapshot:
        """
        Return the market of *symbol* in the session *when*, or at the latest capture up to an instant.

        Raises:
            UsageError: If the symbol is malformed.
            DataError: If no file fits, two fit equally, or one is bad.
        """
        checked_symbol(symbol)
        return self._read(symbol, self.chosen(symbol, when))

    def chosen(self, symbol: str, when: When) -> ChainName:
        """Return the chain file of a session, or the latest at or before an instant; raises as `snapshot`."""
        files = self._chain_files(symbol)
        if isinstance(when, dt.datetime):
            return self._latest(files, calendar.to_new_york(when))
        return self._of_session(files, when)

    def history(self, snapshot: Snapshot) -> History:
        """
        Return the usable chains of the sessions in the month before *snapshot*, newest first.

        Raises:
            DataError: If one of them is a bad file.
        """
        start = snapshot.session - dt.timedelta(days=HISTORY_DAYS)
        earlier = [file for file in self._chain_files(snapshot.symbol) if _is_earlier(file, start, snapshot)]
        found: list[PastChain] = []
        for day in sorted({file.day for file in earlier}, reverse=True):
            past = self._past([file for file in earlier if file.day == day], snapshot)
            found += [past] if past else []
            if len(found) == HISTORY_SESSIONS:
                break
        return History(chains=tuple(found))

    def _chain_files(self, symbol: str) -> list[ChainName]:
        """Return the symbol's chain files by name; DataError that says which symbols there are."""
        every = [file for name in self.files.names("chains") if (file := chain_name(name))]
        own = [file for file in every if file.symbol == symbol]
        if not own:
            there = listing(sorted({file.symbol for file in every}))
            raise DataError(f"wanted chains of {symbol}, found chains of {there or 'nothing'}")
        return own

    def _stamp(self, file: ChainName) -> Stamp:
        """Read what the first row says."""
        return stamp_of(file, self.files.read(file.name), self.columns)

    def _of_session(self, files: list[ChainName], day: dt.date) -> ChainName:
        """Choose the close of a session, else its only file."""
        there = [file for file in files if file.day == day]
        if not there:
            days = sorted({file.day.isoformat() for file in files})
            listed = ", ".join(days[-12:])
            more = f" and {len(days) - 12} earlier" if len(days) > 12 else ""
            raise DataError(f"wanted a chain of {files[0].symbol} on {day}, found those of {listed}{more}")
        closes = [file for file in there if self._stamp(file).kind == "close"]
        return _only(closes or there, f"chain of {files[0].symbol} on {day}")

    def _latest(self, files: list[ChainName], moment: dt.datetime) -> ChainName:
        """
        Choose the latest capture at or before an instant, of its session or the one before.

        A file of unknown time is not selectable.
        """
        known = [(file, self._stamp(file).captured) for file in files if file.day <= moment.date()]
        fitting = [(captured, file) for file, captured in known if captured and captured <= moment]
        if not fitting:
            raise DataError(
                f"wanted a capture of {files[0].symbol} at or before {moment:%Y-%m-%d %H:%M} New York time, "
                f"found none that says when it was made: give a date instead"
            )
        newest = max(captured for captured, _ in fitting)
        same = [file for captured, file in fitting if captured == newest]
        wanted = calendar.session_on_or_before(moment.date())
        if all(file.day < calendar.previous_session(wanted) for file in same):
            raise DataError(
                f"wanted a capture of {wanted} or the session before, found none of {files[0].symbol} newer "
                f"than {newest:%Y-%m-%dT%H:%M} of the session {same[0].day}: give a date for that one"
            )
        return _only(same, f"capture of {files[0].symbol} at {newest:%Y-%m-%d %H:%M:%S}")

    def _read(self, symbol: str, file: ChainName) -> Snapshot:
        """Build the snapshot around one chain file."""
        known = product(symbol)
        data = self.files.read(file.name)
        capture = parse_chain(file, data, known, self.columns)
        closed = capture.stamp.kind == "close"
        as_of = _as_of(capture, closed=closed)
        bars_name = bars_file(self.files.names("bars"), symbol)
        bars_data = self.files.read(bars_name)
        last = file.day if closed else calendar.previous_session(file.day)
        bars = parse_bars(bars_name, unpacked(bars_name, bars_data), last)
        context = read_context(self.files, symbol, file.day, as_of)
        beside = index_beside(self.files, known, last)
        raw = [raw_file(file.name, data), raw_file(bars_name, bars_data), *beside.raw, *context.raw]
        if self.columns:
            raw.append(raw_file(SETTINGS, json.dumps(self.columns, sort_keys=True).encode()))
        sources = (
            _source("chain", file.name, capture.stamp.captured, "end of day" if closed else None),
            _source("bars", bars_name, None, None),
            *(_source("volatility index", item.name, None, None) for item in beside.raw),
            *context.sources,
        )
        snapshot = _assembled(known, symbol, capture, bars, context, as_of=as_of, closed=closed)
        return dataclasses.replace(
            snapshot,
            volatility_index=beside.index,
            gaps=(*snapshot.gaps, *beside.gaps),
            sources=sources,
            raw=tuple(raw),
        )

    def _past(self, files: list[ChainName], snapshot: Snapshot) -> PastChain | None:
        """Return the best usable chain of one earlier session: its close, else its latest capture."""
        known = product(snapshot.symbol)
        stamps = {file.name: self._stamp(file) for file in files}
        never = dt.datetime.min.replace(tzinfo=dt.UTC)
        best_first = sorted(
            files,
            key=lambda file: (stamps[file.name].kind == "close", stamps[file.name].captured or never),
            reverse=True,
        )
        for file in best_first:
            data = self.files.read(file.name)
            capture = parse_chain(file, data, known, self.columns)
            closed = capture.stamp.kind == "close"
            spot = _bar_close(snapshot.bars, file.day) if closed else None
            spot = spot or capture.spot
            if spot is not None and _usable(capture.chain):
                return PastChain(
                    session=file.day,
                    as_of=_as_of(capture, closed=closed),
                    spot=spot,
                    chain=capture.chain,
                    raw=(raw_file(file.name, data),),
                )
        return None


def _is_earlier(file: ChainName, start: dt.date, snapshot: Snapshot) -> bool:
    """Tell whether a file is of a session between *start* and the snapshot's."""
    return start <= file.day < snapshot.session and calendar.is_session(file.day)


def _only(files: list[ChainName], wanted: str) -> ChainName:
    """Return the one file that fits."""
    if len(files) == 1:
        return files[0]
    names = " and ".join(sorted(bare(file.name) for file in files))
    raise DataError(f"wanted one {wanted}, found {names} that fit equally: move one away or give a time")


def _as_of(capture: Capture, *, closed: bool) -> dt.datetime:
    """Return the instant of the quotes: the close, else the capture, else for want of better the close."""
    if closed or capture.stamp.captured is None:
        return calendar.session_close(_session(capture))
    return capture.stamp.captured


def _session(capture: Capture) -> dt.date:
    """Return the capture's session, which must be one."""
    if (reason := calendar.closed_reason(capture.session)) is not None:
        raise DataError(f"file {capture.name}: wanted quotes of a session, found {capture.session}: {reason}")
    return capture.session


def _assembled(
    known: Product,
    symbol: str,
    capture: Capture,
    bars: pd.DataFrame,
    context: Context,
    *,
    as_of: dt.datetime,
    closed: bool,
) -> Snapshot:
    """Put a snapshot together from its parts."""
    session = _session(capture)
    previous = calendar.previous_session(session)
    spot = (_bar_close(bars, session) if closed else None) or capture.spot
    if spot is None:
        raise DataError(f"file {capture.name}: wanted a price of {symbol} in underlying_price, found none")
    edition: Edition = "close" if closed else "intraday"
    return Snapshot(
        symbol=symbol,
        name=known.name,
        kind=known.kind,
        session=session,
        previous_session=previous,
        as_of=as_of,
        edition=edition,
        synthetic=False,
        spot=spot,
        chain=capture.chain,
        bars=bars,
        open_interest_date=previous,
        news=context.news,
        events=context.events,
        past_earnings=context.past_earnings,
        dividends=context.dividends,
        paid=context.paid,
        rates=context.rates,
        gaps=(*_gaps(capture, bars, symbol, closed=closed), *context.gaps),
    )


def _gaps(capture: Capture, bars: pd.DataFrame, symbol: str, *, closed: bool) -> list[Gap]:
    """Say what chain and bars lack."""
    gaps = []
    item = bare(capture.name)
    if capture.expired:
        gaps.append(
            Gap(what="expired series", reason=f"{capture.expired} in {item} had expired and are left out")
        )
    if not closed and capture.stamp.captured is None:
        gaps.append(
            Gap(what="time of the quotes", reason=f"{item} does not say it; taken for the session's close")
        )
    if bars.empty:
        gaps.append(Gap(what="bars", reason=f"{symbol}_daily has none up to {capture.session}"))
    elif closed and _bar_close(bars, capture.session) is None:
        reason = f"{symbol}_daily has none of {capture.session}; the price is the one the chain came with"
        gaps.append(Gap(what="the session's bar", reason=reason))
    elif closed and (apart := _apart(capture.spot, _bar_close(bars, capture.session), item)):
        gaps.append(Gap(what="price beside the chain", reason=apart))
    return gaps


def _apart(spot: float | None, close: float | None, item: str) -> str | None:
    """Return why a chain's own price is not the session's, beyond what trading after hours explains."""
    if spot is None or close is None or abs(spot / close - 1) <= APART:
        return None
    return f"{item} says {spot:g}, the session closed at {close:g}, which is printed"


def _bar_close(bars: pd.DataFrame, session: dt.date) -> float | None:
    """Return a session's close from the bars."""
    row = bars.loc[bars["date"] == np.datetime64(session, "s"), "close"]
    return None if row.empty else float(row.iloc[0])


def _usable(chain: pd.DataFrame) -> bool:
    """Tell whether at least half the rows have two-sided quotes, and half a count of open interest."""
    quoted = (chain["bid"] > 0) & (chain["ask"] > chain["bid"])
    counted = chain["open_interest"].notna()
    return bool(quoted.mean() >= 0.5 and counted.mean() >= 0.5 and chain["open_interest"].sum() > 0)


def _source(part: str, name: str, retrieved_at: dt.datetime | None, delay: str | None) -> Source:
    """Return the source of a part, named by its file alone."""
    item = bare(name)
    return Source(part=part, name="csv folder", item=item, retrieved_at=retrieved_at, delay=delay)
