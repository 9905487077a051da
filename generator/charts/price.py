"""The price of half a year, its averages and band, the levels near it, and the move priced in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from generator.charts.axes import SMALL, WIDTH, Drawing, Floats, Panel, Print, Sheet, closed, rectangles
from generator.charts.placing import along, roomiest, sampled, spread
from generator.charts.scales import BELOW, LOWER, day_of, month_axis, session_of, y_axis
from generator.models.analysis import Analysis, Level, TermPoint

FEWEST = 20  #: closes a line is worth drawing from
HORIZON = dt.timedelta(days=35)
SIDE = 2  #: levels above and below
APART = 0.006  #: of spot; of two nearer than this on one side the nearest to spot stays
REACH = 0.12  #: of spot; levels farther away are off the picture
GUTTER = 88.0  #: points right of the plot, for prices
ROW = 12.5  #: points a label in the gutter takes
RECENT = 42  #: sessions over which a level is drawn
AVERAGES = (("sma_200", (4.0, 2.5)), ("sma_50", None))


@dataclass(frozen=True, slots=True)
class _View:
    """What the picture shows, in values."""

    analysis: Analysis
    days: list[dt.date]
    closes: Floats
    lines: dict[str, Floats]  #: indicator lines as long as the closes
    cone: list[tuple[float, float, TermPoint]]  #: sessions ahead, one sigma, term
    levels: list[Level]

    @property
    def spot(self) -> float:
        return self.analysis.price.spot.number


def _missing(analysis: Analysis) -> str | None:
    count = len(analysis.price.closes)
    return f"{count} closes on file, the price chart needs {FEWEST}" if count < FEWEST else None


def _draw(sheet: Sheet, analysis: Analysis) -> None:
    view = _view(analysis)
    panel = _panel(sheet, view)
    x = panel.across(np.arange(len(view.closes), dtype=float))
    _fills(sheet, panel, x, view)
    y_axis(sheet, panel, "y", analysis.price.spot.unit)
    end = _horizon_label(sheet, panel, view)
    month_axis(sheet, panel, view.days, x, end)
    _level_lines(sheet, panel, view)
    for key, dash in AVERAGES:
        if key in view.lines:
            sheet.line(x, panel.up(view.lines[key]), sheet.colours.average, width=1.1, dash=dash)
    sheet.line(x, panel.up(view.closes), sheet.colours.ink)
    _gutter(sheet, panel, view)
    _line_labels(sheet, panel, x, view)


def _view(analysis: Analysis) -> _View:
    days = [day for day, _ in analysis.price.closes]
    closes = [close for _, close in analysis.price.closes]
    if days[-1] < session_of(analysis):  # the session is running: its last price is the newest point
        days.append(session_of(analysis))
        closes.append(analysis.price.spot.number)
    return _View(
        analysis, days, np.array(closes), _lines(analysis, len(closes)), _cone(analysis), _levels(analysis)
    )


def _lines(analysis: Analysis, count: int) -> dict[str, Floats]:
    lines = {}
    for key, values in (analysis.technicals.series or {}).items():
        line = np.full(count, np.nan)
        line[: len(values)] = [np.nan if value is None else value for value in values]
        if np.isfinite(line).sum() > 1:
            lines[key] = line
    return lines


def _cone(analysis: Analysis) -> list[tuple[float, float, TermPoint]]:
    """Return the terms up to the last plan's expiration, or five weeks, nearest first."""
    session = session_of(analysis)
    ends = [day_of(idea.expires.value) for idea in analysis.ideas if idea.expires is not None]
    last = min(max(ends, default=session + HORIZON), session + 2 * HORIZON)
    points: dict[float, tuple[float, float, TermPoint]] = {}
    for term in analysis.volatility.terms:
        if term.one_sigma is None or not session < day_of(term.expiration.value) <= last:
            continue
        ahead = max(term.sessions.number, 0.5)
        points[ahead] = (ahead, term.one_sigma.number, term)
    return [points[ahead] for ahead in sorted(points)]


def _levels(analysis: Analysis) -> list[Level]:
    """Return up to two levels a side: the plans' triggers, then the nearest."""
    spot = analysis.price.spot.number
    triggers = {idea.trigger_level for idea in analysis.ideas}
    near = [
        level
        for level in analysis.levels
        if level.kind != "average"
        and not level.low.number <= spot <= level.high.number
        and abs(level.value / spot - 1) <= REACH
    ]
    near.sort(key=lambda level: (level.id not in triggers, abs(level.value - spot), level.id))
    chosen: list[Level] = []
    for level in near:
        side = [other for other in chosen if (other.value > spot) == (level.value > spot)]
        if len(side) < SIDE and all(abs(other.value - level.value) > APART * spot for other in side):
            chosen.append(level)
    return chosen


