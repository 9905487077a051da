"""Implied volatility: the smile of two expirations, and the term structure at the money."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.path import Path

from generator.charts.axes import SMALL, WIDTH, Drawing, Floats, Panel, Print, Sheet
from generator.charts.naming import Obstacles, level_line, name_in, name_line, obstacles
from generator.charts.scales import day_of, session_of, window, x_axis, y_axis
from generator.charts.strays import without_strays
from generator.charts.ticks import round_ticks
from generator.models.analysis import Analysis, Fact, Smile, TermPoint, Unit

SMILE_POINTS = 5  #: that a smile is worth drawing from
TERM_POINTS = 3
WEEK, MONTH = 7, 30  #: days; the two smiles are those nearest to them
FARTHEST = 400  #: days
DAYS = (30, 7, 90, 365, 180, 60, 14, 2)  #: ticks, the one that matters most first
TICK_ROOM = 22.0  #: points between two of them
HEAD, FOOT = 30.0, 18.0  #: points above and below the panels
LEFT, GAP, RIGHT = 34.0, 56.0, 9.0  #: points left of the first panel, between the two, and right


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """A smile and what is drawn of it: (strike, volatility) rows by strike."""

    smile: Smile
    rows: Floats


def _missing(analysis: Analysis) -> str | None:
    if _smiles(analysis) or _terms(analysis):
        return None
    return f"no smile of {SMILE_POINTS} strikes and no term structure of {TERM_POINTS} expirations"


def _smiles(analysis: Analysis) -> list[_Curve]:
    """Return the smile nearest to a week out and the one nearest to a month out."""
    spot = analysis.price.spot.number
    near = window(spot, (point[0] for smile in analysis.volatility.smiles[:1] for point in smile.points))
    found: list[_Curve] = []
    for smile in analysis.volatility.smiles:
        rows = np.array([point[:2] for point in smile.points], dtype=float).reshape(-1, 2)
        rows = rows[(np.abs(rows[:, 0] / spot - 1) <= near) & np.isfinite(rows[:, 1])]
        if len(rows) >= SMILE_POINTS:
            found.append(_Curve(smile, without_strays(rows[np.argsort(rows[:, 0], kind="stable")])))
    found.sort(key=lambda curve: _days(analysis, curve.smile))
    if len(found) <= 2:
        return found
    far = _nearest(analysis, found[1:], MONTH)
    return [_nearest(analysis, found[: found.index(far)], WEEK), far]


def _nearest(analysis: Analysis, smiles: list[_Curve], days: int) -> _Curve:
    return min(smiles, key=lambda curve: abs(_days(analysis, curve.smile) - days))


def _terms(analysis: Analysis) -> list[TermPoint]:
    """Return one term a date within the year ahead, nearest first."""
    terms: dict[int, TermPoint] = {}
    for term in analysis.volatility.terms:
        if term.atm_volatility is not None and 0 < _days(analysis, term) <= FARTHEST:
            terms[_days(analysis, term)] = term
    return [terms[days] for days in sorted(terms)] if len(terms) >= TERM_POINTS else []


def _days(analysis: Analysis, dated: Smile | TermPoint) -> int:
    return (day_of(dated.expiration.value) - session_of(analysis)).days


def _draw(sheet: Sheet, analysis: Analysis) -> None:
    smiles, terms = _smiles(analysis), _terms(analysis)
    count = bool(smiles) + bool(terms)
    width = (WIDTH - LEFT - RIGHT - GAP * (count - 1)) / count
    if smiles:
        _draw_smiles(sheet, LEFT, LEFT + width, smiles, analysis)
    if terms:
        _draw_terms(sheet, WIDTH - RIGHT - width, WIDTH - RIGHT, terms, analysis)


def _draw_smiles(sheet: Sheet, left: float, right: float, smiles: list[_Curve], analysis: Analysis) -> None:
    price = analysis.price.spot
    strikes = np.concatenate([curve.rows[:, 0] for curve in smiles])
    xs = (float(strikes.min()), float(strikes.max()))
    panel = Panel(left, FOOT, right, sheet.height - HEAD, xs, _range([curve.rows[:, 1] for curve in smiles]))
    sheet.label(sheet.words.smile, left, sheet.height - SMALL, colour=sheet.colours.ink, bold=True)
    grid = y_axis(sheet, panel, "smile.y", Unit.PERCENT)
    values = round_ticks(*xs, 6)
    x_axis(sheet, panel, "smile.x", values, panel.across(np.array(values)), price.unit)
    spot = panel.x(price.number)
    sheet.hairlines([(spot, panel.bottom, spot, panel.top)], sheet.colours.grey)
    sheet.label((f"{sheet.words.spot} ", Print(price)), spot, panel.top + 4, align="center")
    colours = (sheet.colours.accent, sheet.colours.ink)
    lines = [(panel.across(curve.rows[:, 0]), panel.up(curve.rows[:, 1])) for curve in smiles]
    for line, colour in zip(lines, colours, strict=False):
        sheet.line(*line, colour)
    upright = np.array([spot, spot]), np.array([panel.bottom, panel.top])
    around = obstacles([*lines, upright], grid)
    names = (sheet.colours.letters, sheet.colours.ink)
    for curve, line, colour in zip(smiles, lines, names, strict=False):
        name_line(
            sheet, panel, line, Print(curve.smile.expiration, "short_day"), around, colour=colour, bold=True
        )


def _draw_terms(sheet: Sheet, left: float, right: float, terms: list[TermPoint], analysis: Analysis) -> None:
    """Draw volatility against the root of days, which gives the near weeks their room."""
    days = np.array([_days(analysis, term) for term in terms], dtype=float)
    values = np.array([t.atm_volatility.number for t in terms if t.atm_volatility is not None])
    realised = analysis.volatility.realised_21
    levels = [values, np.array([realised.number])] if realised else [values]
    xs = (math.sqrt(float(days.min())) - 0.4, math.sqrt(float(days.max())))
    panel = Panel(left, FOOT, right, sheet.height - HEAD, xs, _range(levels))
    sheet.label(sheet.words.term, left, sheet.height - SMALL, colour=sheet.colours.ink, bold=True)
    grid = y_axis(sheet, panel, "term.y", Unit.PERCENT)
    shown = _day_ticks(panel)
    x_axis(sheet, panel, "term.x", shown, panel.across(np.sqrt(np.array(shown))), Unit.DAYS)
    line = panel.across(np.sqrt(days)), panel.up(values)
    flat = [level_line(left, right, panel.y(realised.number))] if realised else []
    for level in flat:
        sheet.line(*level, sheet.colours.average, width=1.0, dash=(4.0, 2.5))
    sheet.line(*line, sheet.colours.ink)
    around = obstacles([line, *flat], grid)
    _constant(sheet, panel, analysis.volatility.constant_30, around)
    if realised:
        text = (f"{sheet.words.realised} ", Print(realised, "percent"))
        name_line(sheet, panel, flat[0], text, around, colour=sheet.colours.average)


def _day_ticks(panel: Panel) -> list[float]:
    """Return the days to name on the axis: the more important first, while there is room."""
    shown: list[float] = []
    for day in map(float, DAYS):
        root = math.sqrt(day)
        if panel.xs[0] <= root <= panel.xs[1]:
            apart = [abs(panel.x(root) - panel.x(math.sqrt(other))) for other in shown]
            if min(apart, default=TICK_ROOM) >= TICK_ROOM:
                shown.append(day)
    return sorted(shown)


def _constant(sheet: Sheet, panel: Panel, constant: Fact | None, around: Obstacles) -> None:
    """Mark the thirty-day volatility with a dot and its value."""
    root = math.sqrt(MONTH)
    if constant is None or not panel.xs[0] <= root <= panel.xs[1]:
        return
    if not panel.ys[0] <= constant.number <= panel.ys[1]:
        return
    x, y = panel.x(root), panel.y(constant.number)
    sheet.path(Path.circle((x, y), 2.6), fill=sheet.colours.accent)
    parts = (f"{sheet.words.constant} ", Print(constant, "percent"))
    width = sheet.width(parts, bold=True)
    lefts = [
        left for left in (x - width / 2, x, x - width, x + 5) if panel.left <= left <= panel.right - width
    ]
    rises = (5.0, -5.0 - SMALL, 12.0, -12.0 - SMALL, 20.0, -20.0 - SMALL)
    boxes = [(left, y + rise, left + width, y + rise + SMALL) for rise in rises for left in lefts]
    inside = [box for box in boxes if panel.bottom <= box[1] and box[3] <= panel.top]
    name_in(sheet, inside, parts, around, colour=sheet.colours.letters, bold=True)


def _range(lines: list[Floats]) -> tuple[float, float]:
    """Return the values of a panel's foot and top: the lines with some air."""
    values = np.concatenate(lines)
    low, high = float(values.min()), float(values.max())
    air = 0.12 * (high - low) or 1.0
    return low - air, high + air


VOLATILITY = Drawing("volatility", 236.0, _missing, _draw)
