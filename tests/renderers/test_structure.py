from __future__ import annotations

import re
from itertools import pairwise


def element(body, pattern):
    found = re.search(pattern, body, re.DOTALL)
    assert found, pattern
    return found[0]


def test_the_opening_is_named_by_position(draft):
    names = re.findall(r'<(p|table|ul|h1)(?: class="([a-z]+)")?', draft.body.partition("<section")[0])
    assert names[:5] == [
        ("p", "masthead"),
        ("h1", ""),
        ("p", "standfirst"),
        ("table", "figures"),
        ("ul", "takeaways"),
    ]


def test_the_six_figures_keep_their_roles_when_laid_out_as_a_grid(draft):
    figures = element(draft.body, r'<table class="figures".*?</table>')
    assert figures.count('role="columnheader"') == 6
    assert figures.count('role="cell"') == 12
    assert figures.count('role="row"') == 3


def test_an_image_and_its_title_become_a_figure_with_a_caption(draft):
    figure = element(draft.body, r'<figure id="chart-open_interest">.*?</figure>')
    assert "<figcaption><strong>For " in figure
    assert (
        '<span class="measure">Open interest by strike in contracts, calls up and puts down</span>' in figure
    )
    assert '<svg role="img" aria-label="Bar chart of open interest by strike"' in figure
    assert ">Calls 285.12</text>" in figure


def test_every_plan_is_a_card_with_the_colour_of_its_direction(draft):
    assert re.findall(r'<div class="(plan[^"]*)">', draft.body) == [
        "plans",
        "plan up",
        "plan down",
        "plan stock",
    ]
    assert '<th scope="row">Breakeven</th>' in draft.body


def test_headings_go_down_one_step_at_a_time_and_have_names(draft):
    steps = [int(level) for level in re.findall(r"<h([1-6])", draft.body)]
    assert steps[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(steps))
    ids = re.findall(r'<h[23] id="([^"]*)"', draft.body)
    assert len(ids) == len(set(ids)) == 7
    assert "what-the-chain-shows" in ids
    assert not re.search(r"\d", "".join(ids))


def test_only_the_last_section_is_the_method(draft):
    assert draft.body.count('<section class="method">') == 1
    assert draft.body.rindex("<section") == draft.body.index('<section class="method">')


def test_a_wide_table_scrolls_in_a_box_of_its_own(draft):
    assert '<div class="scroll" tabindex="0"><table>' in re.sub(r">\s+<", "><", draft.body)


def test_a_cell_of_several_entries_breaks_between_them(draft):
    cell = re.sub(r"<data[^>]*>|</data>", "", element(draft.body, r'<td><span class="piece">.*?</td>'))
    assert cell == '<td><span class="piece">288: 10,363 ·</span> <span class="piece">305: 10,363</span></td>'


def test_a_column_of_numbers_is_set_flush_right(draft):
    table = element(draft.body, r"<table>.*?</table>")
    assert '<th class="right" scope="col">Puts</th>' in table
    assert table.count('<td class="right">') == 2
    assert '<th scope="col">Calls</th>' in table
