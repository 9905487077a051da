"""What a PDF can do or hide besides showing text: a closed list of objects, annotations and powers."""

from __future__ import annotations

import ctypes
import math
import re
import zlib
from collections.abc import Iterator
from typing import Any

from pypdfium2 import raw

from generator.audit.readers.colours import is_faint, is_white

_STREAM = re.compile(rb"(<<(?:(?!stream\r?\n).)*?>>)\s*stream\r?\n(.*?)endstream", re.DOTALL)
_STRING = re.compile(rb"\((?:\\.|[^()\\])*\)", re.DOTALL)
_CODED = re.compile(rb"#([0-9a-fA-F]{2})")
#: names that open, run, carry, hide or fill in
_POWERS = re.compile(
    rb"/(?:OpenAction|AA|JavaScript|JS|Launch|SubmitForm|EmbeddedFiles?|OCProperties|AcroForm|XFA|RichMedia)"
    rb"(?![\w.-])"
)
_SMALLEST = 4.0  # points
_EDGE = 2.0  # points that a glyph's box may stand over the edge
_OPAQUE = 255
_LONGEST = 4096  # bytes of an address


def powers(data: bytes, document: Any) -> Iterator[str]:
    """Yield what opens, runs, is carried along or was added to the finished file."""
    if raw.FPDFDoc_GetAttachmentCount(document):
        yield "a file is attached to the pages"
    if raw.FPDFDoc_GetJavaScriptActionCount(document) or raw.FPDF_GetFormType(document):
        yield "a script or a form is part of the pages"
    if data.count(b"%%EOF") != 1:
        yield f"wanted a file written once, found {data.count(b'%%EOF')} ends"
    for text in _dictionaries(data):
        found = _POWERS.search(_CODED.sub(lambda code: bytes([int(code[1], 16)]), _STRING.sub(b"", text)))
        if found:
            yield f"{found[0].decode()} gives the file powers that an article needs not"


def _dictionaries(data: bytes) -> Iterator[bytes]:
    """Yield the objects of a file that are no streams, and those packed into streams."""
    yield _STREAM.sub(rb"\1", data)
    for found in _STREAM.finditer(data):
        if b"/ObjStm" in _CODED.sub(lambda code: bytes([int(code[1], 16)]), found[1]):
            yield zlib.decompressobj().decompress(found[2]) if b"/FlateDecode" in found[1] else found[2]


def differing_boxes(document: Any) -> Iterator[str]:
    """Yield pages that are turned, cropped, or of another size than the first."""
    size = document[0].get_mediabox()
    for number in range(len(document)):
        page = document[number]
        if page.get_rotation() or page.get_cropbox() != size or page.get_mediabox() != size:
            yield f"page {number + 1} is turned, cropped or of another size"


def notes(page: Any) -> Iterator[tuple[str, str | None]]:
    """Yield the address of each link of *page*, and what is wrong with each annotation that is none."""
    document = page.pdf
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        note = raw.FPDFPage_GetAnnot(page, index)
        action = raw.FPDFLink_GetAction(raw.FPDFAnnot_GetLink(note))
        linked = raw.FPDFAnnot_GetSubtype(note) == raw.FPDF_ANNOT_LINK
        if linked and raw.FPDFAction_GetType(action) == raw.PDFACTION_URI:
            buffer = ctypes.create_string_buffer(_LONGEST)
            raw.FPDFAction_GetURIPath(document, action, buffer, _LONGEST)
            yield buffer.value.decode("utf-8"), None
        else:
            yield "", "an annotation that is no link to an address lies over a page"
        raw.FPDFPage_CloseAnnot(note)


def outside_page(page: Any, text: Any) -> Iterator[str]:
    """Yield text that stands beyond the edge of *page*."""
    left, bottom, right, top = page.get_mediabox()
    for index in range(raw.FPDFText_CountRects(text, 0, -1)):
        box = [ctypes.c_double() for _ in range(4)]  # left, top, right, bottom
        raw.FPDFText_GetRect(text, index, *box)
        x0, y1, x1, y0 = (side.value for side in box)
        if x0 < left - _EDGE or x1 > right + _EDGE or y0 < bottom - _EDGE or y1 > top + _EDGE:
            yield "text stands beyond the edge of its page"
            return


def unseen(page: Any) -> Iterator[str]:
    """Yield objects that are neither text, lines nor areas, text that is not seen, and what covers text."""
    painted = False
    for index in range(raw.FPDFPage_CountObjects(page)):
        for item, scale in _leaves(raw.FPDFPage_GetObject(page, index), 1.0):
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                painted = True
                yield from _hidden_text(item, scale)
            elif kind != raw.FPDF_PAGEOBJ_PATH:
                yield "a picture stands where only text and lines do"
            elif painted and _covers(item):
                yield "an area the colour of paper is painted over text"


def _leaves(item: Any, scale: float) -> Iterator[tuple[Any, float]]:
    if raw.FPDFPageObj_GetType(item) != raw.FPDF_PAGEOBJ_FORM:
        yield item, scale
        return
    for index in range(raw.FPDFFormObj_CountObjects(item)):
        yield from _leaves(raw.FPDFFormObj_GetObject(item, index), scale * _height(item))


def _height(item: Any) -> float:
    """Return how tall an object makes what is one unit tall."""
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, matrix)
    return math.hypot(matrix.c, matrix.d)


def _hidden_text(item: Any, scale: float) -> Iterator[str]:
    if raw.FPDFTextObj_GetTextRenderMode(item) != raw.FPDF_TEXTRENDERMODE_FILL:
        yield "text is painted in a way that does not fill its letters"
    red, green, blue, alpha = _fill(item)
    if is_faint(red, green, blue) or alpha != _OPAQUE:
        yield f"text is painted in {red} {green} {blue}, {alpha} of {_OPAQUE} opaque, and cannot be read"
    size = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(item, size)
    if size.value * _height(item) * scale < _SMALLEST:
        yield f"text is smaller than {_SMALLEST:g} points"


def _covers(item: Any) -> bool:
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, filled, stroked)
    white_lines = bool(stroked.value) and is_white(*_colour(raw.FPDFPageObj_GetStrokeColor, item)[:3])
    return white_lines or (bool(filled.value) and is_white(*_fill(item)[:3]))


def _fill(item: Any) -> tuple[int, int, int, int]:
    return _colour(raw.FPDFPageObj_GetFillColor, item)


def _colour(getter: Any, item: Any) -> tuple[int, int, int, int]:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    getter(item, red, green, blue, alpha)
    return red.value, green.value, blue.value, alpha.value
