"""
The early-exercise boundary of American puts, by spectral collocation.

Andersen, Lake and Offengenden, "High-performance American option pricing", Journal of
Computational Finance 20 (2016), fixed-point system B by plain substitution: it settles
where system A runs away, with high rates over a low volatility. The boundary is a
polynomial through Chebyshev nodes in the root of the time left. Integrals over time u are
taken in an angle, u = years * sin(angle)^2, which is smooth at both ends where their own
substitution is smooth at one: half the points do.

Everything is of a put with strike 1; a call is the put with spot and strike, and rate
and payout, exchanged (McDonald and Schroder, Journal of Computational Finance 1, 1998).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

Array = np.ndarray

DENSITY = 1 / np.sqrt(2 * np.pi)
GUESS_STEPS = 4
NEGLIGIBLE = 1e-9  #: rates under it are zero
# Hart et al., "Computer Approximations" (1968), no. 5666, highest power first
_UPPER = (
    3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383,
    112.079291497871, 221.213596169931, 220.206867912376,
)  # fmt: skip
_LOWER = (
    8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461,
    296.564248779674, 637.333633378831, 793.826512519948, 440.413735824752,
)  # fmt: skip


def normal(x: Array) -> tuple[Array, Array]:
    """Return the normal distribution function, to 1e-15 absolutely, and the density."""
    distance = np.abs(x)
    bell = np.square(distance)
    bell *= -0.5
    np.exp(bell, out=bell)
    tail = _polynomial(_UPPER, distance)
    tail /= _polynomial(_LOWER, distance)
    tail *= bell
    bell *= DENSITY
    return np.where(x > 0, 1 - tail, tail), bell


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    result: Array = x * coefficients[0]
    result += coefficients[1]
    for coefficient in coefficients[2:]:
        result *= x
        result += coefficient
    return result


@dataclass(frozen=True)
class Scheme:
    """How finely the boundary is drawn; the errors are in docs/models.md."""

    nodes: int  #: of the polynomial
    points: int  #: of the integral for each node
    rounds: int  #: of the fixed point
    price_points: int  #: of the integral for a price

    @cached_property
    def roots(self) -> Array:
        """The root of the time left at each node, as a share of the whole; zero is left out."""
        return np.asarray((1 - np.cos(np.arange(1, self.nodes + 1) * np.pi / self.nodes)) / 2)

    @cached_property
    def angles(self) -> tuple[Array, Array, Array]:
        """Sines and cosines at the points of a node's integral, and the weights of du / years."""
        return _angles(self.points)

    @cached_property
    def price_angles(self) -> tuple[Array, Array, Array]:
        """The same for a price."""
        return _angles(self.price_points)

    @cached_property
    def to_points(self) -> Array:
        """The matrix from the values at the nodes to those at the points, (nodes * points, nodes)."""
        where = self.roots[:, None] * self.angles[0]
        return self.interpolation(where).reshape(-1, self.nodes)

    @cached_property
    def to_price_points(self) -> Array:
        """The matrix from the nodes to today and the points of a price, (1 + price_points, nodes)."""
        return self.interpolation(np.append(1.0, self.price_angles[1]))

    def interpolation(self, roots: Array) -> Array:
        """Barycentric weights at *roots* in 0..1; the value at zero is zero and has no column."""
        count = self.nodes + 1
        nodes = np.append(0.0, self.roots)
        weights = (-1.0) ** np.arange(count)
        weights[[0, -1]] /= 2
        apart = roots[..., None] - nodes
        hit = np.abs(apart) < 1e-14
        terms = weights / np.where(hit, 1, apart)
        terms /= terms.sum(axis=-1, keepdims=True)
        return np.asarray(np.where(hit.any(axis=-1, keepdims=True), hit, terms)[..., 1:])


EXACT = Scheme(nodes=12, points=20, rounds=10, price_points=40)
QUICK = Scheme(nodes=8, points=12, rounds=6, price_points=20)
#: for |rate - payout| * sqrt(years) over STEEP_FROM volatilities, where exercise is decided in a short time
STEEP = Scheme(nodes=20, points=32, rounds=16, price_points=160)
STEEP_FROM = 3.0


def _angles(count: int) -> tuple[Array, Array, Array]:
    points, weights = np.polynomial.legendre.leggauss(count)
    angle = (points + 1) * np.pi / 4
    sine, cosine = np.sin(angle), np.cos(angle)
    return sine, cosine, weights * np.pi / 2 * sine * cosine


def highest(rate: Array, payout: Array) -> Array:
    """
    Return the boundary with no time left: 1, rate / payout, or 0 where exercise never pays.

    NaN where the region of exercise has two boundaries (payout < rate < 0).
    """
    rate, payout = (np.where(np.abs(value) < NEGLIGIBLE, 0.0, value) for value in (rate, payout))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.minimum(rate / np.maximum(payout, 0), 1)  # over zero it is infinite, 1
    result = np.where(rate > 0, ratio, np.where((rate == 0) & (payout < 0), 1.0, 0.0))
    return np.where((rate < 0) & (payout < rate), np.nan, result)


