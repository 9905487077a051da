"""
brief.md with its charts: Markdown for blogs, marks removed.

A blog's template engine reads the text before Markdown does, and some read `$...$` as
mathematics; braces, `<` and the dollar are therefore written so that no engine knows them.
"""

from __future__ import annotations

import json
import re
from typing import Any

from generator.models.brief import Brief, Document
from generator.renderers.body import plain
from generator.renderers.draft import Draft
from generator.renderers.values import FORBIDDEN
from generator.templating import CLOSE, MIDDLE, OPEN, unmarked

_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])|([$<{])", re.DOTALL)
#: how a character is written, escaped or not, where a backslash does not serve every reader
_WRITTEN = {
    "$": r"\$",
    "<": "&lt;",
    "{": "&#123;",
    "&": "&amp;",
    "=": "&#61;",
    "^": "&#94;",
    "~": "&#126;",
    ":": "&#58;",
    "'": "'",
    '"': '"',
}
#: a number at the start of a line, then the full stop or bracket that would make a list of it
_NUMBERED = re.compile(rf"^([ \t>*+-]*{OPEN}[^{MIDDLE}]*{MIDDLE}[0-9]+{CLOSE})([.)])(?=\s)", re.MULTILINE)
_NOT_WORDS = re.compile(r"[^a-z0-9]+")


def write(draft: Draft) -> tuple[Document, ...]:
    """Return `brief.md` and the PNG of every chart it shows."""
    brief = draft.brief
    text = f"{_front_matter(brief)}\n{published(brief.article.text)}"
    charts = [Document(path=f"charts/{chart.id}.png", data=chart.png) for chart in brief.charts]
    return (Document(path="brief.md", data=text.encode()), *charts)


def published(marked: str) -> str:
    """Return a marked article as plain Markdown that every blog's reader takes the same way."""
    text = unmarked(_NUMBERED.sub(r"\1\\\2", marked))
    return _ESCAPE.sub(_rewritten, FORBIDDEN.sub("", text)).strip() + "\n"


def _rewritten(match: re.Match[str]) -> str:
    character = match[1] or match[2]
    return _WRITTEN.get(character, match[0])


def slug(brief: Brief) -> str:
    """Return the brief's name in an address: `iwm-2026-05-22`."""
    folder, _, name = brief.id.rpartition("/")
    return _NOT_WORDS.sub("-", f"{name}-{folder}".lower()).strip("-")


def _front_matter(brief: Brief) -> str:
    """Return YAML front matter; every text is a JSON string, which is YAML without surprises."""
    article = brief.article
    entries: dict[str, Any] = {
        "title": _line(plain(brief, article.headline)),
        "date": brief.moment.isoformat(timespec="seconds"),
        "slug": slug(brief),
        "symbol": _line(brief.symbol),
        "session": brief.session.isoformat(),
        "description": _line(plain(brief, article.standfirst)),
        "tags": ["options", _line(brief.symbol)],
        "image": f"charts/{article.charts[0]}.png" if article.charts else None,
        "generator": f"strikebrief {brief.generator}",
    }
    known = {name: value for name, value in entries.items() if value is not None}
    lines = [f"{name}: {_yaml(name, value)}" for name, value in known.items()]
    return "\n".join(["---", *lines, "---", ""])


def _yaml(name: str, value: Any) -> str:
    return str(value) if name in ("date", "session") else json.dumps(value, ensure_ascii=False)


def _line(text: str) -> str:
    """Return *text* on one line, without characters that YAML would break a line at."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())
