"""Pages to PDF with WeasyPrint: fonts and styles held ready, the layout with the smallest hole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.formatting_structure import boxes
from weasyprint.text.fonts import FontConfiguration

from generator.assets import asset
from generator.renderers.faces import PAPER, rules
from generator.renderers.locked import LockedFetcher

VARIANT = "pdf/ua-1"
#: a page may stay empty below for this share of its height before another setting is tried
HOLE = 0.2
#: settings tried in turn: as designed, tighter, wider
SETTINGS = (
    "",
    "body{font-size:9.5pt;line-height:1.42} h1{font-size:20pt} h2{margin-top:13pt} figure svg{width:92%}",
    "body{font-size:10.25pt;line-height:1.53} h2{margin-top:22pt}",
)
_FILLED = (boxes.LineBox, boxes.ReplacedBox, boxes.TableCellBox)


class Press:
    """Makes tagged PDFs; the same page and identifier give the same bytes."""

    def __init__(self, settings: Sequence[str] = SETTINGS) -> None:
        self.fetcher = LockedFetcher()
        self.fonts = FontConfiguration()
        source = rules(PAPER, lambda name: f"asset:{name}") + asset("print.css").read_text("utf-8")
        self.style = self._css(source)
        self.settings = tuple(self._css(setting) for setting in settings)

    def _css(self, source: str) -> Any:
        return CSS(string=source, font_config=self.fonts, url_fetcher=self.fetcher)

    def print(self, html: str, identifier: bytes) -> bytes:
        """Return *html* as a tagged PDF."""
        pdf: bytes = self.lay_out(html).write_pdf(pdf_identifier=identifier, pdf_variant=VARIANT)
        return pdf

    def lay_out(self, html: str) -> Any:
        """Return the pages of *html* in the first setting without a hole, else in that with the smallest."""
        page = HTML(string=html, base_url="asset:", url_fetcher=self.fetcher)
        tried: list[tuple[float, Any]] = []
        for setting in self.settings:
            styles = [self.style, setting]
            document = page.render(stylesheets=styles, font_config=self.fonts, pdf_variant=VARIANT)
            hole = largest_hole(document)
            if hole <= HOLE:
                return document
            tried.append((hole, document))
        return min(tried, key=lambda pair: pair[0])[1]


def largest_hole(document: Any) -> float:
    """Return the largest share of a page's height left empty below, the last page excepted."""
    return max((_hole(page) for page in document.pages[:-1]), default=0.0)


def _hole(page: Any) -> float:
    box = page._page_box  # noqa: SLF001  WeasyPrint tells nowhere else where a page's text ends
    end = box.content_box_y() + box.height
    lowest = max((item.position_y + item.height for item in _filled(box.children[0])), default=end)
    return max(float(end - lowest), 0.0) / float(box.height)


def _filled(box: Any) -> Iterator[Any]:
    for item in box.descendants():
        if isinstance(item, _FILLED):
            yield item
