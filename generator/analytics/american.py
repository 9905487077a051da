"""
American options without cash dividends: values and greeks of whole chains, on arrays.

The value is the European one and the premium for early exercise, an integral along the
exercise boundary (Kim, Review of Financial Studies 3, 1990). Contracts that share years,
rate, payout and side share boundaries: the boundary over strike does not depend on the
strike, and between volatilities it is a polynomial in the logarithm of the volatility.

Volatilities, rates and payouts are fractions a year, continuously compounded; years have
525,600 minutes; prices are per share. Greeks are in the units of `black76.Greeks`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from generator.analytics.american_boundary import EXACT, STEEP, STEEP_FROM, Scheme, highest, normal
from generator.analytics.american_sharing import Boundaries, Lines, Puts
from generator.analytics.black76 import Greeks

Array = np.ndarray
Numbers = Array | float

BLOCK = 1024  #: contracts at a time: what they need stays in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What a contract's value depends on beside its volatility: 1-d arrays of one length."""

    spot: Array
    strike: Array
    years: Array  #: above zero
    rate: Array
    payout: Array  #: dividend yield and cost of borrowing
    call: Array  #: bool

    @classmethod
    def of(
        cls, spot: Numbers, strike: Numbers, years: Numbers, rate: Numbers, payout: Numbers, call: Numbers
    ) -> Terms:
        """Return the terms with all arguments broadcast against each other."""
        given = np.broadcast_arrays(*(np.atleast_1d(x) for x in (spot, strike, years, rate, payout, call)))
        numbers = [np.array(value, dtype=float) for value in given[:5]]
        return cls(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], given[5].astype(bool))

    def __len__(self) -> int:
        return len(self.strike)

    def take(self, chosen: Array) -> Terms:
        """Return the contracts at the indices, or where the mask is true."""
        return Terms(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @property
    def intrinsic(self) -> Array:
        """What exercise pays now."""
        return np.asarray(
            np.maximum(np.where(self.call, self.spot - self.strike, self.strike - self.spot), 0)
        )

    @property
    def discount(self) -> Array:
        """The value now of one dollar at expiration."""
        return np.asarray(np.exp(-self.rate * self.years))

    @property
    def forward(self) -> Array:
        """The price for delivery at expiration."""
        return np.asarray(self.spot * np.exp((self.rate - self.payout) * self.years))


@dataclass(frozen=True, slots=True, eq=False)
class PutValues:
    """Values of puts with strike 1 and their derivatives; of the last three, those asked for."""

    value: Array
    vega: Array  #: to the volatility
    slope: Array  #: to the level
    curvature: Array  #: second derivative to the level
    rho: Array  #: to the contract's rate


def as_puts(terms: Terms) -> Puts:
    """Turn calls round: spot and strike, rate and payout change places."""
    call = terms.call
    return Puts(
        level=np.where(call, terms.strike / terms.spot, terms.spot / terms.strike),
        scale=np.where(call, terms.spot, terms.strike),
        years=terms.years,
        rate=np.where(call, terms.payout, terms.rate),
        payout=np.where(call, terms.rate, terms.payout),
        turned=call,
    )


def price(terms: Terms, volatility: Numbers, scheme: Scheme = EXACT) -> Array:
    """
    Return the American values; the payoff where volatility or time is zero, NaN where unknown.

    Unknown are values without a volatility and those whose region of exercise has two
    boundaries: puts with payout < rate < 0 and calls with rate < payout < 0.
    """
    volatility = np.broadcast_to(np.asarray(volatility, dtype=float), terms.strike.shape)
    result = np.where(np.isnan(volatility), np.nan, terms.intrinsic)
    for chosen, fitting in _schemes(terms, volatility, scheme):
        puts, level = as_puts(terms.take(chosen)), volatility[chosen]
        boundaries = Boundaries.between(puts, level, level, fitting)
        values = puts.scale * put_values(puts, level, boundaries).value
        result[chosen] = np.maximum(values, result[chosen])  # rounding may leave less than the payoff
    return result


def greeks(terms: Terms, volatility: Numbers, scheme: Scheme = EXACT) -> Greeks:
    """
    Return the sensitivities: derivatives of the same integral, theta from the equation it solves.

    Where exercise now is best delta is 1 or -1 and the others are zero; NaN where the value is.
    """
    volatility = np.broadcast_to(np.asarray(volatility, dtype=float), terms.strike.shape)
    result = Greeks(*(np.full(len(terms), np.nan) for _ in fields(Greeks)))
    for chosen, fitting in _schemes(terms, volatility, scheme):
        part, level = terms.take(chosen), volatility[chosen]
        puts = as_puts(part)
        boundaries = Boundaries.between(puts, level, level, fitting, rho=True)
        found = put_values(puts, level, boundaries, every=True)
        for name, values in _printed(part, puts, level, found).items():
            getattr(result, name)[chosen] = values
    return result


def _schemes(terms: Terms, volatility: Array, scheme: Scheme) -> list[tuple[Array, Scheme]]:
    """The contracts that need a calculation, by the scheme that fits them."""
    live = (volatility > 0) & (terms.years > 0)
    steep = live & (np.abs(terms.rate - terms.payout) * np.sqrt(terms.years) > STEEP_FROM * volatility)
    parts = ((np.flatnonzero(live & ~steep), scheme), (np.flatnonzero(steep), STEEP))
    return [(rows, fitting) for rows, fitting in parts if len(rows)]


def _printed(terms: Terms, puts: Puts, volatility: Array, found: PutValues) -> dict[str, Array]:
    """Greeks of the contracts from those of the puts."""
    turned = found.value - puts.level * found.slope  # a call's value changes with the put's scale too
    delta = np.where(terms.call, turned, found.slope)
    gamma = np.where(terms.call, np.square(puts.level), 1) * found.curvature / puts.scale
    value = puts.scale * found.value
    carried = (terms.rate - terms.payout) * terms.spot * delta
    theta = terms.rate * value - carried - np.square(volatility * terms.spot) * gamma / 2
    held = found.vega != 0
    return {
        "delta": delta,
        "gamma": gamma,
        "vega": puts.scale * found.vega / 100,
        "theta": np.where(held, theta, np.where(np.isnan(found.value), np.nan, 0)) / 365,
        "rho": puts.scale * found.rho / 100,
    }


def put_values(puts: Puts, volatility: Array, boundaries: Boundaries, *, every: bool = False) -> PutValues:
    """Return values and vegas, and with *every* the other derivatives too (else NaN)."""
    result = PutValues(*(np.full(len(volatility), np.nan) for _ in fields(PutValues)))
    for start in range(0, len(volatility), BLOCK):
        block = slice(start, start + BLOCK)
        part = _european(puts.take(block), volatility[block])
        _add_premium(part, puts.take(block), volatility[block], boundaries, block, every=every)
        for field in fields(PutValues):
            getattr(result, field.name)[block] = getattr(part, field.name)
    return result


def _european(puts: Puts, volatility: Array) -> PutValues:
    spread = volatility * np.sqrt(puts.years)
    first = (np.log(puts.level) + (puts.rate - puts.payout) * puts.years) / spread + spread / 2
    below, _ = normal(spread - first)
    above, bell = normal(-first)
    discount, kept = np.exp(-puts.rate * puts.years), np.exp(-puts.payout * puts.years)
    return PutValues(
        value=discount * below - puts.level * kept * above,
        vega=puts.level * kept * bell * np.sqrt(puts.years),
        slope=-kept * above,
        curvature=kept * bell / (puts.level * spread),
        rho=puts.years * np.where(puts.turned, puts.level * kept * above, -discount * below),
    )


def _add_premium(
    part: PutValues, puts: Puts, volatility: Array, boundaries: Boundaries, block: slice, *, every: bool
) -> None:
    """Add the premium for early exercise to European values, in place."""
    early = boundaries.pays[block]
    unknown = np.isnan(highest(puts.rate, puts.payout))
    for field in fields(PutValues):
        getattr(part, field.name)[unknown] = np.nan
    if not early.any():
        return
    line = boundaries.lines(np.flatnonzero(early) + block.start, volatility[early])
    chosen = puts.take(early)
    premium = _premium(chosen, volatility[early], line, boundaries.scheme, every=every)
    exercised = np.log(chosen.level) <= line.level[:, 0]
    stopped = PutValues(
        1 - chosen.level, *(np.full(len(exercised), value) for value in (0.0, -1.0, 0.0, 0.0))
    )
    for field, added in zip(fields(PutValues), premium, strict=True):
        whole = getattr(part, field.name)
        summed = np.where(exercised, getattr(stopped, field.name), whole[early] + added)
        whole[early] = np.maximum(summed, stopped.value) if field.name == "value" else summed


def _premium(
    puts: Puts, volatility: Array, line: Lines, scheme: Scheme, *, every: bool
) -> tuple[Array | float, ...]:
    """The premium for early exercise and its derivatives, in the order of PutValues."""
    sine, _, weight = scheme.price_angles
    level, years, rate, payout, sigma = (
        value[:, None] for value in (puts.level, puts.years, puts.rate, puts.payout, volatility)
    )
    ahead, spread = years * np.square(sine), sigma * np.sqrt(years) * sine
    first = (np.log(level) - line.level[:, 1:] + (rate - payout) * ahead) / spread
    first += spread / 2
    second = first - spread
    below, second_bell = normal(-second)
    above, bell = normal(-first)
    earned = np.exp(-rate * ahead) * (years * weight)
    saved = rate * earned  # interest on the strike
    lost = np.exp(-payout * ahead) * (payout * years * weight) * level  # payout on the shares
    value = (saved * below).sum(axis=1) - (lost * above).sum(axis=1)
    strike_bell, share_bell = saved * second_bell, lost * bell
    shift = line.vega[:, 1:] / spread
    vega = (strike_bell * (first / sigma + shift) - share_bell * (second / sigma + shift)).sum(axis=1)
    if not every:
        return value, vega, np.nan, np.nan, np.nan
    share_density, strike_density = share_bell / spread, strike_bell / spread
    slope = ((share_density - strike_density) - lost * above).sum(axis=1) / puts.level
    bent = (strike_density * first - share_density * second) / spread
    curvature = bent.sum(axis=1) / np.square(puts.level)
    turned = puts.turned[:, None]
    moved = (np.where(turned, -ahead, ahead) - _known(line.rho)[:, 1:]) * (share_density - strike_density)
    given = np.exp(-payout * ahead) * (years * weight) * level * (payout * ahead - 1) * above
    rho = (np.where(turned, given, (1 - rate * ahead) * earned * below) + moved).sum(axis=1)
    return value, vega, slope, curvature, rho


def _known(rho: Array | None) -> Array:
    if rho is None:
        raise ValueError(
            "wanted boundaries with their derivative to the rate, found none: solve them with rho"
        )
    return rho
