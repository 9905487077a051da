"""A chart's SVG, made fit to stand inside the page."""

from __future__ import annotations

import re
from html import escape

from generator.errors import TextError
from generator.models.brief import Chart

_ROOT = re.compile(r"\A\s*<svg\b(?=[^>]*\sviewBox=)")
#: whatever acts, styles the page around it or refers to something outside
_ALIEN = re.compile(
    r"<(?:script|style|foreignObject|image|use|a|!|\?)|\bhref=|url\((?!#)|\son[a-z]+=", re.IGNORECASE
)


def inline(chart: Chart, label: str) -> str:
    """
    Return *chart* as an element of the page, *label* its accessible name, its text selectable.

    Raises:
        TextError: If the SVG has no view box, or holds anything but shapes and text.
    """
    found = _ALIEN.search(chart.svg)
    if found:
        raise TextError(f"chart {chart.id}: wanted shapes and text only, found {found[0]!r} in its svg")
    named, count = _ROOT.subn(lambda _: f'<svg role="img" aria-label="{escape(label)}"', chart.svg, count=1)
    if not count:
        raise TextError(f"chart {chart.id}: wanted an svg element with a view box, found {chart.svg[:40]!r}")
    return named.strip()
