"""At most three plans, one an idea, the day's lean first and the other marked."""

from __future__ import annotations

import dataclasses

import pytest

from generator.analytics.ideas import STRUCTURES, choosing, plans
from generator.analytics.ideas.gate import NoPlanError, Reason
from generator.analytics.ideas.planning import Shape
from generator.models.analysis import Lean
from tests.analytics.ideas.desks import desk_on, number

SIDE = {"up": "up", "down": "down", "flat": "range"}


def leaning(direction):
    zero = number("lean.test", 0)
    return Lean(votes=(), cast=zero, up=zero, down=zero, direction=direction)


@pytest.fixture(scope="module")
def seed():
    """A market with plans both ways."""
    for number_of in range(100):
        ideas, _ = plans(desk_on(number_of))
        if {idea.direction for idea in ideas} >= {"up", "down"} and len(ideas) == 3:
            return number_of
    raise AssertionError("no seed gives plans both ways")


@pytest.mark.parametrize("way", ["up", "down"])
def test_the_first_plan_goes_with_the_lean_and_the_others_are_marked(seed, way):
    ideas, _ = plans(desk_on(seed, lean=leaning(way)))
    assert ideas[0].direction == way
    assert {idea.direction for idea in ideas} == {"up", "down"}
    for idea in ideas:
        assert idea.role == ("lean" if idea.direction == way else "alternative")
    assert [idea.role for idea in ideas] == sorted((idea.role for idea in ideas), reverse=True)


def test_on_a_mixed_day_no_plan_is_with_or_against(seed):
    for lean in (None, leaning(None)):
        ideas, _ = plans(desk_on(seed, lean=lean))
        assert {idea.role for idea in ideas} == {"even"}


def test_a_spread_and_its_naked_option_are_one_idea(seed):
    for way in (None, "up", "down"):
        ideas, refusals = plans(desk_on(seed, lean=leaning(way)))
        kinds = [idea.kind for idea in ideas]
        assert len(kinds) == len(set(kinds)) <= 3
        assert not {"long call", "bull call spread"} <= set(kinds)
        assert not {"long put", "bear put spread"} <= set(kinds)
        families = [SIDE[idea.direction] if idea.kind != "stock" else "shares" for idea in ideas]
        assert not {refusal.family for refusal in refusals} & set(families)


def test_the_score_adds_fit_and_reward_and_takes_off_the_spread(seed):
    desk = desk_on(seed, lean=leaning("up"))
    spread = STRUCTURES["bull_call_spread"].find(desk)
    put = STRUCTURES["bear_put_spread"].find(desk)
    reward = spread.reward / (1 + spread.reward)
    assert choosing.score(desk, spread) == pytest.approx(
        1 + reward - spread.position.half_spreads / spread.loss
    )
    assert 0 <= choosing.score(desk, put) < 1
    even = dataclasses.replace(desk, lean=None)
    assert choosing.score(even, spread) == pytest.approx(choosing.score(desk, spread) - 0.5)


@dataclasses.dataclass
class Refusing:
    """A structure that never plans."""

    SHAPE: Shape
    reason: Reason

    def find(self, _desk):
        raise NoPlanError(self.reason)


def test_of_a_family_without_a_plan_the_one_that_came_furthest_tells_why(seed):
    shape = STRUCTURES["long_call"].SHAPE
    reasons = (Reason.LITTLE_REWARD, Reason.NO_TRIGGER_ABOVE, Reason.NOT_LIQUID)
    ideas, refusals = choosing.choose(desk_on(seed), [Refusing(shape, reason) for reason in reasons])
    assert ideas == ()
    assert [(refusal.family, refusal.reason) for refusal in refusals] == [("up", Reason.LITTLE_REWARD)]


def test_of_more_than_three_families_the_shares_which_repeat_the_plan_up_are_left_out(seed):
    desk = desk_on(seed)
    found = {name: STRUCTURES[name].find(desk) for name in ("bull_call_spread", "bear_put_spread", "stock")}
    extra = dataclasses.replace(found["bear_put_spread"].shape, family="range")

    class Fourth:
        SHAPE = extra

        @staticmethod
        def find(_desk):
            weak = found["bear_put_spread"]
            return dataclasses.replace(weak, shape=extra)

    ideas, refusals = choosing.choose(desk, [*(STRUCTURES[name] for name in found), Fourth])
    assert "stock" not in {idea.kind for idea in ideas}
    assert "bull call spread" in {idea.kind for idea in ideas}
    assert refusals == ()
