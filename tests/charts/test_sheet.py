from __future__ import annotations

import datetime as dt

import matplotlib as mpl
import numpy as np
import pytest

from generator.assets import asset
from generator.charts.axes import Panel, Print, Sheet, palette
from generator.charts.export import finished
from generator.charts.scales import day_of
from generator.charts.shapes import closed, polyline, rectangles
from generator.charts.words import words
from generator.errors import ConfigError, DataError, TextError
from generator.models.analysis import Unit

SESSION = dt.date(2026, 5, 22)


@pytest.fixture
def sheet():
    with mpl.rc_context(fname=asset("brief.mplstyle")):
        yield Sheet("test", 100.0, SESSION, words("en"))


def test_a_label_records_its_text_and_its_mentions(sheet, market):
    sheet.label(("last ", Print(market.fact("spot", 285.119))), 50, 50)
    chart = finished(sheet)
    assert chart.texts == ("last 285.12",)
    assert [(m.fact, m.form, m.text) for m in chart.mentions] == [("spot", "plain", "285.12")]


def test_a_text_drawn_past_the_record_is_refused(sheet):
    sheet.label("known", 50, 50)
    sheet.axes.text(10, 10, "99")
    with pytest.raises(TextError, match=r"chart test: wanted the texts \['known'\], found"):
        finished(sheet)


def test_markup_in_a_text_arrives_as_text(sheet):
    sheet.label("a < b & $c$ _d_", 50, 50)
    assert finished(sheet).texts == ("a < b & $c$ _d_",)


def test_a_tick_is_one_fact_however_often_it_is_printed(sheet):
    first = sheet.tick("y", 262.5, Unit.USD, 1)
    assert first is sheet.tick("y", 262.5, Unit.USD, 1)
    assert (first.id, first.formula, first.decimals) == ("chart.test.y.262.5", "axis tick", 1)


def test_a_box_of_a_label_spans_its_width(sheet):
    left, _, right, _ = sheet.label("width", 50, 50, align="center")
    assert right - left == pytest.approx(sheet.width("width"))
    assert (left + right) / 2 == pytest.approx(50)


def test_a_style_with_too_few_colours_is_named():
    two = mpl.rc_context({"axes.prop_cycle": "cycler('color', ['red', 'blue'])"})
    with two, pytest.raises(ConfigError, match=r"wanted 8 colours in axes\.prop_cycle, found 2"):
        palette()


def test_a_panel_maps_its_corners():
    panel = Panel(10, 20, 110, 220, (0, 50), (-1, 1))
    assert (panel.x(0), panel.x(50), panel.y(-1), panel.y(1)) == (10, 110, 20, 220)
    assert panel.box == (10, 20, 110, 220)


def test_a_gap_in_a_line_starts_a_new_piece():
    path = polyline(np.arange(5.0), np.array([1.0, 2.0, np.nan, 3.0, 4.0]))
    assert path.codes.tolist() == [1, 2, 1, 2]


def test_an_area_covers_only_what_both_edges_know():
    path = closed(np.arange(3.0), np.array([np.nan, 1.0, 1.0]), np.array([2.0, 2.0, 2.0]))
    assert path.vertices[:, 0].min() == 1


def test_rectangles_are_one_path():
    one = np.array([1.0, 2.0])
    assert rectangles(one, one + 0.5, one * 0, one).codes.tolist() == [1, 2, 2, 2, 79] * 2


def test_a_time_axis_refuses_what_is_no_date():
    with pytest.raises(DataError, match="wanted a date to place on a time axis, found 3"):
        day_of(3)
