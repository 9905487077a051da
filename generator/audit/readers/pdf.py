"""
Read a PDF: its words page by page in the order they were painted, and its drawings' names.

A PDF has no headings to rely on, so the reading is one part per page. What print adds
(list bullets, the running head and foot) is removed only where it is exactly that.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
from pypdfium2 import raw

from generator.audit.readers import Part, Reading

#: a hyphen at the end of a line, as pdfium gives it back
_LINE_HYPHEN = re.compile("[\ufffe\x02](?:\r?\n)?")
_LIGATURES = str.maketrans({"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"})
_BULLET = "\u2022"
_FIRST_ALT = 1024  # characters


def read(data: bytes) -> Reading:
    """Return the text of the PDF *data*, one part a page, with the names of its drawings."""
    document = pypdfium2.PdfDocument(data)
    try:
        parts = [_page(document[index]) for index in range(len(document))]
    finally:
        document.close()
    return Reading(parts)


def _page(page: Any) -> Part:
    text = page.get_textpage()
    words = _LINE_HYPHEN.sub("-", text.get_text_range()).translate(_LIGATURES)
    lines = [line.strip() for line in words.splitlines()]
    text.close()
    return Part(text="\n".join(line for line in lines if line and line != _BULLET), alts=list(_alts(page)))


def without_running(parts: list[Part], *running: str) -> tuple[list[str], list[str]]:
    """
    Return each page's text without its head and foot, and the text that was taken away.

    *running* are the texts of head and foot; the page count stands as "2 / 3".
    """
    pages, taken = [], []
    for number, part in enumerate(parts, 1):
        lines = part.text.split("\n")
        known = {*running, " ".join(running), f"{number} / {len(parts)}"}
        while lines and lines[-1] in known:
            taken.append(lines.pop())
        if number == 1 and lines and lines[0] in running:
            taken.append(lines.pop(0))
        pages.append("\n".join(lines))
    return pages, taken


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
