"""
From rendered templates to one clean Markdown text, and the checks on the way.

A digit outside a mark is a fault: `checked` names the template and its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote

import jinja2
from jinja2.ext import Extension

from generator.errors import TextError
from generator.models.brief import Mention
from generator.rules.numbers import stray_digits
from generator.templating import MARK, marks, unmarked

LINE = re.compile("\ue010(\\d+)\ue011")
ESCAPE = re.compile(r"\\([\\`*_{}\[\]()<>#+\-.!|~$&:=^\"'])")
TARGET = re.compile(r"\]\([^)]*\)")
BLOCK = re.compile(r"\n[ \t]*\n+")
OWN_LINE = ("#", "|", "- ")
NUMBERED = re.compile(r"^(\W?\d+)([.)])(\s)")


class LineNumbers(Extension):
    """Prefix each text line of a template with its number, to place a fault."""

    def preprocess(self, source: str, _name: str | None, _filename: str | None = None) -> str:
        """Return *source* with numbered lines; lines that are only a block tag stay."""
        lines = source.split("\n")
        return "\n".join(
            line if line.lstrip().startswith(("{%", "{#")) else f"\ue010{number}\ue011{line}"
            for number, line in enumerate(lines, 1)
        )


def visible(text: str) -> str:
    """Return *text* as a reader sees it: no marks, no backslash escapes."""
    return ESCAPE.sub(r"\1", unmarked(text))


def checked(env: jinja2.Environment, name: str, context: dict[str, object]) -> str:
    """
    Return the template *name* rendered, every digit of it inside a mark.

    Raises:
        TextError: For a digit that is no fact and no listed name (names template and line),
            and for a template that cannot be rendered.
    """
    try:
        text = env.get_template(name).render(context)
    except jinja2.TemplateError as error:
        raise TextError(f"{name}: {error.message or type(error).__name__}; mend the template") from error
    stray = stray_digits(_outside(text))
    if stray:
        snippet = stray[0][1]
        line = _line_of(env, name, context)
        raise TextError(
            f"{name}, line {line}: {snippet!r} has a digit that is no fact; print it through a form"
        )
    return text


def _outside(text: str) -> str:
    """Return *text* as a reader sees it without its marks and link targets."""
    return ESCAPE.sub(r"\1", TARGET.sub("]", MARK.sub(" ", text)))


def _line_of(env: jinja2.Environment, name: str, context: dict[str, object]) -> str:
    numbered = env.overlay(extensions=[LineNumbers], cache_size=0)
    text = numbered.get_template(name).render(context)
    pieces = LINE.split(text)
    for number, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if stray_digits(_outside(piece)):
            return number
    return "unknown (an included template)"


def link_target(url: str) -> str:
    """Return *url* so that it cannot end a Markdown link early; only http and https pass."""
    if not url.startswith(("http://", "https://")):
        raise TextError(f"wanted an http or https address, found {url!r}; the provider must drop it")
    return quote(url, safe="/:?=&%#+,;@~-._!*'")


def tidy(text: str) -> str:
    """Return Markdown with one line a paragraph, one blank line between blocks, lists closed up."""
    blocks = [block for block in map(_joined, BLOCK.split(text.strip())) if block]
    parts = blocks[:1]
    for before, block in pairwise(blocks):
        together = before.split("\n")[-1].startswith("- ") and block.startswith("- ")
        parts.append(("\n" if together else "\n\n") + block)
    return "".join(parts) + "\n"


def _joined(block: str) -> str:
    lines: list[str] = []
    for raw in block.split("\n"):
        line = " ".join(raw.split(" ")).strip()
        if not line:
            continue
        line = re.sub(r" {2,}", " ", line)
        if lines and not line.startswith(OWN_LINE) and not lines[-1].startswith(("#", "|")):
            lines[-1] = f"{lines[-1]} {line}"
        else:
            lines.append(line)
    return "\n".join(_safe_start(line) for line in lines)


def _safe_start(line: str) -> str:
    """Escape "29." at the start of a line, which Markdown reads as a list."""
    return line if line.startswith(OWN_LINE) else NUMBERED.sub(r"\1\\\2\3", line)


def mentions(text: str) -> Iterator[Mention]:
    """Yield every mention of a marked article with the h2 heading it stands under."""
    heading = ""
    for line in text.split("\n"):
        if line.startswith("## "):
            heading = visible(line[3:]).strip()
        for found in marks(line):
            yield Mention(
                fact=found.fact, form=found.form, text=ESCAPE.sub(r"\1", found.text), heading=heading
            )
