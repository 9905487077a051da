"""Read published Markdown: front matter, headings, emphasis, tables, lists, links, images, escapes."""

from __future__ import annotations

import html
import json
import re

from generator.audit.readers import Part, Reading

_PUNCTUATION = re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_ESCAPE = re.compile(rf"\\([{_PUNCTUATION}])")
_IMAGE = re.compile(r"!\[((?:\\.|[^\]\\])*)\]\(([^()\s]*)\)")
_LINK = re.compile(r"(?<!!)\[((?:\\.|[^\]\\])*)\]\(((?:\\.|[^()\s\\])*)\)")
_REFERENCE = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
_STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)(.+?)(?<=\S)\*(?![\w*])", re.DOTALL)
_RULER = re.compile(r"^\s*\|?(?:\s*:?-+:?\s*\|)+\s*:?-*:?\s*$")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_BULLET = re.compile(r"^ {0,3}- +")
#: what the article never writes and a blog's reader makes something of: other lists, quotes, code, rules
_STRANGE = re.compile(
    r"^(?: {4}|\t)|^ {0,3}(?:[*+]\s|\d+[.)]\s|>|[=-]+\s*$|(?:[-*_]\s*){3,}$|(?:```|~~~))|`|~~"
)
_TAG = re.compile("[<{$]")
_RULE_LINE, _PART = 2, 2  # the line of a table that is its rule; the level of heading that opens a part
_HELD = "\ue100"  # a character that stands for itself: U+E100 + its code point


def read(data: bytes) -> Reading:
    """Return what a reader of the Markdown *data* sees, alternative texts apart."""
    reader = _Reader()
    for line in _front_matter(data.decode("utf-8"), reader.reading).split("\n"):
        reader.line(line)
    return reader.reading


def _front_matter(text: str, reading: Reading) -> str:
    """Take the fields between the two rules at the top into `titles`; return the rest."""
    head, rule, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not rule:
        reading.problems.append("wanted front matter between two lines of ---, found none")
        return text
    for line in head.split("\n"):
        name, _, value = line.partition(":")
        reading.entitle(name, _scalar(value.strip()))
    return body


def _scalar(value: str) -> str:
    if not value.startswith('"'):
        return value
    try:
        return str(json.loads(value))
    except json.JSONDecodeError:
        return value


class _Reader:
    def __init__(self) -> None:
        self.reading = Reading([Part()])
        self.table: list[int] = []  # the cells of each row of the table that the last line belongs to

    def line(self, line: str) -> None:
        held = _ESCAPE.sub(lambda found: _hold(found[1]), line)
        for pattern, what in ((_TAG, "raw HTML or a template's mark"), (_STRANGE, "mark-up of another kind")):
            if pattern.search(held):
                self._problem(what, line)
        held = _REFERENCE.sub(lambda found: _hold(html.unescape(found[0])), held)
        heading = _HEADING.match(held)
        if held.startswith("|"):
            self._row(held.rstrip(), line)
            return
        if self.table and (len(self.table) == 1 or held.strip()):
            self._problem("a table that ends in a line of text, or has no rows", line)
        self.table = []
        if heading:
            self._headed(len(heading[1]), heading[2])
        else:
            self._say(_BULLET.sub("", held))

    def _row(self, held: str, line: str) -> None:
        cells = held[1:-1].split("|")
        self.table.append(len(cells))
        if not held.endswith("|") or len(cells) != self.table[0]:
            self._problem("a row whose cells are not those of its table", line)
        if bool(_RULER.match(held)) != (len(self.table) == _RULE_LINE):
            self._problem("a table without one rule, under its header", line)
        elif len(self.table) != _RULE_LINE:
            for cell in cells:
                self._say(cell)

    def _headed(self, level: int, text: str) -> None:
        if level == _PART:
            self.reading.parts.append(Part())
            self.reading.parts[-1].heading = shown = self._inline(text)
        else:
            shown = self._inline(text)
            self.reading.parts[-1].text += f" {shown}"
        self.reading.headings.append((level, shown))

    def _say(self, text: str) -> None:
        self.reading.parts[-1].text += f" {self._inline(text)}"

    def _inline(self, text: str) -> str:
        """Return the visible words of one run of text; images and links are kept."""
        shown = _LINK.sub(self._link, _IMAGE.sub(self._image, text))
        if "[" in shown or "]" in shown:
            self._problem("a bracket that is no link", shown)
        return _released(_EMPHASIS.sub(r"\1", _STRONG.sub(r"\1", shown)))

    def _image(self, found: re.Match[str]) -> str:
        self.reading.parts[-1].alts.append(_released(found[1]))
        self.reading.images.append(_released(found[2]))
        return " "

    def _link(self, found: re.Match[str]) -> str:
        self.reading.links.append(_released(found[2]))
        return found[1]

    def _problem(self, what: str, line: str) -> None:
        self.reading.problems.append(f"{what}: {line.strip()[:40]!r}")


def _hold(characters: str) -> str:
    """Return *characters* so that no mark-up is seen in them."""
    return "".join(f"{_HELD}{ord(character):06x}" for character in characters)


def _released(text: str) -> str:
    return re.sub(f"{_HELD}([0-9a-f]{{6}})", lambda found: chr(int(found[1], 16)), text)
