"""Small lies: what a fault or a forger may do to the visible text of a finished file."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable

MINUS = re.compile("\N{MINUS SIGN}")
DIGIT = re.compile(r"\d")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
SIDE = re.compile(r"\b(?:call|put)", re.IGNORECASE)
OTHER = {"call": "put", "put": "call", "Call": "Put", "Put": "Call", "CALL": "PUT", "PUT": "CALL"}
KINDS = ("digit", "swap", "minus", "side")

Span = tuple[int, int]


def page_spans(source: str) -> list[Span]:
    """Return where a page's body holds visible text."""
    body = source.index("<article")
    shown = re.compile(r">([^<>]*[^<>\s][^<>]*)<")
    spans = [found.span(1) for found in shown.finditer(source, body)]
    silent = [found.span() for found in re.finditer(r"<title.*?</title>", source[body:], re.DOTALL)]
    return [span for span in spans if not _within(span, [(a + body, b + body) for a, b in silent])]


def html_spans(source: str) -> list[Span]:
    """Return where a page holds text that anyone is told: body, alternative texts, its title."""
    told = re.compile(r'aria-label="([^"]+)"|<head>.*?<title>([^<]+)</title>', re.DOTALL)
    named = [found.span(found.lastindex or 0) for found in told.finditer(source)]
    return sorted([*named, *page_spans(source)])


def markdown_spans(source: str) -> list[Span]:
    """Return where Markdown holds visible text: not in front matter, targets and references."""
    body = source.index("\n---\n") + 5
    hidden = [found.span() for found in re.finditer(r"\]\([^)]*\)|&[#\w]+;", source)]
    edges = sorted({body, len(source), *(edge for span in hidden for edge in span if edge > body)})
    return [span for span in itertools.pairwise(edges) if not _within(span, hidden)]


def _within(span: Span, outer: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in outer)


def mutated(source: str, spans: list[Span], kind: str, draw: random.Random) -> str | None:
    """Return *source* with one lie of *kind* in its visible text, None where there is no room for one."""
    if kind == "digit":
        return _changed(source, spans, DIGIT, draw, lambda old: draw.choice("0123456789".replace(old, "")))
    if kind == "minus":
        return _changed(source, spans, MINUS, draw, lambda _: "")
    if kind == "side":
        return _changed(source, spans, SIDE, draw, OTHER.__getitem__)
    return _swapped(source, spans, draw)


def _found(source: str, spans: list[Span], pattern: re.Pattern[str]) -> list[re.Match[str]]:
    return [found for start, end in spans for found in pattern.finditer(source, start, end)]


def _swapped(source: str, spans: list[Span], draw: random.Random) -> str | None:
    found = _found(source, spans, NUMBER)
    first = draw.choice(found)
    others = [other for other in found if other[0] != first[0]]
    if not others:
        return None
    a, b = sorted((first, draw.choice(others)), key=lambda match: match.start())
    return source[: a.start()] + b[0] + source[a.end() : b.start()] + a[0] + source[b.end() :]


def _changed(
    source: str,
    spans: list[Span],
    pattern: re.Pattern[str],
    draw: random.Random,
    change: Callable[[str], str],
) -> str | None:
    found = _found(source, spans, pattern)
    if not found:
        return None
    chosen = draw.choice(found)
    return source[: chosen.start()] + change(chosen[0]) + source[chosen.end() :]
