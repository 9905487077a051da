from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.charts import draw, drawable
from generator.charts.export import parsed

PATH = "{http://www.w3.org/2000/svg}path"
CALLS, PUTS = "#1f6fb2", "#c8501e"
slow = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def open_interest(analysis):
    (chart,) = draw(["open_interest"], analysis)
    return chart


def with_boards(analysis, boards):
    return replace(analysis, chain=replace(analysis.chain, boards=tuple(boards)))


def bars(chart, colour):
    """Return the heights of the bars of one colour, one list a path."""
    found = []
    for path in parsed(chart.svg).iter(PATH):
        if path.get("fill") == colour:
            starts = re.findall(r"M[\d.]+ ([\d.]+)V([\d.]+)", path.get("d"))
            found.append([abs(float(a) - float(b)) for a, b in starts])
    return found


def test_each_board_has_one_path_a_side(analysis):
    chart = open_interest(analysis)
    assert len(bars(chart, CALLS)) == len(bars(chart, PUTS)) == 2


def test_bars_are_proportional_to_open_interest_on_one_scale(analysis):
    chart = open_interest(analysis)
    drawn = [height for column in (CALLS, PUTS) for height in map(max, bars(chart, column))]
    counted = [
        max(row[column] for row in board.strikes if abs(row[0] / 285.12 - 1) <= 0.12)
        for column in (1, 2)
        for board in analysis.chain.boards
    ]
    scale = [height / count for height, count in zip(drawn, counted, strict=True)]
    assert max(scale) / min(scale) < 1.01


def test_the_two_largest_strikes_a_side_are_named(analysis):
    mentions = [m.fact for m in open_interest(analysis).mentions if m.form == "strike"]
    for board in analysis.chain.boards:
        for side in (board.calls, board.puts):
            assert {contract.strike.id for contract in side[:2]} <= set(mentions)


def test_both_sides_and_the_unit_are_named_once(analysis):
    texts = open_interest(analysis).texts
    assert [texts.count(word) for word in ("Calls", "Puts", "contracts")] == [1, 1, 1]


def test_puts_count_downwards_without_a_sign(analysis):
    assert not any("\u2212" in text for text in open_interest(analysis).texts)


@slow
@given(seed=st.integers(0, 2000), spot=st.sampled_from([6.5, 41.0, 285.12, 7412.4]))
def test_texts_do_not_touch_in_any_market(market, touching, seed, spot):
    assert touching(open_interest(market.build(spot=spot, seed=seed))) == []


def test_a_single_board_takes_the_whole_width(analysis):
    chart = open_interest(with_boards(analysis, analysis.chain.boards[:1]))
    assert len(bars(chart, CALLS)) == 1
    assert chart.texts.count("last 285.12") == 1


def test_a_board_of_puts_alone_is_drawn(analysis):
    board = analysis.chain.boards[0]
    rows = tuple((strike, 0.0, puts) for strike, _, puts in board.strikes)
    chart = open_interest(with_boards(analysis, [replace(board, strikes=rows, calls=())]))
    assert bars(chart, CALLS) == []
    assert bars(chart, PUTS)


def test_boards_without_open_interest_are_a_reason_and_no_chart(analysis):
    empty = with_boards(analysis, [replace(analysis.chain.boards[0], strikes=((285.0, 0.0, 10.0),))])
    assert drawable("open_interest", empty) == (
        "no expiration shown has open interest at 3 strikes near the price"
    )
    assert draw(["open_interest"], empty) == ()


def test_a_strike_the_board_does_not_list_is_named_as_a_tick_of_the_axis(analysis):
    board = replace(analysis.chain.boards[0], calls=(), puts=())
    chart = open_interest(with_boards(analysis, [board]))
    own = {fact.id: fact.value for fact in chart.facts}
    named = [own[m.fact] for m in chart.mentions if m.form == "strike"]
    out = [row for row in board.strikes if row[0] > 285.12 and row[0] < 285.12 * 1.12]
    assert max(out, key=lambda row: row[1])[0] in named


def test_an_index_with_hundreds_of_strikes_stays_lean(analysis):
    rows = tuple((200 + 0.25 * i, 1000.0 + 37 * i % 400, 900.0 + 91 * i % 700) for i in range(600))
    boards = [replace(board, strikes=rows, calls=(), puts=()) for board in analysis.chain.boards]
    assert len(open_interest(with_boards(analysis, boards)).svg.encode()) < 40_000


def test_the_last_price_is_interrupted_where_a_name_stands(analysis, boxes):
    board = analysis.chain.boards[0]
    rows = tuple((k, 5000.0 if k == 286.0 else 10.0, 10.0) for k, _, _ in board.strikes)
    chart = open_interest(with_boards(analysis, [replace(board, strikes=rows, calls=(), puts=())]))
    x = float(re.search(r'x="([\d.]+)"[^>]*>last', chart.svg)[1])
    name = next(box for text, box in boxes(chart.svg) if text == "286")
    uprights = re.findall(rf"M{x:g} ([\d.]+)V([\d.]+)", chart.svg)
    assert name[0] < x < name[2]
    assert len(uprights) == 2
    assert not any(min(map(float, u)) < name[3] and name[1] < max(map(float, u)) for u in uprights)
