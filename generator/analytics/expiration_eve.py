"""
The strike that weighs most just before it expires.

On the last session before an afternoon settlement that holds much of the board's gamma, and on
its own day while it trades: the strike with most of that expiration's gamma, where it lies within
1 % of the price. Whether it also has the largest open interest is told apart: only then may one
speak of a pin, as a tendency (Ni, Pearson and Poteshman, Journal of Financial Economics, 2005).
"""

from __future__ import annotations

import numpy as np

from generator.analytics.gamma_board import LEAST_MINUTES, GammaBoard
from generator.analytics.put_call import WINDOW
from generator.analytics.series import Expiration
from generator.calendar import next_session
from generator.formatting import shortest
from generator.models.analysis import Eve, Fact, Gamma, Unit

Array = np.ndarray

LEAST_GAMMA = 10.0  #: percent of the board's, of the expiration
LEAST_OF_EXPIRATION = 10.0  #: percent of the expiration's, of the strike
NEAR = 1.0  #: percent of the price


def expiration_eve(board: GammaBoard, exposure: Gamma | None) -> Eve | None:
    """
    Return the strike, or None: no such expiration, or no strike of it weighs much near the price.

    A chain that ends within sixty days says too little of what share an expiration has.
    """
    session = board.evidence.session
    if exposure is None or board.book.day[-1] < np.datetime64(session + WINDOW, "D"):
        return None
    shares = {item.expiration.value: item.share for item in exposure.expirations}
    for item in board.expirations:
        share = shares.get(item.date)
        ends = item.date in {session, next_session(session)} and item.settlement == "pm"
        if ends and item.minutes >= LEAST_MINUTES and share is not None and share.number >= LEAST_GAMMA:
            return _eve(board, item, share)
    return None


def _eve(board: GammaBoard, expiration: Expiration, share: Fact) -> Eve | None:
    rows, spot = expiration.rows, board.evidence.spot
    strike, gamma = largest(board.book.strike[rows], board.exposure[rows])
    whole = float(np.nansum(board.exposure[rows]))
    if abs(100 * (strike / spot.number - 1)) > NEAR or 100 * gamma < LEAST_OF_EXPIRATION * whole:
        return None
    level = _level(board, expiration, strike)
    of_strike = f"chain[{expiration.terms} strike={shortest(strike).replace(',', '')}]"
    chosen = np.zeros(len(board.book), dtype=bool)
    chosen[rows] = board.book.strike[rows] == strike
    add, when = board.evidence.ledger.add, board.evidence.counted
    held = add(
        "eve.open_interest",
        int(np.nansum(board.book.open_interest[chosen])),
        unit=Unit.CONTRACTS,
        formula="=sum(open_interest)",
        rows=of_strike,
        date=when,
    )
    part = add(
        "eve.gamma", gamma, unit=Unit.USD, formula="gamma.exposure", rows=of_strike, of=(spot,), date=when
    )
    sides = tuple(
        board.evidence.ledger.facts[f"gamma.{right}s.{expiration.key}"] for right in ("call", "put")
    )
    return Eve(
        expiration=board.evidence.ledger.day(expiration.date),
        gamma_share=share,
        strike=level,
        distance=add(
            "eve.distance",
            100 * (strike / spot.number - 1),
            unit=Unit.PERCENT,
            decimals=1,
            formula="=100*($1/$2-1)",
            of=(level, spot),
        ),
        open_interest=held,
        strike_share=add(
            "eve.strike_share",
            100 * gamma / (sides[0].number + sides[1].number),
            unit=Unit.PERCENT,
            formula="=100*$1/($2+$3)",
            of=(part, *sides),
            date=when,
        ),
        larger_strikes=_larger(board, expiration, level, held),
    )


def _level(board: GammaBoard, expiration: Expiration, strike: float) -> Fact:
    return board.evidence.ledger.add(
        "eve.strike",
        strike,
        unit=board.evidence.unit,
        decimals=len(shortest(strike).partition(".")[2]),
        formula="gamma.largest_strike",
        rows=f"chain[{expiration.terms}]",
        date=board.evidence.counted,
    )


def _larger(board: GammaBoard, expiration: Expiration, strike: Fact, held: Fact) -> Fact:
    """How many strikes of the expiration have more open interest."""
    rows = expiration.rows
    _, place = np.unique(board.book.strike[rows], return_inverse=True)
    interest = np.bincount(place, np.nan_to_num(board.book.open_interest[rows]))
    return board.evidence.ledger.add(
        "eve.larger_strikes",
        int((interest > held.number).sum()),
        unit=Unit.COUNT,
        formula="open_interest.larger_strikes",
        rows=f"chain[{expiration.terms}]",
        of=(strike, held),
        date=board.evidence.counted,
    )


def largest(strike: Array, exposure: Array) -> tuple[float, float]:
    """Return the strike with most gamma, both sides together, of equals the lowest; and its gamma."""
    strikes, place = np.unique(strike, return_inverse=True)
    held = np.bincount(place, np.nan_to_num(exposure), len(strikes))
    at = int(np.argmax(held))
    return float(strikes[at]), float(held[at])
