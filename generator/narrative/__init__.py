"""
narrate: facts in, one marked Markdown text out.

Words live in templates/sections, templates/angles and templates/charts; this package
chooses which of them are said and checks that every digit among them is a fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial

import jinja2

from generator.models.analysis import Analysis, Claim, Fact
from generator.models.brief import Article
from generator.models.market import Source
from generator.narrative import angle, price_angles, sections
from generator.narrative.stretches import dearest_stretch
from generator.narrative.text import checked, link_target, mentions, tidy
from generator.rules.claims import evaluate
from generator.templating import environment, marks, prints_the_same, prints_zero

FILTERS = {"target": link_target, "lower_first": lambda text: text[:1].lower() + text[1:]}


def narrate(
    analysis: Analysis,
    templates: jinja2.BaseLoader,
    *,
    charts: tuple[str, ...],
    sources: tuple[Source, ...] = (),
    synthetic: bool = False,
    edition: str = "close",
    language: str = "en",
    quotes: bool = True,
) -> Article:
    """
    Return the article of *analysis*; *charts* are the ids that can be drawn.

    Without *quotes* no price of an option stands in it, only what is computed from them.

    Raises:
        TextError: If a template prints a digit that is no fact, or a claim that does not hold.
    """
    env = _environment(templates)
    story = angle.choose(analysis)
    claims = evaluate(analysis.facts)
    own = _own_facts(analysis, sources)
    context = {
        **_view(analysis, claims),
        "story": f"angles/{language}/{story.chosen}.md.j2",
        "story_slug": story.chosen,
        "charts": charts,
        "sources": own[0],
        "gaps": own[1],
        "synthetic": synthetic,
        "edition": "close" if edition == "morning" else edition,  # its quotes are a close's
        "morning": edition == "morning",
        "quotes_timed": all(gap.what != "time of the quotes" for gap in analysis.gaps),
        "count_timed": any(item.part == "open interest" and item.retrieved_at for item in sources),
        "quotes": quotes,
    }
    parts = [
        checked(env, f"sections/{language}/{section.slug}.md.j2", context)
        for section in sections.SECTIONS
        if section.needs(analysis)
    ]
    text = tidy("\n\n".join(parts))
    return Article(
        language=language,
        headline=_between(text, "# ", ""),
        standfirst=_between(text, "**", "**"),
        text=text,
        facts=(*(fact for told in own[0] for fact in told), *own[1]),
        mentions=tuple(mentions(text)),
        claims=_used(claims, text),
        charts=tuple(chart for chart in charts if f"(charts/{chart}.png)" in text),
        angle=story,
    )


@lru_cache(maxsize=4)
def _environment(templates: jinja2.BaseLoader) -> jinja2.Environment:
    """Return the one environment of a loader: compiling the templates costs more than filling them."""
    return environment(templates, extra=FILTERS)


def _own_facts(
    analysis: Analysis, sources: tuple[Source, ...]
) -> tuple[tuple[tuple[Fact, ...], ...], tuple[Fact, ...]]:
    return sections.source_facts(sources), sections.gap_facts(analysis)


def _between(text: str, start: str, end: str) -> str:
    """Return the first line that starts and ends so, without both."""
    lines = (line for line in text.split("\n") if line.startswith(start) and line.endswith(end))
    return next(line.removeprefix(start).removesuffix(end) for line in lines)


def _used(claims: Mapping[str, Claim], text: str) -> tuple[Claim, ...]:
    said = {found.fact.removeprefix("claim:") for found in marks(text) if found.form == "claim"}
    return tuple(claim for name, claim in claims.items() if name in said)


def _view(analysis: Analysis, claims: Mapping[str, Claim]) -> dict[str, object]:
    """Return what every template sees, under short names."""
    news = sections.recent_news(analysis)
    return {
        "a": analysis,
        "p": analysis.price,
        "t": analysis.technicals,
        "c": analysis.chain,
        "v": analysis.volatility,
        "claims": {name: claim for name, claim in claims.items() if claim.holds},
        "figures": sections.figures(analysis),
        "near": sections.near_term(analysis),
        "far": sections.far_term(analysis),
        "resistance": sections.nearest(analysis, ("resistance",), above=True),
        "support": sections.nearest(analysis, ("support",), above=False),
        "above": sections.watched(analysis, above=True),
        "below": sections.watched(analysis, above=False),
        "ending_of": partial(sections.ending_of, analysis),
        "became": sections.became(analysis),
        "moved": sections.moved(analysis),
        "broken": price_angles.broken(analysis),
        "touched_again": price_angles.touched_again(analysis),
        "emptied": sections.emptied(analysis.chain.roll),
        "is_zero": prints_zero,
        "dearest": dearest_stretch(analysis),
        "shared_warnings": sections.shared_warnings(analysis),
        "same": prints_the_same,
        "touched": partial(sections.touched, analysis),
        "news": news,
        "newest": max(news, key=sections.published, default=None),
        "news_today": tuple(item for item in news if sections.is_todays(analysis, item)),
    }
