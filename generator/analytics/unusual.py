"""
Unusual volume, ranked: the series whose volume is large for the day, or for series like them.

At most five of the series beyond today, each with at least 1 % of their volume and $250,000 of
premium, by the larger of their share of that volume and, where 20 sessions are on file, their
volume over what is usual for such series (`volume_buckets`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from generator.analytics.contracts import ContractWriter
from generator.analytics.evidence import Evidence
from generator.analytics.volume_buckets import SESSIONS, Bucket, Usual, bucket_of, write_medians
from generator.models.analysis import Fact, Unit, Unusual
from generator.models.market import Reading

SHOWN = 5
LEAST_SHARE = 0.01  #: of the volume beyond today's expiration
LEAST_PREMIUM = 250_000  #: dollars, at the mid
SHARES = 100  #: a contract


def unusual(
    evidence: Evidence, writer: ContractWriter, readings: Sequence[Reading]
) -> tuple[tuple[Unusual, ...], Fact | None]:
    """
    Return the ranked series, and how many sessions before have medians on file.

    Empty where volume is barred and in a morning edition, which tells what became of it. A session
    that still runs is ranked by share alone: its volume is of a part of the day.
    """
    if "volume" in evidence.barred or evidence.snapshot.edition == "morning":
        return (), None
    usual = number = None
    if evidence.snapshot.edition == "close":
        usual = Usual.before(evidence, readings)
        write_medians(evidence)
        number = evidence.ledger.add(
            "unusual.sessions",
            usual.sessions,
            unit=Unit.SESSIONS,
            formula="history.sessions_with_medians",
        )
    ranked = sorted(_candidates(evidence, writer, usual), key=lambda item: -item.rank)[:SHOWN]
    made = (_written(evidence, writer, item) for item in ranked)
    return tuple(item for item in made if item is not None), number


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row with volume and premium enough, and what is usual for its bucket."""

    row: int
    share: float
    bucket: Bucket
    usual: float | None
    volume: float

    @property
    def rank(self) -> float:
        return max(self.share, 0.0 if self.usual is None else self.volume / self.usual)


def _candidates(evidence: Evidence, writer: ContractWriter, usual: Usual | None) -> Iterator[_Candidate]:
    """Yield the rows with volume and premium enough, in book order."""
    book, spot, total = evidence.book, evidence.spot.number, writer.live_volume.number
    with np.errstate(invalid="ignore"):
        enough = book.volume >= max(LEAST_SHARE * total, 1)
        enough &= book.volume * book.mid * SHARES >= LEAST_PREMIUM
    for row in np.flatnonzero(enough & book.live & ~writer.untraded).tolist():
        days = (book.expiration_of(row).date - evidence.session).days
        bucket = bucket_of(book.right(row), days, float(book.strike[row]), spot)
        volume = float(book.volume[row])
        yield _Candidate(row, volume / total, bucket, None if usual is None else usual.of(bucket), volume)


def _written(evidence: Evidence, writer: ContractWriter, item: _Candidate) -> Unusual | None:
    contract = writer.contract(item.row)
    if contract.volume is None or contract.volume_share is None:
        return None
    book, add = evidence.book, evidence.ledger.add
    name, times = book.name(item.row), None
    premium = add(
        f"premium.{name}",
        SHARES * item.volume * float(book.bid[item.row] + book.ask[item.row]) / 2,
        unit=Unit.USD,
        formula=f"={SHARES}*$1*(value(bid)+value(ask))/2",
        rows=book.selector(item.row),
        of=(contract.volume,),
    )
    if item.usual is not None:
        usual = add(
            f"history.{item.bucket.id}.median",
            item.usual,
            unit=Unit.CONTRACTS,
            decimals=1,
            formula=f"history.median({SESSIONS})",
        )
        times = add(
            f"volume_times_usual.{name}",
            item.volume / usual.number,
            unit=Unit.RATIO,
            decimals=1,
            formula="=$1/$2",
            of=(contract.volume, usual),
        )
    return Unusual(contract=contract, premium=premium, share=contract.volume_share, times_usual=times)
