"""The elements and attributes a page is made of: a closed list, by the part of the page they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from generator.audit.readers.colours import is_faint, is_white

Attributes = Mapping[str, str]
Allowed = Mapping[str, Mapping[str, re.Pattern[str]]]


def _allowed(**elements: dict[str, str]) -> Allowed:
    """Return elements with the pattern that the whole value of each attribute has to match."""
    return {
        tag: {name: re.compile(pattern, re.DOTALL) for name, pattern in attributes.items()}
        for tag, attributes in elements.items()
    }


_ANY, _NAME, _NUMBER, _COLOUR = ".*", r"[\w-]+", r"-?[\d.]+", "#[0-9a-f]{6}"
_FRAME = {"class": ".*"}
_META = r"viewport|color-scheme|description|author|generator|dcterms\.created|dcterms\.modified"
#: element -> the element it stands in; each stands once
FRAME = {"html": "", "head": "html", "body": "html", "header": "body", "main": "body", "article": "main"}
ALLOWED: Mapping[str, Allowed] = {
    "frame": _allowed(
        html={"lang": _ANY, **_FRAME},
        head={},
        body={"data-symbol": _ANY, **_FRAME},
        header=_FRAME,
        main=_FRAME,
        article=_FRAME,
    ),
    "head": _allowed(
        meta={"charset": "utf-8", "name": _META, "content": _ANY, "http-equiv": "Content-Security-Policy"},
        title={},
        link={"rel": "icon", "href": "data:,"},
        style={"media": "screen|print"},
    ),
    "article": _allowed(
        a={"href": r"https?://[^\s\"<>\\]+", "rel": "noopener noreferrer"},
        data={"value": _ANY, "data-fact": _ANY, "class": "words"},
        div={"class": "plans|plan(?: [a-z]+)?|scroll", "tabindex": "0"},
        em={},
        figcaption={},
        figure={"id": r"chart-\w+"},
        h1={},
        h2={"id": _NAME},
        h3={"id": _NAME},
        li={},
        p={"class": "masthead|standfirst"},
        section={"class": "method"},
        span={"class": "measure|piece", "data-claim": _ANY},
        strong={},
        table={"class": "figures", "role": "table"},
        tbody={"role": "rowgroup"},
        td={"class": "left|center|right", "role": "cell"},
        th={"class": "left|center|right", "role": "columnheader|rowheader", "scope": "col|row"},
        thead={"role": "rowgroup"},
        tr={"role": "row"},
        ul={"class": "takeaways"},
    ),
    "drawing": _allowed(
        svg={
            "role": "img",
            "aria-label": _ANY,
            "xmlns": re.escape("http://www.w3.org/2000/svg"),
            "class": "chart",
            "id": r"\w+-chart",
            "viewbox": rf"0 0 {_NUMBER} {_NUMBER}",
            "font-family": r"[\w, -]+",
            "stroke-linejoin": "round",
        },
        g={},
        path={
            "d": r"[-MLQCHVz\d., ]*",
            "fill": f"{_COLOUR}|none",
            "stroke": f"{_COLOUR}|none",
            "stroke-width": _NUMBER,
            "stroke-dasharray": r"[\d., ]+",
        },
        text={
            "x": _NUMBER,
            "y": _NUMBER,
            "fill": _COLOUR,
            "font-size": r"(?:[6-9]|[1-4]\d)(?:\.\d+)?",
            "text-anchor": "start|middle|end",
            "font-weight": r"[4-7]00",
        },
    ),
}


def strangers(
    tag: str, pairs: Sequence[tuple[str, str | None]], stack: Sequence[str], seen: set[str]
) -> Iterator[str]:
    """
    Yield what of an element the program does not write.

    *stack* are the elements it stands in; *seen*, which grows, are the elements that stand once.
    """
    part = _part(tag, stack)
    allowed = ALLOWED[part].get(tag)
    if allowed is None:
        yield f"<{tag}> has no place in the {part} of a page"
        return
    if tag in FRAME:
        if tag in seen or FRAME[tag] != (stack[-1] if stack else ""):
            yield f"wanted one <{tag}> in <{FRAME[tag] or 'the page'}>, found another or one elsewhere"
        seen.add(tag)
    if len(dict(pairs)) != len(pairs):
        yield f"<{tag}> has an attribute twice"
    for name, value in pairs:
        if name not in allowed or not allowed[name].fullmatch(value or ""):
            yield f"<{tag}> has {name}={(value or '')[:60]!r}, which no page of ours has"
    if part == "drawing":
        yield from _unseen(tag, {name: value or "" for name, value in pairs})


def _part(tag: str, stack: Sequence[str]) -> str:
    if tag in FRAME:
        return "frame"
    if "head" in stack:
        return "head"
    if tag == "svg" or "svg" in stack:
        return "drawing" if "article" in stack and (tag != "svg" or "svg" not in stack) else "frame"
    return "article" if "article" in stack else "frame"


def _unseen(tag: str, attributes: Attributes) -> Iterator[str]:
    """Yield a label that cannot be read on paper, and a shape that could cover one."""
    fault = is_faint if tag == "text" else is_white
    for name in ("fill", "stroke"):
        colour = attributes.get(name, "#000000")
        if re.fullmatch(_COLOUR, colour) and fault(*bytes.fromhex(colour[1:])):
            yield f"<{tag}> of a drawing is painted in {colour}, the colour of paper"
