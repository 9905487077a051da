"""
A sheet to draw on: one figure, one coordinate system in points, every text written down.

Charts draw through `Sheet` only. A number reaches the picture as a `Print` of a fact, so
its mention is recorded in the call that draws it, and none can be forgotten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from numpy.typing import NDArray

from generator.assets import asset
from generator.charts.placing import Box
from generator.charts.shapes import polyline
from generator.charts.words import Words
from generator.errors import ConfigError
from generator.formatting import print_fact, shortest
from generator.models.analysis import Analysis, Fact, Unit
from generator.models.brief import Mention

Floats = NDArray[np.float64]
WIDTH = 540.0  #: points; the width of the view box
SMALL = 10.0  #: points; the smallest text
INCH = 72.0
CYCLE = 8  #: colours in the style's cycle
CAP, DROP = 0.73, 0.22  #: height of capitals and depth below the baseline, in font sizes


class Print(NamedTuple):
    """A fact and the form it is printed in."""

    fact: Fact
    form: str = "plain"


Parts = str | Print | tuple[str | Print, ...]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of the style file, by what they stand for."""

    ink: str
    grey: str
    grid: str
    calls: str
    puts: str
    accent: str
    band: str
    cone: str
    average: str
    zone: str
    letters: str  #: the accent, dark enough for small letters


def palette() -> Palette:
    """
    Return the colours of the style in force.

    Raises:
        ConfigError: If the style's cycle has too few or too many.
    """
    cycle = [f"#{colour.lstrip('#')}" for colour in rcParams["axes.prop_cycle"].by_key()["color"]]
    if len(cycle) != CYCLE:
        raise ConfigError([f"brief.mplstyle: wanted {CYCLE} colours in axes.prop_cycle, found {len(cycle)}"])
    fixed = (rcParams[key] for key in ("text.color", "xtick.color", "grid.color"))
    return Palette(*(f"#{colour.lstrip('#')}" for colour in fixed), *cycle)


class Drawing(NamedTuple):
    """One entry of the table of charts."""

    id: str
    height: float  #: points
    missing: Callable[[Analysis], str | None]  #: why it cannot be drawn
    draw: Callable[[Sheet, Analysis], None]


