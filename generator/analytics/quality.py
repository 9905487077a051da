"""The verdict on a snapshot: what stands in the chain, counted, and what is not printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from generator.analytics.american_volatility import Refusal
from generator.analytics.gate import NEAR, faults, restrictions
from generator.analytics.ledger import Ledger
from generator.analytics.quotes import COUNTED, sentinel
from generator.analytics.series import Book, book_of
from generator.analytics.smile import NOT_ASKED, Surface
from generator.errors import RefusedSnapshotError
from generator.models.analysis import Fact, Quality, Unit, Withheld
from generator.models.market import PastChain, Snapshot

Array = np.ndarray

MISSING_NOTED = 0.02  #: share of series without open interest worth a note
REJECTED_NOTED = 0.10  #: share of open interest on unusable quotes worth a note
NO_TIMES = "quotes carry no time of their own: their age is not known"
SOME_TIMES = "some quotes carry no time of their own: their age is not known"
HARMLESS = {NO_TIMES, SOME_TIMES}  #: notes that leave a snapshot good


def judge(
    snapshot: Snapshot, ledger: Ledger, past: Sequence[PastChain] = (), left_out: Sequence[Withheld] = ()
) -> Quality:
    """
    Return the verdict, the counts of what stands in the chain, and what must be withheld.

    *past* are the earlier chains that can be compared with, newest first, *left_out* what
    is not compared and why.

    Raises:
        RefusedSnapshotError: With every reason, when no brief can be made.
    """
    reasons = tuple(faults(snapshot, past))
    if reasons:
        raise RefusedSnapshotError(snapshot.symbol, reasons)
    book = book_of(snapshot.chain, snapshot.session, snapshot.as_of)
    rows = _row_counts(snapshot, ledger)
    counts = {**rows, **_differences(rows, ledger)}
    withheld = (*left_out, *restrictions(snapshot, past))
    notes = tuple(_notes(book, counts))
    return Quality(verdict=_verdict(notes, withheld), counts=counts, notes=notes, withheld=withheld)


def completed(quality: Quality, ledger: Ledger, surface: Surface, withheld: Sequence[Withheld]) -> Quality:
    """Return *quality* with what the quote filter rejected, and the metrics withheld."""
    rejected, share = _rejected(ledger, surface)
    counts = {**quality.counts, **_verdict_counts(ledger, surface), "rejected": rejected}
    counts |= _volatility_counts(ledger, surface)
    notes = list(quality.notes)
    if share is not None:
        counts["rejected_share"] = share
        if share.number > 100 * REJECTED_NOTED:
            notes.append("more than a tenth of the open interest is on series whose quotes cannot be used")
    return replace(
        quality,
        verdict=_verdict(notes, quality.withheld),
        counts=counts,
        notes=tuple(notes),
        withheld=(*quality.withheld, *withheld),
    )


def _verdict(notes: Sequence[str], withheld: Sequence[Withheld]) -> Literal["good", "usable"]:
    return "good" if set(notes) <= HARMLESS and not withheld else "usable"


def _notes(book: Book, counts: dict[str, Fact]) -> Iterator[str]:
    """Say what a reader should know of the data."""
    unknown = np.isnan(book.age)
    if unknown.any():
        yield NO_TIMES if unknown.all() else SOME_TIMES
    if counts["missing_open_interest"].number / counts["contracts"].number > MISSING_NOTED:
        yield "open interest is missing on more than two percent of the series"


def _row_counts(snapshot: Snapshot, ledger: Ledger) -> dict[str, Fact]:
    """What stands in the chain, counted over all its rows or over those near the price."""
    session, spot = snapshot.session.isoformat(), float(snapshot.spot)
    near = f"strike>={(1 - NEAR) * spot!r} strike<={(1 + NEAR) * spot!r}"
    terms = {
        "contracts": "",
        "two_sided": "bid>0 ask>0",
        "zero_bid": "bid=0",
        "with_open_interest": "open_interest>=0",
        "adjusted": "standard=false",
        "expired": f"expiration<{session}",
        "counted": "open_interest>0",
        "counted_and_quoted": "open_interest>0 ask>0",
        "near": near,
        "near_two_sided": f"{near} bid>0 ask>0",
    }
    counts = {name: _count(ledger, name, "=count()", f"chain[{term}]") for name, term in terms.items()}
    named: dict[str, Array] = {name: test(snapshot) for name, test in _TESTS.items()}
    for name, found in named.items():
        counts[name] = _count(ledger, name, f"quotes.{name}", "chain[]", int(found.sum()))
    return counts


def _differences(found: Mapping[str, Fact], ledger: Ledger) -> dict[str, Fact]:
    """What the counts of rows leave: uncounted series, counted ones without a quote, dead quotes."""
    made: dict[str, Fact] = {}
    for name, (whole, part) in _LESS.items():
        made[name] = ledger.add(
            f"quality.{name}",
            int(found[whole].number - found[part].number),
            unit=Unit.COUNT,
            formula="=$1-$2",
            of=(found[whole], found[part]),
        )
    near, quoted = found["near"], found["near_two_sided"]
    made["dead_share"] = ledger.add(
        "quality.dead_share",
        100 * (1 - quoted.number / near.number),
        unit=Unit.PERCENT,
        decimals=1,
        formula="=100*(1-$1/$2)",
        of=(quoted, near),
    )
    return made


#: a count -> the two it is the difference of
_LESS = {
    "missing_open_interest": ("contracts", "with_open_interest"),
    "split_mismatch": ("counted", "counted_and_quoted"),
}


def _sides(snapshot: Snapshot) -> tuple[Array, Array]:
    bid, ask = (snapshot.chain[side].to_numpy(dtype=float) for side in ("bid", "ask"))
    return bid, ask


def _crossed(snapshot: Snapshot) -> Array:
    bid, ask = _sides(snapshot)
    return np.asarray((bid > ask) & (ask >= 0))


def _locked(snapshot: Snapshot) -> Array:
    bid, ask = _sides(snapshot)
    return np.asarray((bid == ask) & (bid > 0))


def _missing_side(snapshot: Snapshot) -> Array:
    bid, ask = _sides(snapshot)
    return np.asarray(np.isnan(bid) | np.isnan(ask))


def _sentinel(snapshot: Snapshot) -> Array:
    bid, ask = _sides(snapshot)
    strike = snapshot.chain["strike"].to_numpy(dtype=float)
    call = (snapshot.chain["right"] == "call").to_numpy(dtype=bool)
    return sentinel(bid, ask, np.where(call, snapshot.spot, strike))


_TESTS: dict[str, Callable[[Snapshot], Array]] = {
    "crossed": _crossed,
    "locked": _locked,
    "missing_side": _missing_side,
    "sentinel": _sentinel,
}


def _verdict_counts(ledger: Ledger, surface: Surface) -> dict[str, Fact]:
    """How many series beyond today the quote filter marked, by reason."""
    book = surface.book
    rows = f"chain[standard=true expiration>{book.session.isoformat()}]"
    reasons = surface.judged.reason[book.ahead]
    return {
        name: _count(ledger, name, f"quotes.{name}", rows, int(np.isin(reasons, numbers).sum()))
        for name, numbers in COUNTED.items()
    }


def _volatility_counts(ledger: Ledger, surface: Surface) -> dict[str, Fact]:
    """How many out-of-the-money series beyond today were asked for a volatility, and what came of it."""
    rows = f"chain[standard=true expiration>{surface.book.session.isoformat()}]"
    found = surface.refusal[surface.book.ahead]
    counts = {name: np.isin(found, codes) for name, codes in _REFUSED.items()}
    counts["volatility_asked"] = found != NOT_ASKED
    return {
        name: _count(ledger, name, f"volatility.{name[11:]}", rows, int(marks.sum()))
        for name, marks in counts.items()
    }


#: a count -> the refusals it counts
_REFUSED = {
    "volatility_found": (Refusal.NONE,),
    "volatility_no_time_value": (Refusal.NO_TIME_VALUE, Refusal.ABOVE_BOUND),
    "volatility_no_vega": (Refusal.NO_VEGA, Refusal.TWO_BOUNDARIES),
    "volatility_wide_spread": (Refusal.WIDE_SPREAD,),
    "volatility_out_of_range": (Refusal.OUT_OF_RANGE,),
}


def _count(ledger: Ledger, name: str, formula: str, rows: str, value: int | None = None) -> Fact:
    """Write a count down; by default that of the rows selected."""
    total = int(ledger.select(rows)[1].sum()) if value is None else value
    return ledger.add(f"quality.{name}", total, unit=Unit.COUNT, formula=formula, rows=rows)


def _rejected(ledger: Ledger, surface: Surface) -> tuple[Fact, Fact | None]:
    """How many series beyond today the quote filter rejects, and their share of open interest."""
    book = surface.book
    out = ~surface.judged.usable & book.ahead
    rows = f"chain[standard=true expiration>{book.session.isoformat()}]"
    count = _count(ledger, "rejected", "quotes.rejected", rows, int(out.sum()))
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
