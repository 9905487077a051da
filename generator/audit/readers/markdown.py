"""Read published Markdown: front matter, headings, emphasis, tables, lists, links, images, escapes."""

from __future__ import annotations

import html
import json
import re

from generator.audit.readers import Part, Reading

_PUNCTUATION = re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_ESCAPE = re.compile(rf"\\([{_PUNCTUATION}])")
_IMAGE = re.compile(r"!\[((?:\\.|[^\]\\])*)\]\(([^()\s]*)\)")
_LINK = re.compile(r"(?<!!)\[((?:\\.|[^\]\\])*)\]\((?:\\.|[^()\s\\])*\)")
_REFERENCE = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
_STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)(.+?)(?<=\S)\*(?![\w*])", re.DOTALL)
_RULER = re.compile(r"^\s*\|?(?:\s*:?-+:?\s*\|)+\s*:?-*:?\s*$")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_TAG = re.compile(r"<[!/a-zA-Z?]")
_HELD = "\ue100"  # a character that stands for itself: U+E100 + its code point


def read(data: bytes) -> Reading:
    """Return what a reader of the Markdown *data* sees, alternative texts apart."""
    text = data.decode("utf-8")
    reading = Reading([Part()])
    body = _front_matter(text, reading)
    for line in body.split("\n"):
        _line(line, reading)
    return reading


def _front_matter(text: str, reading: Reading) -> str:
    """Take the fields between the two rules at the top into `titles`; return the rest."""
    head, rule, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not rule:
        reading.problems.append("wanted front matter between two lines of ---, found none")
        return text
    for line in head.split("\n"):
        name, _, value = line.partition(":")
        reading.titles[name.strip()] = _scalar(value.strip())
    return body


def _scalar(value: str) -> str:
    if not value.startswith('"'):
        return value.strip("'")
    try:
        return str(json.loads(value))
    except json.JSONDecodeError:
        return value


def _line(line: str, reading: Reading) -> None:
    part = reading.parts[-1]
    held = _ESCAPE.sub(lambda found: _hold(found[1]), line)
    if _TAG.search(held):
        reading.problems.append(f"raw HTML: {line.strip()[:40]!r}")
    held = _REFERENCE.sub(lambda found: _hold(html.unescape(found[0])), held)
    heading = _HEADING.match(held)
    if heading and len(heading[1]) == 2:
        reading.parts.append(Part(heading=_inline(heading[2], Part())))
    elif heading:
        part.text += f" {_inline(heading[2], part)}"
    elif not _RULER.match(held):
        cells = held.strip().strip("|").split("|") if held.lstrip().startswith("|") else [held]
        part.text += "".join(f" {_inline(_BULLET.sub('', cell), part)}" for cell in cells)


def _inline(text: str, part: Part) -> str:
    """Return the visible words of one run of text; the alternative texts go to *part*."""

    def image(found: re.Match[str]) -> str:
        part.alts.append(_released(found[1]))
        return " "

    shown = _LINK.sub(r"\1", _IMAGE.sub(image, text))
    shown = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\1", shown))
    return _released(shown)


def _hold(characters: str) -> str:
    """Return *characters* so that no mark-up is seen in them."""
    return "".join(f"{_HELD}{ord(character):06x}" for character in characters)


def _released(text: str) -> str:
    return re.sub(f"{_HELD}([0-9a-f]{{6}})", lambda found: chr(int(found[1], 16)), text)