class Sheet:
    """One chart while it is drawn. Coordinates are points from the lower left corner."""

    def __init__(self, name: str, height: float, session: dt.date, words: Words) -> None:
        self.id = name
        self.height = height
        self.session = session
        self.words = words
        self.colours = palette()
        self.figure = Figure(figsize=(WIDTH / INCH, height / INCH), dpi=INCH)
        self.axes = Axes(self.figure, (0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, height))
        self.axes.set_axis_off()
        self.figure.add_axes(self.axes)
        self.texts: list[str] = []
        self.mentions: list[Mention] = []
        self.facts: dict[str, Fact] = {}
        self.taken: list[Box] = []
        self._fonts = {
            False: str(asset("fonts/Inter-Regular.ttf")),
            True: str(asset("fonts/Inter-SemiBold.ttf")),
        }

    def path(
        self,
        path: Path,
        *,
        fill: str = "none",
        stroke: str = "none",
        width: float | None = None,
        dash: tuple[float, ...] | None = None,
    ) -> None:
        """Draw *path* as one element; *dash* in points."""
        width = rcParams["lines.linewidth"] if width is None else width
        style = (0, dash) if dash else "solid"
        patch = PathPatch(
            path,
            facecolor=fill,
            edgecolor=stroke,
            linewidth=width if stroke != "none" else 0,
            linestyle=style,
            joinstyle="round",
            capstyle="butt",
        )
        patch.set_transform(self.axes.transData)
        patch.set_clip_on(False)
        self.axes.add_artist(patch)
        patch.set_clip_path(None)

    def line(
        self,
        x: Floats,
        y: Floats,
        colour: str,
        width: float | None = None,
        dash: tuple[float, ...] | None = None,
    ) -> None:
        """Draw one polyline; a NaN starts a new piece."""
        self.path(polyline(x, y), stroke=colour, width=width, dash=dash)

    def hairlines(
        self, pieces: Sequence[tuple[float, float, float, float]], colour: str | None = None
    ) -> None:
        """Draw straight hairlines (x0, y0, x1, y1) as one element."""
        if not pieces:
            return
        points = np.asarray(pieces, dtype=float).reshape(-1, 2)
        codes = [Path.MOVETO, Path.LINETO] * len(pieces)
        width = rcParams["grid.linewidth"]
        self.path(Path(points, codes), stroke=colour or self.colours.grid, width=width)

    def label(
        self,
        parts: Parts,
        x: float,
        y: float,
        *,
        align: str = "left",
        colour: str | None = None,
        bold: bool = False,
        size: float = SMALL,
    ) -> Box:
        """Write *parts* with its baseline at *y*, record text and mentions, return its box."""
        pieces = _pieces(parts)
        for printed, mention in pieces:
            if mention is not None:
                self.mentions.append(
                    Mention(fact=mention.fact.id, form=mention.form, text=printed, heading="")
                )
        text = "".join(printed for printed, _ in pieces)
        self.texts.append(text)
        font = FontProperties(fname=self._fonts[bold], size=size, weight=600 if bold else 400)
        self.axes.text(
            x, y, text, ha=align, va="baseline", color=colour or self.colours.grey, fontproperties=font
        )
        width = self.width(text, bold=bold, size=size)
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[align] * width
        box = (left, y - DROP * size, left + width, y + CAP * size)
        self.taken.append(box)
        return box

    def width(self, parts: Parts, *, bold: bool = False, size: float = SMALL) -> float:
        """Return the width of *parts* in points, to place it before it is written."""
        text = "".join(printed for printed, _ in _pieces(parts))
        return _width(text, self._fonts[bold], size)

    def tick(self, axis: str, value: float, unit: Unit, decimals: int) -> Fact:
        """Return the fact of an axis tick: `chart.price.y.260`, formula `axis tick`."""
        name = f"chart.{self.id}.{axis}.{shortest(value).replace(',', '')}"
        fact = Fact(
            id=name, value=value, unit=unit, decimals=decimals, formula="axis tick", date=self.session
        )
        return self.facts.setdefault(name, fact)

    def strike(self, axis: str, value: float, unit: Unit) -> Fact:
        """Return the tick of a strike, with the decimals the exchange lists it with."""
        decimals = len(shortest(value).partition(".")[2])
        return self.tick(axis, value, unit, decimals)


def _pieces(parts: Parts) -> list[tuple[str, Print | None]]:
    """Return each piece as printed, with its fact where it has one."""
    pieces = (parts,) if isinstance(parts, (str, Print)) else parts
    return [(p, None) if isinstance(p, str) else (print_fact(p.fact, p.form), p) for p in pieces]


@lru_cache(maxsize=4096)
def _width(text: str, file: str, size: float) -> float:
    font = FontProperties(fname=file, size=size)
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])


@dataclass(frozen=True, slots=True)
class Panel:
    """A rectangle of the sheet with a scale on each side; maps values to points."""

    left: float
    bottom: float
    right: float
    top: float
    xs: tuple[float, float]  #: values at the left and right edge
    ys: tuple[float, float]  #: values at the bottom and top edge

    def x(self, value: float) -> float:
        """Return the point across of *value*."""
        return float(self.across(np.asarray(value)))

    def y(self, value: float) -> float:
        """Return the point up of *value*."""
        return float(self.up(np.asarray(value)))

    def across(self, values: Floats) -> Floats:
        """Return the points across of *values*."""
        low, high = self.xs
        return self.left + (values - low) / (high - low) * (self.right - self.left)

    def up(self, values: Floats) -> Floats:
        """Return the points up of *values*."""
        low, high = self.ys
        return self.bottom + (values - low) / (high - low) * (self.top - self.bottom)

    @property
    def box(self) -> Box:
        """The rectangle as a box."""
        return (self.left, self.bottom, self.right, self.top)
