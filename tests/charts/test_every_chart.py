"""The contract of every chart in the table."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image

from generator.charts import CHARTS, draw, drawable
from generator.charts.export import parsed, svg_texts
from generator.errors import ConfigError
from generator.formatting import print_fact
from generator.rules.numbers import spaced, stray_digits, tokens

HASHES = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from conftest import build
from generator.charts import CHARTS, draw
for chart in draw(CHARTS, build()):
    print(chart.id, hashlib.sha256(chart.svg.encode() + chart.png).hexdigest())
"""


@pytest.fixture(scope="module")
def charts(analysis):
    return {chart.id: chart for chart in draw(CHARTS, analysis)}


@pytest.fixture(params=sorted(CHARTS))
def chart(request, charts):
    return charts[request.param]


def test_its_id_is_its_name_in_the_table(charts):
    assert list(charts) == list(CHARTS)


def test_its_recorded_texts_are_the_strings_of_the_svg_in_order(chart):
    assert chart.texts
    assert chart.texts == svg_texts(chart.svg)


def test_its_mentions_print_their_facts(chart, analysis, known_facts):
    facts = known_facts(analysis) | {fact.id: fact for fact in chart.facts}
    assert chart.mentions
    for mention in chart.mentions:
        assert mention.text == print_fact(facts[mention.fact], mention.form)
        assert mention.heading == ""


def test_every_number_in_its_texts_is_a_mention_in_the_same_order(chart):
    found = [token.text for text in chart.texts for token in tokens(text)]
    assert found == [spaced(mention.text) for mention in chart.mentions]


def test_a_digit_outside_the_mentions_is_part_of_a_listed_name(chart):
    rest = list(chart.mentions)
    for text in chart.texts:
        bare = text
        while rest and rest[0].text in bare:
            bare = bare.replace(rest.pop(0).text, " ", 1)
        assert stray_digits(bare) == []


def test_its_own_facts_are_axis_ticks_printed_without_loss(chart):
    printed = {mention.fact: mention.text for mention in chart.mentions}
    assert chart.facts
    for fact in chart.facts:
        assert fact.formula == "axis tick"
        assert fact.id.startswith(f"chart.{chart.id}.")
        assert float(printed[fact.id].replace(",", "").rstrip("%")) == fact.value


def test_it_is_drawn_the_same_twice(chart, analysis):
    (again,) = draw([chart.id], analysis)
    assert again == chart
    assert again.png == chart.png


def test_other_processes_and_hash_seeds_draw_the_same_bytes():
    def run(seed):
        command = [sys.executable, "-c", HASHES, str(Path(__file__).parent)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    first = run("1")
    assert len(first.splitlines()) == len(CHARTS)
    assert run("2") == first


def test_settings_of_the_users_own_matplotlib_do_not_reach_it(chart, analysis):
    with mpl.rc_context({"svg.fonttype": "path", "lines.linewidth": 9, "axes.facecolor": "red"}):
        (again,) = draw([chart.id], analysis)
        assert mpl.rcParams["lines.linewidth"] == 9
    assert again.svg == chart.svg


def test_it_is_lean(chart):
    elements = list(parsed(chart.svg).iter())
    assert len(chart.svg.encode()) < 40_000
    assert len(elements) < 80


def test_it_can_be_inlined_beside_others(chart):
    tags = {element.tag.rpartition("}")[2] for element in parsed(chart.svg).iter()}
    assert tags == {"svg", "path", "text"}
    assert not re.search(r"url\(|href|<\?xml|<!|style=|https?://(?!www\.w3\.org/2000/svg)", chart.svg)


def test_its_ids_carry_its_own(charts):
    found = [name for chart in charts.values() for name in re.findall(r'\bid="([^"]*)"', chart.svg)]
    assert len(found) == len(set(found)) >= len(charts)
    for chart in charts.values():
        assert all(n.startswith(f"{chart.id}-") for n in re.findall(r'\bid="([^"]*)"', chart.svg))


def test_its_root_scales(chart):
    root = parsed(chart.svg)
    assert root.get("class") == "chart"
    assert root.get("viewBox").startswith("0 0 540 ")
    assert root.get("width") is None
    assert root.get("font-family").startswith("Inter")


def test_its_letters_are_large_and_dark_enough(chart):
    for text in parsed(chart.svg).iter("{http://www.w3.org/2000/svg}text"):
        assert float(text.get("font-size")) >= 9.5
        assert _contrast(text.get("fill")) >= 4.5


def test_its_texts_do_not_touch(chart, touching):
    assert touching(chart) == []


def test_its_texts_stay_on_the_sheet(chart, boxes):
    height = float(chart.svg.split('viewBox="0 0 540 ')[1].split('"')[0])
    for text, (left, top, right, bottom) in boxes(chart.svg):
        assert min(left, top, 540 - right, height - bottom) >= -0.01, text


def test_its_png_is_opaque_wide_and_carries_no_note(chart):
    image = Image.open(io.BytesIO(chart.png))
    assert image.width == 1440
    assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert set(image.info) <= {"dpi"}


def test_it_draws_in_a_language_without_a_table_of_words(chart, analysis):
    (again,) = draw([chart.id], analysis, "xx")
    assert again.texts == chart.texts


def test_spanish_words_hold_no_number_of_their_own(chart, analysis):
    (spanish,) = draw([chart.id], analysis, "es")
    assert spanish.texts != chart.texts
    found = [token.text for text in spanish.texts for token in tokens(text)]
    assert found == [spaced(mention.text) for mention in spanish.mentions]


def test_an_unknown_chart_is_named():
    with pytest.raises(ConfigError, match="no chart called 'pie'"):
        drawable("pie", None)


def _contrast(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)
