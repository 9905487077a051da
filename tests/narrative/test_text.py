from __future__ import annotations

import jinja2
import pytest

from generator.errors import TextError
from generator.models.analysis import Fact, Unit
from generator.narrative.text import checked, link_target, mentions, tidy
from generator.templating import environment, mark

SPOT = Fact(id="spot", value=285.12, unit=Unit.USD, decimals=2, formula="=value(close)")


def env(**templates):
    return environment(jinja2.DictLoader(templates))


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("fine\nIt rose 12 points.", 2),
        ("{% if true %}\nfine\nan x of {{ 3 ~ '%' }}\n{% endif %}", 3),
        ("{{ spot | plain }}\n\n{{ spot.value|string }}", 3),
    ],
)
def test_a_digit_that_is_no_fact_fails_with_template_and_line(template, line):
    with pytest.raises(TextError, match=f"t, line {line}: "):
        checked(env(t=template), "t", {"spot": SPOT})


def test_a_template_that_asks_for_what_is_not_there_is_named():
    with pytest.raises(TextError, match="t: 'sopt' is undefined; mend the template"):
        checked(env(t="{{ sopt.value }}"), "t", {"spot": SPOT})


def test_facts_names_and_link_targets_may_hold_digits():
    text = checked(
        env(t="{{ spot | plain }} by its 50-day average, [x](https://a.b/2026/1)"), "t", {"spot": SPOT}
    )
    assert text.startswith("\ue000spot|plain\ue001285.12\ue002")


def test_tidy_joins_paragraph_lines_and_keeps_tables_lists_and_headings():
    text = "# Head\nA line\nand more.\n\n\n| a |\n| - |\n| b |\n\n- one\ngoes on\n- two\n"
    assert tidy(text) == "# Head\nA line and more.\n\n| a |\n| - |\n| b |\n\n- one goes on\n- two\n"


def test_a_paragraph_never_starts_as_a_list_by_accident():
    assert tidy("29. May it be\n") == "29\\. May it be\n"


def test_mentions_carry_their_heading_and_what_a_reader_sees():
    quoted = mark("b", "text", "S\\&P")
    text = f"{mark('a', 'plain', '1')}\n\n## Why {quoted}\n\nx {mark('c', 'plain', '3')}\n"
    assert [(m.fact, m.text, m.heading) for m in mentions(text)] == [
        ("a", "1", ""),
        ("b", "S&P", "Why S&P"),
        ("c", "3", "Why S&P"),
    ]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://x", "//x"])
def test_only_web_addresses_become_links(url):
    with pytest.raises(TextError, match="wanted an http or https address"):
        link_target(url)


def test_a_link_target_cannot_end_the_link():
    assert link_target("https://a.b/x) [y](z") == "https://a.b/x%29%20%5By%5D%28z"
