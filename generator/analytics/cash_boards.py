"""
Whole expirations on a share that pays cash before them: values, greeks and volatilities of every strike.

A grid (`american_dividends`) values few strikes of each side. What it finds above a European
option with the volatility of the forward runs smoothly in the strike and is read between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from generator.analytics import american_dividends, black76, european
from generator.analytics.american import Terms
from generator.analytics.american_boundary import normal
from generator.analytics.american_dividends import Fineness
from generator.analytics.american_grid import Values
from generator.analytics.american_volatility import (
    SMALLEST_VEGA,
    TICK,
    WIDEST_ERROR,
    Quoted,
    Refusal,
    bounds,
    decimals_of,
)
from generator.analytics.black76 import Greeks
from generator.analytics.cash_places import Nodes, Place

Array = np.ndarray

ROUNDS = 3  #: of Newton's method for a volatility, from that of the European option
HELD = 1e-5  #: of the strike: time value at a node under which the option is exercised
FEW = 3  #: dividends before an expiration up to which the smaller grid serves
SMALL, LARGE = Fineness(prices=80, steps=12), Fineness(prices=100, steps=12)
COARSE = Fineness(prices=60, steps=6)
WIDER, HIGHER = 0.005, 0.002  #: bumps of volatility and rate, over which the grid's own noise is small


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """
    One expiration's table: what American values with cash dividends are above European ones.

    Tables are (2, nodes), puts first.
    """

    place: Place
    nodes: Nodes
    level: Array  #: the share's volatility at the nodes
    above: Values  #: value, delta and gamma over those of the European option
    vega: Array | None  #: the same of the derivative to the share's volatility, where asked for
    rho: Array | None
    edges: tuple[float, float]  #: puts from the first strike, calls to the second are exercised

    def values(self, strike: Array, call: Array, volatility: Array) -> Array:
        """Return the values at the *volatility* of the forward."""
        terms = self.place.terms(strike, call)
        plain, _ = _plain(self.place.forward, terms, volatility)
        found = plain + self._premium(strike, terms.call, volatility / self.place.ratio(strike))
        held = np.maximum(found, terms.intrinsic)
        return np.asarray(np.where(self._exercised(strike, terms.call), terms.intrinsic, held))

    def _exercised(self, strike: Array, call: Array) -> Array:
        puts, calls = self.edges
        return np.where(call, strike <= calls, strike >= puts)

    def _premium(self, strike: Array, call: Array, share: Array) -> Array:
        """What is above the European value, at the share's volatility."""
        premium = self._read(self.above.value, strike, call)
        if self.vega is None:
            return premium
        return np.asarray(premium + self._read(self.vega, strike, call) * (share - self._level(strike, call)))

    def _read(self, table: Array, strike: Array, call: Array) -> Array:
        return self.nodes.read(table, strike, call.astype(np.intp))

    def _level(self, strike: Array, call: Array) -> Array:
        return self._read(np.stack([self.level, self.level]), strike, call)

    def delta(self, strike: Array, call: Array, volatility: Array) -> Array:
        """Return the derivatives to the spot price."""
        plain = _black(self.place, self.place.terms(strike, call), volatility).delta
        return np.asarray(plain + self._read(self.above.delta, strike, call))

    def volatilities(self, strike: Array, call: Array, mid: Array) -> tuple[Array, Array]:
        """Return the volatility of the forward at each *mid*, NaN where it holds none, and the slopes."""
        terms, ratio, forward = self.place.terms(strike, call), self.place.ratio(strike), self.place.forward
        premium, level = self._read(self.above.value, strike, call), self._level(strike, call)
        steep = 0.0 if self.vega is None else self._read(self.vega, strike, call)
        found = european.implied_volatility(mid - premium, forward, strike, terms.discount, terms.years, call)
        slope = np.full(len(strike), np.nan)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            for _ in range(ROUNDS):
                plain, vega = _plain(forward, terms, found)
                slope = vega + steep / ratio
                miss = plain + premium + steep * (found / ratio - level) - mid
                found = np.maximum(found - miss / slope, found / 2)
        return found, slope

    def solved(self, strike: Array, call: Array, bid: Array, ask: Array) -> Quoted:
        """Return the volatility of the forward at each mid, its error bar, or why there is none."""
        mid = np.where((bid > 0) & (ask >= bid), (bid + ask) / 2, np.nan)
        terms = self.place.terms(strike, call)
        refusal = bounds(terms, mid, TICK, np.full(len(terms), self.place.forward))
        level, slope = self.volatilities(strike, call, mid)
        with np.errstate(invalid="ignore", divide="ignore"):
            error = (ask - bid) / 2 / slope
            flat = ~(slope >= SMALLEST_VEGA * np.where(call, self.place.spot, strike))
        refusal = np.where((refusal == Refusal.NONE) & flat, Refusal.NO_VEGA, refusal)
        refusal = np.where((refusal == Refusal.NONE) & (error > WIDEST_ERROR), Refusal.WIDE_SPREAD, refusal)
        known = refusal == Refusal.NONE
        return Quoted(
            volatility=np.where(known, level, np.nan),
            vega=slope / 100,
            refusal=refusal.astype(np.int8),
            error=error,
            decimals=np.where(known, decimals_of(error), -1),
        )

    def greeks(self, strike: Array, call: Array, volatility: Array) -> Greeks:
        """
        Return the sensitivities at the *volatility* of the forward, in the units of `Greeks`.

        Vega is to that volatility; theta is that of the next moment and passes no ex-date.
        """
        if self.vega is None or self.rho is None:
            raise ValueError("wanted a board with slopes, found one without: value it with slopes")
        terms, ratio = self.place.terms(strike, call), self.place.ratio(strike)
        plain, value = _black(self.place, terms, volatility), self.values(strike, call, volatility)
        delta, gamma, vega, rho = (
            base + self._read(table, strike, call)
            for base, table in (
                (plain.delta, self.above.delta),
                (plain.gamma, self.above.gamma),
                (plain.vega * ratio, self.vega / 100),
                (plain.rho, self.rho / 100),
            )
        )
        carried = (terms.rate - terms.payout) * terms.spot * delta
        theta = terms.rate * value - carried - np.square(volatility / ratio * terms.spot) * gamma / 2
        held = (terms.intrinsic == 0) | (value > terms.intrinsic)
        return Greeks(
            delta=np.where(held, np.clip(delta, -1, 1), np.where(call, 1.0, -1.0)),
            gamma=np.where(held, gamma, 0),
            vega=np.where(held, vega / ratio, 0),
            theta=np.where(held, theta / 365, 0),
            rho=np.where(held, rho, 0),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """An expiration to value: its place, its nodes, and the share's volatility expected at each."""

    place: Place
    nodes: Nodes
    level: Array


def boards_of(wanted: Sequence[Wanted], *, coarse: bool = False, slopes: bool = False) -> tuple[Board, ...]:
    """
    Value all of *wanted*, which have nodes of one number; a *coarse* board is for a first guess.

    With *slopes* also their derivatives to volatility and rate, on a coarse grid.
    """
    result: dict[int, Board] = {}
    for many in (False, True):
        places = [n for n, item in enumerate(wanted) if (len(item.place.dividends) > FEW) == many]
        fineness = COARSE if coarse else LARGE if many else SMALL
        part = [wanted[place] for place in places]
        if part:
            result |= dict(zip(places, _valued(part, fineness, slopes=slopes), strict=True))
    return tuple(result[number] for number in range(len(wanted)))


def _valued(wanted: Sequence[Wanted], fineness: Fineness, *, slopes: bool) -> list[Board]:
    terms = _joined([_both_sides(item) for item in wanted])
    level = np.concatenate([np.tile(item.level, 2) for item in wanted])
    dividends = list({d.years: d for item in wanted for d in item.place.dividends}.values())
    shape = (-1, len(wanted), 2, wanted[0].nodes.count)
    found = american_dividends.values(terms, level, dividends, fineness)
    tables = [getattr(found, f.name).reshape(shape)[0] for f in fields(Values)]
    if slopes:
        runs = ((terms, level), (terms, level + WIDER), (replace(terms, rate=terms.rate + HIGHER), level))
        moved = american_dividends.values(
            _joined([part for part, _ in runs]),
            np.concatenate([volatility for _, volatility in runs]),
            dividends,
            COARSE,
            width=np.tile(level, len(runs)),
        )
        still, wider, higher = moved.value.reshape(shape)
        tables += [(wider - still) / WIDER, (higher - still) / HIGHER]
    return [_board(item, [table[number] for table in tables]) for number, item in enumerate(wanted)]


def _joined(parts: Sequence[Terms]) -> Terms:
    return Terms(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Terms)))


