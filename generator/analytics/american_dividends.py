"""
American options with known cash dividends: the share drops by each amount at its ex-date.

The holder may exercise just before. Between ex-dates the share is lognormal (the spot
model; volatilities of the escrowed model, S less the value of the dividends, are higher by
about S / (S - D)). Values are extrapolated from two grids, with second-order errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from generator.analytics import black76
from generator.analytics.american import Numbers, Terms
from generator.analytics.american_grid import Contracts, Values, march
from generator.analytics.american_volatility import Implied, Refusal, bounds
from generator.analytics.black76 import Greeks

Array = np.ndarray

BLOCK = 512  #: contracts at a time: what they need stays in the processor's cache
GRID_ERROR = 1e-6  #: of the strike: what interpolation adds where the value is the payoff
BUMP = 1e-4  #: of volatility and rate
SMALLEST_VEGA = 2e-4  #: a unit of volatility, over the strike; less is the grid's error
LEAST = 1e-5  #: time value over the strike; with less the contract is exercised
STEPS = 40
ENOUGH = 1e-5  #: relative change of a secant's last step
LOWEST, HIGHEST = 0.01, 10.0  #: volatilities searched


@dataclass(frozen=True, slots=True)
class CashDividend:
    """A known dividend: years to the open of its ex-date, above zero, and dollars a share."""

    years: float
    amount: float


@dataclass(frozen=True, slots=True)
class Fineness:
    """Price intervals, and time steps between two dates; a second grid has half of both."""

    prices: int
    steps: int


FINE = Fineness(prices=240, steps=24)
FAST = Fineness(prices=120, steps=12)


def price(
    terms: Terms,
    volatility: Numbers,
    dividends: Sequence[CashDividend],
    fineness: Fineness = FINE,
    *,
    early: bool = True,
) -> Array:
    """
    Return the values, European ones unless *early*; NaN where the volatility is not above zero.

    A dividend that goes ex on the day of expiration drops the share before it is settled;
    later ones do not count.
    """
    return values(terms, _volatilities(terms, volatility), dividends, fineness, early=early).value


def greeks(
    terms: Terms, volatility: Numbers, dividends: Sequence[CashDividend], fineness: Fineness = FINE
) -> Greeks:
    """
    Return the sensitivities: delta and gamma of the grid, theta from the equation it solves.

    Theta is that of the next moment and passes no ex-date. Where exercise now is best delta
    is 1 or -1 and the others are zero.
    """
    sigma = _volatilities(terms, volatility)
    found = values(terms, sigma, dividends, fineness)
    shaken = values(terms, sigma + BUMP, dividends, fineness, width=sigma)
    risen = values(replace(terms, rate=terms.rate + BUMP), sigma, dividends, fineness)
    held = (terms.intrinsic == 0) | (found.value > terms.intrinsic + GRID_ERROR * terms.strike)
    carried = (terms.rate - terms.payout) * terms.spot * found.delta
    theta = terms.rate * found.value - carried - np.square(sigma * terms.spot) * found.gamma / 2
    unknown = np.isnan(found.value)

    def alive(values: Array, otherwise: Numbers = 0.0) -> Array:
        return np.where(held | unknown, values, otherwise)

    return Greeks(
        delta=alive(found.delta, np.where(terms.call, 1.0, -1.0)),
        gamma=alive(found.gamma),
        vega=alive((shaken.value - found.value) / BUMP / 100),
        theta=alive(theta / 365),
        rho=alive((risen.value - found.value) / BUMP / 100),
    )


def implied_volatility(
    terms: Terms,
    premium: Numbers,
    dividends: Sequence[CashDividend],
    fineness: Fineness = FAST,
    *,
    tick: float = 0.0,
) -> Implied:
    """Return the volatility of each premium, with the reason where there is none."""
    premium = np.broadcast_to(np.asarray(premium, dtype=float), terms.strike.shape)
    refusal = bounds(terms, premium, tick, forward(terms, dividends))
    result = Implied(np.full(len(terms), np.nan), np.full(len(terms), np.nan), refusal)
    rows = np.flatnonzero(result.refusal == Refusal.NONE)
    part, wanted = terms.take(rows), premium[rows]
    start, slope = _escrowed(part, wanted, dividends)
    sigma = _secant(part, wanted, dividends, fineness, start, slope)
    both = [values(part, sigma + shift, dividends, fineness, width=sigma).value for shift in (0.0, BUMP)]
    vega = (both[1] - both[0]) / BUMP
    result.volatility[rows], result.vega[rows] = sigma, vega / 100
    missed = np.abs(both[0] - wanted) > np.maximum(1e-3 * vega, 1e-5 * part.strike)
    refused = rows[(vega < SMALLEST_VEGA * part.strike) | missed]
    result.refusal[refused] = Refusal.NO_VEGA
    result.volatility[refused] = np.nan
    return result


def forward(terms: Terms, dividends: Sequence[CashDividend]) -> Array:
    """Return the price for delivery at expiration, the cash dividends before it taken out."""
    result = terms.forward
    growth = terms.rate - terms.payout
    for dividend in dividends:
        drop = dividend.amount * np.exp(growth * (terms.years - dividend.years))
        result = result - np.where(dividend.years <= terms.years, drop, 0)
    return result


def _volatilities(terms: Terms, volatility: Numbers) -> Array:
    return np.array(np.broadcast_to(np.asarray(volatility, dtype=float), terms.strike.shape))


def _escrowed(terms: Terms, premium: Array, dividends: Sequence[CashDividend]) -> tuple[Array, Array]:
    """A first guess and its vega: a European option on the forward."""
    delivery = np.maximum(forward(terms, dividends), 1e-3 * terms.spot)
    market = (delivery, terms.strike, terms.discount)
    guess = black76.implied_volatility(premium, *market, terms.years, terms.call)
    guess = np.where(np.isnan(guess), 0.5, np.clip(guess, 2 * LOWEST, HIGHEST / 2))
    return guess, np.maximum(
        black76.vega(*market, guess, terms.years), 1e-3 * terms.strike * np.sqrt(terms.years)
    )


def _secant(
    terms: Terms,
    premium: Array,
    dividends: Sequence[CashDividend],
    fineness: Fineness,
    start: Array,
    slope: Array,
) -> Array:
    """The secant method from *start*, with *slope* for its first step, kept inside a bracket."""
    answer, slope = start.copy(), slope.copy()
    low, high = np.full_like(answer, LOWEST), np.full_like(answer, HIGHEST)
    active, before = np.arange(len(answer)), None
    for _ in range(STEPS):
        here = answer[active]
        miss = values(terms.take(active), here, dividends, fineness).value - premium[active]
        if before is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                slope[active] = (miss - before[0]) / (here - before[1])
        low[active] = np.where(miss < 0, here, low[active])
        high[active] = np.where(miss < 0, high[active], here)
        with np.errstate(divide="ignore", invalid="ignore"):
            following = here - miss / slope[active]
        inside = (following > low[active]) & (following < high[active])
        following = np.where(inside, following, np.sqrt(low[active] * high[active]))
        answer[active] = following
        moving = np.abs(following - here) > ENOUGH * here
        active, before = active[moving], (miss[moving], here[moving])
        if len(active) == 0:
            break
    return answer


def values(
    terms: Terms,
    volatility: Array,
    dividends: Sequence[CashDividend],
    fineness: Fineness,
    *,
    early: bool = True,
    width: Array | None = None,
) -> Values:
    """Return values, deltas and gammas; *width* is the volatility that lays out the grid, if not its own."""
    result = Values(*(np.full(len(terms), np.nan) for _ in fields(Values)))
    width = volatility if width is None else width
    for rows, contracts in _blocks(terms, volatility, width, dividends, early=early):
        fine = march(contracts, fineness.prices, fineness.steps)
        coarse = march(contracts, fineness.prices // 2, fineness.steps // 2)
        for field in fields(Values):
            both = getattr(fine, field.name), getattr(coarse, field.name)
            getattr(result, field.name)[rows] = (4 * both[0] - both[1]) / 3
    if early:
        np.maximum(result.value, terms.intrinsic, out=result.value)
    return result


def _blocks(
    terms: Terms, volatility: Array, width: Array, dividends: Sequence[CashDividend], *, early: bool
) -> Iterator[tuple[Array, Contracts]]:
    """Blocks of contracts with like numbers of dividends."""
    known = sorted(dividends, key=lambda dividend: dividend.years)
    counts = np.searchsorted([dividend.years for dividend in known], terms.years, side="right")
    live = np.flatnonzero((volatility > 0) & (terms.years > 0))
    live = live[np.argsort(counts[live], kind="stable")]
    for start in range(0, len(live), BLOCK):
        block = live[start : start + BLOCK]
        part = terms.take(block)
        dates, cash = _schedule(part.years, counts[block], known)
        yield (
            block,
            Contracts(
                spot=part.spot,
                strike=part.strike,
                years=part.years,
                rate=part.rate,
                payout=part.payout,
                volatility=volatility[block],
                width=width[block],
                dates=dates,
                cash=cash,
                call=part.call,
                early=early,
            ),
        )


def _schedule(years: Array, counts: Array, dividends: Sequence[CashDividend]) -> tuple[Array, Array]:
    """Ex-dates and amounts of each contract; with fewer than others, dates with no amount after them."""
    most = int(counts.max(initial=0))
    dates, cash = np.empty((most, len(years))), np.zeros((most, len(years)))
    last = np.zeros(len(years))
    for number in range(most):
        own = number < counts
        rest = years - (years - last) * (most - number) / (most - number + 1)
        dates[number] = np.where(own, dividends[number].years, rest)
        cash[number] = np.where(own, dividends[number].amount, 0)
        last = dates[number]
    return dates, cash
