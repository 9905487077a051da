from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from generator.renderers.html import write
from generator.renderers.page import paper_page, screen_page


class Outside(HTMLParser):
    """Collects the visible text that stands outside the article, and every address in the page."""

    def __init__(self):
        super().__init__()
        self.stack, self.text, self.addresses = [], [], []

    def handle_starttag(self, tag, attrs):
        self.addresses += [
            value for name, value in attrs if name in {"src", "href", "srcset", "data", "action"}
        ]
        if tag not in {"meta", "link"}:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop() != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not {"article", "style", "title"} & set(self.stack):
            self.text.append(data.strip())


def read(page):
    reader = Outside()
    reader.feed(page)
    return reader


def test_the_page_adds_the_brand_and_no_other_word(draft):
    assert read(screen_page(draft)).text == ["Strikebrief"]


def test_the_page_refers_to_nothing_outside_itself_but_links_of_the_text(draft):
    page = screen_page(draft)
    assert set(read(page).addresses) == {
        "data:,",
        "https://example.com/a?b=1&lt=2",
        "https://www.theocc.com/risks",
    }
    assert all(url.startswith("data:") for url in re.findall(r'url\("?([^")]*)', page))
    assert "@import" not in page
    assert "<script" not in page


def test_the_policy_lets_the_page_fetch_and_run_nothing(draft):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', screen_page(draft))[1]
    assert "default-src &#39;none&#39;" in policy
    assert "script-src" not in policy


def test_the_head_names_language_title_and_description(draft):
    page = screen_page(draft)
    assert '<html lang="en">' in page
    assert "<title>IWM Sits Under Its High With 2.72 Puts a Call</title>" in page
    assert (
        '<meta name="description" content="Small caps moved more than options had priced; RSI at 60.9 is'
        in page
    )


def test_no_style_writes_words(draft):
    assert not re.search(r"""content\s*:\s*["'][^"']*\w""", screen_page(draft))


def test_one_page_two_times_is_the_same_bytes(draft):
    assert write(draft) == write(draft)


def test_a_theme_stands_for_our_styles_where_it_has_them(draft, tmp_path):
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "brief.css").write_text("h1 { color: #123456 }")
    (tmp_path / "static" / "print.css").write_text("h1 { color: #654321 }")
    themed = replace(draft, theme=tmp_path)
    assert "#123456" in screen_page(themed)
    assert "--serif" not in screen_page(themed)
    assert "#654321" in paper_page(themed, themed.body)
    assert screen_page(replace(draft, theme=tmp_path / "none")) == screen_page(draft)


def channel(value):
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def luminance(colour):
    red, green, blue = (channel(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Contrast ratio of WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_text_colour_is_readable_on_its_paper_by_day_and_by_night(draft):
    themes = re.findall(r":root \{(.*?)\}", screen_page(draft), re.DOTALL)
    assert len(themes) == 2
    for theme in themes:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", theme))
        ratios = {
            name: contrast(colours[name], colours["paper"]) for name in ("ink", "quiet", "link", "call")
        }
        assert min(ratios.values()) >= 4.5, ratios
        assert contrast(colours["put"], colours["paper"]) >= 4.5 - 0.4  # large or bold text only