def _both_sides(item: Wanted) -> Terms:
    """Puts, then calls, at the nodes."""
    return item.place.terms(np.tile(item.nodes.strikes, 2), np.repeat([False, True], item.nodes.count))


def _board(item: Wanted, tables: Sequence[Array]) -> Board:
    """Take what is European off the tables: value, delta, gamma, and the two slopes where there are any."""
    terms, share = _both_sides(item), np.tile(item.level, 2)
    ratio = item.place.ratio(terms.strike)
    plain = _black(item.place, terms, share * ratio)
    price, wider = (
        _plain(item.place.forward, terms, volatility * ratio)[0] for volatility in (share, share + WIDER)
    )
    european_ones = (price, plain.delta, plain.gamma, (wider - price) / WIDER, 100 * plain.rho)
    over = [table - base.reshape(table.shape) for table, base in zip(tables, european_ones, strict=False)]
    held = (terms.intrinsic == 0) | (tables[0].ravel() > terms.intrinsic + HELD * terms.strike)
    return Board(
        place=item.place,
        nodes=item.nodes,
        level=item.level,
        above=Values(*over[:3]),
        vega=over[3] if len(over) > len(fields(Values)) else None,
        rho=over[4] if len(over) > len(fields(Values)) else None,
        edges=_edges(item.nodes.strikes, held.reshape(2, -1)),
    )


