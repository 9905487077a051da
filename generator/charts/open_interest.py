"""Open interest by strike of the two nearest boards: calls up, puts down, on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np

from generator.charts.axes import CAP, DROP, SMALL, WIDTH, Drawing, Floats, Panel, Print, Sheet
from generator.charts.placing import Box, overlap
from generator.charts.scales import LOWER, window, x_axis
from generator.charts.shapes import rectangles
from generator.charts.ticks import places, round_ticks
from generator.formatting import grouped
from generator.models.analysis import Analysis, Board, Fact, Unit

BOARDS = 2
FEWEST = 3  #: strikes with open interest that a board is worth drawing from
NAMED = 2  #: strikes named a side
GAP, RIGHT = 22.0, 9.0  #: points between the boards, and right of them
HEAD, FOOT = 22.0, 18.0  #: points above and below the panels
ROOM = 15.0  #: points above and below the bars, for the names of strikes
THINNEST, WIDEST = 0.9, 8.0  #: points, of a bar
FLATTEST = 0.15  #: points; a lower bar would not be seen
TICKS = 8  #: at most, on the scale of contracts


def _missing(analysis: Analysis) -> str | None:
    if _boards(analysis):
        return None
    return f"no expiration shown has open interest at {FEWEST} strikes near the price"


def _boards(analysis: Analysis) -> list[tuple[Board, Floats]]:
    """Return the boards worth drawing, each with (strike, calls, puts) rows near the price."""
    spot, near = analysis.price.spot.number, _window(analysis)
    found = []
    for board in analysis.chain.boards[:BOARDS]:
        rows = np.nan_to_num(np.array(board.strikes, dtype=float).reshape(-1, 3))
        rows = rows[(np.abs(rows[:, 0] / spot - 1) <= near) & ((rows[:, 1] > 0) | (rows[:, 2] > 0))]
        if len(rows) >= FEWEST:
            found.append((board, rows))
    return found


def _window(analysis: Analysis) -> float:
    strikes = [row[0] for board in analysis.chain.boards[:1] for row in board.strikes]
    return window(analysis.price.spot.number, strikes)


def _draw(sheet: Sheet, analysis: Analysis) -> None:
    boards = _boards(analysis)
    panels = _panels(sheet, analysis, [rows for _, rows in boards])
    grid = _scale(sheet, panels)
    for (board, rows), panel in zip(boards, panels, strict=True):
        _bars(sheet, panel, rows)
        _frame(sheet, panel, board, analysis)
        for up in (True, False):
            _names(sheet, panel, board, rows, analysis.price.spot, up=up)
    _sides(sheet, panels[0], boards[0][1], grid)
    for panel in panels:
        _spot_line(sheet, panel, analysis.price.spot.number)


def _panels(sheet: Sheet, analysis: Analysis, boards: list[Floats]) -> list[Panel]:
    spot = analysis.price.spot.number
    calls = max(float(rows[:, 1].max()) for rows in boards)
    puts = max(float(rows[:, 2].max()) for rows in boards)
    tall = sheet.height - HEAD - FOOT
    unit = (calls + puts) / (tall - 2 * ROOM)  # contracts a point
    ys = (-puts - ROOM * unit, calls + ROOM * unit)
    ticks = [sheet.width(grouped(value, 0)) for value in round_ticks(*ys, TICKS)]
    margin = max(sheet.width(sheet.words.contracts) + 10.0, max(ticks) + 6.0)
    width = (WIDTH - margin - GAP * (len(boards) - 1) - RIGHT) / len(boards)
    lefts = [margin + (width + GAP) * i for i in range(len(boards))]
    near = spot * _window(analysis) * 1.02
    return [
        Panel(left, FOOT, left + width, sheet.height - HEAD, (spot - near, spot + near), ys) for left in lefts
    ]


def _scale(sheet: Sheet, panels: list[Panel]) -> list[float]:
    """Draw the scale of contracts, puts downwards without a sign; return the heights of its lines."""
    first = panels[0]
    values = round_ticks(*first.ys, TICKS)
    sheet.hairlines([(p.left, p.y(v), p.right, p.y(v)) for p in panels for v in values if v])
    for value in values:
        fact = sheet.tick("y", abs(value), Unit.CONTRACTS, places(values))
        sheet.label(Print(fact), first.left - 6, first.y(value) - LOWER, align="right")
    sheet.label(sheet.words.contracts, 0, sheet.height - SMALL)
    return [first.y(value) for value in values]


def _bars(sheet: Sheet, panel: Panel, rows: Floats) -> None:
    across = panel.across(rows[:, 0])
    half = _half(across)
    zero = np.full(len(rows), panel.y(0))
    for column, sign, colour in ((1, 1, sheet.colours.calls), (2, -1, sheet.colours.puts)):
        some = np.abs(panel.up(rows[:, column]) - zero) >= FLATTEST
        if some.any():
            ends = panel.up(sign * rows[some, column])
            edges = (across[some] - half, across[some] + half, zero[some], ends)
            bars = rectangles(*(np.round(edge, 1) for edge in edges))
            sheet.path(bars, fill=colour)


def _frame(sheet: Sheet, panel: Panel, board: Board, analysis: Analysis) -> None:
    """Draw the zero line and the strikes' axis, and write the expiration and the last price above."""
    price = analysis.price.spot
    margin = 0.02 * (panel.xs[1] - panel.xs[0])
    values = round_ticks(panel.xs[0] + margin, panel.xs[1] - margin, 7)
    x_axis(sheet, panel, "x", values, panel.across(np.array(values)), price.unit)
    zero = panel.y(0)
    sheet.hairlines([(panel.left, zero, panel.right, zero)], sheet.colours.ink)
    head = sheet.height - SMALL
    day: tuple[str | Print, ...] = (Print(board.expiration, "short_day"),)
    if board.settlement == "am":
        day = (*day, " a.m.")
    sheet.label(day, panel.left, head, colour=sheet.colours.ink, bold=True)
    sheet.label((f"{sheet.words.spot} ", Print(price)), panel.x(price.number), head, align="center")


