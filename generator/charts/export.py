"""
From a drawn sheet to SVG that can be inlined, and PNG for Markdown.

matplotlib's SVG is a document; inside a page its `*` style, its ids and its metadata would
reach beyond the picture. So what is shown is copied into a bare tree, and what was recorded
while drawing is held against the texts that arrived.
"""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

from PIL import Image

from generator.charts.axes import INCH, WIDTH, Sheet
from generator.errors import TextError
from generator.models.brief import Chart

SVG = "{http://www.w3.org/2000/svg}"
FAMILY = "Inter, Helvetica, Arial, sans-serif"
COLOURS, NEARLY = 96, 254  #: of the PNG; the quantiser's white is not quite white
PNG_DPI = 192  #: 1,440 pixels across, twice the size on a page
NUMBER = re.compile(r"-?\d+\.\d+")
STEP = re.compile(r"([MLQCz])([^MLQCz]*)")
PAINT = ("fill", "stroke", "stroke-width", "stroke-dasharray")


def finished(sheet: Sheet) -> Chart:
    """
    Return the chart of *sheet*.

    Raises:
        TextError: If the strings in the SVG are not the ones recorded while drawing.
    """
    svg = _svg(sheet)
    found = svg_texts(svg)
    if found != tuple(sheet.texts):
        raise TextError(f"chart {sheet.id}: wanted the texts {sheet.texts}, found {list(found)} in its svg")
    return Chart(
        id=sheet.id,
        svg=svg,
        png=_png(sheet),
        texts=found,
        facts=tuple(sheet.facts.values()),
        mentions=tuple(sheet.mentions),
    )


def svg_texts(svg: str) -> tuple[str, ...]:
    """Return every string of an SVG in source order."""
    return tuple("".join(element.itertext()) for element in parsed(svg).iter(f"{SVG}text"))


def parsed(svg: str) -> ET.Element:
    """Return the tree of an SVG of our own making."""
    return ET.fromstring(svg)  # noqa: S314  never other people's text


def _png(sheet: Sheet) -> bytes:
    """Return a PNG of few colours: a quarter of the size, and quicker than one of all."""
    pixels = io.BytesIO()
    sheet.figure.savefig(pixels, format="rgba", dpi=PNG_DPI)
    wide = round(WIDTH / INCH * PNG_DPI)
    size = (wide, len(pixels.getvalue()) // (4 * wide))
    drawn = Image.frombytes("RGBA", size, pixels.getvalue()).convert("RGB")
    few = drawn.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.putpalette([255 if level == NEARLY else level for level in few.getpalette() or ()])
    stream = io.BytesIO()
    few.save(stream, format="png")
    return stream.getvalue()


def _svg(sheet: Sheet) -> str:
    stream = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    sheet.figure.patch.set_visible(False)
    sheet.figure.savefig(stream, format="svg", metadata=nothing)
    sheet.figure.patch.set_visible(True)
    root = ET.Element(
        "svg",
        {
            "xmlns": SVG[1:-1],
            "class": "chart",
            "id": f"{sheet.id}-chart",
            "viewBox": f"0 0 {WIDTH:g} {sheet.height:g}",
            "font-family": FAMILY,
            "stroke-linejoin": "round",
        },
    )
    for element in parsed(stream.getvalue()).iter():
        if element.tag == f"{SVG}path":
            root.append(_path(element))
        elif element.tag == f"{SVG}text":
            root.append(_text(element))
    return ET.tostring(root, encoding="unicode")


def _style(element: ET.Element) -> dict[str, str]:
    pairs = (item.partition(":") for item in element.get("style", "").split(";") if item.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _path(element: ET.Element) -> ET.Element:
    style = _style(element)
    paint = {name: _short(style[name]) for name in PAINT if name in style}
    return ET.Element("path", {"d": _outline(_short(element.get("d", ""))), **paint})


def _outline(data: str) -> str:
    """Return path *data* with level and upright steps in their short form: `H 12`, `V 7`."""
    pieces: list[str] = []
    at: list[str] = []
    for command, rest in STEP.findall(data):
        to = rest.split()
        if command == "L" and to[0] == at[0]:
            pieces.append(f"V{to[1]}")
        elif command == "L" and to[1] == at[1]:
            pieces.append(f"H{to[0]}")
        else:
            pieces.append(command + " ".join(to))
        at = to[-2:] or at
    return "".join(pieces)


def _text(element: ET.Element) -> ET.Element:
    style = _style(element)
    names = ("fill", "font-size", "font-weight", "text-anchor")
    kept = {name: style[name].removesuffix("px") for name in names if name in style}
    if kept.get("text-anchor") == "start":
        del kept["text-anchor"]
    place = {name: _short(element.get(name, "0")) for name in ("x", "y")}
    copy = ET.Element("text", {**place, **kept})
    copy.text = element.text
    return copy


def _short(text: str) -> str:
    """Return *text* with numbers at two decimals and without trailing zeros."""
    return NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), text)
