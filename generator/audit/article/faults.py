"""What is wrong with an article, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that does not hold: the rule it breaks, the words, what was wanted and found."""

    rule: str  #: "level.values": docs/audit.md lists them
    line: int  #: 0: the article as a whole
    words: str
    problem: str

    def __str__(self) -> str:
        where = f"line {self.line}, " if self.line else ""
        quoted = f"{self.words!r}: " if self.words else ""
        return f"{where}{self.rule}: {quoted}{self.problem}"


def shown(value: float) -> str:
    """Return a figure as a reader would write it."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")
