from __future__ import annotations

import json
import re

import pytest
from markdown import Markdown

from generator.renderers.markdown import published, write

from .conftest import HOSTILE, make_draft


def split(draft):
    text = write(draft)[0].data.decode()
    _, front, body = text.split("---\n", 2)
    return front, body


def entries(front):
    return dict(line.split(": ", 1) for line in front.strip().split("\n"))


def test_front_matter_is_one_line_an_entry_with_quoted_strings(draft):
    front = entries(split(draft)[0])
    assert json.loads(front["title"]) == "IWM Sits Under Its High With 2.72 Puts a Call"
    assert front["date"] == "2026-05-22T16:00:00-04:00"
    assert front["session"] == "2026-05-22"
    assert json.loads(front["slug"]) == "iwm-2026-05-22"
    assert json.loads(front["tags"]) == ["options", "IWM"]
    assert json.loads(front["image"]) == "charts/price.png"
    assert json.loads(front["generator"]) == "strikebrief 0.1.0"


@pytest.mark.parametrize("nasty", ['a: "b" # c', "x\u2028y z", "back\\slash", "- *anchor &alias"])
def test_a_nasty_title_stays_one_yaml_string(nasty):
    escaped = re.sub(r"([\\*&\"#-])", r"\\\1", nasty)
    draft = make_draft(f"# {escaped}\n\n**Stand**\n\ntext\n")
    front = entries(split(draft)[0])
    assert json.loads(front["title"]) == " ".join(nasty.split())


def test_the_charts_come_with_the_text(draft):
    assert [document.path for document in write(draft)] == [
        "brief.md",
        "charts/price.png",
        "charts/open_interest.png",
    ]
    assert "](charts/price.png)" in split(draft)[1]


def test_no_private_mark_and_no_control_character_is_left(draft):
    assert not re.search("[\ue000-\ue002\x00-\x09\x0b-\x1f\x7f-\x9f]", write(draft)[0].data.decode())


def test_two_prices_on_a_line_are_not_mathematics(draft):
    body = split(draft)[1]
    assert r"\$6.37" in body
    assert r"\$14.04" in body
    pandoc = re.compile(r"(?<!\\)\$(?=\S)(?:\\.|[^$\\])+?(?<=\S)\$(?!\d)")
    arithmatex = re.compile(r"(?<!\\)\$(?!\s)((?:\\.|[^\\$])+?)(?<!\s)\$")
    assert not pandoc.search(body)
    assert not arithmatex.search(body)


@pytest.mark.parametrize("opener", ["{{", "{%", "{#", "{{<", "<%", "<script", "<img", "$$"])
def test_no_template_engine_finds_an_opening(draft, opener):
    assert opener not in split(draft)[1]


def test_what_is_escaped_already_is_not_escaped_twice():
    assert published(r"\$5 and $6 \\$7 \{\{ x \}\} a \< b < c") == (
        r"\$5 and \$6 \\\$7 &#123;&#123; x \}\} a &lt; b &lt; c" + "\n"
    )


def test_a_number_at_the_start_of_a_line_is_no_list():
    text = published("\ue000a|plain\ue0012026\ue002. That year\n\n- \ue000a|plain\ue0015\ue002) five\n")
    assert text == "2026\\. That year\n\n- 5\\) five\n"
    assert "<ol>" not in Markdown().convert(text)


@pytest.mark.parametrize("headline", HOSTILE)
def test_a_hostile_headline_reads_as_text_in_a_common_reader(headline, draft):
    reader = Markdown(extensions=["tables"])
    reader.ESCAPED_CHARS = [*reader.ESCAPED_CHARS, "$", "|"]
    page = reader.convert(split(draft)[1])
    assert "<script" not in page
    assert "onerror" not in re.sub(r">[^<]*<", "><", page)
    assert "javascript:" not in " ".join(re.findall(r'(?:href|src)="([^"]*)"', page))
    assert headline
