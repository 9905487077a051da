"""What an audit reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that does not prove out.

    `path` is the document ("brief.pdf") or the twin ("brief.json"), `place` the heading and
    nearby words, or an id.
    """

    path: str
    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}, {self.place}: {self.problem}" if self.place else f"{self.path}: {self.problem}"


TWIN = "brief.json"
