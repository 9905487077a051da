"""
What volume is usual for a series: that of its bucket of days to expiration and distance from the price.

A session's figure is the median volume of the bucket's series that traded; what is usual is the
median of those of 20 sessions before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Self

import numpy as np

from generator.analytics.evidence import Evidence, PastBook
from generator.analytics.series import RIGHTS
from generator.models.analysis import Unit
from generator.models.market import Reading, Right

Array = np.ndarray

SESSIONS = 20  #: before, of which the usual is taken
DAYS = (0, 7, 30, 90, 10_000)  #: calendar days to expiration, above one and up to the next
DISTANCES = (0, 90, 95, 98, 102, 105, 110, 100_000)  #: strike in percent of the price, from one to the next
FEWEST_TRADED = 5  #: series, before a bucket has a figure
STEM = "volume.bucket"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Series of one side, alike in days to expiration and in distance from the price."""

    right: Right
    days: tuple[int, int]
    distance: tuple[int, int]

    @property
    def id(self) -> str:
        """What its median is called: `volume.bucket.put.8-30.95-98`."""
        first, last = self.days[0] + 1, self.days[1]
        return f"{STEM}.{self.right}.{first}-{last}.{self.distance[0]}-{self.distance[1]}"

    def terms(self, session: dt.date, spot: float) -> str:
        """Return the terms of a selector that choose its traded series."""
        first, last = (session + dt.timedelta(days=days) for days in self.days)
        low, high = (round(spot * edge / 100, 4) for edge in self.distance)
        return (
            f"standard=true right={self.right} expiration>{first.isoformat()} "
            f"expiration<={last.isoformat()} strike>={low} strike<{high} volume>0"
        )

    def holds(self, right: Right, days: int, strike: float, spot: float) -> bool:
        """Whether a series is one of them."""
        low, high = (round(spot * edge / 100, 4) for edge in self.distance)
        return right == self.right and self.days[0] < days <= self.days[1] and low <= strike < high

    def median_of(self, past: PastBook) -> float | None:
        """Return the figure of a session of which the chain is on file."""
        book = past.book
        low, high = (round(past.spot * edge / 100, 4) for edge in self.distance)
        days = (book.day - np.datetime64(past.session, "D")).astype(int)
        chosen = (days > self.days[0]) & (days <= self.days[1]) & (book.call == (self.right == "call"))
        chosen &= (book.strike >= low) & (book.strike < high) & (np.nan_to_num(book.volume) > 0)
        return float(np.median(book.volume[chosen])) if chosen.sum() >= FEWEST_TRADED else None


BUCKETS = tuple(
    Bucket(right, days, distance)
    for right in RIGHTS
    for days in pairwise(DAYS)
    for distance in pairwise(DISTANCES)
)


def bucket_of(right: Right, days: int, strike: float, spot: float) -> Bucket:
    """Return the bucket of a series, *days* above zero ahead."""
    return next(item for item in BUCKETS if item.holds(right, days, strike, spot))


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """The figures of sessions before: those found then, else made of the chain on file."""

    found: Mapping[str, Mapping[dt.date, float]]  #: a bucket's id -> session -> median volume
    days: frozenset[dt.date]  #: with figures found then
    chains: tuple[PastBook, ...]  #: whole sessions without

    @classmethod
    def before(cls, evidence: Evidence, readings: Sequence[Reading]) -> Self:
        """Return what is known before the session of *evidence*."""
        found: dict[str, dict[dt.date, float]] = {}
        for item in readings:
            if item.session < evidence.session and item.id.startswith(f"{STEM}."):
                found.setdefault(item.id, {}).setdefault(item.session, item.value)
        days = frozenset(day for figures in found.values() for day in figures)
        chains = (past for past in evidence.past if past.complete and past.session not in days)
        return cls(found, days, tuple(chains))

    @property
    def sessions(self) -> int:
        """How many sessions before have figures."""
        return len(self.days) + len(self.chains)

    def of(self, bucket: Bucket) -> float | None:
        """Return what is usual in *bucket*; None under 20 sessions with a figure of it."""
        if self.sessions < SESSIONS:
            return None
        figures = dict(self.found.get(bucket.id, {}))
        made = ((past.session, bucket.median_of(past)) for past in self.chains)
        figures |= {day: figure for day, figure in made if figure is not None}
        latest = sorted(figures, reverse=True)[:SESSIONS]
        return median(figures[day] for day in latest) if len(latest) == SESSIONS else None


def write_medians(evidence: Evidence) -> None:
    """Write today's figures down, for the sessions to come; none where few of a bucket's series traded."""
    ledger, spot = evidence.ledger, evidence.spot.number
    for bucket, volumes in _volumes(evidence):
        ledger.add(
            bucket.id,
            float(np.median(volumes)),
            unit=Unit.CONTRACTS,
            decimals=1,
            formula="=median(volume)",
            rows=f"chain[{bucket.terms(evidence.session, spot)}]",
        )


def _volumes(evidence: Evidence) -> Iterator[tuple[Bucket, Array]]:
    for bucket in BUCKETS:
        frame, mask = evidence.ledger.select(f"chain[{bucket.terms(evidence.session, evidence.spot.number)}]")
        volumes = evidence.ledger.frames[frame]["volume"].to_numpy()[mask]
        if len(volumes) >= FEWEST_TRADED:
            yield bucket, volumes
