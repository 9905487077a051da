"""News is quoted with its publisher and time, read for no tone, and moves no figure."""

from __future__ import annotations

import dataclasses
import re

import jinja2
import pytest

from generator import analytics
from generator.assets import templates
from generator.models.analysis import Choices
from generator.narrative import narrate
from generator.narrative.text import visible
from generator.providers import gather
from generator.providers.synthetic import DEMO_SESSION

#: words that lists of tone misread in a market's headlines
MISREAD = (
    "DEMO puts soar as traders short crude",
    "DEMO: gross margin, risk and liability are fine",
    "DEMO cuts loss, beats fear; gain or pain?",
)


@pytest.fixture(scope="module")
def market():
    return gather("DEMO", "synthetic:1", DEMO_SESSION)


def told(market, *titles):
    snapshot, history = market
    first = snapshot.news[0]
    items = tuple(
        dataclasses.replace(first, id=f"{place}", title=title) for place, title in enumerate(titles)
    )
    analysis = analytics.analyse(dataclasses.replace(snapshot, news=items), history, Choices())
    article = narrate(analysis, jinja2.FileSystemLoader(templates()), charts=(), synthetic=True)
    return analysis, visible(article.text)


def test_headlines_are_read_for_no_tone_and_move_no_figure(market):
    quiet, _ = told(market)
    loud, text = told(market, *MISREAD)

    def figures(analysis):
        return {name: fact.value for name, fact in analysis.facts.items() if not name.startswith("news.")}

    assert len(loud.news) == len(MISREAD)
    assert figures(loud) == figures(quiet)
    own = re.sub(r"“[^”]*”", "", text)
    assert not re.search(
        r"\b(sentiment|tone|positive|negative|optimis\w+|pessimis\w+) (of|headlines|news)", own
    )


def test_a_wire_story_that_many_papers_print_stands_once(market):
    _, text = told(market, "DEMO wakes up", "Demo  wakes UP", "DEMO sleeps")
    assert len(re.findall("wakes up", text, re.IGNORECASE)) == 1


def test_every_item_stands_with_its_publisher_and_its_time(market):
    analysis, text = told(market, *MISREAD)
    news = text.split("## News")[1].split("\n## ")[0]
    items = [line for line in news.splitlines() if line.startswith("- ")]
    assert len(items) == len(analysis.news) > 0
    for line, item in zip(items, analysis.news, strict=True):
        assert str(item.title.value) in line
        assert str(item.publisher.value) in line
        assert re.search(r"\b\d{1,2}\s[A-Z][a-z]{2}\s\d{1,2}:\d\d", line.split("”")[-1])


def test_a_figure_of_a_headline_stays_inside_its_quotation(market):
    analysis, text = told(market, "DEMO fund sees $3B inflow")
    assert all("3B" not in str(fact.value) for name, fact in analysis.facts.items() if name != "news.1.title")
    assert "3B" in text
    assert "3B" not in re.sub(r"“[^”]*”", "", text)
