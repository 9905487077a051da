from __future__ import annotations

import pytest

from generator.renderers.press import Press, largest_hole

FIGURE = (
    '<figure><figcaption>Title</figcaption><svg viewBox="0 0 540 400"><title>drawing</title>'
    '<path d="M0 0H540V400z"/></svg></figure>'
)
LINES = "A line of words that fills some of the page and then some more of it. " * 4


def page(paragraphs):
    words = "".join(f"<p>{LINES}</p>" for _ in range(paragraphs))
    return f"<html lang=en><title>x</title><body><h1>Head</h1>{words}{FIGURE}<h2>Next</h2>{words}</body>"


@pytest.fixture(scope="module")
def press():
    return Press()


@pytest.fixture(scope="module")
def single():
    return Press(settings=("",))


def test_a_figure_that_does_not_fit_leaves_a_hole_that_is_measured(single):
    assert largest_hole(single.lay_out(page(8))) > 0.2
    assert largest_hole(single.lay_out(page(2))) < 0.1


def test_another_setting_is_tried_where_a_page_would_keep_a_hole(press, single):
    holes = [(largest_hole(press.lay_out(page(n))), largest_hole(single.lay_out(page(n)))) for n in (6, 7, 8)]
    assert all(chosen <= designed for chosen, designed in holes)
    assert any(chosen < designed for chosen, designed in holes)


def test_a_figure_stands_on_one_page(press):
    document = press.lay_out(page(7))
    pages = [{box.element_tag for box in each._page_box.descendants()} for each in document.pages]
    assert sum("figure" in tags for tags in pages) == 1
    assert sum("svg" in " ".join(map(str, tags)) for tags in pages) == 1
