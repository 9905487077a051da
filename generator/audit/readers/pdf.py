"""
Read a PDF: its words page by page, its runs of text as painted, and its drawings' names.

A PDF has no headings to rely on, so the reading is one part per page. A line's words come
sorted from left to right, which in a drawing is not their order: the order that counts is
that of the runs. What print adds (bullets, the running head and foot) is removed only where
it is exactly that.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
from pypdfium2 import raw

from generator.audit.readers import Part, Reading
from generator.audit.readers.paper import differing_boxes, notes, outside_page, powers, unseen

#: a hyphen at the end of a line, as pdfium gives it back
_LINE_HYPHEN = re.compile("[\ufffe\x02](?:\r?\n)?")
_LIGATURES = str.maketrans({"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"})
_BULLET = "\u2022"
_FIELDS = ("title", "subject", "author", "creator")
_FIRST_ALT = 1024  # characters


def read(data: bytes) -> Reading:
    """Return the text of the PDF *data*, one part a page, with the names of its drawings."""
    document = pypdfium2.PdfDocument(data)
    try:
        reading = Reading([])
        reading.problems += [*powers(data, document), *differing_boxes(document)]
        reading.parts = [_page(document[index], reading) for index in range(len(document))]
        fields = ((name, document.get_metadata_value(name.title())) for name in _FIELDS)
        reading.titles = {name: value for name, value in fields if value}
    finally:
        document.close()
    return reading


def _page(page: Any, reading: Reading) -> Part:
    text = page.get_textpage()
    reading.problems += [*unseen(page), *outside_page(page, text)]
    for address, problem in notes(page):
        (reading.problems if problem else reading.links).append(problem or address)
    try:
        return Part(
            text=_plain(text.get_text_range()),
            alts=list(_alts(page)),
            painted=[run for run in map(_plain, _runs(page, text)) if run != _BULLET],
        )
    finally:
        text.close()


def _plain(text: str) -> str:
    return _LINE_HYPHEN.sub("-", text).translate(_LIGATURES).strip()


def _runs(page: Any, text: Any) -> Iterator[str]:
    """Yield the text of each run of glyphs, in the order of painting."""
    for index in range(raw.FPDFPage_CountObjects(page)):
        yield from _run(raw.FPDFPage_GetObject(page, index), text)


def _run(item: Any, text: Any) -> Iterator[str]:
    kind = raw.FPDFPageObj_GetType(item)
    if kind == raw.FPDF_PAGEOBJ_FORM:
        for index in range(raw.FPDFFormObj_CountObjects(item)):
            yield from _run(raw.FPDFFormObj_GetObject(item, index), text)
    elif kind == raw.FPDF_PAGEOBJ_TEXT:
        length = raw.FPDFTextObj_GetText(item, text, None, 0)
        buffer = ctypes.create_string_buffer(length)
        raw.FPDFTextObj_GetText(item, text, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
        yield buffer.raw[: max(length - 2, 0)].decode("utf-16-le")


def _alts(page: Any) -> Iterator[str]:
    tree = raw.FPDF_StructTree_GetForPage(page)
    if not tree:
        return
    for index in range(raw.FPDF_StructTree_CountChildren(tree)):
        yield from _names(raw.FPDF_StructTree_GetChildAtIndex(tree, index))
    raw.FPDF_StructTree_Close(tree)


def _names(element: Any) -> Iterator[str]:
    if not element:
        return
    name = _alt(element)
    if name:
        yield name
    for index in range(raw.FPDF_StructElement_CountChildren(element)):
        yield from _names(raw.FPDF_StructElement_GetChildAtIndex(element, index))


def _alt(element: Any) -> str:
    size = 2 * _FIRST_ALT
    buffer = ctypes.create_string_buffer(size)
    length = raw.FPDF_StructElement_GetAltText(element, buffer, size)
    if length > size:
        buffer = ctypes.create_string_buffer(length)
        raw.FPDF_StructElement_GetAltText(element, buffer, length)
    return buffer.raw[: max(length - 2, 0)].decode("utf-16-le")
