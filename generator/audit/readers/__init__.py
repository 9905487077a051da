"""Readers: what a reader of each finished file sees, and in what order."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Datum:
    """A `data` or claim element of a page: the fact it names, the value it carries, its text."""

    fact: str
    value: str | None  #: None for a claim
    text: str


@dataclass(slots=True)
class Part:
    """A heading and what stands under it; the heading is "" before the first h2."""

    heading: str = ""
    text: str = ""
    alts: list[str] = field(default_factory=list)
    charts: list[tuple[str, ...]] = field(default_factory=list)  #: the strings of each drawing
    data: list[Datum] = field(default_factory=list)
    painted: list[str] = field(default_factory=list)  #: of a PDF page: its runs of text, as painted


@dataclass(slots=True)
class Reading:
    """
    A finished file as read.

    `outside` is visible text around the article, `titles` what stands in the file's head by
    name, `headings` the level and text of each heading, `links` and `images` their addresses,
    `problems` what a reader could not see or would see wrongly.
    """

    parts: list[Part]
    outside: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    headings: list[tuple[int, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def entitle(self, name: str, value: str) -> None:
        """Keep a field of the head; a field stands once."""
        if name in self.titles:
            self.problems.append(f"{name} stands twice in the head")
        self.titles[name] = value
