"""
The gate: whether a snapshot can carry a brief at all, and what was left out of it.

Each test catches a fault seen in real files: chains without quotes before the open,
chains whose open interest was reset overnight, the day of a split with quotes on the new
strikes and open interest on the old, an after-hours price set beside the close's quotes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from generator.analytics.forwards import pairs_of
from generator.analytics.ledger import Ledger
from generator.analytics.series import Book, Expiration, book_of
from generator.analytics.smile import Surface
from generator.errors import RefusedSnapshotError
from generator.models.analysis import Fact, Quality, Unit, Withheld
from generator.models.market import PastChain, Snapshot

Array = np.ndarray

NEAR = 0.15  #: of spot: strikes that must be quoted
FEWEST_QUOTED = 0.5  #: share of those with a bid and an ask
FEWEST_COUNTED = 0.02  #: share of all series with open interest
DISJOINT = 0.25  #: share of rows with one of quote and open interest, on both sides
SPLIT = 0.5  #: spot against the last close
PARITY = 0.003  #: of spot
CARRY = 0.05  #: a year, granted to expirations beyond a week
WEEK_MINUTES = 7 * 1440
FEWEST_PAIRS = 5
MISSING_NOTED = 0.02  #: share of series without open interest worth a note
REJECTED_NOTED = 0.10  #: share of open interest on unusable quotes worth a note


def judge(snapshot: Snapshot, ledger: Ledger) -> Quality:
    """
    Return the verdict and the counts of what stands in the chain.

    Raises:
        RefusedSnapshotError: With every reason, when no brief can be made.
    """
    reasons = tuple(faults(snapshot))
    if reasons:
        raise RefusedSnapshotError(snapshot.symbol, reasons)
    counts = _counts(snapshot, ledger)
    missing = counts["missing_open_interest"].number / counts["contracts"].number
    notes = ["quotes carry no time of their own: their age is not known"]
    if missing > MISSING_NOTED:
        notes.append("open interest is missing on more than two percent of the series")
    return Quality(
        verdict="usable" if len(notes) > 1 else "good", counts=counts, notes=tuple(notes), withheld=()
    )


def completed(quality: Quality, ledger: Ledger, surface: Surface, withheld: Sequence[Withheld]) -> Quality:
    """Return *quality* with what the quote filter rejected, and the metrics withheld."""
    rejected, share = _rejected(ledger, surface)
    counts = {**quality.counts, "rejected": rejected}
    notes = list(quality.notes)
    if share is not None:
        counts["rejected_share"] = share
        if share.number > 100 * REJECTED_NOTED:
            notes.append("more than a tenth of the open interest is on series whose quotes cannot be used")
    return replace(
        quality,
        verdict="good" if len(notes) == 1 else "usable",
        counts=counts,
        notes=tuple(notes),
        withheld=(*quality.withheld, *withheld),
    )


def faults(snapshot: Snapshot) -> Iterator[str]:
    """Yield every reason to refuse *snapshot*."""
    if len(snapshot.chain) == 0:
        yield "the chain is empty: take another source or time"
        return
    yield from chain_faults(snapshot.chain, snapshot.spot)
    yield from _bar_faults(snapshot)
    book = book_of(snapshot.chain, snapshot.session, snapshot.as_of)
    if len(book) == 0:
        yield "no standard series expires on or after the session"
        return
    yield from _parity_faults(book, snapshot)


def chain_faults(chain: pd.DataFrame, spot: float) -> Iterator[str]:
    """Yield what is wrong with quotes and open interest as such."""
    bid, ask = chain["bid"].to_numpy(dtype=float), chain["ask"].to_numpy(dtype=float)
    interest = chain["open_interest"].to_numpy(dtype=float)
    near = np.abs(chain["strike"].to_numpy(dtype=float) / spot - 1) <= NEAR
    quoted = (bid > 0) & (ask > 0)
    share = float(quoted[near].mean()) if near.any() else 0.0
    if share < FEWEST_QUOTED:
        yield (
            f"only {share:.0%} of the series within 15% of spot have a bid and an ask, "
            "feeds reset them outside trading hours: take a capture made during or just after the session"
        )
    counted = np.nan_to_num(interest) > 0
    if counted.mean() < FEWEST_COUNTED:
        yield "open interest is zero or missing everywhere: take a capture made after it was published"
        return
    both_ways = (float((counted & ~(ask > 0)).mean()), float(((ask > 0) & ~counted).mean()))
    if min(both_ways) >= DISJOINT:
        yield (
            f"{both_ways[0]:.0%} of the series have open interest and no quote, {both_ways[1]:.0%} a quote "
            "and no open interest, as on a split's first day: wait for the next session"
        )


def sound(past: PastChain) -> bool:
    """Whether a session before can be compared with."""
    return len(past.chain) > 0 and not any(chain_faults(past.chain, past.spot))


def _bar_faults(snapshot: Snapshot) -> Iterator[str]:
    if len(snapshot.bars) == 0:
        yield "no daily bars at or before the session: add them to the source"
        return
    close = float(snapshot.bars["close"].iloc[-1])
    if not 1 - SPLIT <= snapshot.spot / close <= 1 / (1 - SPLIT):
        yield f"spot {snapshot.spot:g} against a last close of {close:g}: a split the bars do not know"


def _parity_faults(book: Book, snapshot: Snapshot) -> Iterator[str]:
    """
    Yield when the options imply another spot than the one given.

    Both of the two nearest well-quoted expirations must do so: an unknown dividend moves
    only those after it, and series in their last minutes may be off alone.
    """
    gaps = [gap for item in book.expirations if (gap := _parity_gap(book, item, snapshot)) is not None]
    nearest = gaps[:2]
    if nearest and all(excess > 0 for _, excess in nearest):
        yield (
            f"the nearest options imply a spot {1e4 * nearest[0][0]:+.0f} bp from {snapshot.spot:g}, "
            f"{1e4 * PARITY:.0f} are tolerated, spot and quotes are not of one time or a deliverable "
            "is adjusted: take a capture with both"
        )


def _parity_gap(book: Book, expiration: Expiration, snapshot: Snapshot) -> tuple[float, float] | None:
    """
    The gap between implied and given spot, over spot, and what of it nothing explains.

    Known dividends are added back; the error of the quotes and, beyond a week, carry are
    granted. None with fewer than five strikes quoted on both sides.
    """
    spot = snapshot.spot
    pairs = pairs_of(book, expiration).within((1 - NEAR) * spot, (1 + NEAR) * spot)
    if len(pairs) < FEWEST_PAIRS:
        return None
    near = np.argsort(np.abs(pairs.strike - spot), kind="stable")[: 2 * FEWEST_PAIRS]
    tight = near[np.argsort(pairs.spread[near], kind="stable")[:FEWEST_PAIRS]]
    paid = sum(d.amount for d in snapshot.dividends if book.session < d.ex_date <= expiration.date)
    implied = float(np.median((pairs.strike + pairs.call - pairs.put)[tight])) + paid
    error = float(np.median(pairs.spread[tight])) / 2 / spot
    carry = CARRY * max(expiration.minutes - WEEK_MINUTES, 0) / 525_600
    gap = implied / spot - 1
    return gap, abs(gap) - PARITY - carry - (error if error > PARITY else 0.0)


def _counts(snapshot: Snapshot, ledger: Ledger) -> dict[str, Fact]:
    """What stands in the chain, counted over all its rows."""
    session = snapshot.session.isoformat()
    terms = {
        "contracts": "",
        "two_sided": "bid>0 ask>0",
        "zero_bid": "bid=0",
        "with_open_interest": "open_interest>=0",
        "adjusted": "standard=false",
        "expired": f"expiration<{session}",
    }
    counts = {}
    for name, term in terms.items():
        rows = f"chain[{term}]"
        total = int(ledger.select(rows)[1].sum())
        counts[name] = ledger.add(f"quality.{name}", total, unit=Unit.COUNT, formula="=count()", rows=rows)
    all_rows, known = counts["contracts"], counts["with_open_interest"]
    counts["missing_open_interest"] = ledger.add(
        "quality.missing_open_interest",
        int(all_rows.number - known.number),
        unit=Unit.COUNT,
        formula="=$1-$2",
        of=(all_rows, known),
    )
    return counts


def _rejected(ledger: Ledger, surface: Surface) -> tuple[Fact, Fact | None]:
    """How many series beyond today the quote filter rejects, and their share of open interest."""
    book = surface.book
    out = ~surface.judged.usable & book.ahead
    rows = f"chain[standard=true expiration>{book.session.isoformat()}]"
    count = ledger.add(
        "quality.rejected", int(out.sum()), unit=Unit.COUNT, formula="quotes.rejected", rows=rows
    )
    total = float(np.nansum(book.open_interest[book.ahead]))
    if total == 0:
        return count, None
    share = ledger.add(
        "quality.rejected_share",
        100 * float(np.nansum(book.open_interest[out])) / total,
        unit=Unit.PERCENT,
        decimals=1,
        formula="quotes.rejected_share_of_open_interest",
        rows=rows,
    )
    return count, share
