"""
Black-76: prices, greeks and implied volatilities of European options, on arrays.

Black, "The pricing of commodity contracts", Journal of Financial Economics 3 (1976).
Volatilities are fractions a year, times are years of 525,600 minutes, prices are per
share; every argument is an array or a number, and all broadcast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from generator.analytics.normal import INVERSE_SQRT_TWO_PI, SQRT_HALF, cumulative, density, scaled_tail

Array = np.ndarray
Numbers = Array | float

SMALLEST_TIME_VALUE = 1e-13  #: as a share of the price; less is rounding
SMALLEST_VEGA = 1e-12  #: price a unit of volatility
STEPS = 100
ENOUGH = 1e-10  #: relative change of the last step; the error is its square
WIDEST = 1000.0  #: standard deviations to expiration
TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Greeks:
    """Sensitivities per share; theta a calendar day, vega a volatility point, rho a percentage point."""

    delta: Array  #: to the spot price
    gamma: Array
    vega: Array
    theta: Array
    rho: Array


def price(
    forward: Numbers, strike: Numbers, discount: Numbers, volatility: Numbers, years: Numbers, call: Numbers
) -> Array:
    """
    Return the premium; the payoff on the forward where time or volatility is zero.

    The out-of-the-money side is computed and parity added, so that no digit is lost.
    """
    spread = np.asarray(volatility, dtype=float) * np.sqrt(np.maximum(years, 0))
    forward, strike, spread = np.broadcast_arrays(np.asarray(forward, dtype=float), strike, spread)
    moneyness = -np.abs(np.log(forward / strike))
    root = np.sqrt(forward) * np.sqrt(strike)
    outside = root * normalised(moneyness, spread)
    inside = np.where(np.asarray(call, dtype=bool), forward - strike, strike - forward)
    return np.asarray(discount * (np.maximum(inside, 0) + outside))


def vega(forward: Numbers, strike: Numbers, discount: Numbers, volatility: Numbers, years: Numbers) -> Array:
    """Return the change of the premium with one unit of volatility (100 points)."""
    first, _ = moneyness_terms(forward, strike, volatility, years)
    return np.asarray(discount * forward * density(first) * np.sqrt(years))


def moneyness_terms(
    forward: Numbers, strike: Numbers, volatility: Numbers, years: Numbers
) -> tuple[Array, Array]:
    """Return d1 and d2; volatility and years must be above zero."""
    spread = np.asarray(volatility * np.sqrt(years))
    first = np.log(np.asarray(forward) / strike) / spread + spread / 2
    return np.asarray(first), np.asarray(first - spread)


def greeks(
    spot: Numbers,
    forward: Numbers,
    strike: Numbers,
    discount: Numbers,
    volatility: Numbers,
    years: Numbers,
    call: Numbers,
) -> Greeks:
    """Return the sensitivities, carry held at ln(forward / spot) a year; arguments above zero."""
    side = np.where(np.asarray(call, dtype=bool), 1.0, -1.0)
    first, second = moneyness_terms(forward, strike, volatility, years)
    rate = -np.log(discount) / years
    carried = np.asarray(discount * np.asarray(forward))  # spot less what it pays out
    payout = rate - np.log(np.asarray(forward) / spot) / years
    bell = density(first) * carried
    paid = discount * np.asarray(strike) * cumulative(side * second)
    decay = -bell * volatility / (2 * np.sqrt(years))
    theta = decay - side * rate * paid + side * payout * carried * cumulative(side * first)
    return Greeks(
        delta=side * carried / spot * cumulative(side * first),
        gamma=bell / (np.square(spot) * volatility * np.sqrt(years)),
        vega=bell * np.sqrt(years) / 100,
        theta=theta / 365,
        rho=side * years * paid / 100,
    )


def implied_volatility(
    premium: Numbers, forward: Numbers, strike: Numbers, discount: Numbers, years: Numbers, call: Numbers
) -> Array:
    """
    Return the volatility each premium implies, NaN where the premium holds none.

    None is held by a premium at or below its payoff or above its bound, by a time value
    under 1e-13 of the premium, and where vega is under 1e-12: what is left is rounding.
    Newton's method on the logarithm of the out-of-the-money price, kept inside a
    bracket, starting where Manaster and Koehler (Journal of Finance, 1982) start.
    """
    premium, forward, strike, discount, years, call = np.broadcast_arrays(
        np.asarray(premium, dtype=float), forward, strike, discount, years, call
    )
    inside = np.where(call.astype(bool), forward - strike, strike - forward)
    with np.errstate(invalid="ignore", divide="ignore"):
        undiscounted = premium / discount
        outside = undiscounted - np.maximum(inside, 0)
        root = np.sqrt(forward) * np.sqrt(strike)
        moneyness = -np.abs(np.log(forward / strike))
        target = outside / root
        held = (years > 0) & (outside > SMALLEST_TIME_VALUE * undiscounted)
        held &= target < np.exp(moneyness / 2) * (1 - 1e-15)
        volatility = np.full(premium.shape, np.nan)
        solved = _solve(moneyness[held], target[held]) / np.sqrt(years[held])
        steep = vega(forward[held], strike[held], discount[held], solved, years[held]) >= SMALLEST_VEGA
    volatility[held] = np.where(steep, solved, np.nan)
    return volatility


def normalised(moneyness: Array, spread: Array) -> Array:
    """
    Return the undiscounted out-of-the-money premium over sqrt(forward * strike).

    *moneyness* is -|ln(F/K)|, *spread* volatility times sqrt(years). Jaeckel, "Let's be
    rational" (Wilmott, 2015), writes it with erfcx where the two normals would cancel.
    """
    moneyness, spread = np.broadcast_arrays(moneyness, np.maximum(spread, TINY))
    centre, half = np.asarray(moneyness / spread), np.asarray(spread / 2)
    upper, lower = centre + half, centre - half
    far = upper < 0
    with np.errstate(over="ignore", invalid="ignore"):
        bell = 0.5 * np.exp(-0.5 * (np.square(centre[far]) + np.square(half[far])))
        tails = scaled_tail(-upper[far] * SQRT_HALF) - scaled_tail(-lower[far] * SQRT_HALF)
    premium = np.empty(upper.shape)
    premium[far] = bell * tails
    close, weight = ~far, np.exp(moneyness[~far] / 2)
    near = weight * cumulative(upper[close]) - cumulative(lower[close]) / weight
    premium[close] = np.maximum(near, 0)
    return premium


def _solve(moneyness: Array, target: Array) -> Array:
    """Find the spread at which the normalised premium is *target*; both are 1-d, target above zero."""
    answer = np.empty_like(target)
    turning = np.sqrt(-2 * moneyness)  # where the premium turns from convex to concave in the spread
    below = target < normalised(moneyness, turning)
    for part, step in ((below, _step_below), (~below, _step_above)):
        start = np.where(turning > 0, turning, target / INVERSE_SQRT_TWO_PI)[part]
        low = np.where(below, 0, turning)[part]
        high = np.where(below, turning, WIDEST)[part]
        answer[part] = _newton(moneyness[part], target[part], start, (low, high), step)
    return answer


def _newton(
    moneyness: Array,
    target: Array,
    guess: Array,
    bracket: tuple[Array, Array],
    step: Callable[[Array, Array, Array], Array],
) -> Array:
    """Iterate from *guess*, halving the bracket where a step would leave it; solved elements drop out."""
    answer: Array = np.clip(guess, 1e-12, WIDEST)
    low, high = (edge.copy() for edge in bracket)
    active = np.arange(len(target))
    for _ in range(STEPS):
        here = answer[active]
        found = np.maximum(normalised(moneyness[active], here), TINY)
        too_low = found < target[active]
        low[active] = np.where(too_low, here, low[active])
        high[active] = np.where(too_low, high[active], here)
        slope = np.exp(-0.5 * (np.square(moneyness[active] / here) + np.square(here / 2)))
        following = here - step(found, target[active], np.maximum(INVERSE_SQRT_TWO_PI * slope, TINY))
        within = (following >= low[active]) & (following <= high[active])
        answer[active] = np.where(within, following, _middle(low[active], high[active]))
        active = active[np.abs(answer[active] - here) > ENOUGH * here]
        if len(active) == 0:
            break
    return answer


def _middle(low: Array, high: Array) -> Array:
    return np.asarray(np.where(high >= WIDEST, np.maximum(2 * low, 1e-8), (low + high) / 2))


def _step_above(found: Array, target: Array, slope: Array) -> Array:
    """Newton's step on the premium."""
    return np.asarray((found - target) / slope)


def _step_below(found: Array, target: Array, slope: Array) -> Array:
    """Newton's step on 1 / ln(premium), nearly straight in the square of the spread."""
    level, wanted = np.log(found), np.log(target)
    return np.asarray((level - wanted) * level / wanted * found / slope)
