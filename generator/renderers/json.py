"""brief.json: the machine twin, everything a script or the audit needs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from generator.models.analysis import Claim, Fact, Quality
from generator.models.brief import Brief, Document, Mention
from generator.models.market import Source
from generator.renderers.body import plain
from generator.renderers.draft import Draft
from generator.renderers.json_plans import idea_entry, level_entry
from generator.renderers.values import machine, printable
from generator.renderers.visible import Section, sections

SCHEMA_VERSION = 1


def write(draft: Draft) -> tuple[Document, ...]:
    """Return `brief.json`; the same brief gives the same bytes."""
    text = json.dumps(content(draft.brief, draft.body), ensure_ascii=False, indent=1, allow_nan=False)
    return (Document(path="brief.json", data=printable(text).encode() + b"\n"),)


def content(brief: Brief, body: str) -> dict[str, Any]:
    """Return what the file holds; its schema is `static/brief.schema.json`."""
    parts, article = sections(body), brief.article
    considered = [{"angle": name, "score": machine(score)} for name, score in article.angle.considered]
    return {
        **_head(brief),
        "sources": [_source(source) for source in brief.sources],
        "quality": _quality(brief.quality),
        "gaps": [{"what": gap.what, "reason": gap.reason} for gap in brief.gaps],
        "angle": {"chosen": article.angle.chosen, "considered": considered},
        "levels": [level_entry(level) for level in brief.levels],
        "ideas": [idea_entry(idea) for idea in brief.ideas],
        "article": [{"heading": part.heading, "text": part.text} for part in parts],
        "charts": _charts(brief, parts),
        "mentions": _mentions(article.mentions),
        "claims": [_claim(claim) for claim in article.claims],
        "facts": [_fact(fact) for fact in brief.facts.values()],
        "inputs": [{"name": name, "value": brief.inputs[name]} for name in sorted(brief.inputs)],
        "generator": {"name": "strikebrief", "version": brief.generator},
    }


def _head(brief: Brief) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "id": brief.id,
        "symbol": brief.symbol,
        "name": brief.name,
        "session": brief.session.isoformat(),
        "edition": brief.edition,
        "tier": brief.tier,
        "language": brief.article.language,
        "synthetic": brief.synthetic,
        "as_of": machine(brief.as_of),
        "open_interest_date": brief.open_interest_date.isoformat(),
        "spot": machine(brief.spot),
        "headline": plain(brief, brief.article.headline),
        "standfirst": plain(brief, brief.article.standfirst),
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "part": source.part,
        "name": source.name,
        "item": source.item,
        "retrieved_at": None if source.retrieved_at is None else machine(source.retrieved_at),
        "delay": source.delay,
        "terms": source.terms,
        "provider": source.provider,
        "allows": list(source.allows),
        "attribution": source.attribution,
    }


def _quality(quality: Quality) -> dict[str, Any]:
    return {
        "verdict": quality.verdict,
        "counts": {name: machine(fact.value) for name, fact in sorted(quality.counts.items())},
        "notes": list(quality.notes),
        "withheld": [{"metric": item.metric, "reason": item.reason} for item in quality.withheld],
    }


def _charts(brief: Brief, parts: Iterable[Section]) -> list[dict[str, Any]]:
    """Return the charts in the order of the page, each under its heading."""
    drawn = {chart.id: chart for chart in brief.charts}
    return [
        {
            "id": name,
            "heading": part.heading,
            "alt": alt,
            "texts": list(drawn[name].texts),
            "mentions": _mentions(drawn[name].mentions),
        }
        for part in parts
        for name, alt in part.charts.items()
    ]


def _mentions(mentions: Iterable[Mention]) -> list[dict[str, str]]:
    return [
        {"fact": mention.fact, "form": mention.form, "text": mention.text, "heading": mention.heading}
        for mention in mentions
    ]


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "phrase": claim.phrase,
        "condition": claim.condition,
        "values": dict(sorted(claim.values.items())),
        "holds": claim.holds,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "value": machine(fact.value),
        "unit": fact.unit.value,
        "decimals": fact.decimals,
        "date": None if fact.date is None else fact.date.isoformat(),
        "formula": fact.formula,
        "inputs": {
            "selector": fact.inputs.selector,
            "rows": fact.inputs.rows,
            "sha256": fact.inputs.sha256,
            "facts": list(fact.inputs.facts),
        },
    }
