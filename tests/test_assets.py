from __future__ import annotations

import hashlib

import pytest
from fontTools.ttLib import TTFont

from generator import assets
from generator.errors import BriefError
from hatch_build import CUTS, cut_font

PRINTED = "0123456789.,%$+-()/:;$€\u2212\u00a0\u2009\u2013\u2014\u2018\u2019\u201c\u201d≥≤→←ΔΣσ\u00d7±½éñüßŁő"
FONTS = [cut.name for cut in CUTS]


def test_templates_and_static_are_folders_of_the_source_tree():
    assert assets.templates().is_dir()
    assert assets.static().is_dir()
    assert assets.templates().parent == assets.static().parent


def test_a_wheel_finds_its_own_folder_before_the_one_beside_it(tmp_path, monkeypatch):
    package = tmp_path / "generator"
    (package / "_assets" / "static" / "fonts").mkdir(parents=True)
    (tmp_path / "static").mkdir()
    monkeypatch.setattr(assets, "__file__", str(package / "assets.py"))
    assets.root.cache_clear()
    try:
        assert assets.static() == package / "_assets" / "static"
        with pytest.raises(BriefError, match="folder templates/"):
            assets.templates()
    finally:
        assets.root.cache_clear()


def test_a_missing_font_is_one_line_that_says_what_to_run():
    with pytest.raises(BriefError, match=r"\Awanted fonts/none\.woff2, .*: run `make fonts`\Z"):
        assets.asset("fonts/none.woff2")


def test_a_missing_style_is_one_line_too():
    with pytest.raises(BriefError, match=r"wanted none\.css, .*install"):
        assets.asset("none.css")


def test_a_name_may_not_leave_the_folder():
    with pytest.raises(BriefError, match=r"without \.\."):
        assets.asset("../pyproject.toml")


@pytest.mark.parametrize("name", FONTS)
def test_each_font_has_what_a_brief_prints(name):
    with TTFont(assets.asset(f"fonts/{name}")) as font:
        held = font.getBestCmap()
    assert [sign for sign in PRINTED if ord(sign) not in held] == []


@pytest.mark.parametrize("name", FONTS)
def test_figures_can_be_set_to_one_width(name):
    with TTFont(assets.asset(f"fonts/{name}")) as font:
        features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
        widths = {font["hmtx"][font.getBestCmap()[ord(digit)]][0] for digit in "0123456789"}
    assert "tnum" in features or len(widths) == 1


@pytest.mark.parametrize("name", [name for name in FONTS if name.endswith(".woff2")])
def test_a_page_font_varies_in_weight_and_in_nothing_else(name):
    with TTFont(assets.asset(f"fonts/{name}")) as font:
        axes = [(axis.axisTag, axis.minValue, axis.maxValue) for axis in font["fvar"].axes]
    assert axes == [("wght", 400, 700)]


@pytest.mark.parametrize(
    ("name", "family", "weight"),
    [
        ("Inter-Regular.ttf", "Inter", 400),
        ("Inter-SemiBold.ttf", "Inter", 600),
        ("SourceSerif4-Regular.ttf", "Strikebrief Serif", 400),
        ("SourceSerif4-Bold.ttf", "Strikebrief Serif", 700),
        ("SourceSerif4-Italic.ttf", "Strikebrief Serif", 400),
    ],
)
def test_a_font_of_one_weight_is_static_and_says_its_family_and_weight(name, family, weight):
    with TTFont(assets.asset(f"fonts/{name}")) as font:
        assert "fvar" not in font
        assert font["name"].getBestFamilyName() == family
        assert font["OS/2"].usWeightClass == weight


def test_no_cut_font_carries_the_reserved_name():
    for name in FONTS:
        with TTFont(assets.asset(f"fonts/{name}")) as font:
            names = [font["name"].getDebugName(number) or "" for number in (1, 3, 4, 6, 16)]
        assert not [text for text in names if "Source" in text]


def test_the_fonts_are_small():
    assert sum(assets.asset(f"fonts/{name}").stat().st_size for name in FONTS) < 450_000


def test_cutting_again_gives_the_same_bytes(tmp_path):
    cut = next(cut for cut in CUTS if cut.name == "Inter-Regular.ttf")
    digest = hashlib.sha256(cut_font(cut, tmp_path).read_bytes()).hexdigest()
    assert digest == hashlib.sha256(assets.asset(f"fonts/{cut.name}").read_bytes()).hexdigest()
