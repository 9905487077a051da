"""Draw: one chart a file, from typed values to a picture whose every number is a fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache

import matplotlib as mpl

from generator.assets import asset
from generator.charts.axes import Drawing, Sheet
from generator.charts.export import finished
from generator.charts.scales import session_of
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
    with _look():
        sheet = Sheet(drawing.id, drawing.height, session_of(analysis), words(language))
        drawing.draw(sheet, analysis)
        return finished(sheet)


@contextmanager
def _look() -> Iterator[None]:
    """Put the style in force over matplotlib's defaults: a user's own settings do not reach a chart."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_style())
        yield


@cache
def _style() -> mpl.RcParams:
    return mpl.rc_params_from_file(asset("brief.mplstyle"), use_default_template=False)
