"""The audit's own votes: a vote or a count that is off is found."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest

from generator.audit.lean import lean_fault
from generator.models.analysis import Fact, Inputs, Unit

OPERANDS = {
    "trend": (3.0, 1.0, 100.0, 1.0),
    "momentum": (55.0, 1.0, 0.5),
    "options": (4.0, 4.5, 2.0, 2.2),
    "volatility": (15.0,),
}
VOTES = {"trend": 2, "momentum": 1, "options": 2, "volatility": 1}
COUNTS = {"cast": 4, "up": 4, "down": 0, "highest": 2, "lowest": 0}


def fact(name, value, formula="test", of=()):
    return Fact(
        id=name,
        value=value,
        unit=Unit.COUNT,
        decimals=0,
        formula=formula,
        inputs=Inputs(facts=tuple(each.id for each in of)),
    )


def twin():
    facts = {}
    for family, values in OPERANDS.items():
        of = [fact(f"{family}.{place}", value) for place, value in enumerate(values)]
        facts |= {each.id: each for each in of}
        facts[f"lean.{family}"] = fact(f"lean.{family}", VOTES[family], f"lean.{family}", of)
    for name, count in COUNTS.items():
        facts[f"lean.{name}"] = fact(f"lean.{name}", count, "lean.tally")
    return SimpleNamespace(facts=facts)


@pytest.mark.parametrize("name", [*VOTES, *COUNTS])
def test_a_vote_or_a_count_that_adds_up_passes_and_one_off_is_found(name):
    brief = twin()
    right = brief.facts[f"lean.{name}"]
    assert lean_fault(right, brief) is None
    assert "its votes give" in lean_fault(dataclasses.replace(right, value=right.value - 1), brief)


@pytest.mark.parametrize(
    ("family", "operands", "vote"),
    [
        ("trend", (-3.0, -1.0, 100.0, 1.6), -1),
        ("trend", (-3.0, 1.0, 100.0, 1.0), 0),
        ("momentum", (39.0, 0.5, 1.0), -2),
        ("momentum", (55.0, 0.5, 1.0), 0),
        ("options", (4.5, 4.0, 2.05, 2.0), -1),
        ("options", (4.05, 4.0, 2.2, 2.0), 0),
        ("volatility", (95.0,), -2),
        ("volatility", (80.0,), 0),
    ],
)
def test_votes_of_other_figures(family, operands, vote):
    brief = twin()
    for place, value in enumerate(operands):
        brief.facts[f"{family}.{place}"] = fact(f"{family}.{place}", value)
    said = dataclasses.replace(brief.facts[f"lean.{family}"], value=vote)
    assert lean_fault(said, brief) is None
