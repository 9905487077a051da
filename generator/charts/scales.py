"""The scales of a panel: hairlines at round values, each with its tick as a fact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from generator.charts.axes import SMALL, Floats, Panel, Print, Sheet
from generator.charts.naming import Line, level_line
from generator.charts.ticks import places, round_ticks
from generator.errors import DataError
from generator.models.analysis import Analysis, Unit

LOWER = 0.36 * SMALL  #: from the middle of a line of text down to its baseline
BELOW = 13.0  #: from the foot of a panel down to the baseline of its labels
WINDOWS = (0.12, 0.2, 0.35)  #: of spot, either side
ENOUGH = 14  #: strikes that fill a window
MONTH_ROOM = 22.0  #: points a month's name needs before the next


def day_of(value: object) -> dt.date:
    """Return a date fact's value as a date; `DataError` for anything else."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    raise DataError(f"wanted a date to place on a time axis, found {value!r}")


def session_of(analysis: Analysis) -> dt.date:
    """Return the session's date."""
    return day_of(analysis.session.value)


def window(spot: float, strikes: Iterable[float]) -> float:
    """Return how far from *spot* to look, as a fraction: wider where strikes are few, as on a cheap share."""
    far = sorted(abs(strike / spot - 1) for strike in strikes)
    return next((width for width in WINDOWS if sum(f <= width for f in far) >= ENOUGH), WINDOWS[-1])


def y_axis(sheet: Sheet, panel: Panel, axis: str, unit: Unit, most: int = 6) -> list[Line]:
    """Draw hairlines at round values, with their labels left of the panel; return the hairlines."""
    values = round_ticks(*panel.ys, most)
    sheet.hairlines([(panel.left, panel.y(v), panel.right, panel.y(v)) for v in values])
    decimals = places(values)
    form = "percent" if unit is Unit.PERCENT else "plain"
    for value in values:
        fact = sheet.tick(axis, value, unit, decimals)
        sheet.label(Print(fact, form), panel.left - 6, panel.y(value) - LOWER, align="right")
    return [level_line(panel.left, panel.right, panel.y(value)) for value in values]


def x_axis(
    sheet: Sheet, panel: Panel, axis: str, values: Sequence[float], points: Floats, unit: Unit
) -> None:
    """Draw the foot of the panel with a short tick and a label at each of *points*."""
    foot(sheet, panel, list(points))
    decimals = places(values)
    for value, point in zip(values, points, strict=True):
        fact = sheet.tick(axis, value, unit, decimals)
        sheet.label(Print(fact), float(point), panel.bottom - BELOW, align="center")


def month_axis(sheet: Sheet, panel: Panel, days: Sequence[dt.date], points: Floats, until: float) -> None:
    """Draw the foot of the panel with a tick and a name where each month begins, up to *until*."""
    starts = [i for i in range(1, len(days)) if days[i].month != days[i - 1].month]
    foot(sheet, panel, [float(points[i]) for i in starts])
    free = panel.left
    for i in starts:
        name = sheet.words.month(days[i])
        point = float(points[i])
        if point >= free and point + sheet.width(name) <= until:
            sheet.label(name, point, panel.bottom - BELOW)
            free = point + MONTH_ROOM


def foot(sheet: Sheet, panel: Panel, points: Sequence[float]) -> None:
    """Draw the line a panel stands on, with short ticks below it."""
    base = (panel.left, panel.bottom, panel.right, panel.bottom)
    ticks = [(point, panel.bottom, point, panel.bottom - 3) for point in points]
    sheet.hairlines([base, *ticks], sheet.colours.grey)
