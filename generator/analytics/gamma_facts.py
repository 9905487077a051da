"""
Gamma exposure of the board, written down: first what needs no sign, then the naive net.

Each expiration's calls and puts are facts with rows; everything else is arithmetic over them.
The open interest of series without a volatility is told of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from generator.analytics.bar_rows import span
from generator.analytics.evidence import Evidence
from generator.analytics.gamma import gross, zero_gamma
from generator.analytics.gamma_board import GammaBoard
from generator.analytics.series import MISSING, RIGHTS, Expiration
from generator.calendar import is_monthly
from generator.models.analysis import Fact, Gamma, GammaShare, Unit
from generator.models.market import Right

Array = np.ndarray

NEAR = 0.02  #: of the price
SHOWN = 5  #: dates, by their share
SESSIONS = 20  #: of which the middle dollar volume is taken
OPERANDS = 30  #: a sum of more is made of sums


def gamma(board: GammaBoard) -> Gamma | None:
    """Return the gamma exposure of *board*; None, and withheld, where too much of it is not known."""
    evidence = board.evidence
    if "open_interest" in evidence.barred:
        return None
    unknown = board.unknown_near_spot
    if unknown is None or unknown > MISSING or gross(board.exposure) == 0:
        evidence.withhold("gamma", "too much of the open interest near the price has no volatility")
        return None
    sides, expirations = _sides(board), board.expirations
    whole = later = _totals(board, sides, expirations, "")
    running = [item for item in expirations if item.date > evidence.session]
    scope = ".live" if 0 < len(running) < len(expirations) else ""
    if scope:
        later = _totals(board, sides, running, scope)
    dollars = _dollar_volume(evidence)
    flip = _flip(board, "")
    return Gamma(
        gross=whole.gross,
        gross_live=later.gross,
        dollar_volume=dollars,
        share_of_volume=None
        if dollars is None
        else _percent(evidence, "gamma.gross_share_of_volume", whole.gross, dollars),
        expirations=_by_date(board, sides, whole.gross),
        near_spot_share=_near_spot(board, whole.gross),
        net=whole.net,
        net_share=whole.share,
        net_live=later.net,
        net_share_live=later.share,
        flip=flip,
        flip_live=_flip(board, scope) if scope else flip,
        unknown_share=_unknown(board),
    )


_Sides = dict[tuple[Right, str], Fact]  #: right, an expiration's key -> its exposure


def _sides(board: GammaBoard) -> _Sides:
    """Write the calls' and the puts' exposure of each expiration down."""
    found: _Sides = {}
    for item in board.expirations:
        exposure, call = board.exposure[item.rows], board.book.call[item.rows]
        for right in RIGHTS:
            found[right, item.key] = _exposure(
                board,
                f"gamma.{right}s.{item.key}",
                exposure[call == (right == "call")],
                f"chain[{item.terms} right={right}]",
            )
    return found


def _exposure(board: GammaBoard, name: str, values: Array, rows: str) -> Fact:
    evidence = board.evidence
    return evidence.ledger.add(
        name,
        gross(values),
        unit=Unit.USD,
        formula="gamma.exposure",
        rows=rows,
        of=(evidence.spot,),
        date=evidence.counted,
    )


def _sum(evidence: Evidence, name: str, parts: Sequence[Fact]) -> Fact:
    """Write a sum down; one of many parts is made of sums."""
    if len(parts) > OPERANDS:
        starts = range(0, len(parts), OPERANDS)
        pieces = [parts[start : start + OPERANDS] for start in starts]
        parts = [_sum(evidence, f"{name}.part.{place}", piece) for place, piece in enumerate(pieces, 1)]
    formula = "=" + "+".join(f"${place}" for place in range(1, len(parts) + 1))
    value = sum(part.number for part in parts)
    return evidence.ledger.add(name, value, unit=Unit.USD, formula=formula, of=parts, date=evidence.counted)


@dataclass(frozen=True, slots=True)
class _Totals:
    gross: Fact
    net: Fact
    share: Fact


def _totals(board: GammaBoard, sides: _Sides, expirations: Sequence[Expiration], scope: str) -> _Totals:
    """Write gross, net and the net in percent of the gross down, over *expirations*."""
    evidence = board.evidence
    calls, puts = (
        _sum(evidence, f"gamma.{right}s{scope}", [sides[right, item.key] for item in expirations])
        for right in RIGHTS
    )
    add, when = evidence.ledger.add, evidence.counted
    both = calls.number + puts.number
    whole = add(f"gamma.gross{scope}", both, unit=Unit.USD, formula="=$1+$2", of=(calls, puts), date=when)
    less = calls.number - puts.number
    net = add(f"gamma.net{scope}", less, unit=Unit.USD, formula="=$1-$2", of=(calls, puts), date=when)
    return _Totals(whole, net, _percent(evidence, f"gamma.net_share{scope}", net, whole))


def _percent(evidence: Evidence, name: str, part: Fact, whole: Fact) -> Fact:
    return evidence.ledger.add(
        name,
        100 * part.number / whole.number,
        unit=Unit.PERCENT,
        formula="=100*$1/$2",
        of=(part, whole),
        date=evidence.counted,
    )


def _dollar_volume(evidence: Evidence) -> Fact | None:
    """The middle of the last 20 sessions' close times volume; an index has none of its own."""
    name, bars = "gamma.dollar_volume", evidence.snapshot.bars
    volume = bars["volume"].to_numpy(dtype=float)[-SESSIONS:]
    if evidence.snapshot.kind == "index":
        evidence.withhold(name, "an index is not traded itself")
        return None
    if len(volume) < SESSIONS or not (volume > 0).all():
        evidence.withhold(name, f"fewer than {SESSIONS} sessions with a volume on file")
        return None
    return evidence.ledger.add(
        name,
        float(np.median(bars["close"].to_numpy(dtype=float)[-SESSIONS:] * volume)),
        unit=Unit.USD,
        formula=f"median.dollar_volume({SESSIONS})",
        rows=span(bars, -SESSIONS),
    )


