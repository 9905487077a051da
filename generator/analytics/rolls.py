"""
Changes "consistent with a roll".

The next morning's open interest is down by at least half the volume on some contracts
and up by at least half on as many others of the same side, traded in the same session
in similar size. A chain does not show who was on which side, nor that it was one trade.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from generator.analytics.contracts import ContractWriter
from generator.analytics.evidence import Evidence, PastBook
from generator.analytics.series import Book
from generator.models.analysis import Contract, Fact, Roll, Unit
from generator.models.market import Right

Array = np.ndarray

HALF = 0.5  #: of the contract's volume must show in its open interest
ALIKE = 0.25  #: sizes may differ by this share of the larger
MATERIAL = 0.02  #: of that session's volume in series still alive, for each leg
CANDIDATES = 12  #: legs considered on each side of the change
MOST_LEGS = 2


@dataclass(frozen=True, slots=True)
class _Leg:
    row: int
    change: float
    volume: float


def find_roll(evidence: Evidence, writer: ContractWriter) -> Roll | None:
    """
    Return the largest pattern, or None: most contracts changed, two legs before one.

    Each leg must be at least 2 % of the earlier session's volume in series alive that evening.
    """
    previous = evidence.counted_before
    if previous is None or not previous.complete or "open_interest" in evidence.barred:
        return None
    found = [match for right in ("put", "call") for match in _matches(evidence.book, writer, previous, right)]
    if not found:
        return None
    right, closed, opened = max(found, key=lambda match: _weight(match[1], match[2]))
    return _roll(evidence, writer, previous, (right, closed, opened))


_Match = tuple[Right, tuple[_Leg, ...], tuple[_Leg, ...]]


def _matches(book: Book, writer: ContractWriter, previous: PastBook, right: Right) -> Iterator[_Match]:
    """Yield the patterns of one side: as many legs closed as opened, alike in size."""
    down, up = _candidates(book, writer, previous, right)
    for legs in range(1, MOST_LEGS + 1):
        for closed in _groups(book, down, legs):
            for opened in _groups(book, up, legs):
                if _alike([leg.volume for leg in (*closed, *opened)]) and _alike(
                    [abs(sum(leg.change for leg in group)) for group in (closed, opened)]
                ):
                    yield right, closed, opened


def _candidates(
    book: Book, writer: ContractWriter, previous: PastBook, right: Right
) -> tuple[list[_Leg], list[_Leg]]:
    """The largest falls, and the largest rises among series that still trade."""
    changes, volumes = writer.changes, writer.volumes_before
    least = MATERIAL * np.nansum(previous.book.volume[previous.book.live])
    with np.errstate(invalid="ignore"):
        moved = (np.abs(changes) >= HALF * volumes) & (volumes >= max(least, 1))
    moved &= book.call == (right == "call")
    legs = [_Leg(int(row), float(changes[row]), float(volumes[row])) for row in np.flatnonzero(moved)]
    down = sorted((leg for leg in legs if leg.change < 0), key=lambda leg: leg.change)
    up = sorted((leg for leg in legs if leg.change > 0 and book.live[leg.row]), key=lambda leg: -leg.change)
    return down[:CANDIDATES], up[:CANDIDATES]


def _groups(book: Book, legs: list[_Leg], count: int) -> Iterator[tuple[_Leg, ...]]:
    """Combinations of one expiration."""
    for group in combinations(sorted(legs, key=lambda leg: -book.strike[leg.row]), count):
        if len({book.expiration_of(leg.row).key for leg in group}) == 1:
            yield group


def _alike(sizes: list[float]) -> bool:
    return min(sizes) >= (1 - ALIKE) * max(sizes)


def _weight(closed: tuple[_Leg, ...], opened: tuple[_Leg, ...]) -> float:
    return sum(abs(leg.change) for leg in (*closed, *opened))


def _roll(evidence: Evidence, writer: ContractWriter, previous: PastBook, match: _Match) -> Roll:
    right, closed, opened = match
    legs = [[writer.contract(leg.row) for leg in group] for group in (closed, opened)]
    pairs = _least(evidence, [contract for group in legs for contract in group])
    values = [
        _value(evidence, writer, name, group) for name, group in (("closed", closed), ("opened", opened))
    ]
    cost = _cost(evidence, previous, values)
    return Roll(
        right=right,
        closed=tuple(legs[0]),
        opened=tuple(legs[1]),
        lost=_total(evidence, "lost", legs[0]),
        gained=_total(evidence, "gained", legs[1]),
        traded_on=evidence.ledger.day(previous.session),
        pairs=pairs,
        closed_value=values[0],
        opened_value=values[1],
        cost=cost,
        cost_total=_dollars(evidence, previous, cost, pairs),
    )


def _total(evidence: Evidence, name: str, contracts: list[Contract]) -> Fact:
    changes = [contract.change for contract in contracts if contract.change is not None]
    total = "+".join(f"${number}" for number in range(1, len(changes) + 1))
    return evidence.ledger.add(
        f"roll.{name}",
        int(abs(sum(change.number for change in changes))),
        unit=Unit.CONTRACTS,
        formula=f"=abs({total})",
        of=changes,
        date=evidence.counted,
    )


def _least(evidence: Evidence, contracts: list[Contract]) -> Fact:
    """The least volume on any leg: how many combinations there can have been."""
    volumes = [contract.previous_volume for contract in contracts if contract.previous_volume is not None]
    formula = "$1"
    for number in range(2, len(volumes) + 1):
        formula = f"min({formula},${number})"
    return evidence.ledger.add(
        "roll.pairs",
        int(min(volume.number for volume in volumes)),
        unit=Unit.CONTRACTS,
        formula=f"={formula}",
        of=volumes,
        date=volumes[0].date,
    )


def _value(evidence: Evidence, writer: ContractWriter, name: str, legs: tuple[_Leg, ...]) -> Fact | None:
    """The worth of one combination that session: one leg's mid, or the dearer leg's less the other's."""
    mids = [writer.mid_before(leg.row) for leg in legs]
    known = sorted((mid for mid in mids if mid is not None), key=lambda mid: -mid.number)
    if len(known) < len(legs):
        return None
    value = known[0].number - sum(mid.number for mid in known[1:])
    return evidence.ledger.add(
        f"roll.{name}_value",
        value,
        unit=evidence.unit,
        decimals=2,
        formula="=$1-$2" if len(known) > 1 else "=$1",
        of=known,
        date=known[0].date,
    )


def _cost(evidence: Evidence, previous: PastBook, values: list[Fact | None]) -> Fact | None:
    closed, opened = values
    if closed is None or opened is None:
        return None
    return evidence.ledger.add(
        "roll.cost",
        opened.number - closed.number,
        unit=evidence.unit,
        decimals=2,
        formula="=$1-$2",
        of=(opened, closed),
        date=previous.session,
    )


def _dollars(evidence: Evidence, previous: PastBook, cost: Fact | None, pairs: Fact) -> Fact | None:
    """What that came to on every combination, at 100 shares a contract."""
    if cost is None:
        return None
    return evidence.ledger.add(
        "roll.cost_total",
        100 * cost.number * pairs.number,
        unit=Unit.USD,
        formula="=100*$1*$2",
        of=(cost, pairs),
        date=previous.session,
    )