def squared_depths(
    years: Array, rate: Array, payout: Array, volatility: Array, scheme: Scheme
) -> tuple[Array, Array]:
    """
    Return ln(boundary / top)^2 at the scheme's nodes, (count, nodes), and the tops, (count,).

    All four arguments are 1-d with the same length; the tops must be above zero.
    """
    years, rate, payout, volatility = (value[:, None] for value in (years, rate, payout, volatility))
    top = highest(rate, payout)
    left = years * np.square(scheme.roots)
    boundary = _first_guess(left, rate, payout, volatility, top)
    system = _System(left, rate, payout, volatility, scheme)
    for _ in range(scheme.rounds):
        depths = np.square(np.log(boundary / top))
        improved = system.improve(boundary, np.log(top), depths)
        sound = improved > 0  # a step into nonsense is not taken; NaN is not above zero
        boundary = np.where(sound, np.minimum(improved, top * (1 - 1e-14)), boundary)
    return np.square(np.log(boundary / top)), top[:, 0]


class _System:
    """The fixed point at every node: what does not change from round to round is kept."""

    def __init__(self, left: Array, rate: Array, payout: Array, volatility: Array, scheme: Scheme) -> None:
        sine, cosine, weight = scheme.angles
        self.scheme = scheme
        rate, payout, along = rate[..., None], payout[..., None], left[..., None]
        passed, step = along * np.square(sine), along * weight
        self.spread = (volatility * np.sqrt(left))[..., None] * cosine
        self.drift = (rate - payout) * along * np.square(cosine) / self.spread + self.spread / 2
        self.rated = rate * np.exp(rate * passed) * step
        self.paid = payout * np.exp(payout * passed) * step
        self.whole_spread = volatility * np.sqrt(left)
        self.whole_drift = (rate - payout)[..., 0] * left
        self.growth = np.exp(-self.whole_drift)

    def improve(self, boundary: Array, log_top: Array, depths: Array) -> Array:
        """Return the boundary after one round."""
        inner = (depths @ self.scheme.to_points.T).reshape(*depths.shape, -1)
        np.sqrt(np.maximum(inner, 0, out=inner), out=inner)
        level = np.log(boundary)
        inner += (level - log_top)[..., None]
        inner /= self.spread
        inner += self.drift
        shares, _ = normal(inner)
        inner -= self.spread
        strikes, _ = normal(inner)
        first = (level + self.whole_drift) / self.whole_spread + self.whole_spread / 2
        above = normal(first - self.whole_spread)[0] + np.einsum("bik,bik->bi", self.rated, strikes)
        under = normal(first)[0] + np.einsum("bik,bik->bi", self.paid, shares)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.growth * above / under)


def _first_guess(left: Array, rate: Array, payout: Array, volatility: Array, top: Array) -> Array:
    """
    The boundary of Bjerksund and Stensland (2002), improved to that of the QD+ method.

    Li, "Analytical approximations for the critical stock prices of American options", 2010.
    """
    variance = np.square(volatility)
    carry = 2 * (rate - payout) / variance
    root = np.sqrt(np.maximum(np.square(carry - 1) + 8 * rate / variance, 0))
    power = (1 - carry - root) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        perpetual = np.clip(power / (power - 1), 1e-6, top * (1 - 1e-9))
    perpetual = np.where(np.isnan(perpetual), 1e-6, perpetual)
    rise = 1 / perpetual - 1 / top
    speed = ((payout - rate) * left + 2 * volatility * np.sqrt(left)) * top / rise
    start = np.clip(1 / (1 / top + rise * -np.expm1(-np.maximum(speed, 0))), 1e-8, top)
    with np.errstate(all="ignore"):  # where the approximation has no solution the start is kept
        better = _quadratic(start, left, rate, payout, volatility)
    sound = np.isfinite(better) & (better > 0)
    return np.minimum(np.where(sound, better, start), top * (1 - 1e-12))


def _quadratic(boundary: Array, left: Array, rate: Array, payout: Array, volatility: Array) -> Array:
    """Newton's method on the QD+ equation for the boundary at each time left."""
    variance, spread = np.square(volatility), volatility * np.sqrt(left)
    discount, kept = np.exp(-rate * left), np.exp(-payout * left)
    small = np.abs(rate * left) < 1e-5
    hazard = np.where(small, (1 + rate * left / 2) / left, rate / -np.expm1(-rate * left))
    carry = 2 * (rate - payout) / variance
    root = np.sqrt(np.square(carry - 1) + 8 * hazard / variance)
    power, bend = (1 - carry - root) / 2, 2 * np.square(hazard) / (variance * root)
    scale = -2 * discount / (variance * root)
    weight = scale * (hazard - bend / root) - power
    for _ in range(GUESS_STEPS):
        first = np.log(boundary * kept / discount) / spread + spread / 2
        above, bell = normal(-first)
        below, _ = normal(spread - first)
        european = discount * below - boundary * kept * above
        decay = rate * discount * below - payout * boundary * kept * above
        decay -= variance * boundary * kept * bell / (2 * spread)
        charm = bell * ((rate - payout) / spread - (first - spread) / (2 * left)) + payout * above
        miss = (1 - kept * above) * boundary - weight * (1 - boundary - european)
        miss += scale * decay / discount
        slope = 1 - kept * above + kept * bell / spread + weight * (1 - kept * above)
        slope -= scale * kept * charm / discount
        boundary = np.clip(boundary - miss / slope, boundary / 2, boundary * 1.5)
    return boundary
