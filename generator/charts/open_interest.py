"""Open interest by strike of the two nearest boards: calls up, puts down, on one scale."""

from __future__ import annotations

import numpy as np

from generator.charts.axes import CAP, SMALL, WIDTH, Drawing, Floats, Panel, Print, Sheet, rectangles
from generator.charts.placing import Box, overlap, spread
from generator.charts.scales import LOWER, x_axis
from generator.charts.ticks import places, round_ticks
from generator.models.analysis import Analysis, Board, Contract, Unit

BOARDS = 2
WINDOW = 0.12  #: of spot, either side
FEWEST = 3  #: strikes with open interest that a board is worth drawing from
NAMED = 2  #: strikes named a side
LEFT, GAP = 48.0, 22.0  #: points left of the boards, and between them
HEAD, FOOT = 22.0, 18.0  #: points above and below the panels
ROOM = 15.0  #: points above and below the bars, for the names of strikes
THINNEST = 0.9  #: points


def _missing(analysis: Analysis) -> str | None:
    if _boards(analysis):
        return None
    return f"no expiration shown has open interest at {FEWEST} strikes near the price"


def _boards(analysis: Analysis) -> list[tuple[Board, Floats]]:
    """Return the boards worth drawing, each with (strike, calls, puts) rows near the price."""
    spot = analysis.price.spot.number
    found = []
    for board in analysis.chain.boards:
        rows = np.array(board.strikes, dtype=float).reshape(-1, 3)
        rows = np.nan_to_num(rows[np.abs(rows[:, 0] / spot - 1) <= WINDOW])
        rows = rows[(rows[:, 1] > 0) | (rows[:, 2] > 0)]
        if len(rows) >= FEWEST:
            found.append((board, rows))
    return found[:BOARDS]


def _draw(sheet: Sheet, analysis: Analysis) -> None:
    boards = _boards(analysis)
    panels = _panels(sheet, analysis, [rows for _, rows in boards])
    _scale(sheet, panels)
    for (board, rows), panel in zip(boards, panels, strict=True):
        _bars(sheet, panel, rows)
        _frame(sheet, panel, board, analysis)
        _names(sheet, panel, board.calls, rows, up=True)
        _names(sheet, panel, board.puts, rows, up=False)
    _sides(sheet, panels[0], boards[0][1])


def _panels(sheet: Sheet, analysis: Analysis, boards: list[Floats]) -> list[Panel]:
    spot = analysis.price.spot.number
    calls = max(float(rows[:, 1].max()) for rows in boards)
    puts = max(float(rows[:, 2].max()) for rows in boards)
    tall = sheet.height - HEAD - FOOT
    unit = (calls + puts) / (tall - 2 * ROOM)  # contracts a point
    width = (WIDTH - LEFT - GAP * (len(boards) - 1) - 6.0) / len(boards)
    lefts = [LEFT + (width + GAP) * i for i in range(len(boards))]
    xs = (spot * (1 - WINDOW), spot * (1 + WINDOW))
    ys = (-puts - ROOM * unit, calls + ROOM * unit)
    return [Panel(left, FOOT, left + width, sheet.height - HEAD, xs, ys) for left in lefts]


def _scale(sheet: Sheet, panels: list[Panel]) -> None:
    """Draw the scale of contracts; puts count downwards without a sign."""
    first = panels[0]
    values = round_ticks(*first.ys, 7)
    sheet.hairlines([(p.left, p.y(v), p.right, p.y(v)) for p in panels for v in values if v])
    for value in values:
        fact = sheet.tick("y", abs(value), Unit.CONTRACTS, places(values))
        sheet.label(Print(fact), first.left - 6, first.y(value) - LOWER, align="right")
    sheet.label(sheet.words.contracts, 0, sheet.height - SMALL)


def _bars(sheet: Sheet, panel: Panel, rows: Floats) -> None:
    across = panel.across(rows[:, 0])
    step = float(np.median(np.diff(across)))
    half = max(step * 0.74, THINNEST) / 2
    zero = np.full(len(rows), panel.y(0))
    for column, sign, colour in ((1, 1, sheet.colours.calls), (2, -1, sheet.colours.puts)):
        some = rows[:, column] > 0
        if some.any():
            ends = panel.up(sign * rows[some, column])
            bars = rectangles(across[some] - half, across[some] + half, zero[some], ends)
            sheet.path(bars, fill=colour)


def _frame(sheet: Sheet, panel: Panel, board: Board, analysis: Analysis) -> None:
    """Draw the zero line, the strikes' axis, the last price, and the expiration as a heading."""
    price = analysis.price.spot
    values = round_ticks(*panel.xs, 6)
    x_axis(sheet, panel, "x", values, panel.across(np.array(values)), price.unit)
    zero, spot = panel.y(0), panel.x(price.number)
    sheet.hairlines([(panel.left, zero, panel.right, zero)], sheet.colours.ink)
    sheet.hairlines([(spot, panel.bottom, spot, panel.top)], sheet.colours.ink)
    head = sheet.height - SMALL
    sheet.label(Print(board.expiration, "short_day"), panel.left, head, colour=sheet.colours.ink, bold=True)
    sheet.label((f"{sheet.words.spot} ", Print(price)), spot, head, align="center")


def _names(sheet: Sheet, panel: Panel, contracts: tuple[Contract, ...], rows: Floats, *, up: bool) -> None:
    """Name the largest strikes of one side at the ends of their bars, moved apart where they touch."""
    shown = [
        c for c in contracts if c.open_interest is not None and panel.xs[0] <= c.strike.number <= panel.xs[1]
    ]
    shown = sorted(shown[:NAMED], key=lambda c: c.strike.number)
    labels = [Print(contract.strike, "strike") for contract in shown]
    sizes = [sheet.width(label, bold=True) + 4 for label in labels]
    centres = spread([panel.x(c.strike.number) for c in shown], sizes, panel.left, panel.right)
    for contract, label, size, centre in zip(shown, labels, sizes, centres, strict=True):
        reach = _reach(panel, rows, centre - size / 2, centre + size / 2, up=up)
        y = reach + 4 if up else reach - 4 - CAP * SMALL
        colour = sheet.colours.calls if up else sheet.colours.puts
        sheet.label(label, centre, y, align="center", colour=colour, bold=True)


def _reach(panel: Panel, rows: Floats, left: float, right: float, *, up: bool) -> float:
    """Return how far the bars between two points reach."""
    across = panel.across(rows[:, 0])
    under = rows[(across >= left) & (across <= right)]
    largest = float(under[:, 1 if up else 2].max()) if len(under) else 0.0
    return panel.y(largest if up else -largest)


def _sides(sheet: Sheet, panel: Panel, rows: Floats) -> None:
    """Name the two sides in the first board, where the bars leave the most room."""
    for name, up, colour in (
        (sheet.words.calls, True, sheet.colours.calls),
        (sheet.words.puts, False, sheet.colours.puts),
    ):
        width = sheet.width(name, bold=True)
        y = panel.top - CAP * SMALL - 2 if up else panel.bottom + 6
        boxes: list[Box] = [
            (left, y - 2, left + width, y + SMALL)
            for left in np.linspace(panel.left + 4, panel.right - width - 4, 24)
        ]
        free = [box for box in boxes if not any(overlap(box, taken, 2) for taken in sheet.taken)]
        edge = [abs(_reach(panel, rows, box[0], box[2], up=up) - y) for box in free]
        best = free[int(np.argmax(np.round(edge)))] if free else boxes[0]
        sheet.label(name, best[0], y, colour=colour, bold=True)


OPEN_INTEREST = Drawing("open_interest", 270.0, _missing, _draw)
