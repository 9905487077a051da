"""
The gate: whether a snapshot can carry a brief at all, and what it must not say.

Each test catches a fault seen in real files: chains without quotes before the open, chains
whose open interest was reset overnight, the day of a split with quotes on the new strikes and
open interest on the old, an after-hours price beside the close's quotes, yesterday's volume
in series that have not traded today, a list of expirations three times as long as the day before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from generator.analytics.gate_bars import bar_faults
from generator.analytics.gate_spot import lag, spot_faults
from generator.analytics.quotes import STALE_SECONDS
from generator.analytics.series import MISSING, Book, book_of, missing_share
from generator.analytics.stale import Repeated, repeated
from generator.calendar import session_close
from generator.models.analysis import Withheld
from generator.models.market import PastChain, Snapshot

Array = np.ndarray

NEAR = 0.15  #: of spot: strikes that must be quoted
FEWEST_QUOTED = 0.5  #: share of those with a bid and an ask; recorded chains have 89 % or more
FEWEST_COUNTED = 0.02  #: share of all series with open interest; recorded chains have 65 % or more
DISJOINT = 0.25  #: share of rows with one of quote and open interest, on both sides
FEWEST_TRADED = 0.02  #: share of series with volume once a session is over; recorded: 37 % or more
WINDOW = 0.25  #: share of expirations that one of two lists lacks; rolling lists differ by 7 to 10 %
HALF_MILL = 0.0005  #: symbols carry strikes in thousandths
RECENT = 5  #: sessions on file that are held against the one before each


def comparable(
    chains: Sequence[PastChain], snapshot: Snapshot
) -> tuple[tuple[PastChain, ...], tuple[Withheld, ...]]:
    """
    Return the earlier chains that can be compared with, and why the session before is not among them.

    Left out: chains that would be refused themselves, and a chain that repeats the one before it.
    """
    earlier = [past for past in chains if past.session < snapshot.session]
    faulty = {past.session: reason for past in earlier if (reason := _fault_of(past))}
    whole = [past for past in earlier if past.session not in faulty]
    for past, older in pairwise(whole[: RECENT + 1]):
        if repeated(past.chain, older.chain, past.spot).whole:
            faulty[past.session] = f"its quotes and volumes are those of {older.session}"
    kept = tuple(past for past in whole if past.session not in faulty)
    reason = faulty.get(snapshot.previous_session)
    told = f"the chain of {snapshot.previous_session} on file is left out: {reason}"
    return kept, (Withheld(metric="changes since the session before", reason=told),) if reason else ()


def own_close(chains: Sequence[PastChain], snapshot: Snapshot) -> tuple[PastChain, ...]:
    """Return the close whose quotes a morning edition has, with the count before; none for others."""
    if snapshot.edition != "morning":
        return ()
    return tuple(past for past in chains if past.session == snapshot.session and sound(past))


def sound(past: PastChain) -> bool:
    """Whether a session before can be compared with."""
    return _fault_of(past) is None


def faults(snapshot: Snapshot, past: Sequence[PastChain] = ()) -> Iterator[str]:
    """Yield every reason to refuse *snapshot*; *past* newest first."""
    if len(snapshot.chain) == 0:
        yield "the chain is empty: take another source or time"
        return
    if not (np.isfinite(snapshot.spot) and snapshot.spot > 0):
        yield f"the price is {snapshot.spot:g}: wanted one above zero"
        return
    yield from _name_faults(snapshot.chain)
    yield from chain_faults(snapshot.chain, snapshot.spot)
    yield from bar_faults(snapshot)
    book = book_of(snapshot.chain, snapshot.session, snapshot.as_of)
    if len(book) == 0:
        yield "no standard series expires on or after the session"
        return
    yield from _age_faults(book, snapshot.spot)
    yield from spot_faults(book, snapshot)
    yield from _repeat_faults(snapshot, past)


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


def restrictions(snapshot: Snapshot, past: Sequence[PastChain]) -> Iterator[Withheld]:
    """Yield the groups of metrics that this snapshot cannot support, each with its reason."""
    book = book_of(snapshot.chain, snapshot.session, snapshot.as_of)
    previous = past[0] if past else None
    if (reason := _uncounted(book, snapshot.spot)) is not None:
        yield Withheld(metric="open_interest", reason=reason)
    if (reason := _untraded(book, snapshot, previous)) is not None:
        yield Withheld(metric="volume", reason=reason)
    if (reason := lag(book, snapshot)) is not None:
        yield Withheld(metric="plans", reason=reason)
    if previous is not None and (reason := _window(book, previous)) is not None:
        yield Withheld(metric="put_call.open_interest.all.change", reason=reason)


def _fault_of(past: PastChain) -> str | None:
    if len(past.chain) == 0:
        return "it is empty"
    return next(chain_faults(past.chain, past.spot), None)


def _name_faults(chain: pd.DataFrame) -> Iterator[str]:
    """Yield when rows contradict their own symbols; until 2015 those had the Saturday after the last day."""
    names = chain["contract_symbol"]
    day = pd.to_datetime("20" + names.str[6:12], format="%Y%m%d", errors="coerce")
    late = (day - chain["expiration"]).dt.days
    strike = pd.to_numeric(names.str[13:21], errors="coerce") / 1000
    right = names.str[12].map({"C": "call", "P": "put"})
    same = late.isin([0, 1]) & ((strike - chain["strike"]).abs() < HALF_MILL) & (right == chain["right"])
    if not same.all():
        yield (
            f"{int((~same).sum())} series contradict their own symbols in date, strike or right, "
            f"the first is {names[~same].iloc[0].replace(' ', '')}: take another source"
        )


def _age_faults(book: Book, spot: float) -> Iterator[str]:
    near = (np.abs(book.strike / spot - 1) <= NEAR) & ~np.isnan(book.age)
    if not near.any():
        return
    age = book.age[near]
    share = float(((age < 0) | (age > STALE_SECONDS)).mean())
    if share > 1 - FEWEST_QUOTED:
        yield (
            f"{share:.0%} of the quotes within 15% of spot are more than {STALE_SECONDS / 60:.0f} minutes "
            "older than the snapshot, or newer than it: take a capture with quotes of its own time"
        )


def _repeat_faults(snapshot: Snapshot, past: Sequence[PastChain]) -> Iterator[str]:
    """Yield when the chain is the latest one on file again."""
    found = _since(snapshot, past[0] if past else None)
    if found is not None and found.whole:
        yield (
            f"{found.quotes:.0%} of the quotes near spot are those of {past[0].session}, "
            "an old chain under a new date: take a capture made in this session"
        )


def _since(snapshot: Snapshot, previous: PastChain | None) -> Repeated | None:
    """Return what repeats the latest chain on file."""
    if previous is None:
        return None
    return repeated(snapshot.chain, previous.chain, snapshot.spot)


def _uncounted(book: Book, spot: float) -> str | None:
    near = np.abs(book.strike / spot - 1) <= NEAR
    share = missing_share(book, near & book.live)
    if share <= MISSING:
        return None
    return f"{share:.0%} of the series within 15% of the price have no count of it"


def _untraded(book: Book, snapshot: Snapshot, previous: PastChain | None) -> str | None:
    with np.errstate(invalid="ignore"):
        traded = float((book.volume > 0).mean())
    over = snapshot.as_of >= session_close(snapshot.session)
    if over and traded < FEWEST_TRADED:
        return "it is zero or missing nearly everywhere, though the session is over"
    found = _since(snapshot, previous)
    if previous is None or found is None or not found.carried(over=over):
        return None
    return (
        f"in {found.volumes:.0%} of the series traded on both days it is that of {previous.session}: "
        "the source keeps a series' last volume until it trades again"
    )


def _window(book: Book, previous: PastChain) -> str | None:
    """Say when the lists of expirations differ too much for their totals to be compared."""
    earlier = book_of(previous.chain, previous.session, previous.as_of)
    now = {item.date for item in book.expirations if item.date > book.session}
    before = {item.date for item in earlier.expirations if item.date > book.session}
    if not now | before or len(now ^ before) / len(now | before) <= WINDOW:
        return None
    return (
        f"{len(before)} expirations on file for {previous.session}, {len(now)} now: "
        "totals over different lists are not compared, only the expirations listed in both"
    )
