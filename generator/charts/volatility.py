"""Implied volatility: the smile of two expirations, and the term structure at the money."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.path import Path

from generator.charts.axes import DROP, SMALL, WIDTH, Drawing, Floats, Panel, Parts, Print, Sheet
from generator.charts.placing import Box, along, roomiest, sampled
from generator.charts.scales import day_of, session_of, x_axis, y_axis
from generator.charts.ticks import round_ticks
from generator.models.analysis import Analysis, Smile, TermPoint, Unit

SMILE_POINTS = 5  #: that a smile is worth drawing from
TERM_POINTS = 3
WINDOW = 0.12  #: of spot, either side
MONTH = 30  #: days; the second smile is the one nearest to it
FARTHEST = 400  #: days
DAYS = (7, 14, 30, 60, 90, 180, 365)
HEAD, FOOT = 24.0, 18.0  #: points above and below the panels
LEFT, GAP = 34.0, 56.0  #: points left of the first panel, and between the two


def _missing(analysis: Analysis) -> str | None:
    if _smiles(analysis) or _terms(analysis):
        return None
    return f"no smile of {SMILE_POINTS} strikes and no term structure of {TERM_POINTS} expirations"


def _smiles(analysis: Analysis) -> list[tuple[Smile, Floats]]:
    """Return the nearest smile and the one nearest to a month, as (strike, volatility) rows."""
    spot = analysis.price.spot.number
    found: list[tuple[Smile, Floats]] = []
    for smile in analysis.volatility.smiles:
        rows = np.array([point[:2] for point in smile.points], dtype=float).reshape(-1, 2)
        rows = rows[(np.abs(rows[:, 0] / spot - 1) <= WINDOW) & np.isfinite(rows[:, 1])]
        if len(rows) >= SMILE_POINTS:
            found.append((smile, rows[np.argsort(rows[:, 0], kind="stable")]))
    found.sort(key=lambda pair: _days(analysis, pair[0]))
    if len(found) <= 2:
        return found
    return [found[0], min(found[1:], key=lambda pair: abs(_days(analysis, pair[0]) - MONTH))]


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
    width = (WIDTH - LEFT - 6.0 - GAP * (count - 1)) / count
    if smiles:
        _draw_smiles(sheet, LEFT, LEFT + width, smiles, analysis)
    if terms:
        _draw_terms(sheet, WIDTH - 6.0 - width, WIDTH - 6.0, terms, analysis)


def _draw_smiles(
    sheet: Sheet, left: float, right: float, smiles: list[tuple[Smile, Floats]], analysis: Analysis
) -> None:
    price = analysis.price.spot
    strikes = np.concatenate([rows[:, 0] for _, rows in smiles])
    xs = (float(strikes.min()), float(strikes.max()))
    panel = Panel(left, FOOT, right, sheet.height - HEAD, xs, _range([rows[:, 1] for _, rows in smiles]))
    _heading(sheet, panel, sheet.words.smile)
    y_axis(sheet, panel, "smile.y", Unit.PERCENT)
    values = round_ticks(*xs, 6)
    x_axis(sheet, panel, "smile.x", values, panel.across(np.array(values)), price.unit)
    spot = panel.x(price.number)
    sheet.hairlines([(spot, panel.bottom, spot, panel.top)], sheet.colours.grey)
    colours = (sheet.colours.accent, sheet.colours.ink)
    lines = []
    for (_, rows), colour in zip(smiles, colours, strict=False):
        x, y = panel.across(rows[:, 0]), panel.up(rows[:, 1])
        sheet.line(x, y, colour)
        lines.append((x, y))
    upright = np.array([spot, spot]), np.array([panel.bottom, panel.top])
    obstacles = np.concatenate([sampled(*line) for line in [*lines, upright]])
    for (smile, _), line, colour in zip(smiles, lines, colours, strict=False):
        _on_line(sheet, panel, line, Print(smile.expiration, "short_day"), colour, obstacles)
    box = (spot, panel.top - SMALL)
    sheet.label((f"{sheet.words.spot} ", Print(price)), box[0] + 4, box[1])


def _draw_terms(sheet: Sheet, left: float, right: float, terms: list[TermPoint], analysis: Analysis) -> None:
    """Draw volatility against the root of days, which gives the near weeks their room."""
    days = np.array([_days(analysis, term) for term in terms], dtype=float)
    values = np.array([t.atm_volatility.number for t in terms if t.atm_volatility is not None])
    realised = analysis.volatility.realised_21
    levels = [values, np.array([realised.number])] if realised else [values]
    xs = (0.0, math.sqrt(float(days.max())))
    panel = Panel(left, FOOT, right, sheet.height - HEAD, xs, _range(levels))
    _heading(sheet, panel, sheet.words.term)
    y_axis(sheet, panel, "term.y", Unit.PERCENT)
    shown = [day for day in DAYS if day <= days.max()]
    x_axis(sheet, panel, "term.x", shown, panel.across(np.sqrt(np.array(shown, dtype=float))), Unit.DAYS)
    x, y = panel.across(np.sqrt(days)), panel.up(values)
    flat = []
    if realised:
        level = panel.y(realised.number)
        ends = np.array([panel.left, panel.right]), np.array([level, level])
        sheet.line(*ends, sheet.colours.average, width=1.0, dash=(4.0, 2.5))
        flat.append(ends)
    sheet.line(x, y, sheet.colours.ink)
    obstacles = np.concatenate([sampled(*line) for line in [(x, y), *flat]])
    if realised:
        text = (f"{sheet.words.realised} ", Print(realised, "percent"))
        _on_line(sheet, panel, flat[0], text, sheet.colours.average, obstacles)
    _constant(sheet, panel, (x, y), analysis, obstacles)


def _constant(
    sheet: Sheet, panel: Panel, line: tuple[Floats, Floats], analysis: Analysis, obstacles: Floats
) -> None:
    """Mark the thirty-day volatility with a dot and its value."""
    constant = analysis.volatility.constant_30
    at = panel.across(np.sqrt(np.array(float(MONTH))))
    if constant is None or at > panel.right or not panel.ys[0] <= constant.number <= panel.ys[1]:
        return
    x, y = float(at), panel.y(constant.number)
    sheet.path(Path.circle((x, y), 2.6), fill=sheet.colours.accent)
    parts = (f"{sheet.words.constant} ", Print(constant, "percent"))
    width = sheet.width(parts, bold=True)
    boxes = [
        (left, bottom, left + width, bottom + SMALL)
        for rise in (5.0, -5.0 - SMALL, 12.0, -12.0 - SMALL, 20.0, -20.0 - SMALL)
        for left in (x - width / 2, x, x - width, x + 5)
        for bottom in (y + rise,)
    ]
    _place(sheet, panel, boxes, parts, sheet.colours.accent, obstacles)


def _on_line(
    sheet: Sheet, panel: Panel, line: tuple[Floats, Floats], parts: Parts, colour: str, obstacles: Floats
) -> None:
    size = (sheet.width(parts, bold=True), SMALL)
    _place(sheet, panel, along(*line, size, panel.box), parts, colour, obstacles)


def _place(
    sheet: Sheet, panel: Panel, boxes: list[Box], parts: Parts, colour: str, obstacles: Floats
) -> None:
    """Write *parts* in the roomiest of *boxes* inside the panel; without one it stays out."""
    left, bottom, right, top = panel.box
    inside = [b for b in boxes if b[0] >= left and b[1] >= bottom and b[2] <= right + 6 and b[3] <= top]
    best = roomiest(inside, obstacles, sheet.taken)
    if best is not None:
        sheet.label(parts, best[0], best[1] + DROP * SMALL, colour=colour, bold=True)


def _heading(sheet: Sheet, panel: Panel, text: str) -> None:
    sheet.label(text, panel.left, sheet.height - SMALL, colour=sheet.colours.ink, bold=True)


def _range(lines: list[Floats]) -> tuple[float, float]:
    """Return the values of a panel's foot and top: the lines with some air."""
    values = np.concatenate(lines)
    low, high = float(values.min()), float(values.max())
    air = 0.12 * (high - low) or 1.0
    return low - air, high + air


VOLATILITY = Drawing("volatility", 230.0, _missing, _draw)
