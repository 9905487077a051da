"""Open interest and volume by series: the biggest, the busiest, and what changed overnight."""

from __future__ import annotations

import numpy as np

from generator.analytics.contracts import ContractWriter
from generator.analytics.evidence import Evidence
from generator.models.analysis import Aftermath, Contract, Fact, Unit
from generator.models.market import Right

Array = np.ndarray

CHANGES = 4
NEAR = 0.2  #: of the price: strikes further away are left by earlier prices, or by other trades
CLEAR = 3  #: series told of besides the busiest for how much of their volume was opened or closed
BUSIEST, BUSIEST_SHARE = 5, 4


def biggest(evidence: Evidence, writer: ContractWriter, right: Right) -> Contract | None:
    """
    Return the live series of one side with the largest open interest, None without any.

    Only out of the money and within 20 % of spot.
    """
    if "open_interest" in evidence.barred:
        return None
    book, spot = evidence.book, evidence.spot.number
    side = 1 if right == "call" else -1
    away = side * (book.strike / spot - 1)
    chosen = book.live & (book.call == (right == "call")) & (away > 0) & (away <= NEAR)
    rows = _top(np.where(chosen, book.open_interest, np.nan), 1)
    return writer.contract(rows[0]) if rows else None


def followed(evidence: Evidence, writer: ContractWriter) -> Contract | None:
    """
    Return the busiest series of the session before outside those that expired then: what became of it.

    None unless that session is on file whole, the series is still live and both counts are known.
    """
    previous = evidence.counted_before
    if previous is None or not previous.complete:
        return None
    traded = previous.book.live & ~writer.untraded_before
    rows = _top(np.where(traded, previous.book.volume, np.nan), 1)
    row = evidence.book.find(str(previous.book.symbol[rows[0]])) if rows else None
    if row is None or not evidence.book.live[row] or np.isnan(writer.changes[row]):
        return None
    return writer.contract(row)


def largest_changes(
    evidence: Evidence, writer: ContractWriter
) -> tuple[tuple[Contract, ...], tuple[Contract, ...]]:
    """Return the largest rises and falls in open interest of series that do not expire today."""
    if "open_interest" in evidence.barred:
        return (), ()
    changes = np.where(evidence.book.live, writer.changes, np.nan)
    rises, falls = _top(changes, CHANGES), _top(-changes, CHANGES)
    return tuple(map(writer.contract, rises)), tuple(map(writer.contract, falls))


def busiest(evidence: Evidence, writer: ContractWriter) -> tuple[tuple[Contract, ...], Fact | None]:
    """Return the series with most volume outside expiring ones, and the share of the first four."""
    if "volume" in evidence.barred:
        return (), None
    book = evidence.book
    rows = _top(np.where(book.live & ~writer.untraded, book.volume, np.nan), BUSIEST)
    found = tuple(map(writer.contract, rows))
    volumes = [contract.volume for contract in found[:BUSIEST_SHARE] if contract.volume is not None]
    if len(volumes) < BUSIEST_SHARE or writer.live_volume.number == 0:
        return found, None
    share = evidence.ledger.add(
        "volume.busiest_four_share",
        100 * sum(volume.number for volume in volumes) / writer.live_volume.number,
        unit=Unit.PERCENT,
        formula="=100*($1+$2+$3+$4)/$5",
        of=(*volumes, writer.live_volume),
    )
    return found, share


def aftermath(evidence: Evidence, writer: ContractWriter) -> tuple[Aftermath, ...]:
    """
    Return what the morning's count says of the session's busiest series; empty in other editions.

    After those, the largest changes of half a series' volume or more. What stayed is the change in
    open interest over the volume. Series without both counts have none.
    """
    if evidence.snapshot.edition != "morning" or evidence.counted_before is None:
        return ()
    if evidence.barred.keys() & {"open_interest", "volume"}:
        return ()
    book = evidence.book
    traded = np.where(book.live & ~writer.untraded, book.volume, np.nan)
    busy = _top(traded, BUSIEST)
    with np.errstate(invalid="ignore"):
        clear = np.where(np.abs(writer.changes) >= traded / 2, np.abs(writer.changes), np.nan)
    clear[busy] = np.nan
    rows = enumerate((*busy, *_top(clear, CLEAR)), 1)
    return tuple(_aftermath(evidence, writer.contract(row), f"aftermath.{place}") for place, row in rows)


def _aftermath(evidence: Evidence, contract: Contract, slug: str) -> Aftermath:
    stayed = None
    if contract.change is not None and contract.volume is not None:
        stayed = evidence.ledger.add(
            f"{slug}.stayed",
            100 * contract.change.number / contract.volume.number,
            unit=Unit.PERCENT,
            formula="=100*$1/$2",
            of=(contract.change, contract.volume),
            date=evidence.counted,
        )
    return Aftermath(contract=contract, stayed=stayed, slug=slug)


def _top(values: Array, count: int) -> list[int]:
    """The rows with the largest values above zero, largest first; ties in book order."""
    order = np.argsort(np.where(np.isnan(values), 0, -values), kind="stable")[:count]
    return [int(row) for row in order if values[row] > 0]
