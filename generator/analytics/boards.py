"""
Boards: the open interest of one expiration, strike by strike.

The two nearest Friday-week expirations that still trade; a name without weeklies has
its next two listed ones. A date that settles twice has a board for each, the morning first.
"""

from __future__ import annotations

import numpy as np

from generator.analytics.contracts import ContractWriter
from generator.analytics.evidence import Evidence
from generator.analytics.max_pain import max_pain, reason_to_withhold
from generator.analytics.put_call import Measure, ratio_of
from generator.analytics.series import MISSING, Book, Expiration, missing_share
from generator.calendar import friday_week
from generator.models.analysis import Board, Contract, Fact, Unit
from generator.models.market import Right

Array = np.ndarray

SHOWN = 2  #: dates, and strikes a side of each board


def board_expirations(book: Book) -> tuple[Expiration, ...]:
    """Return the expirations to show, nearest first."""
    trading = [item for item in book.expirations if item.date > book.session and not item.stopped]
    listed = sorted({item.date for item in trading})
    weekly = [day for day in listed if friday_week(day)]
    has_weeklies = len(weekly) >= SHOWN and (weekly[1] - weekly[0]).days <= 8
    days = (weekly if has_weeklies else listed)[:SHOWN]
    return tuple(item for item in trading if item.date in days)


def board(evidence: Evidence, writer: ContractWriter, expiration: Expiration) -> Board:
    """Return one expiration's board; `max_pain` is None where it would mislead."""
    book, ledger = evidence.book, evidence.ledger
    chosen = np.zeros(len(book), dtype=bool)
    chosen[expiration.rows] = True
    selector = ("chain", f"expiration={expiration.date.isoformat()} settlement={expiration.settlement}")
    name = f"put_call.open_interest.{expiration.key}"
    whole = missing_share(book, chosen) <= MISSING
    if not whole:
        evidence.withhold(name, "open interest is missing on too many of its series")
    what: tuple[Measure, str] = ("open_interest", "one expiration")
    ratio = ratio_of(ledger, name, what, (book, chosen), selector, evidence.counted, whole=whole)
    largest = {right: _largest(book, expiration, right) if whole else [] for right in ("call", "put")}
    heavy_puts = [_open_interest(writer, row) for row in largest["put"]]
    return Board(
        expiration=ledger.day(expiration.date),
        settlement=expiration.settlement,
        calls=_outside(evidence, writer, expiration, "call") if whole else (),
        puts=_outside(evidence, writer, expiration, "put") if whole else (),
        ratio=ratio,
        call_share=_share(evidence, writer, ("call", expiration), largest["call"], ratio.calls),
        put_share=_share(evidence, writer, ("put", expiration), largest["put"], ratio.puts),
        ratio_without=_ratio_without(evidence, expiration, ratio.puts, ratio.calls, heavy_puts),
        max_pain=_max_pain(evidence, expiration) if whole else None,
        strikes=_strikes(book, expiration),
    )


def _outside(
    evidence: Evidence, writer: ContractWriter, expiration: Expiration, right: Right
) -> tuple[Contract, ...]:
    """The out-of-the-money strikes with the largest open interest."""
    rows = outside(evidence.book, expiration, right, evidence.spot.number)
    return tuple(map(writer.contract, rows[:SHOWN]))


def outside(book: Book, expiration: Expiration, right: Right, spot: float) -> list[int]:
    """
    Return one side's rows strictly out of the money by open interest, largest first.

    Ties go to the nearest to *spot*; series without open interest are left out.
    """
    beyond = book.strike > spot if right == "call" else book.strike < spot
    return _ranked(book, expiration, right, beyond, spot)


def _largest(book: Book, expiration: Expiration, right: Right) -> list[int]:
    """The side's strikes with the largest open interest, in or out of the money."""
    everything = np.ones(len(book), dtype=bool)
    return _ranked(book, expiration, right, everything, 0.0)[:SHOWN]


def _ranked(book: Book, expiration: Expiration, right: Right, mask: Array, spot: float) -> list[int]:
    rows = np.arange(expiration.start, expiration.stop)
    interest = book.open_interest[rows]
    with np.errstate(invalid="ignore"):
        rows = rows[(book.call[rows] == (right == "call")) & (interest > 0) & mask[rows]]
    strike = book.strike[rows]
    order = np.lexsort((strike, np.abs(strike - spot), -book.open_interest[rows]))
    return [int(row) for row in rows[order]]


def _open_interest(writer: ContractWriter, row: int) -> Fact:
    fact = writer.contract(row).open_interest
    if fact is None:
        raise ValueError(f"row {row} was ranked by open interest and has none")
    return fact


def _share(
    evidence: Evidence,
    writer: ContractWriter,
    side: tuple[Right, Expiration],
    rows: list[int],
    total: Fact,
) -> Fact | None:
    """Percent of the side's open interest in its two largest strikes."""
    if len(rows) < SHOWN:
        return None
    right, expiration = side
    first, second = (_open_interest(writer, row) for row in rows)
    return evidence.ledger.add(
        f"open_interest_share.{right}.{expiration.key}",
        100 * (first.number + second.number) / total.number,
        unit=Unit.PERCENT,
        formula="=100*($1+$2)/$3",
        of=(first, second, total),
        date=evidence.counted,
    )


def _ratio_without(
    evidence: Evidence, expiration: Expiration, puts: Fact, calls: Fact, heavy: list[Fact]
) -> Fact | None:
    """The put/call ratio with the two largest put strikes left out."""
    if len(heavy) < SHOWN or calls.number == 0:
        return None
    value = (puts.number - heavy[0].number - heavy[1].number) / calls.number
    return evidence.ledger.add(
        f"put_call.open_interest.{expiration.key}.without_two_puts",
        value,
        unit=Unit.RATIO,
        decimals=2,
        formula="=($1-$2-$3)/$4",
        of=(puts, *heavy, calls),
        date=evidence.counted,
    )


def _max_pain(evidence: Evidence, expiration: Expiration) -> Fact | None:
    strikes, calls, puts = _arrays(evidence.book, expiration)
    name = f"max_pain.{expiration.key}"
    strike = max_pain(strikes, calls, puts, evidence.spot.number)
    reason = reason_to_withhold(strikes, calls, puts, strike)
    if reason is not None or strike is None:
        evidence.withhold(name, reason or "no strike is listed")
        return None
    return evidence.ledger.add(
        name,
        strike,
        unit=evidence.unit,
        decimals=2,
        formula="max_pain",
        rows=f"chain[{expiration.terms}]",
        of=(evidence.spot,),
        date=evidence.counted,
    )


def _arrays(book: Book, expiration: Expiration) -> tuple[Array, Array, Array]:
    """Listed strikes with their call and put open interest; none counted is none to pay out."""
    rows = expiration.rows
    strikes, place = np.unique(book.strike[rows], return_inverse=True)
    interest, call = np.nan_to_num(book.open_interest[rows]), book.call[rows]
    calls, puts = np.zeros(len(strikes)), np.zeros(len(strikes))
    np.add.at(calls, place[call], interest[call])
    np.add.at(puts, place[~call], interest[~call])
    return strikes, calls, puts


def _strikes(book: Book, expiration: Expiration) -> tuple[tuple[float, float, float], ...]:
    return tuple(zip(*(values.tolist() for values in _arrays(book, expiration)), strict=True))
