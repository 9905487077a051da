"""
How a plan is found: the first expiration with liquid strikes, the nearest target that pays, the best legs.

A structure proposes legs; each is priced at the trigger and held to a least reward there. Of
those that pass, the best has its breakeven within half of the way to the target, and the
most to gain for what it can lose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor

from generator.analytics.ideas import payoff
from generator.analytics.ideas.gate import NoPlanError, Reason
from generator.analytics.ideas.position import Part, Position, priced
from generator.analytics.ideas.scenario import Desk, Scenario, scenarios
from generator.models.analysis import Direction, Fact, Family, IdeaKind

ROOM = 0.05  #: of the estimate: what a limit gives on top of it
TICK, SMALL_TICK, SMALL_PRICE = 0.05, 0.01, 3.0
HALF_WAY = 0.5  #: from trigger to target
#: profit at the target over the most that can be lost: of what is bought for a move, of what is
#: sold within a width (a quarter of it as premium), of a premium on shares, of what moves either way
LEAST_DEBIT, LEAST_CREDIT, LEAST_INCOME, LEAST_MOVE = 0.75, 1 / 3, 0.01, 0.2

Parts = tuple[Part, ...]
Proposals = Callable[[Desk, Scenario, Fact], Iterable[Parts]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a structure is called, where it points, and the least it must pay at its target for its risk."""

    kind: IdeaKind
    direction: Direction
    family: Family  #: of which a brief prints one plan
    least_reward: float
    sold: bool = False  #: entered for the premium it takes in
    evidence: bool = False  #: found only where evidence of its own holds, which the score counts


@dataclass(frozen=True)
class Candidate:
    """A position for one target of a scenario."""

    shape: Shape
    scenario: Scenario
    target: Fact
    position: Position

    @cached_property
    def profit(self) -> float:
        """What it makes at the target, on expiration."""
        return self.position.profit(self.target.number)

    @cached_property
    def loss(self) -> float | None:
        """The most it can lose, None when that is unbounded."""
        return payoff.max_loss(self.position.held)

    @cached_property
    def reward(self) -> float:
        """Profit at the target over the most it can lose; what can lose anything has none."""
        return 0.0 if self.loss is None else self.profit / self.loss

    @cached_property
    def breakevens(self) -> tuple[float, ...]:
        """Where profit turns into loss."""
        return payoff.breakevens(self.position.held)

    @property
    def cost(self) -> float:
        """What the quoted spreads take, over the most it can lose."""
        return 0.0 if not self.loss else self.position.half_spreads / self.loss

    @property
    def early(self) -> bool:
        """Whether it pays from half of the way to the target on; one that is flat has no way to go."""
        side, way = self.scenario.side, self.target.number - self.scenario.trigger.number
        middle = self.scenario.trigger.number + HALF_WAY * way
        return all(side * price <= side * middle for price in self.breakevens)

    @property
    def limit(self) -> float | None:
        """The most the plan pays, or the least it takes; None where that is worse than the estimate."""
        price, least = self.position.natural_then, self.shape.least_reward
        if price < 0:
            return least_credit(-price, at_risk=(self.loss or 0.0) - price, least=least)
        room = ROOM * abs(self.position.premium)
        return limit_price(price, worth=self.profit + price, least=least, room=room)


def best(desk: Desk, shape: Shape, proposals: Proposals) -> Candidate:
    """Return the best candidate of a structure; `NoPlanError` when there is none."""
    for scenario in scenarios(desk, shape.direction):
        proposed = {target.id: list(proposals(desk, scenario, target)) for target in scenario.targets}
        if any(proposed.values()):
            return _best_of(desk, shape, scenario, proposed)
    raise NoPlanError(Reason.NOT_LIQUID)


def _best_of(desk: Desk, shape: Shape, scenario: Scenario, proposed: dict[str, list[Parts]]) -> Candidate:
    reason = Reason.LOSES_AT_TARGET
    for target in scenario.targets:
        found = list(_sound(desk, shape, scenario, target, proposed[target.id]))
        worth = [candidate for candidate in found if candidate.limit is not None]
        if worth:
            return max(worth, key=lambda candidate: (candidate.early, candidate.reward))
        if any(candidate.reward > 0 for candidate in found):
            reason = Reason.LITTLE_REWARD
    raise NoPlanError(reason)


def _sound(
    desk: Desk, shape: Shape, scenario: Scenario, target: Fact, proposed: list[Parts]
) -> Iterator[Candidate]:
    """Yield the proposals that have a price, and one that a trade can have."""
    for parts in proposed:
        position = priced(desk, scenario, parts)
        if position is not None and payoff.fault(position.held, sold=shape.sold) is None:
            yield Candidate(shape, scenario, target, position)


def best_flat(desk: Desk, shape: Shape, found: Iterable[Scenario], proposals: Proposals) -> Candidate:
    """
    Return the best candidate of a structure that expects no direction; `NoPlanError` when there is none.

    Each position is judged at the target that pays it least.
    """
    for scenario in found:
        proposed = list(proposals(desk, scenario, scenario.trigger))
        if not proposed:
            continue
        judged = [list(_sound(desk, shape, scenario, target, proposed)) for target in scenario.targets]
        least: list[Candidate] = [min(same, key=_profit) for same in zip(*judged, strict=True)]
        worth = [candidate for candidate in least if candidate.limit is not None]
        if worth:
            return max(worth, key=lambda candidate: candidate.reward)
        pays = any(candidate.reward > 0 for candidate in least)
        raise NoPlanError(Reason.LITTLE_REWARD if pays else Reason.LOSES_AT_TARGET)
    raise NoPlanError(Reason.NOT_LIQUID)


def _profit(candidate: Candidate) -> float:
    return candidate.profit


def limit_price(estimate: float, worth: float, least: float, room: float | None = None) -> float | None:
    """
    Return the most to pay for what is *worth* so much at the target, None where the estimate is more.

    *room* over the estimate (default: 5 % of it) and at most the price that still pays the *least*
    reward, rounded down to a nickel, to a cent below three dollars.
    """
    most = min(estimate + (ROOM * estimate if room is None else room), worth / (1 + least))
    tick = SMALL_TICK if most < SMALL_PRICE else TICK
    limit = round(floor(most / tick + 1e-9) * tick, 2)
    return limit if limit >= estimate else None


def least_credit(estimate: float, at_risk: float, least: float) -> float | None:
    """
    Return the least to take in, None where the estimate is less.

    5 % under the estimate and at least what pays the *least* reward for *at_risk*, the most that
    can be lost before the premium, rounded up to a nickel, to a cent below three dollars.
    """
    fewest = max((1 - ROOM) * estimate, least * at_risk / (1 + least))
    tick = SMALL_TICK if fewest < SMALL_PRICE else TICK
    limit = round(ceil(fewest / tick - 1e-9) * tick, 2)
    return limit if limit <= estimate else None
