"""
Cut the fonts that every brief is set in.

Run by hatchling when a wheel is built, and by `make fonts` in a source tree.
The same versions of the font packages and of fontTools give the same bytes.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("static") / "fonts"
#: Latin-1, Latin Extended-A, general punctuation, and the signs a brief prints
CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x2000, 0x2070),
    *map(ord, "ΓΔΘΣθμνπρσ€™←↑→↓↗↘\N{MINUS SIGN}√∞≈≠≤≥▲▼●⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"),
)
#: no `calt`: it turns typed characters into others, and an audit reads the PDF's text back
FEATURES = ("ccmp", "kern", "liga", "lnum", "locl", "mark", "mkmk", "tnum")
INTER = ("fontpkg_inter", "Inter[opsz,wght].ttf")
SERIF = ("fontpkg_source_serif_4", "SourceSerif4[opsz,wght].ttf")
SERIF_ITALIC = ("fontpkg_source_serif_4", "SourceSerif4-Italic[opsz,wght].ttf")
#: "Source" is a reserved font name: a font that was cut may not carry it inside
SERIF_NAME = "Strikebrief Serif"
WEIGHTS = (400, 700)
FAMILY, STYLE, UNIQUE, FULL, VERSION, POSTSCRIPT, COPYRIGHT = 1, 2, 3, 4, 5, 6, 0
LICENSE, LICENSE_ADDRESS, TYPOGRAPHIC_FAMILY, TYPOGRAPHIC_STYLE = 13, 14, 16, 17
KEPT_NAMES = (COPYRIGHT, VERSION, LICENSE, LICENSE_ADDRESS)


class Cut(NamedTuple):
    """One font file to make: from which file, which weights, which optical size, under which name."""

    name: str
    source: tuple[str, str]
    weight: int | tuple[int, int]
    optical_size: float
    family: str
    style: str = "Regular"


CUTS = (
    Cut("inter.woff2", INTER, WEIGHTS, 14, "Inter"),
    Cut("source-serif-4.woff2", SERIF, WEIGHTS, 14, SERIF_NAME),
    Cut("source-serif-4-italic.woff2", SERIF_ITALIC, WEIGHTS, 14, SERIF_NAME, "Italic"),
    Cut("Inter-Regular.ttf", INTER, 400, 14, "Inter"),
    Cut("Inter-SemiBold.ttf", INTER, 600, 14, "Inter", "SemiBold"),
    Cut("SourceSerif4-Regular.ttf", SERIF, 400, 14, SERIF_NAME),
    Cut("SourceSerif4-Bold.ttf", SERIF, 700, 14, SERIF_NAME, "Bold"),
    Cut("SourceSerif4-Italic.ttf", SERIF_ITALIC, 400, 14, SERIF_NAME, "Italic"),
)


def _rename(font: TTFont, family: str, style: str) -> None:
    """Leave the copyright and licence lines, and name the family so that every weight shares it."""
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in KEPT_NAMES]
    plain = style in {"Regular", "Italic"}
    names = {
        FAMILY: family if plain else f"{family} {style}",
        STYLE: style if plain else "Regular",
        UNIQUE: f"strikebrief;{family} {style}",
        FULL: f"{family} {style}",
        POSTSCRIPT: f"{family.replace(' ', '')}-{style}",
        TYPOGRAPHIC_FAMILY: family,
        TYPOGRAPHIC_STYLE: style,
    }
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)


def cut_font(cut: Cut, folder: Path) -> Path:
    """Write one cut font to *folder* and return its path."""
    package, file = cut.source
    source = files(package) / "files" / file
    with source.open("rb") as stream:
        font = TTFont(stream, recalcTimestamp=False, lazy=False)
        options = Options(layout_features=list(FEATURES), name_IDs=["*"], name_languages=["*"], hinting=False)
        options.notdef_outline = True
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=CHARACTERS)
        subsetter.subset(font)
        instantiateVariableFont(font, {"opsz": cut.optical_size, "wght": cut.weight}, inplace=True)
        _rename(font, cut.family, cut.style)
        if isinstance(cut.weight, int):
            font["OS/2"].usWeightClass = cut.weight
            del font["STAT"]
        font.flavor = "woff2" if cut.name.endswith(".woff2") else None
        target = folder / cut.name
        font.save(target)
    return target


def cut_fonts(folder: Path) -> list[Path]:
    """Write every font to *folder* and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return [cut_font(cut, folder) for cut in CUTS]


class FontHook(BuildHookInterface[Any]):
    """Cut the fonts before a wheel is packed; an editable install leaves it to `make fonts`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the fonts where `force-include` finds them."""
        del build_data
        if self.target_name == "wheel" and version != "editable":
            cut_fonts(Path(self.root) / FOLDER)


if __name__ == "__main__":
    for path in cut_fonts(Path(__file__).resolve().parent / FOLDER):
        sys.stdout.write(f"{path.stat().st_size:8,d} bytes  {path.name}\n")
