from __future__ import annotations

import dataclasses
import re

import jinja2
import pytest

from generator import analytics, charts
from generator.assets import templates
from generator.models.analysis import Choices
from generator.narrative import angle, narrate
from generator.narrative.text import visible
from generator.providers import gather
from generator.providers.synthetic import DEMO_SESSION
from generator.rules.blocked import hits
from generator.templating import PRIVATE, marks
from tests.builders import make_history, make_snapshot

LOADER = jinja2.FileSystemLoader(templates())


def written(snapshot, history, **changes):
    analysis = analytics.analyse(snapshot, history, Choices())
    drawn = tuple(name for name in charts.CHARTS if charts.drawable(name, analysis) is None)
    known = {"sources": snapshot.sources, "synthetic": snapshot.synthetic, "edition": snapshot.edition}
    return analysis, narrate(analysis, LOADER, charts=drawn, **{**known, **changes})


@pytest.fixture(scope="module")
def demo():
    return written(*gather("DEMO", "synthetic:1", DEMO_SESSION))


@pytest.fixture(scope="module")
def first():
    """A brief without any earlier session on file."""
    return written(make_snapshot(), make_history(sessions=0))


def test_the_article_has_every_part(demo):
    _, article = demo
    headings = re.findall(r"^## (.*)$", visible(article.text), flags=re.MULTILINE)
    starts = (
        "What the chain shows",
        "News",
        "Technicals",
        "Actionable trades",
        "Volatility on the horizon",
        "How this was made",
    )
    assert [heading.startswith(start) for heading, start in zip(headings, starts, strict=True)] == [True] * 6


def test_the_page_says_that_the_market_is_synthetic(demo):
    _, article = demo
    assert visible(article.text).startswith("*Synthetic market, not real prices")


def test_the_headline_has_a_length_that_a_reader_takes_in(demo, first):
    for _, article in (demo, first):
        assert 40 <= len(visible(article.headline)) <= 100


def test_three_to_five_takeaways_stand_in_one_list(demo, first):
    for _, article in (demo, first):
        lead = article.text.split("\n## ")[0]
        blocks = [block for block in lead.split("\n\n") if block.startswith("- ")]
        assert len(blocks) == 1
        assert 3 <= blocks[0].count("\n- ") + 1 <= 5


def test_every_mention_is_a_fact_of_the_analysis_or_of_the_article(demo):
    analysis, article = demo
    known = {*analysis.facts, *(fact.id for fact in article.facts)}
    assert {m.fact for m in article.mentions if not m.fact.startswith("claim:")} <= known
    assert {m.fact for m in article.mentions if m.fact.startswith("claim:")} <= {
        f"claim:{claim.id}" for claim in article.claims
    }


def test_no_mark_is_left_open_and_no_word_runs_into_the_next(demo, first):
    for _, article in (demo, first):
        assert not PRIVATE.search(visible(article.text))
        assert not re.findall(r"[a-z)%]\.[A-Z][a-z]+ ", visible(article.text))
        assert not re.findall(r"[a-z] {2,}[a-z]| ,| \.", visible(article.text))


def test_nothing_blocked_is_said(demo, first):
    for _, article in (demo, first):
        own = "".join(line for line in visible(article.text).splitlines(keepends=True) if "“" not in line)
        assert list(hits(own)) == []


def test_a_first_brief_has_an_angle_too(first):
    _, article = first
    assert article.angle.chosen in angle.ANGLES
    assert "session before is not on file" in visible(article.text)


def test_the_highest_score_is_chosen(demo):
    _, article = demo
    scores = [score for _, score in article.angle.considered]
    assert scores == sorted(scores, reverse=True)
    assert article.angle.chosen == article.angle.considered[0][0]


@pytest.mark.parametrize("slug", [slug for slug in angle.ANGLES if slug != "past_move"])
def test_every_angle_with_a_score_can_tell_its_story(slug, demo, monkeypatch):
    analysis, article = demo
    if slug not in dict(article.angle.considered):
        assert angle.ANGLES[slug](analysis) is None
        return
    monkeypatch.setattr(angle, "ANGLES", {slug: angle.ANGLES[slug]})
    told = narrate(analysis, LOADER, charts=article.charts, synthetic=True)
    assert told.angle.chosen == slug
    assert len(visible(told.headline)) <= 110
    assert visible(told.standfirst).endswith(".")


def test_what_a_feed_files_under_the_symbol_without_a_word_on_it_is_left_out():
    snapshot, history = gather("DEMO", "synthetic:1", DEMO_SESSION)
    titles = ("Footballers lose appeal", "Small caps wake up", "Why DEMO moved")
    items = tuple(
        dataclasses.replace(item, title=title) for item, title in zip(snapshot.news, titles, strict=False)
    )
    _, article = written(dataclasses.replace(snapshot, news=items), history)
    assert "Footballers" not in visible(article.text)
    assert visible(article.text).index("Why DEMO moved") < visible(article.text).index("Small caps wake up")


def test_hostile_headlines_stay_quoted_text():
    snapshot, history = gather("DEMO", "synthetic:1", DEMO_SESSION)
    evil = "DEMO <script>x</script> {{ 7*7 }} [x](javascript:1) `a` $1$ 300 **b**"
    items = tuple(dataclasses.replace(item, title=f"{evil} {n}") for n, item in enumerate(snapshot.news))
    _, article = written(dataclasses.replace(snapshot, news=items), history)
    assert f"“{evil} 0”" in visible(article.text)
    assert all(found.form == "text" for found in marks(article.text) if "script" in found.text)


def test_the_same_facts_give_the_same_text(demo):
    analysis, article = demo
    again = narrate(
        analysis, jinja2.FileSystemLoader(templates()), charts=article.charts, sources=(), synthetic=True
    )
    assert again.text.split("## How this was made")[0] == article.text.split("## How this was made")[0]
