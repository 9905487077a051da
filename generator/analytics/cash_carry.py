"""
The carry of expirations with cash dividends before them, on boards that value all their strikes.

As in `american_carry`: the payout at which the call and the put of a strike have the same
volatility. Newton's method on the forward: what call less put is over its value, over how fast
that moves with the forward; where that is not the whole of it (calls exercised before an
ex-date), what a step leaves is taken from the one before (Aitken). The first
boards are coarse, the last are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from generator.analytics import american_dividends, black76, european
from generator.analytics.american import Terms
from generator.analytics.american_carry import STEEPEST, QuotedPairs, combined, nearest, parity
from generator.analytics.american_dividends import CashDividend
from generator.analytics.american_volatility import WIDEST_ERROR
from generator.analytics.cash_boards import Board, Wanted, boards_of
from generator.analytics.cash_places import NODES, Nodes, Place

Array = np.ndarray

SLOWEST = 0.5  #: share of a move left to make up for that is believed
AROUND = 6  #: nodes of a first guess, around the money
FEWEST = 2  #: quotes with a volatility, of an expiration
USUAL = 0.3  #: volatility where the quotes of an expiration hold none; nothing of it is printed


@dataclass(frozen=True, slots=True, eq=False)
class Quotes:
    """One expiration: its time, its rate, its pairs around the money, all its quotes by strike."""

    years: float
    rate: float
    pairs: QuotedPairs
    strike: Array
    call: Array
    bid: Array
    ask: Array


def fit_boards(
    spot: float, quotes: Sequence[Quotes], dividends: Sequence[CashDividend]
) -> tuple[Board | None, ...]:
    """
    Return a board with the payout fitted, slopes included, for each expiration.

    Each has a dividend before it. None where calls and puts settle no payout.
    """
    states = [_first(spot, item, dividends) for item in quotes]
    for coarse in (True, True, False):
        known = [state for state in states if state is not None]
        wanted = [_laid(state, AROUND if coarse else NODES) for state in known]
        boards = iter(boards_of(wanted, coarse=coarse, slopes=not coarse))
        states = [None if state is None else _next(state, next(boards)) for state in states]
    return tuple(None if state is None else state.board for state in states)


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """How far an expiration's fit has come: where its forward is, and its volatilities by strike."""

    near: QuotedPairs
    place: Place
    strike: Array
    level: Array
    board: Board | None = None
    first: float | None = None  #: how far the forward moved at first
    left: float = 0.0  #: share of a move that the next one makes up for


def _first(spot: float, quotes: Quotes, dividends: Sequence[CashDividend]) -> _State | None:
    """Start from parity without early exercise and the volatilities of European options."""
    pairs = quotes.pairs
    delivery = combined(pairs, parity(pairs), np.zeros(len(pairs), dtype=np.intp), 1)[0]
    if np.isnan(delivery[0]):
        return None
    near, _ = nearest(pairs, delivery, np.zeros(len(pairs), dtype=np.intp))
    before = tuple(sorted((d for d in dividends if d.years <= quotes.years), key=lambda d: d.years))
    place = _moved(Place(spot, quotes.years, quotes.rate, 0.0, before), float(delivery[0]))
    return None if place is None else _State(near, place, *_levels(quotes, place))


def _levels(quotes: Quotes, place: Place) -> tuple[Array, Array]:
    """Strikes and volatilities of the out-of-the-money quotes that hold one, as of European options."""
    outside = np.where(quotes.call, quotes.strike >= place.forward, quotes.strike < place.forward)
    strike, half = quotes.strike[outside], (quotes.ask - quotes.bid)[outside] / 2
    mid, discount = quotes.bid[outside] + half, np.exp(-place.rate * place.years)
    priced = (place.forward, strike, discount)
    level = european.implied_volatility(mid, *priced, place.years, quotes.call[outside])
    with np.errstate(invalid="ignore", divide="ignore"):
        sound = half <= WIDEST_ERROR * black76.vega(*priced, level, place.years)
    if sound.sum() < FEWEST:
        return np.array([place.forward / 1.01, place.forward * 1.01]), np.full(2, USUAL)
    return strike[sound], level[sound]


def _laid(state: _State, count: int) -> Wanted:
    """Lay the nodes over the strikes: around the money for a first guess, else over all."""
    forward, strike = state.place.forward, state.strike
    width = float(np.interp(forward, strike, state.level)) * state.place.years**0.5
    low, high = min(strike[0], forward / 1.001), max(strike[-1], forward * 1.001)
    if count == AROUND:
        low, high = state.near.strike.min() / 1.001, state.near.strike.max() * 1.001
    nodes = Nodes.between(float(low), float(high), forward, width, count)
    level = np.interp(nodes.strikes, strike, state.level) / state.place.ratio(nodes.strikes)
    return Wanted(state.place, nodes, level)


def _moved(place: Place, delivery: float) -> Place | None:
    """The place with the payout that gives a forward; growth on the dividends is of second order."""
    for _ in range(3):
        terms = Terms.of(place.spot, 1.0, place.years, place.rate, place.payout, call=True)
        owed = terms.forward[0] - american_dividends.forward(terms, place.dividends)[0]
        if delivery + owed <= 0:
            return None
        payout = place.rate - np.log((delivery + owed) / place.spot) / place.years
        place = replace(place, payout=float(payout))
    return place if abs(place.payout) < STEEPEST else None


def _next(state: _State, board: Board) -> _State | None:
    """Move the forward to where calls and puts agree on *board*."""
    near, place = state.near, board.place
    call = near.strike >= place.forward
    level, _ = board.volatilities(near.strike, call, np.where(call, near.call, near.put))
    sides = np.ones(len(near), dtype=bool), np.zeros(len(near), dtype=bool)
    values = [board.values(near.strike, side, level) for side in sides]
    rise = np.subtract(*(board.delta(near.strike, side, level) for side in sides))
    rise = rise * np.exp((place.payout - place.rate) * place.years)
    forwards = place.forward + (near.call - near.put - values[0] + values[1]) / rise
    delivery = combined(near, forwards, np.zeros(len(near), dtype=np.intp), 1)[0]
    if np.isnan(delivery[0]):
        return None
    move, left = float(delivery[0]) - place.forward, state.left
    if state.first and state.left == 0:
        left = float(np.clip(move / state.first, -SLOWEST, SLOWEST))
    moved = _moved(place, place.forward + move / (1 - left))
    if moved is None:
        return None
    board = replace(board, place=moved)
    return replace(state, place=moved, board=board, first=state.first or move, left=left)
