"""Writes the brief made by hand: its page, its Markdown, its mentions, its twin."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from typing import Any

from weasyprint import HTML

from generator.formatting import print_fact
from generator.models.analysis import Fact
from generator.renderers.page import POLICY
from tests.audit.handmade import (
    ARTICLE,
    AS_OF,
    CHART_ALT,
    CHART_TEXTS,
    CHART_TITLE,
    SESSION,
    SYMBOL,
)

STYLE = (
    "@page { size: A4; margin: 22mm; @bottom-right { content: counter(page) ' / ' counter(pages) } "
    f"@top-left {{ content: 'Strikebrief' }} @top-right {{ content: '{SYMBOL}' }} }} "
    "@page :first { @top-left { content: none } @top-right { content: none } } h2 { break-before: page }"
)


HEAD = (
    '<meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="author" content="Strikebrief">'
    '<meta name="generator" content="strikebrief 0.0.1">'
    f'<meta name="dcterms.created" content="{AS_OF.isoformat()}">'
    f'<meta name="dcterms.modified" content="{AS_OF.isoformat()}"><link rel="icon" href="data:,">'
)

MENTION = re.compile(r"\{([^{}|]+)(?:\|([^{}]+))?\}")


class Writer:
    """Writes one text for each format."""

    def __init__(self, facts: dict[str, Fact]) -> None:
        self.facts = facts

    def said(self, found: re.Match[str]) -> str:
        return (
            found[2]
            if found[1].startswith("claim:")
            else print_fact(self.facts[found[1]], found[2] or "plain")
        )

    def plain(self, text: str) -> str:
        return MENTION.sub(self.said, text)

    def mentions(self, text: str, heading: str) -> Iterator[dict[str, str]]:
        for found in MENTION.finditer(text):
            form = "claim" if found[1].startswith("claim:") else found[2] or "plain"
            yield {"fact": found[1], "form": form, "text": self.said(found), "heading": heading}

    def marked(self, text: str) -> str:
        return MENTION.sub(self._element, html.escape(text, quote=False))

    def _element(self, found: re.Match[str]) -> str:
        if found[1].startswith("claim:"):
            return f'<span data-claim="{found[1].removeprefix("claim:")}">{found[2]}</span>'
        value = self.facts[found[1]].value
        raw = value.isoformat() if isinstance(value, dt.date) else str(value)
        return (
            f'<data value="{html.escape(raw)}" data-fact="{found[1]}">{html.escape(self.said(found))}</data>'
        )

    def escaped(self, text: str) -> str:
        return re.sub(r"([\\`*_{}\[\]()#+\-.!|$'])", r"\\\1", self.plain(text)).replace("<", "&lt;")


def cells(table: str) -> list[list[str]]:
    return [row.split(" | ") for row in table.split("\n")]


def texts_of(kind: str, content: str) -> list[str]:
    """Return the visible texts of a block in order."""
    if kind == "chart":
        return [CHART_TITLE]
    return [cell for row in cells(content) for cell in row] if kind == "table" else [content]


def _figure(write: Writer, name: str) -> str:
    strings = (
        f'<text x="10" y="{20 + 20 * i}">{html.escape(write.plain(text))}</text>'
        for i, text in enumerate(CHART_TEXTS)
    )
    alt = html.escape(write.plain(CHART_ALT))
    return (
        f'<figure id="chart-{name}"><figcaption>{CHART_TITLE}</figcaption>'
        f'<svg role="img" aria-label="{alt}" viewBox="0 0 200 100">'
        f"{''.join(strings)}</svg></figure>"
    )


def _html_block(write: Writer, kind: str, content: str) -> str:
    if kind == "chart":
        return _figure(write, content)
    if kind == "table":
        rows = ("".join(f"<td>{write.marked(cell)}</td>" for cell in row) for row in cells(content))
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    text = write.marked(content)
    if kind in {"em", "strong"}:
        return f"<p><{kind}>{text}</{kind}></p>"
    return f"<ul><li>{text}</li></ul>" if kind == "li" else f"<{kind}>{text}</{kind}>"


def page(write: Writer, headline: str, standfirst: str) -> str:
    """Return the page."""
    body = ""
    for heading, blocks in ARTICLE:
        inside = "".join(_html_block(write, *block) for block in blocks)
        body += f"<section><h2>{heading}</h2>{inside}</section>" if heading else inside
    return (
        f'<!doctype html><html lang="en"><head>{HEAD}<title>{html.escape(headline)}</title>'
        f'<meta name="description" content="{html.escape(standfirst)}"><style>{STYLE}</style></head>'
        f'<body data-symbol="{SYMBOL}"><header>Strikebrief</header>'
        f"<main><article>{body}</article></main></body></html>"
    )


def _markdown_block(write: Writer, kind: str, content: str) -> str:
    if kind == "table":
        rows = ["| " + " | ".join(map(write.escaped, row)) + " |" for row in cells(content)]
        return "\n".join([rows[0], "|" + " --- |" * (rows[0].count(" | ") + 1), *rows[1:]])
    if kind == "chart":
        return f"**{write.escaped(CHART_TITLE)}**\n![{write.escaped(CHART_ALT)}](charts/{content}.png)"
    wrap = {"em": ("*", "*"), "strong": ("**", "**"), "h1": ("# ", ""), "h3": ("### ", ""), "li": ("- ", "")}
    before, after = wrap.get(kind, ("", ""))
    return f"{before}{write.escaped(content)}{after}"


def markdown(write: Writer, headline: str, standfirst: str) -> str:
    """Return the Markdown with its front matter."""
    parts = []
    for heading, blocks in ARTICLE:
        parts += [f"## {heading}"] if heading else []
        parts += [_markdown_block(write, *block) for block in blocks]
    head = (
        f'title: "{headline}"\ndate: {AS_OF.isoformat()}\nslug: "abcd-{SESSION}"\nsymbol: "{SYMBOL}"\n'
        f'session: {SESSION}\ndescription: "{standfirst}"\ntags: ["options", "{SYMBOL}"]\n'
        'image: "charts/price.png"\ngenerator: "strikebrief 0.0.1"'
    )
    return f"---\n{head}\n---\n\n" + "\n\n".join(parts) + "\n"


def article(write: Writer) -> list[dict[str, str]]:
    """Return the visible text of each section, alternative texts left out."""
    return [
        {"heading": heading, "text": " ".join(write.plain(t) for block in blocks for t in texts_of(*block))}
        for heading, blocks in ARTICLE
    ]


def mentions(write: Writer) -> list[dict[str, str]]:
    """Return every mention in reading order, those of an alternative text after its figure's title."""
    return [
        mention
        for heading, blocks in ARTICLE
        for kind, content in blocks
        for text in [*texts_of(kind, content), *([CHART_ALT] if kind == "chart" else [])]
        for mention in write.mentions(text, heading)
    ]


def entry(fact: Fact) -> dict[str, Any]:
    """Return a fact as brief.json holds it."""
    value = fact.value.isoformat() if isinstance(fact.value, dt.date) else fact.value
    inputs = {name: getattr(fact.inputs, name) for name in ("selector", "rows", "sha256")}
    return {
        "id": fact.id,
        "value": value,
        "unit": str(fact.unit),
        "decimals": fact.decimals,
        "date": fact.date.isoformat() if fact.date else None,
        "formula": fact.formula,
        "inputs": {**inputs, "facts": list(fact.inputs.facts)},
    }


def paper(source: str) -> bytes:
    """Return a page as a PDF, each drawing's name where it is looked for."""
    named = re.sub(r'(<svg role="img" aria-label="([^"]*)"[^>]*>)', r"\1<title>\2</title>", source)
    return HTML(string=named).write_pdf(pdf_tags=True)
