"""
Questions that DuckDB answers over the archive's tables.

A change of open interest is only ever told between two dated snapshots. Series that are new,
that expired, and that the later snapshot lacks for no known reason are three different things.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generator.archive.choosing import best_first
from generator.archive.entries import REFUSED, Entry, entries, verdicts
from generator.archive.places import Place, Report, Where, place_of, silent
from generator.archive.sealed import key_of
from generator.archive.tables import files, rows_of, views
from generator.errors import DataError
from generator.models.market import Reading, Right

IMPLIED_VOLATILITY = "volatility.constant_30"

_JOINED = """
WITH was AS (SELECT * FROM chains WHERE capture = $was),
     is_ AS (SELECT * FROM chains WHERE capture = $now)
SELECT coalesce(is_.contract_symbol, was.contract_symbol) AS contract,
       coalesce(is_.expiration, was.expiration) AS expiration,
       coalesce(is_."right", was."right") AS side,
       coalesce(is_.strike, was.strike) AS strike,
       was.open_interest, is_.open_interest, was.volume,
       CASE WHEN was.contract_symbol IS NULL THEN 'new'
            WHEN is_.contract_symbol IS NOT NULL THEN 'both'
            WHEN was.expiration < $session THEN 'expired' ELSE 'missing' END AS state
FROM was FULL JOIN is_ USING (contract_symbol)
ORDER BY abs(is_.open_interest - was.open_interest) DESC NULLS LAST, contract
"""
_LIKE_FOR_LIKE = """
WITH standing AS (
    SELECT expiration, settlement FROM chains WHERE standard AND expiration > $session
    GROUP BY ALL HAVING count(DISTINCT capture) = 2
)
SELECT count(DISTINCT expiration),
       sum(open_interest) FILTER (capture = $was AND "right" = 'put'),
       sum(open_interest) FILTER (capture = $was AND "right" = 'call'),
       sum(open_interest) FILTER (capture = $now AND "right" = 'put'),
       sum(open_interest) FILTER (capture = $now AND "right" = 'call')
FROM chains SEMI JOIN standing USING (expiration, settlement) WHERE standard
"""
_STATES = ("both", "new", "expired", "missing")
_SUMS = ("puts_before", "calls_before", "puts_after", "calls_after")
_ONE_A_SESSION = """
SELECT session, value FROM readings WHERE id = ? AND edition = 'close'
QUALIFY row_number() OVER (PARTITION BY session ORDER BY capture) = 1 ORDER BY session
"""
_PRINTED = """
SELECT brief, number, session, edition, language, value, text, unit, decimals, date, mentions
FROM printed WHERE id = ? ORDER BY session, as_of, brief, number
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractChange:
    """One series in two snapshots; None where it is not listed, or its open interest is not known."""

    contract: str  #: OSI symbol
    expiration: dt.date
    right: Right
    strike: float
    before: float | None
    after: float | None
    volume_before: float | None  #: of the earlier session, which the later count has cleared

    @property
    def change(self) -> float | None:
        """Contracts gained or lost, where both counts are known."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class PutCall:
    """A ratio of totals over the expirations that stand in both snapshots and go on."""

    expirations: int
    puts_before: float
    calls_before: float
    puts_after: float
    calls_after: float

    @property
    def before(self) -> float | None:
        """The ratio in the earlier snapshot."""
        return self.puts_before / self.calls_before if self.calls_before else None

    @property
    def after(self) -> float | None:
        """The ratio in the later snapshot."""
        return self.puts_after / self.calls_after if self.calls_after else None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestChange:
    """Open interest between two dated snapshots, contract by contract."""

    earlier: Entry
    later: Entry
    both: tuple[ContractChange, ...]  #: the largest change first
    new: tuple[ContractChange, ...]
    expired: tuple[ContractChange, ...]
    missing: tuple[ContractChange, ...]  #: alive, and not in the later snapshot
    like_for_like: PutCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a session's figure stands among those on file up to it."""

    id: str
    session: dt.date
    value: float
    place: int  #: 1 the highest; equal figures share the better place
    of: int  #: sessions on file with this figure, this one included
    percentile: float | None  #: percent of the other sessions with a lower figure; None without others


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """One fact as one brief printed it."""

    brief: str
    number: int  #: 1 the first time this session's briefs were printed
    session: dt.date
    edition: str
    language: str
    value: float | None
    text: str | None  #: of a value that is no number
    unit: str
    decimals: int
    date: dt.date | None
    mentions: int  #: times the text says it


