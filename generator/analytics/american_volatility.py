"""
Implied volatility of American options, with the reason where a price implies none.

Newton's method on the American value, kept inside a bracket, from the volatility the price
would imply of a European option: an upper bound, since the right to exercise is worth
something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from generator.analytics import black76, european
from generator.analytics.american import Numbers, Terms, as_puts, put_values
from generator.analytics.american_boundary import QUICK, STEEP, STEEP_FROM, Scheme, highest
from generator.analytics.american_sharing import Boundaries, Puts

Array = np.ndarray
Model = Callable[[Array, Array], tuple[Array, Array]]  #: rows and volatilities to values and vegas

TICK = 0.01  #: dollars
WIDEST_ERROR = 0.05  #: of a volatility, from the spread
BELIEVED = (0.03, 5.0)  #: volatilities outside are faults of a quote and no figures
SMALLEST_VEGA = 1e-6  #: a unit of volatility, over the strike (spot for calls); less is rounding
FINEST = 1e-13  #: time value as a share of the price; less is rounding
EXERCISED = 5e-9  #: time value over the strike (spot for calls) of what is best exercised; less is rounding
STEPS = 60
ENOUGH = 1e-7  #: relative change of the last step; the error is its square
REACHES = (0.5, 0.2, 0.2, 0.2)  #: lowest volatility tried over the highest, of one bracket after another
HIGHEST_SPREAD = 8.0  #: standard deviations to expiration where the European bound is exceeded
MOST_DECIMALS = 2  #: of a volatility in points


class Refusal(IntEnum):
    """Why a price has no volatility."""

    NONE = 0
    NO_PRICE = 1
    NO_TIME = 2
    NO_TIME_VALUE = 3
    ABOVE_BOUND = 4
    NO_VEGA = 5
    WIDE_SPREAD = 6
    TWO_BOUNDARIES = 7
    OUT_OF_RANGE = 8

    @property
    def words(self) -> str:
        """The reason as printed; empty where there is a volatility."""
        return _WORDS[self]


_WORDS = {
    Refusal.NONE: "",
    Refusal.NO_PRICE: "no price",
    Refusal.NO_TIME: "no time left",
    Refusal.NO_TIME_VALUE: "at or below what exercise pays",
    Refusal.ABOVE_BOUND: "above the most it can be worth",
    Refusal.NO_VEGA: "price hardly moves with volatility",
    Refusal.WIDE_SPREAD: "spread too wide",
    Refusal.TWO_BOUNDARIES: "rates below zero with two exercise boundaries",
    Refusal.OUT_OF_RANGE: "under 3 or over 500 percent",
}


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """One volatility a contract, NaN where refused."""

    volatility: Array
    vega: Array  #: a volatility point, at that volatility
    refusal: Array  #: `Refusal` as int8

    def __len__(self) -> int:
        return len(self.volatility)


@dataclass(frozen=True, slots=True, eq=False)
class Quoted(Implied):
    """Volatilities at the mid, and how well the quotes know them."""

    error: Array  #: half the spread over vega, a fraction as the volatility is
    decimals: Array  #: in points; half a unit of the last is no less than the error; -1 where refused


def implied_volatility(
    terms: Terms, premium: Numbers, *, tick: float = 0.0, scheme: Scheme = QUICK
) -> Implied:
    """
    Return the volatility of each premium, with the reason where there is none.

    A premium within half a *tick* of the most that exercise pays, now or at expiration
    discounted, is refused. One that is all payoff only says that volatility is low enough for
    exercise to be best.
    """
    premium = np.broadcast_to(np.asarray(premium, dtype=float), terms.strike.shape)
    result = Implied(
        np.full(len(terms), np.nan), np.full(len(terms), np.nan), bounds(terms, premium, tick, terms.forward)
    )
    puts, scale = as_puts(terms), np.where(terms.call, terms.spot, terms.strike)
    pays = highest(puts.rate, puts.payout) > 0
    payoff = (terms.intrinsic > 0) & (premium - terms.intrinsic <= EXERCISED * scale)
    result.refusal[pays & payoff & (result.refusal == Refusal.NONE)] = Refusal.NO_TIME_VALUE
    rows = np.flatnonzero(result.refusal == Refusal.NONE)
    guess, vega = _european(terms.take(rows), premium[rows])
    result.volatility[rows], result.vega[rows] = guess, vega
    _solve_early(puts, premium, rows[pays[rows]], result, scheme)
    with np.errstate(invalid="ignore"):
        flat = ~(result.vega >= SMALLEST_VEGA * scale / 100)
    refused = rows[flat[rows]]
    result.refusal[refused] = Refusal.NO_VEGA
    result.volatility[refused] = np.nan
    return result


def quoted_volatility(
    terms: Terms, bid: Numbers, ask: Numbers, *, tick: float = TICK, scheme: Scheme = QUICK
) -> Quoted:
    """
    Return the volatility at the mid with its error bar; a bid of zero is no price.

    Refused too is a volatility that half the spread moves by more than five points.
    """
    bid, ask = (np.broadcast_to(np.asarray(x, dtype=float), terms.strike.shape) for x in (bid, ask))
    found = implied_volatility(
        terms, np.where((bid > 0) & (ask >= bid), (bid + ask) / 2, np.nan), tick=tick, scheme=scheme
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where(found.refusal == Refusal.NONE, (ask - bid) / 2 / (100 * found.vega), np.nan)
        wide = error > WIDEST_ERROR
    refusal = np.where(wide, Refusal.WIDE_SPREAD, found.refusal).astype(np.int8)
    known = refusal == Refusal.NONE
    return Quoted(
        volatility=np.where(known, found.volatility, np.nan),
        vega=found.vega,
        refusal=refusal,
        error=error,
        decimals=np.where(known, decimals_of(error), -1),
    )


def decimals_of(error: Array) -> Array:
    """Return the decimals of a volatility in points of which half a unit is no less than *error*."""
    with np.errstate(invalid="ignore"):
        places = np.floor(-np.log10(np.maximum(200 * np.nan_to_num(error, nan=1.0), 1e-9)))
    return np.asarray(np.clip(places, 0, MOST_DECIMALS).astype(int))


def bounds(terms: Terms, premium: Array, tick: float, delivery: Array) -> Array:
    """Return the refusals that need no volatility, as int8; *delivery* is the forward price."""
    final = terms.discount * np.where(terms.call, delivery - terms.strike, terms.strike - delivery)
    floor = np.maximum(terms.intrinsic, final)
    puts = as_puts(terms)
    causes = (
        (np.isnan(premium) | (premium <= 0), Refusal.NO_PRICE),
        (terms.years <= 0, Refusal.NO_TIME),
        (np.isnan(highest(puts.rate, puts.payout)), Refusal.TWO_BOUNDARIES),
        (premium - floor <= np.maximum(tick / 2, FINEST * premium), Refusal.NO_TIME_VALUE),
        (premium >= _most(terms), Refusal.ABOVE_BOUND),
    )
    return np.select([where for where, _ in causes], [cause for _, cause in causes], Refusal.NONE).astype(
        np.int8
    )


def _most(terms: Terms) -> Array:
    """The most a contract can be worth: the share or the strike, now or at expiration discounted."""
    share = terms.spot * np.maximum(1, np.exp(-terms.payout * terms.years))
    cash = terms.strike * np.maximum(1, terms.discount)
    return np.asarray(np.where(terms.call, share, cash))


def _european(terms: Terms, premium: Array) -> tuple[Array, Array]:
    """Volatilities and vegas (a point) of European options at these premiums."""
    market = (terms.forward, terms.strike, terms.discount)
    volatility = european.implied_volatility(premium, *market, terms.years, terms.call)
    vega = black76.vega(*market, volatility, terms.years) / 100
    return volatility, vega


def _solve_early(puts: Puts, premium: Array, rows: Array, result: Implied, scheme: Scheme) -> None:
    """Replace the European answers by American ones where early exercise can pay."""
    over = premium[rows] >= puts.scale[rows] * np.exp(-puts.rate[rows] * puts.years[rows])
    guess = np.where(over, HIGHEST_SPREAD / np.sqrt(puts.years[rows]), result.volatility[rows])
    rows, guess = rows[~np.isnan(guess)], guess[~np.isnan(guess)]
    for reach in REACHES:
        low = reach * guess
        steep = np.abs(puts.rate - puts.payout)[rows] * np.sqrt(puts.years[rows]) > STEEP_FROM * low
        for part, fitting in ((~steep, scheme), (steep, STEEP)):
            left = rows[part]
            if len(left):
                target = premium[left] / puts.scale[left]
                solved = _newton(puts.take(left), target, low[part], guess[part], fitting)
                result.volatility[left], result.vega[left] = solved[0], puts.scale[left] * solved[1] / 100
        below = result.volatility[rows] <= low * (1 + 4 * ENOUGH)  # as near to an end as halving comes
        rows, guess = rows[below], low[below]
    result.volatility[rows] = np.nan  # exercised at every volatility tried
    result.vega[rows] = 0


def _newton(puts: Puts, target: Array, low: Array, high: Array, scheme: Scheme) -> tuple[Array, Array]:
    """The volatilities between *low* and *high* at which the puts have the *target* values, and vegas."""
    boundaries = Boundaries.between(puts, low, high, scheme)

    def model(rows: Array, volatility: Array) -> tuple[Array, Array]:
        found = put_values(puts.take(rows), volatility, boundaries.take(rows))
        return found.value, found.vega

    return bracketed(model, target, low, high)


def bracketed(model: Model, target: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """
    Return where *model* has the *target* values, between *low* and *high*, and the slopes there.

    Newton's method from *high*; a step outside the bracket halves it instead. An end of the
    bracket is the answer where the target lies beyond it.
    """
    low, high = low.copy(), high.copy()
    answer, slopes = high.copy(), np.zeros_like(high)
    active = np.arange(len(target))
    for _ in range(STEPS):
        here = answer[active]
        value, slope = model(active, here)
        slopes[active] = slope
        too_low = value < target[active]
        low[active] = np.where(too_low, here, low[active])
        high[active] = np.where(too_low, high[active], here)
        with np.errstate(divide="ignore", invalid="ignore"):
            following = here - (value - target[active]) / slope
        within = (following >= low[active]) & (following <= high[active])
        following = np.where(within, following, (low[active] + high[active]) / 2)
        answer[active] = following
        active = active[np.abs(following - here) > ENOUGH * here]
        if len(active) == 0:
            break
    return answer, slopes
