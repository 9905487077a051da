"""The written brief: one marked text, its charts, and what it takes to check them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from generator.models.analysis import Claim, Fact, Idea, Level, Quality
from generator.models.market import Gap, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A fact (or claim) as printed: `text` is `form` applied to the raw value."""

    fact: str
    form: str
    text: str
    heading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """
    A drawn chart. `texts` is every string in the SVG, in drawing order.

    Its title, subtitle and alternative text stand in the article. `facts` are the ticks
    and labels that are facts of the chart's own; `mentions` its numbers in drawing order.
    """

    id: str
    svg: str
    png: bytes = field(repr=False)
    texts: tuple[str, ...]
    facts: tuple[Fact, ...]
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Angle:
    """The day's story: what was chosen, and what it was chosen from."""

    chosen: str
    considered: tuple[tuple[str, float], ...]  #: slug and score, highest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The text once, as Markdown with private marks, and its numbers in order."""

    language: str
    headline: str  #: marked
    standfirst: str  #: marked
    text: str  #: the whole article, marked Markdown, headline included
    facts: tuple[Fact, ...]  #: facts the words needed beyond the analysis (counts, word forms)
    mentions: tuple[Mention, ...]
    claims: tuple[Claim, ...]
    charts: tuple[str, ...]  #: chart ids in order of appearance
    angle: Angle


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Everything the renderers and the audit are given."""

    id: str  #: "2026-05-22/IWM"
    symbol: str
    name: str | None
    session: dt.date
    edition: str
    tier: Literal["pro", "free"]
    as_of: dt.datetime
    open_interest_date: dt.date
    spot: float
    synthetic: bool
    article: Article
    charts: tuple[Chart, ...]
    facts: Mapping[str, Fact]  #: analysis, article and charts together
    levels: tuple[Level, ...]
    ideas: tuple[Idea, ...]
    quality: Quality
    gaps: tuple[Gap, ...]
    sources: tuple[Source, ...]
    inputs: Mapping[str, Any]  #: hashes: snapshot, history items, settings, templates, seed
    generator: str  #: version

    @property
    def moment(self) -> dt.datetime:
        """When all of it was known: the instant of the quotes, in a morning edition of the count."""
        counted = self.facts.get("open_interest_at")
        return self.as_of if counted is None else cast("dt.datetime", counted.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A finished file, relative to the brief's folder."""

    path: str
    data: bytes = field(repr=False)
