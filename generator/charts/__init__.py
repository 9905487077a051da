"""Draw: one chart a file, from typed values to a picture whose every number is a fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import matplotlib as mpl

from generator.assets import asset
from generator.charts.axes import Drawing, Sheet
from generator.charts.export import finished
from generator.charts.words import words
from generator.models.analysis import Analysis
from generator.models.brief import Chart
from generator.registry import load

#: id of a chart -> where it is drawn
CHARTS: Mapping[str, str] = {
    "price": "generator.charts.price:PRICE",
    "open_interest": "generator.charts.open_interest:OPEN_INTEREST",
    "volatility": "generator.charts.volatility:VOLATILITY",
}


def draw(ids: Iterable[str], analysis: Analysis, language: str = "en") -> tuple[Chart, ...]:
    """
    Return the charts *ids* in that order, without those the analysis cannot support.

    Raises:
        ConfigError: If an id is unknown.
        TextError: If a text of the picture was not recorded.
    """
    return tuple(_drawn(name, analysis, language) for name in ids if drawable(name, analysis) is None)


def drawable(name: str, analysis: Analysis) -> str | None:
    """Return None if the chart can be drawn, else the reason it cannot, in a few words."""
    return _drawing(name).missing(analysis)


def _drawing(name: str) -> Drawing:
    drawing: Drawing = load("chart", CHARTS, name)
    return drawing


def _drawn(name: str, analysis: Analysis, language: str) -> Chart:
    drawing = _drawing(name)
    session = analysis.session.value
    with mpl.rc_context(dict(_style())):
        sheet = Sheet(drawing.id, drawing.height, session, words(language))
        drawing.draw(sheet, analysis)
        return finished(sheet)


@cache
def _style() -> Mapping[str, Any]:
    return mpl.rc_params_from_file(asset("brief.mplstyle"), use_default_template=False)