def open_interest_change(
    where: Where, symbol: str, earlier: dt.date, later: dt.date, report: Report = silent
) -> InterestChange:
    """
    Return what happened to open interest between the best captures of two sessions.

    Raises:
        DataError: If either is not on file, or is damaged.
    """
    if not earlier < later:
        raise DataError(f"wanted two sessions in order, found {earlier} and {later}")
    place = place_of(where)
    was, now = (_best(place, symbol, day, report) for day in (earlier, later))
    names = [name for name in files(place, "chains", symbol) if key_of(name) in (was.slot.key, now.slot.key)]
    with views(place, {"chains": names}, report) as (connection, _):
        ((count,),) = connection.execute("SELECT count(DISTINCT capture) FROM chains").fetchall()
        if count != 2:
            raise DataError(f"wanted whole chains of {symbol} on {earlier} and {later}, found {count}")
        ids = {"was": was.capture, "now": now.capture, "session": now.session}
        rows = connection.execute(_JOINED, ids).fetchall()
        totals = connection.execute(_LIKE_FOR_LIKE, ids).fetchall()[0]
    told = {state: tuple(_change(row) for row in rows if row[-1] == state) for state in _STATES}
    count, *sums = totals
    names_of_sums = ("puts_before", "calls_before", "puts_after", "calls_after")
    ratio = PutCall(
        expirations=count, **{key: value or 0.0 for key, value in zip(names_of_sums, sums, strict=True)}
    )
    return InterestChange(earlier=was, later=now, like_for_like=ratio, **told)


def readings_of(where: Where, symbol: str, name: str, report: Report = silent) -> tuple[Reading, ...]:
    """Return a figure of every close on file, oldest first."""
    place = place_of(where)
    with views(place, {"readings": files(place, "readings", symbol)}, report) as (connection, _):
        rows = rows_of(connection, _ONE_A_SESSION, name)
    return tuple(Reading(session=day, id=name, value=value) for day, value in rows)


def implied_volatility_history(where: Where, symbol: str, report: Report = silent) -> tuple[Reading, ...]:
    """Return the constant 30-day implied volatility of every close on file, oldest first, in percent."""
    return readings_of(where, symbol, IMPLIED_VOLATILITY, report)


def standing(
    where: Where, symbol: str, name: str, session: dt.date | None = None, report: Report = silent
) -> Standing:
    """
    Return the place of a session's figure among those on file up to that session; None: the last.

    Raises:
        DataError: If the session has no such figure on file.
    """
    known = readings_of(where, symbol, name, report)
    upto = [item for item in known if session is None or item.session <= session]
    if not upto or (session is not None and upto[-1].session != session):
        raise DataError(f"wanted {name} of {symbol} on {session or 'any session'}, found none in the archive")
    return _standing(upto)


def printed(where: Where, symbol: str, fact: str, report: Report = silent) -> tuple[Printed, ...]:
    """Return every time a fact was printed, oldest session first."""
    place = place_of(where)
    with views(place, {"printed": files(place, "printed", symbol)}, report) as (connection, _):
        rows = rows_of(connection, _PRINTED, fact)
    names = Printed.__slots__
    return tuple(Printed(**dict(zip(names, row, strict=True))) for row in rows)


def _standing(upto: Sequence[Reading]) -> Standing:
    last, others = upto[-1], upto[:-1]
    lower = sum(item.value < last.value for item in others)
    return Standing(
        id=last.id,
        session=last.session,
        value=last.value,
        place=1 + sum(item.value > last.value for item in others),
        of=len(upto),
        percentile=100 * lower / len(others) if others else None,
    )


def _best(place: Place, symbol: str, day: dt.date, report: Report) -> Entry:
    """Return a session's best capture that the gate did not refuse."""
    refused = {capture for capture, word in verdicts(place, symbol, report).items() if word == REFUSED}
    there = [entry for entry in entries(place, symbol, report, day) if entry.capture not in refused]
    if not there:
        raise DataError(f"wanted a capture of {symbol} on {day}, found none in the archive")
    return best_first(there)[0]


def _change(row: Sequence[Any]) -> ContractChange:
    contract, expiration, right, strike, before, after, volume, _state = row
    return ContractChange(
        contract=contract,
        expiration=expiration,
        right=right,
        strike=strike,
        before=before,
        after=after,
        volume_before=volume,
    )
