from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from generator.errors import TextError
from generator.renderers.body import body_of, plain
from generator.renderers.visible import sections
from generator.templating import marks, unmarked

from .conftest import HOSTILE, all_facts, drawing, make_brief, make_draft

DATA = re.compile(r'<data value="([^"]*)" data-fact="([^"]*)"[^>]*>(.*?)</data>')


def visible(body):
    return " ".join(f"{part.heading} {part.text}" for part in sections(body))


def markdown_words(text):
    """What a reader of the Markdown sees: mark-up off, alternative texts out."""
    bare = re.sub(r"!\[.*?\]\(charts/\w+\.png\)", "", unmarked(text))
    bare = re.sub(r"\]\(https?://\S*\)", "", bare)
    lines = [line for line in bare.split("\n") if not re.fullmatch(r"[| -]+", line)]
    held = re.sub(r"\\(.)", lambda found: f"&#{ord(found[1])};", "\n".join(lines))
    held = re.sub(r"^(\s*[-#]+ |\|)", "", held, flags=re.MULTILINE).replace("|", " ")
    return html.unescape(re.sub(r"\*\*|\*|“\[|\[", lambda found: found[0].strip("*["), held)).split()


def test_every_mark_of_the_text_becomes_a_data_or_a_claim_element(brief):
    body = body_of(brief)
    text = re.sub(r"!\[.*?\]", "", brief.article.text)
    wanted = [mark.fact for mark in marks(text) if mark.form != "claim"]
    assert [fact for _, fact, _ in DATA.findall(body)] == wanted
    assert '<span data-claim="rsi.near_overbought">below the line' in body
    assert not re.search("[\ue000-\ue002]", body)


def test_data_holds_the_raw_value_and_shows_the_printed_one(draft):
    assert '<data value="2.72461" data-fact="put_call.open_interest.all">2.72</data>' in draft.body
    assert '<data value="49362" data-fact="open_interest.put.2026-05-29.265">49,362</data>' in draft.body
    assert '<data value="2026-05-22" data-fact="session">Friday 22\N{NO-BREAK SPACE}May' in html.unescape(
        draft.body
    )


def test_marks_in_an_alternative_text_become_plain_text(draft):
    label = re.search(r'id="chart-price".*?aria-label="([^"]*)"', draft.body, re.DOTALL)
    assert html.unescape(label[1]).replace("\N{NO-BREAK SPACE}", " ") == (
        "Line chart of closes to 22 May 2026, last 285.12; 50-day average 266.60"
    )


def test_no_word_of_the_text_is_lost_and_none_is_added(brief):
    assert visible(body_of(brief)).split() == markdown_words(brief.article.text)


@pytest.mark.parametrize("headline", HOSTILE)
def test_a_hostile_headline_arrives_as_text(draft, headline):
    shown = "".join(c for c in headline if c.isprintable() and c not in "\ue000\ue001\ue002")
    assert " ".join(shown.split()) in " ".join(visible(draft.body).split())


def test_headlines_bring_no_element_no_link_and_no_handler(draft):
    tags = set(re.findall(r"<([a-z0-9]+)", draft.body))
    assert tags.isdisjoint({"script", "img", "iframe", "code", "b", "del"})
    assert set(re.findall(r'href="([^"]*)"', draft.body)) == {
        "https://example.com/a?b=1&amp;lt=2",
        "https://www.theocc.com/risks",
    }
    assert " onerror=" not in re.sub(r'="[^"]*"|>[^<]*<', "", draft.body)


@pytest.mark.parametrize(
    "source",
    [
        "<b>raw</b> <script>alert(1)</script>",
        "<div onclick=x()>block</div>",
        "<!-- comment -->",
        "<https://example.com>",
        "[ref]: https://example.com 'title'",
    ],
)
def test_raw_html_in_the_text_itself_is_only_characters(source):
    body = make_draft(f"# Head\n\n**Stand**\n\n{source}\n").body
    assert source in visible(body)


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x"]
)
def test_a_link_goes_to_the_web_or_nowhere(target):
    assert "href" not in make_draft(f"# Head\n\n**Stand**\n\n[press]({target})\n").body


def test_a_fact_of_text_may_wrap_and_a_number_may_not(draft):
    assert 'data-fact="news.0.title" class="words"' in draft.body
    assert 'data-fact="spot" class' not in draft.body


def test_a_fact_that_the_brief_does_not_hold_is_an_error():
    with pytest.raises(TextError, match=r"prints nothing\.here"):
        make_draft("# Head\n\n\ue000nothing.here|plain\ue0011\ue002\n")


def test_a_chart_that_was_not_drawn_is_an_error():
    with pytest.raises(TextError, match="no such chart"):
        make_draft("# Head\n\n**Title**\nmeasure\n![alt](charts/gamma.png)\n")


@pytest.mark.parametrize(
    "part",
    ["<script>1</script>", '<image href="x"/>', "<style>*{}</style>", '<path onclick="x"/>', "<!-- x -->"],
)
def test_a_drawing_holds_shapes_and_text_only(part):
    chart = drawing("price", "Close")
    brief = replace(make_brief(), charts=(replace(chart, svg=chart.svg.replace("</svg>", f"{part}</svg>")),))
    with pytest.raises(TextError, match="shapes and text only"):
        body_of(brief)


def test_a_plain_line_has_neither_marks_nor_markup(brief):
    facts = all_facts()
    assert "spot" in facts
    assert plain(brief, "\ue000spot|plain\ue001285.12\ue002 \\& **strong** \\<b\\>") == "285.12 & strong <b>"