def _spot_line(sheet: Sheet, panel: Panel, spot: float) -> None:
    """Draw the last price upright, interrupted by the names that stand on it."""
    x, foot = panel.x(spot), panel.bottom
    pieces = []
    for low, high in sorted(
        (box[1] - 1, box[3] + 1) for box in sheet.taken if box[0] - 1.5 <= x <= box[2] + 1.5
    ):
        if panel.bottom < low and high < panel.top:
            pieces.append((x, foot, x, low))
            foot = high
    sheet.hairlines([*pieces, (x, foot, x, panel.top)], sheet.colours.ink)


def _names(sheet: Sheet, panel: Panel, board: Board, rows: Floats, price: Fact, *, up: bool) -> None:
    """Name the largest strikes out of the money at the ends of their bars, where there is room."""
    spot, unit = price.number, price.unit
    column, beyond = (1, rows[:, 0] > spot) if up else (2, rows[:, 0] < spot)
    side = rows[beyond & (rows[:, column] > 0)]
    side = side[np.argsort(-side[:, column], kind="stable")][:NAMED]
    known = {contract.strike.number: contract.strike for contract in (board.calls if up else board.puts)}
    labels = [Print(known.get(k) or sheet.strike("x", k, unit), "strike") for k in side[:, 0].tolist()]
    boxes = _together(sheet, panel, labels, rows, up=up)
    colour = sheet.colours.calls if up else sheet.colours.puts
    for label, box in zip(labels, boxes, strict=False):
        sheet.label(label, box[0], box[1] + DROP * SMALL, colour=colour, bold=True)


def _together(sheet: Sheet, panel: Panel, labels: Sequence[Print], rows: Floats, *, up: bool) -> list[Box]:
    """Return the nearest boxes for the names that touch neither each other nor another text."""
    options = []
    for label in labels:
        width = sheet.width(label, bold=True)
        places = _beside(panel, rows, panel.x(label.fact.number), width, up=up)
        options.append([p for p in places if not any(overlap(p[1], taken, 1.5) for taken in sheet.taken)])
    while options:
        choices = [
            c for c in product(*options) if not any(overlap(a[1], b[1], 2.5) for a, b in combinations(c, 2))
        ]
        if choices:
            return [box for _, box in min(choices, key=lambda c: sum(cost for cost, _ in c))]
        options.pop()
    return []


def _beside(panel: Panel, rows: Floats, x: float, width: float, *, up: bool) -> list[tuple[float, Box]]:
    """Return boxes beyond the end of the bar at *x*, clear of all bars, each with its cost in points."""
    end, tall = _reach(panel, rows, x, x, up=up), (CAP + DROP) * SMALL
    found: list[tuple[float, Box]] = []
    for shift in np.linspace(-0.6 * width, 0.6 * width, 13):
        left = min(max(x - width / 2 + float(shift), panel.left), panel.right - width)
        reach = _reach(panel, rows, left, left + width, up=up)
        bottom = reach + 1.5 if up else reach - 2.5 - tall
        if panel.bottom <= bottom and bottom + tall <= panel.top:
            cost = abs(reach - end) + 0.03 * float(shift) ** 2
            found.append((cost, (left, bottom, left + width, bottom + tall)))
    return found


def _reach(panel: Panel, rows: Floats, left: float, right: float, *, up: bool) -> float:
    """Return how far the bars between two points reach."""
    across = panel.across(rows[:, 0])
    half = _half(across) + 0.5
    under = rows[(across >= left - half) & (across <= right + half)]
    largest = float(under[:, 1 if up else 2].max()) if len(under) else 0.0
    return panel.y(largest if up else -largest)


def _half(across: Floats) -> float:
    """Return half the width of a bar."""
    return min(max(float(np.median(np.diff(across))) * 0.74, THINNEST), WIDEST) / 2


def _sides(sheet: Sheet, panel: Panel, rows: Floats, grid: Sequence[float]) -> None:
    """Name the two sides in the first board, where the bars leave the most room."""
    for name, up, colour in (
        (sheet.words.calls, True, sheet.colours.calls),
        (sheet.words.puts, False, sheet.colours.puts),
    ):
        width, tall = sheet.width(name, bold=True), (CAP + DROP) * SMALL
        lows = [panel.top - tall - 2 - drop if up else panel.bottom + 4 + drop for drop in range(0, 13, 3)]
        lefts = np.linspace(panel.left + 4, panel.right - width - 4, 24).tolist()
        boxes = [(left, low, left + width, low + tall) for low in lows for left in lefts]
        boxes = [box for box in boxes if not any(overlap(box, taken, 2) for taken in sheet.taken)]
        clear = [box for box in boxes if not any(box[1] - 1 <= y <= box[3] + 1 for y in grid)]
        room = [abs(_reach(panel, rows, box[0], box[2], up=up) - box[1]) for box in clear]
        if clear:
            best = clear[int(np.argmax(np.round(room)))]
            sheet.label(name, best[0], best[1] + DROP * SMALL, colour=colour, bold=True)


OPEN_INTEREST = Drawing("open_interest", 270.0, _missing, _draw)
