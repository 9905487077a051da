from __future__ import annotations

import jinja2
import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import TextError
from generator.models.analysis import Claim, Fact, Unit
from generator.templating import claim_phrase, environment, escaped, mark, marks, say, unmarked


def fact(value=2.43, unit=Unit.RATIO):
    return Fact(id="put_call.open_interest.all", value=value, unit=unit, decimals=2, formula="=$1/$2")


def claim(holds):
    return Claim(
        id="rsi.overbought",
        phrase="overbought",
        condition="rsi >= 70",
        values={"rsi": "technicals.rsi_14"},
        holds=holds,
    )


def test_a_filter_prints_a_fact_between_marks():
    env = environment(jinja2.DictLoader({"t": "A ratio of {{ x | plain }}."}))
    text = env.get_template("t").render(x=fact())
    (found,) = marks(text)
    assert (found.fact, found.form, found.text) == ("put_call.open_interest.all", "plain", "2.43")
    assert unmarked(text) == "A ratio of 2.43."


def test_a_missing_fact_is_an_error_and_no_blank():
    env = environment(jinja2.DictLoader({"t": "{{ x | plain }}"}))
    with pytest.raises(TextError, match="wanted a fact for form 'plain', found None"):
        env.get_template("t").render(x=None)


def test_a_misspelled_name_is_an_error():
    env = environment(jinja2.DictLoader({"t": "{{ sopt | plain }}"}))
    with pytest.raises(TextError, match="found Undefined"):
        env.get_template("t").render(spot=fact())


def test_a_claim_that_does_not_hold_cannot_be_printed():
    assert unmarked(claim_phrase(claim(holds=True))) == "overbought"
    with pytest.raises(TextError, match=r"rsi\.overbought does not hold"):
        claim_phrase(claim(holds=False))


HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "[x](javascript:alert(1))",
    "`code`",
    "$a$ and $b$",
    "**bold** _it_",
    "| a | b |",
    "# no heading",
    "a\x00b\x07c",
    "\ue000spot|plain\ue0019\ue002",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_other_peoples_text_stays_text(title):
    html = markdown.markdown(escaped(title), extensions=["tables"])
    assert "<script" not in html
    assert "<a" not in html
    assert "<code" not in html
    assert "<strong" not in html
    assert "<h1" not in html


@given(st.text())
def test_no_text_can_forge_a_mark(title):
    quoted = say(Fact(id="news.1.title", value=title, unit=Unit.TEXT, decimals=0, formula="source"), "text")
    assert [found.fact for found in marks(f"x {quoted} y")] == ["news.1.title"]


def test_marks_nest_in_nothing():
    assert unmarked(f"a {mark('b', 'plain', '1')} c {mark('d', 'plain', '2')}") == "a 1 c 2"