def _by_date(board: GammaBoard, sides: _Sides, whole: Fact) -> tuple[GammaShare, ...]:
    """The dates with the largest shares, and the next monthly one; a date's settlements are one."""
    parts: dict[dt.date, list[Fact]] = {}
    for item in board.expirations:
        parts.setdefault(item.date, []).extend(sides[right, item.key] for right in RIGHTS)
    order = sorted(parts, key=lambda day: -sum(part.number for part in parts[day]))
    monthly = min((day for day in parts if is_monthly(day)), default=None)
    chosen = [day for place, day in enumerate(order) if place < SHOWN or day == monthly]
    evidence = board.evidence
    found = []
    for day in chosen:
        part = _sum(evidence, f"gamma.gross.{day.isoformat()}", parts[day])
        share = _percent(evidence, f"gamma.share.{day.isoformat()}", part, whole)
        found.append(GammaShare(expiration=evidence.ledger.day(day), gross=part, share=share))
    return tuple(found)


def _near_spot(board: GammaBoard, whole: Fact) -> Fact:
    """The share of strikes within 2 % of the price."""
    spot, strike = board.evidence.spot.number, board.book.strike
    low, high = (round(spot * (1 + side * NEAR), 2) for side in (-1, 1))
    near = (strike >= low) & (strike <= high)
    rows = f"chain[{board.terms} strike>={low} strike<={high}]"
    part = _exposure(board, "gamma.near_spot", board.exposure[near], rows)
    return _percent(board.evidence, "gamma.near_spot_share", part, whole)


def _flip(board: GammaBoard, scope: str) -> Fact | None:
    """The price nearest to spot at which the net changes sign, of all series or the live ones."""
    evidence, contracts, spot = board.evidence, board.contracts, board.evidence.spot
    if scope:
        interest = np.where(board.book.live, contracts.open_interest, np.nan)
        contracts = replace(contracts, open_interest=interest)
    found = zero_gamma(contracts, spot.number)
    if found is None:
        evidence.withhold(f"gamma.flip{scope}", "the net does not change sign within 15 % of the price")
        return None
    return evidence.ledger.add(
        f"gamma.flip{scope}",
        found,
        unit=evidence.unit,
        decimals=2,
        formula="gamma.zero",
        rows=f"chain[{board.terms}]",
        of=(spot,),
        date=evidence.counted,
    )


def _unknown(board: GammaBoard) -> Fact:
    """Percent of the open interest in series that have no gamma."""
    add, when, rows = board.evidence.ledger.add, board.evidence.counted, f"chain[{board.terms}]"
    held = np.nan_to_num(board.book.open_interest)
    if not board.today:
        held = np.where(board.book.ahead, held, 0.0)
    unknown = add(
        "gamma.unknown_open_interest",
        int(held[np.isnan(board.exposure)].sum()),
        unit=Unit.CONTRACTS,
        formula="gamma.unknown",
        rows=rows,
        date=when,
    )
    whole = add(
        "gamma.open_interest",
        int(held.sum()),
        unit=Unit.CONTRACTS,
        formula="=sum(open_interest)",
        rows=rows,
        date=when,
    )
    return _percent(board.evidence, "gamma.unknown_share", unknown, whole)
