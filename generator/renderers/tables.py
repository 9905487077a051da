"""Tables of the article: roles, header cells, alignment, and a box to scroll in."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from generator.templating import CLOSE, MIDDLE, OPEN

PIECES = " · "  #: between the entries of one cell
FEWEST_COLUMNS = 3
KEY = re.compile(f"{OPEN}[0-9]+{MIDDLE}")
NUMBER = re.compile(r"[±+\N{MINUS SIGN}$]*[0-9][0-9,.]*%?")


def say_roles(table: Element) -> None:
    """Say the roles aloud: on a narrow screen the table is laid out as a grid and would lose them."""
    roles = {
        "table": "table",
        "thead": "rowgroup",
        "tbody": "rowgroup",
        "tr": "row",
        "th": "columnheader",
        "td": "cell",
    }
    for element in table.iter():
        if element.tag in roles:
            element.set("role", roles[element.tag])


def name_cells(table: Element) -> None:
    """Name header cells and alignments, keep what belongs together; drop a header row without a word."""
    for cell in [*table.iter("th"), *table.iter("td")]:
        align = re.search(r"text-align: (right|center)", cell.attrib.pop("style", ""))
        if align:
            cell.set("class", align[1])
        if cell.tag == "th":
            cell.set("scope", "col")
        else:
            _pieces(cell)
    head = table.find("thead")
    if head is not None and not "".join(head.itertext()).strip():
        table.remove(head)
    _align_numbers(table)


def _pieces(cell: Element) -> None:
    """Let a cell of several entries break between them only."""
    if len(cell) or not cell.text or PIECES not in cell.text:
        return
    entries = cell.text.split(PIECES)
    cell.text = None
    for entry in entries[:-1]:
        SubElement(cell, "span", {"class": "piece"}).text = f"{entry}{PIECES.rstrip()}"
        cell[-1].tail = " "
    SubElement(cell, "span", {"class": "piece"}).text = entries[-1]


def _align_numbers(table: Element) -> None:
    """Set columns of numbers flush right, in tables of three columns and more."""
    rows = [list(row) for row in table.iter("tr")]
    if not rows or min(map(len, rows)) < FEWEST_COLUMNS:
        return
    for column in zip(*rows, strict=False):
        body = [cell for cell in column if cell.tag == "td"]
        if body and all(NUMBER.fullmatch(_shown(cell)) for cell in body):
            for cell in column:
                cell.set("class", "right")


def _shown(cell: Element) -> str:
    return KEY.sub("", "".join(cell.itertext())).replace(CLOSE, "").strip()


def name_rows(table: Element) -> None:
    """Make the first cell of each row its header."""
    for row in table.iterfind("tbody/tr"):
        row[0].tag = "th"
        row[0].set("scope", "row")


def contain(parent: Element) -> None:
    """Let a wide table scroll in a box of its own, never the page."""
    if parent.get("class", "").startswith("plan "):
        return
    for index, child in enumerate(list(parent)):
        if child.tag == "table" and child.get("class") != "figures":
            box = Element("div", {"class": "scroll", "tabindex": "0"})
            box.tail, child.tail = child.tail, None
            box.append(child)
            parent[index] = box
