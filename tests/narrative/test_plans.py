"""What is said of a plan of each structure: every digit a fact, nothing blocked, no more than a block."""

from __future__ import annotations

import dataclasses
import datetime as dt

import jinja2
import pytest

from generator.analytics import analyse
from generator.analytics.ideas import STRUCTURES, choosing, no_plans
from generator.analytics.ideas.gate import NoPlanError
from generator.analytics.ideas.range_scenario import RECORD
from generator.assets import templates
from generator.models.analysis import Lean, Refusal, Vote
from generator.models.market import Event, History
from generator.narrative import narrate
from generator.narrative.text import visible
from generator.rules.blocked import hits
from tests.analytics.ideas.desks import CHOICES, number
from tests.analytics.ideas.test_structures import MONTHLY, dear_desk, restless

LOADER = jinja2.FileSystemLoader(templates())
PERCENTILE = "history.volatility.implied_to_realised.percentile"


def desk_for(name):
    if name in {"straddle", "strangle"}:
        return restless()
    for seed in range(60):
        desk = dear_desk(seed=seed)
        try:
            STRUCTURES[name].find(desk)
        except NoPlanError:
            continue
        return desk
    raise AssertionError(f"no seed plans a {name}")


def section(desk, ideas, *, quotes=True, **changes):
    analysis = analyse(desk.snapshot, History(), CHOICES)
    record = {PERCENTILE: number(PERCENTILE, 90)} if RECORD in desk.places else {}
    facts = {**analysis.facts, **desk.ledger.facts, **record}
    told = dataclasses.replace(
        analysis, ideas=tuple(ideas), refusals=(), facts=facts, places=desk.places, **changes
    )
    text = visible(narrate(told, LOADER, charts=(), quotes=quotes).text)
    return text.split("## Actionable trades")[1].split("\n## ")[0]


@pytest.mark.parametrize("name", [name for name in STRUCTURES if name != "stock"])
def test_a_plan_is_a_line_a_few_sentences_and_a_small_table(name):
    desk = desk_for(name)
    ideas, _ = choosing.choose(desk, [STRUCTURES[name]])
    text = section(desk, ideas)
    block = text.split("### ")[1]
    heading, body = block.split("\n\n", 1)
    assert heading.count("on a close") == 1
    assert 200 < len(body.split("|")[0]) < 700
    assert 10 <= body.count("\n|") + body.startswith("|") <= 12
    assert list(hits(text)) == []
    assert "None" not in text
    for words in ("Risk-neutral probability", "Most it can lose", "Last day to enter", "Expires"):
        assert words in body


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "iron_condor",
            ("Sideways: ", "iron condor, on a close between ", "brings in ", "rich by its own record"),
        ),
        ("covered_call", ("call sold against shares", "shares and call together cost ")),
        ("cash_secured_put", ("put sold against cash", "Today it brings in ")),
        ("bull_put_spread", ("Up: ", " put spread, on a close above ", "below ")),
        ("bear_call_spread", ("Down: ", " call spread, on a close below ")),
        (
            "straddle",
            (" straddle, on a close between ", "the price moved ", "the straddle prices ", "no bound"),
        ),
        ("bull_call_spread", ("Up: ", " call spread, on a close above ", " alone would cost ")),
    ],
)
def test_a_structure_is_called_by_its_name_and_says_what_it_stands_on(name, words):
    desk = desk_for(name)
    ideas, _ = choosing.choose(desk, [STRUCTURES[name]])
    text = section(desk, ideas)
    for part in words:
        assert part in text


def test_a_straddle_names_its_strike_once():
    desk = restless()
    ideas, _ = choosing.choose(desk, [STRUCTURES["straddle"]])
    assert "17 April 100 straddle" in section(desk, ideas).replace("\N{NO-BREAK SPACE}", " ")


def test_what_several_plans_share_is_said_once():
    desk = dear_desk()
    ideas, _ = choosing.choose(desk, STRUCTURES.values())
    assert sum("assigned" in " ".join(idea.warnings) for idea in ideas) > 1
    assert section(desk, ideas).count("can be assigned") == 1


def test_without_the_right_to_show_prices_none_of_the_plan_s_is_printed():
    desk = dear_desk()
    ideas, _ = choosing.choose(desk, [STRUCTURES["iron_condor"]])
    text = section(desk, ideas, quotes=False)
    assert "brings in" not in text
    assert "Most it can lose" not in text
    assert "The target is" in text


def test_the_side_of_an_event_is_said():
    desk = dear_desk()
    titles = {"Payrolls": -10, "Fed decision": -2, "Report": 5}
    events = tuple(
        Event(date=MONTHLY + dt.timedelta(days=days), title=title, source="test")
        for title, days in titles.items()
    )
    desk = dataclasses.replace(desk, snapshot=dataclasses.replace(desk.snapshot, events=events))
    ideas, _ = choosing.choose(desk, [STRUCTURES["iron_condor"]])
    text = section(desk, ideas).replace("\N{NO-BREAK SPACE}", " ")
    spanned = "\u201cPayrolls\u201d on Tuesday 7 April and \u201cFed decision\u201d on Wednesday 15 April"
    assert f"It spans {spanned}. It expires before \u201cReport\u201d on Wednesday 22 April." in text


def lean_of(values, direction):
    families = ("trend", "momentum", "options", "volatility")
    votes = tuple(
        Vote(
            family=family,
            value=None if value is None else number(f"lean.{family}", value),
            absent="no session before to compare with" if value is None else None,
        )
        for family, value in zip(families, values, strict=True)
    )
    cast = [value for value in values if value is not None]
    return Lean(
        votes=votes,
        cast=number("lean.cast", len(cast)),
        up=number("lean.up", sum(value > 0 for value in cast)),
        down=number("lean.down", sum(value < 0 for value in cast)),
        direction=direction,
    )


@pytest.mark.parametrize(
    ("values", "direction", "words"),
    [
        (
            (1, 1, 1, None),
            "up",
            "three point up (trend, momentum and options) and none down; volatility has no vote",
        ),
        ((-1, -1, -2, 1), "down", "one points up (volatility) and three down (trend, momentum and options)"),
        ((1, 0, 0, None), None, "one points up (trend) and none down; momentum and options say neither"),
        ((None, None, None, None), None, "none points up and none down; trend has no vote"),
    ],
)
def test_the_tally_is_told_with_what_has_no_vote(values, direction, words):
    desk = dear_desk()
    lean = lean_of(values, direction)
    numbers = [value for value in values if value is not None]
    bounds = {"lean.lowest": min([0, *numbers]), "lean.highest": max([0, *numbers])}
    desk.ledger.facts |= {name: number(name, value) for name, value in bounds.items()}
    desk.ledger.facts |= {fact.id: fact for fact in (lean.up, lean.down)}
    text = section(desk, (), lean=lean)
    assert words in text
    verdict = {"up": "That is bullish as things stand", "down": "That is bearish as things stand"}
    assert verdict.get(direction, "That is mixed") in text
    assert text.startswith(": no plan today")


def test_refusals_are_one_sentence():
    desk = dear_desk()
    reasons = no_plans("the price and the option quotes are not of one time")
    analysis = analyse(desk.snapshot, History(), CHOICES)
    told = dataclasses.replace(
        analysis, ideas=(), refusals=(*reasons[:1], Refusal(family="range", kind="straddle", reason="b"))
    )
    text = visible(narrate(told, LOADER, charts=()).text)
    assert "No plan up: the price and the option quotes are not of one time; none for a range: b." in text
