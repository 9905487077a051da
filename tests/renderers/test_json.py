from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace

import jsonschema
import pytest

from generator.assets import asset
from generator.errors import TextError
from generator.renderers.json import content, write
from generator.renderers.values import machine, raw
from generator.renderers.visible import sections


@pytest.fixture(scope="module")
def twin(draft):
    return json.loads(write(draft)[0].data)


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(asset("brief.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_file_meets_its_schema(twin, validator):
    assert [error.message for error in validator.iter_errors(twin)] == []


@pytest.mark.parametrize(
    "place", [(), ("quality",), ("facts", 0), ("ideas", 0), ("levels", 0), ("charts", 0)]
)
def test_the_schema_refuses_a_field_it_does_not_know(twin, validator, place):
    changed = json.loads(json.dumps(twin))
    inner = changed
    for step in place:
        inner = inner[step]
    inner["surprise"] = 1
    assert not validator.is_valid(changed)


def test_every_fact_is_there_with_its_raw_value(twin, brief):
    values = {entry["id"]: entry["value"] for entry in twin["facts"]}
    assert list(values) == list(brief.facts)
    assert values["put_call.open_interest.all"] == 2.72461
    assert values["open_interest.put.2026-05-29.265"] == 49362
    assert values["session"] == "2026-05-22"
    assert values["as_of"] == "2026-05-22T16:00:00-04:00"


def test_the_article_is_the_visible_text_by_heading(twin, draft):
    assert [part["heading"] for part in twin["article"]] == [
        "",
        "What the chain shows: the puts outnumber the calls",
        "News: what was published today",
        "Actionable trades",
        "How this was made",
    ]
    assert "IWM Sits Under Its High With 2.72 Puts a Call" in twin["article"][0]["text"]
    assert "285.12 2.72 22.7%" in twin["article"][0]["text"]
    assert twin["article"][3]["text"].endswith("stop 282.49.")
    assert len(sections(draft.body)) == 5


def test_charts_stand_under_their_heading_with_texts_and_mentions(twin):
    assert [(chart["id"], chart["heading"]) for chart in twin["charts"]] == [
        ("price", ""),
        ("open_interest", "What the chain shows: the puts outnumber the calls"),
    ]
    assert twin["charts"][0]["texts"] == ["Close 285.12", "May"]
    assert twin["charts"][0]["mentions"][0]["fact"] == "spot"
    assert twin["charts"][1]["alt"] == "Bar chart of open interest by strike"


def test_a_plan_names_the_fact_behind_each_value(twin):
    idea = twin["ideas"][0]
    facts = {entry["id"]: entry["value"] for entry in twin["facts"]}
    assert {name: facts[fact] for name, fact in idea["facts"].items() if "." not in name} == {
        name: idea[name] for name in idea["facts"] if "." not in name
    }
    assert facts[idea["facts"]["breakevens.0"]] == idea["breakevens"][0]
    assert idea["max_gain"] is None


def test_the_same_brief_gives_the_same_bytes(draft):
    assert write(draft) == write(draft)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(draft, value):
    with pytest.raises(TextError, match="finite"):
        content(replace(draft.brief, spot=value), draft.body)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (285.0, "285.0"),
        (285, "285"),
        (0.1 + 0.2, "0.30000000000000004"),
        (dt.date(2026, 5, 22), "2026-05-22"),
        ("bell \x07", "bell "),
    ],
)
def test_raw_values_are_written_in_their_shortest_exact_form(value, text):
    assert raw(value) == text


def test_an_instant_without_an_offset_is_refused():
    with pytest.raises(TextError, match="offset"):
        machine(dt.datetime(2026, 5, 22, 16))  # noqa: DTZ001  the very thing refused