def _panel(sheet: Sheet, view: _View) -> Panel:
    ahead, sigma = view.cone[-1][:2] if view.cone else (0.0, 0.0)
    values = [*view.closes, view.spot + sigma, view.spot - sigma]
    values += [edge.number for level in view.levels for edge in (level.low, level.high)]
    values += [value for line in view.lines.values() for value in line[np.isfinite(line)]]
    low, high = min(values), max(values)
    pad = 0.03 * (high - low) or 1.0
    return Panel(
        left=38.0,
        bottom=20.0,
        right=WIDTH - GUTTER,
        top=sheet.height - 4.0,
        xs=(0.0, len(view.closes) - 1 + ahead),
        ys=(low - pad, high + pad),
    )


def _cone_line(panel: Panel, view: _View, sign: int) -> tuple[Floats, Floats]:
    start = len(view.closes) - 1
    x = np.array([start, *(start + ahead for ahead, _, _ in view.cone)], dtype=float)
    y = np.array([view.spot, *(view.spot + sign * sigma for _, sigma, _ in view.cone)])
    return panel.across(x), panel.up(y)


def _fills(sheet: Sheet, panel: Panel, x: Floats, view: _View) -> None:
    upper, lower = view.lines.get("bollinger_upper"), view.lines.get("bollinger_lower")
    if upper is not None and lower is not None:
        sheet.path(closed(x, panel.up(lower), panel.up(upper)), fill=sheet.colours.band)
    if view.cone:
        across, high = _cone_line(panel, view, 1)
        _, low = _cone_line(panel, view, -1)
        sheet.path(closed(across, low, high), fill=sheet.colours.cone)
        outline = np.concatenate([high[::-1], low[1:]])
        sheet.line(np.concatenate([across[::-1], across[1:]]), outline, sheet.colours.accent, width=1.0)


def _horizon_label(sheet: Sheet, panel: Panel, view: _View) -> float:
    """Write the cone's last date on the axis; return where the months must end."""
    if not view.cone:
        return panel.right
    label = Print(view.cone[-1][2].expiration, "short_day")
    box = sheet.label(
        label, panel.right, panel.bottom - BELOW, align="center", colour=sheet.colours.accent, bold=True
    )
    return box[0] - 6


def _level_lines(sheet: Sheet, panel: Panel, view: _View) -> None:
    start = panel.x(max(len(view.closes) - RECENT, 0))
    zones = [level for level in view.levels if level.high.number > level.low.number]
    if zones:
        low = panel.up(np.array([level.low.number for level in zones]))
        high = panel.up(np.array([level.high.number for level in zones]))
        left, right = np.full(len(zones), start), np.full(len(zones), panel.right)
        sheet.path(rectangles(left, right, low, high), fill=sheet.colours.zone)
    lines = [panel.y(level.value) for level in view.levels if level not in zones]
    sheet.hairlines([(start, y, panel.right, y) for y in lines], sheet.colours.grey)


def _gutter(sheet: Sheet, panel: Panel, view: _View) -> None:
    """Write the last price, the levels and the move priced in, right of the plot."""
    colours = sheet.colours
    rows: list[tuple[float, str | Print | tuple[str | Print, ...], str, bool]] = [
        (panel.y(view.spot), Print(view.analysis.price.spot), colours.ink, True)
    ]
    for level in view.levels:
        edges = (
            (Print(level.low),)
            if level.low.number == level.high.number
            else (Print(level.low), "\u2013", Print(level.high))
        )
        rows.append((panel.y(level.value), edges, colours.grey, False))
    if view.cone and view.cone[-1][2].one_sigma is not None:
        _, sigma, term = view.cone[-1]
        rows.append((panel.y(view.spot + sigma), ("\u00b1", Print(term.one_sigma)), colours.accent, True))
    centres = spread([row[0] for row in rows], [ROW] * len(rows), panel.bottom, sheet.height)
    leads = []
    for (target, parts, colour, bold), centre in zip(rows, centres, strict=True):
        leads.append((panel.right + 1, target, panel.right + 7, centre))
        sheet.label(parts, panel.right + 10, centre - LOWER, colour=colour, bold=bold)
    sheet.hairlines(leads, colours.grey)


def _line_labels(sheet: Sheet, panel: Panel, x: Floats, view: _View) -> None:
    """Name the averages and the band where there is room along them."""
    points = [sampled(x, panel.up(view.closes))]
    points += [sampled(x, panel.up(view.lines[key])) for key, _ in AVERAGES if key in view.lines]
    if view.cone:
        points += [sampled(*_cone_line(panel, view, sign)) for sign in (1, -1)]
    start = panel.x(max(len(view.closes) - RECENT, 0))
    for level in view.levels:
        y = panel.y(level.value)
        points.append(sampled(np.array([start, panel.right]), np.array([y, y])))
    obstacles = np.concatenate(points)
    names = {**sheet.words.averages, "bollinger_upper": sheet.words.band}
    for key, name in names.items():
        if key not in view.lines:
            continue
        size = (sheet.width(name), SMALL)
        boxes = along(x, panel.up(view.lines[key]), size, panel.box)
        spot = roomiest(boxes, obstacles, sheet.taken)
        if spot is not None:
            sheet.label(name, spot[0], spot[1] + 0.2 * SMALL, colour=sheet.colours.average)


PRICE = Drawing("price", 290.0, _missing, _draw)
