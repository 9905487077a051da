"""The price of half a year, its averages and band, the levels near it, and the move priced in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from generator.charts.axes import WIDTH, Drawing, Floats, Panel, Parts, Print, Sheet
from generator.charts.naming import Line, level_line, name_line, obstacles
from generator.charts.placing import spread
from generator.charts.price_view import View, view_of
from generator.charts.scales import BELOW, LOWER, month_axis, y_axis
from generator.charts.shapes import closed, rectangles
from generator.models.analysis import Analysis

FEWEST = 20  #: closes a line is worth drawing from
LEAD = 11.0  #: points between the plot and the prices right of it
EDGE = 3.0  #: points kept free at the right edge: screens set letters a little wider
ROW = 12.5  #: points a price right of the plot takes
RECENT = 42  #: sessions over which a level is drawn
AVERAGES: tuple[tuple[str, tuple[float, ...] | None], ...] = (("sma_200", (4.0, 2.5)), ("sma_50", None))


class _Row(NamedTuple):
    """A price right of the plot."""

    value: float
    parts: Parts
    colour: str
    bold: bool


def _missing(analysis: Analysis) -> str | None:
    count = len(analysis.price.closes)
    return f"{count} closes on file, the price chart needs {FEWEST}" if count < FEWEST else None


def _draw(sheet: Sheet, analysis: Analysis) -> None:
    view = view_of(analysis)
    panel = _panel(sheet, view)
    x = panel.across(np.arange(len(view.closes), dtype=float))
    _fills(sheet, panel, x, view)
    grid = y_axis(sheet, panel, "y", analysis.price.spot.unit)
    end = _horizon_label(sheet, panel, view)
    month_axis(sheet, panel, view.days, x, end)
    _level_lines(sheet, panel, view)
    _cone_edges(sheet, panel, view)
    for key, dash in AVERAGES:
        if key in view.lines:
            sheet.line(x, panel.up(view.lines[key]), sheet.colours.average, width=1.1, dash=dash)
    sheet.line(x, panel.up(view.closes), sheet.colours.ink)
    _gutter(sheet, panel, view)
    _line_labels(sheet, panel, x, view, grid)


def _panel(sheet: Sheet, view: View) -> Panel:
    low, high = min(view.values), max(view.values)
    pad = 0.03 * (high - low) or 1.0
    return Panel(
        left=38.0,
        bottom=20.0,
        right=WIDTH - LEAD - EDGE - max(sheet.width(row.parts, bold=row.bold) for row in _rows(sheet, view)),
        top=sheet.height - 4.0,
        xs=(0.0, len(view.closes) - 1 + (view.cone[-1].sessions if view.cone else 0.0)),
        ys=(low - pad, high + pad),
    )


def _cone_line(panel: Panel, view: View, sign: int) -> tuple[Floats, Floats]:
    start = len(view.closes) - 1
    x = np.array([start, *(start + point.sessions for point in view.cone)], dtype=float)
    y = np.array([view.spot, *(view.spot + sign * point.sigma.number for point in view.cone)])
    return panel.across(x), panel.up(y)


def _cone_edges(sheet: Sheet, panel: Panel, view: View) -> None:
    if view.cone:
        across, high = _cone_line(panel, view, 1)
        _, low = _cone_line(panel, view, -1)
        x, y = np.concatenate([across[::-1], across[1:]]), np.concatenate([high[::-1], low[1:]])
        sheet.line(x, y, sheet.colours.accent, width=1.0)


def _fills(sheet: Sheet, panel: Panel, x: Floats, view: View) -> None:
    upper, lower = view.lines.get("bollinger_upper"), view.lines.get("bollinger_lower")
    if upper is not None and lower is not None:
        sheet.path(closed(x, panel.up(lower), panel.up(upper)), fill=sheet.colours.band)
    if view.cone:
        across, high = _cone_line(panel, view, 1)
        _, low = _cone_line(panel, view, -1)
        sheet.path(closed(across, low, high), fill=sheet.colours.cone)


def _horizon_label(sheet: Sheet, panel: Panel, view: View) -> float:
    """Write the cone's last date on the axis; return where the months must end."""
    if not view.cone:
        return panel.right
    label = Print(view.cone[-1].expiration, "short_day")
    box = sheet.label(
        label, panel.right, panel.bottom - BELOW, align="center", colour=sheet.colours.letters, bold=True
    )
    return box[0] - 6


def _level_lines(sheet: Sheet, panel: Panel, view: View) -> None:
    start = panel.x(max(len(view.closes) - RECENT, 0))
    zones = [level for level in view.levels if level.high.number > level.low.number]
    if zones:
        low = panel.up(np.array([level.low.number for level in zones]))
        high = panel.up(np.array([level.high.number for level in zones]))
        left, right = np.full(len(zones), start), np.full(len(zones), panel.right)
        sheet.path(rectangles(left, right, low, high), fill=sheet.colours.zone)
    lines = [panel.y(level.value) for level in view.levels if level not in zones]
    sheet.hairlines([(start, y, panel.right, y) for y in lines], sheet.colours.grey)


def _rows(sheet: Sheet, view: View) -> list[_Row]:
    """Return what stands right of the plot: the last price, the levels, the move priced in."""
    colours = sheet.colours
    rows = [_Row(view.spot, Print(view.analysis.price.spot), colours.ink, bold=True)]
    for level in view.levels:
        zone = (Print(level.low), "\u2013", Print(level.high))
        parts = zone if level.high.number > level.low.number else Print(level.low)
        rows.append(_Row(level.value, parts, colours.grey, bold=False))
    if view.cone:
        last = view.cone[-1]
        rows.append(
            _Row(view.spot + last.sigma.number, ("\u00b1", Print(last.sigma)), colours.letters, bold=True)
        )
    return rows


def _gutter(sheet: Sheet, panel: Panel, view: View) -> None:
    """Write the prices right of the plot, each led to its height."""
    rows = _rows(sheet, view)
    heights = [panel.y(row.value) for row in rows]
    centres = spread(heights, [ROW] * len(rows), panel.bottom, sheet.height)
    leads = []
    for row, height, centre in zip(rows, heights, centres, strict=True):
        leads.append((panel.right + 1, height, panel.right + LEAD - 4, centre))
        sheet.label(row.parts, panel.right + LEAD, centre - LOWER, colour=row.colour, bold=row.bold)
    sheet.hairlines(leads, sheet.colours.grey)


def _line_labels(sheet: Sheet, panel: Panel, x: Floats, view: View, grid: list[Line]) -> None:
    """Name the averages and the band where there is room along them."""
    start = panel.x(max(len(view.closes) - RECENT, 0))
    lines = [(x, panel.up(view.closes))]
    lines += [(x, panel.up(view.lines[key])) for key, _ in AVERAGES if key in view.lines]
    lines += [_cone_line(panel, view, sign) for sign in (1, -1) if view.cone]
    lines += [level_line(start, panel.right, panel.y(level.value)) for level in view.levels]
    around = obstacles(lines, grid)
    for key, name in {**sheet.words.averages, "bollinger_upper": sheet.words.band}.items():
        if key in view.lines:
            line = (x, panel.up(view.lines[key]))
            name_line(sheet, panel, line, name, around, colour=sheet.colours.average)


PRICE = Drawing("price", 290.0, _missing, _draw)