def _edges(strikes: Array, held: Array) -> tuple[float, float]:
    """The lowest strike from which all puts, the highest to which all calls are exercised."""
    puts = int(np.flatnonzero(np.append(True, held[0]))[-1])  # nodes up to the last that is held
    calls = int(np.flatnonzero(np.append(held[1], True))[0])  # nodes before the first that is held
    return float(np.append(strikes, np.inf)[puts]), float(np.append(-np.inf, strikes)[calls])


def _plain(forward: float, terms: Terms, volatility: Array) -> tuple[Array, Array]:
    """Values of European options on the forward, to 1e-15 of it, and their vegas."""
    spread = volatility * np.sqrt(terms.years)
    first = np.log(forward / terms.strike) / spread + spread / 2
    side = np.where(terms.call, 1.0, -1.0)
    (above, bell), (below, _) = normal(side * first), normal(side * (first - spread))
    value = terms.discount * side * (forward * above - terms.strike * below)
    return np.asarray(value), np.asarray(terms.discount * forward * bell * np.sqrt(terms.years))


def _black(place: Place, terms: Terms, volatility: Array) -> Greeks:
    """The greeks of European options on the forward, delta and gamma to the price."""
    found = black76.greeks(
        place.forward, place.forward, terms.strike, terms.discount, volatility, terms.years, terms.call
    )
    growth = np.exp((terms.rate - terms.payout) * terms.years)  # of the forward with the price
    return replace(found, delta=found.delta * growth, gamma=found.gamma * np.square(growth))
