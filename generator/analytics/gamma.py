"""
Gamma exposure: the dollars of the underlying that hedges would trade on a move of 1 %.

Of one series gamma * open interest * multiplier * spot^2 * 0.01 (SqueezeMetrics, "Gamma
Exposure", 2017), gamma that of Black, Scholes and Merton. The gross sum needs no sign. The net,
calls less puts, is a convention: as if dealers were long every call and short every put.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from generator.analytics.black76 import moneyness_terms
from generator.analytics.normal import density

Array = np.ndarray
Numbers = Array | float

MULTIPLIER = 100  #: shares a contract
ONE_PERCENT = 0.01
REACH = 0.15  #: of spot, to either side, in which a change of sign is looked for
STEP = 0.0025  #: of ln(spot), between the places it is looked for at
HALVINGS = 30
BALANCED = 0.01  #: net over gross: where it is nowhere more, the sign is rounding
FAINT = 1e-250  #: sums under it have lost digits
TILE = 1 << 16  #: values at a time: what the processor's nearest memory holds


@dataclass(frozen=True, slots=True, eq=False)
class Contracts:
    """Series and what values them, arrays of equal length; volatility a fraction a year."""

    strike: Array
    call: Array  #: bool
    open_interest: Array
    forward: Array
    discount: Array
    volatility: Array
    years: Array

    def known(self) -> Self:
        """Return the series that have a gamma and open interest to weigh it with."""
        with np.errstate(invalid="ignore"):
            kept = (self.years > 0) & (self.volatility > 0) & (self.open_interest > 0)
        kept &= np.isfinite(self.forward * self.discount * self.volatility * self.open_interest)
        names = type(self).__dataclass_fields__
        return type(self)(**{name: getattr(self, name)[kept] for name in names})


@dataclass(frozen=True, slots=True, eq=False)
class ByStrike:
    """Dollars for 1 % by strike, ascending."""

    strike: Array
    calls: Array
    puts: Array

    @property
    def net(self) -> Array:
        """Calls less puts."""
        return np.asarray(self.calls - self.puts)

    @property
    def largest_net(self) -> float:
        """The strike whose net is furthest from zero; of equals the lowest."""
        return float(self.strike[int(np.argmax(np.abs(self.net)))])


def gammas(contracts: Contracts, spot: float) -> Array:
    """Return gamma, the change of delta a share for one dollar; NaN without volatility or time."""
    forward, volatility, years = contracts.forward, contracts.volatility, contracts.years
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = volatility * np.sqrt(years)
        first, _ = moneyness_terms(forward, contracts.strike, volatility, years)
        gamma = contracts.discount * forward * density(first) / (spot**2 * spread)
        return np.where((years > 0) & (volatility > 0), gamma, np.nan)


def exposures(gamma: Numbers, open_interest: Numbers, spot: float, multiplier: Numbers = MULTIPLIER) -> Array:
    """Return each series' dollars of the underlying for a move of 1 %; NaN where either is not known."""
    return np.asarray(np.asarray(gamma) * open_interest * multiplier * spot**2 * ONE_PERCENT)


def gross(exposure: Array) -> float:
    """Return the sum that needs no sign; what is not known is left out."""
    return float(np.nansum(exposure))


def net(exposure: Array, call: Array) -> float:
    """Return calls less puts; what is not known is left out."""
    return float(np.nansum(np.where(call, exposure, -exposure)))


def by_strike(strike: Array, exposure: Array, call: Array) -> ByStrike:
    """Return the sums of calls and puts at each strike; what is not known is left out."""
    strikes, place = np.unique(strike, return_inverse=True)
    known = np.nan_to_num(exposure)
    sides = (np.bincount(place, np.where(side, known, 0.0), len(strikes)) for side in (call, ~call))
    return ByStrike(strikes, *sides)


def zero_gamma(contracts: Contracts, spot: float) -> float | None:
    """
    Return the price nearest to *spot* at which the net, worked out anew, changes sign.

    Each strike keeps its volatility and each forward its ratio to the price. The price is found
    by halving between places STEP apart; None where no sign changes within 15 % of spot, and
    where the net is under 1 % of the gross at all of them.
    """
    held = _Held.of(contracts.known())
    places = _places()
    level, weight = held.sums(places)
    if not len(held.first) or np.max(np.abs(level) / weight) < BALANCED:
        return None
    places, level = places[level != 0], level[level != 0]
    changes = np.flatnonzero(np.diff(np.sign(level)))
    above, below = changes[places[changes] >= 0], changes[places[changes] < 0]
    roots = [held.root(places[at], places[at + 1]) for at in (*below[-1:], *above[:1])]
    return min((spot * float(np.exp(root)) for root in roots), key=lambda at: abs(at - spot), default=None)


def _places() -> Array:
    """Places in ln(spot), zero among them: no bracket has spot inside it."""
    low, high = np.log([1 - REACH, 1 + REACH])
    below = np.linspace(low, 0, 1 + int(np.ceil(-low / STEP)))
    return np.append(below, np.linspace(0, high, 1 + int(np.ceil(high / STEP)))[1:])


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """Bells in ln(spot): exposure is weight * exp(u) * bell(first + u / spread), u the move."""

    first: Array
    narrowness: Array  #: 1 / spread
    signed: Array
    unsigned: Array

    @classmethod
    def of(cls, contracts: Contracts) -> _Held:
        """Call and put of one strike and expiration make one bell."""
        spread = contracts.volatility * np.sqrt(contracts.years)
        first = np.log(contracts.forward / contracts.strike) / spread + spread / 2
        size = contracts.open_interest * contracts.discount * contracts.forward / spread
        both = np.empty(len(first), dtype=bool)
        both[:1] = False
        both[1:] = (np.diff(first) == 0) & (np.diff(spread) == 0)
        starts = np.flatnonzero(~both)
        signed, unsigned = (
            np.add.reduceat(values, starts) if len(starts) else values
            for values in (np.where(contracts.call, size, -size), size)
        )
        return cls(first[starts], 1 / spread[starts], signed, unsigned)

    def sums(self, places: Array) -> tuple[Array, Array]:
        """Return net and gross at each place, but for a factor above zero that is the place's own."""
        found = self._sums(places, np.zeros(len(places)))
        lost = found[1] < FAINT
        if lost.any() and len(self.first):
            far = places[lost]
            closest = [np.min(np.abs(self.first + self.narrowness * place)) for place in far]
            found[:, lost] = self._sums(far, np.square(closest) / 2)
        return found[0], found[1]

    def _sums(self, places: Array, lift: Array) -> Array:
        """Net and gross, times exp(lift)."""
        found = np.zeros((2, len(places)))
        rows = max(1, TILE // len(places))
        for start in range(0, len(self.first), rows):
            part = slice(start, start + rows)
            terms = self.first[part, None] + self.narrowness[part, None] * places
            np.multiply(terms, terms, out=terms)
            np.multiply(terms, -0.5, out=terms)
            terms += lift
            np.exp(terms, out=terms)
            found += np.stack((self.signed[part], self.unsigned[part])) @ terms
        return found

    def root(self, low: float, high: float) -> float:
        """Halve between two places at which the net has different signs."""
        rises = self.sums(np.array([low]))[0][0] < 0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if (self.sums(np.array([middle]))[0][0] < 0) == rises:
                low = middle
            else:
                high = middle
        return (low + high) / 2
