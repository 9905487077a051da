"""A finished file that shows, hides or can do more than the program writes is found."""

from __future__ import annotations

import ctypes
import io
import re

import pypdfium2
import pytest
from pypdfium2 import raw
from weasyprint import HTML, Attachment

from generator.audit import audit
from generator.audit.heads import POLICY
from generator.renderers import page
from tests.audit.writing import paper

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4"
    "2mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


def findings(small, path):
    return audit({path: small.documents[path]}, small.twin, small.frames, small.second)


def test_the_policy_of_a_page_is_the_one_the_program_writes():
    assert page.POLICY == POLICY


@pytest.mark.parametrize(
    "addition",
    [
        "<script src=x></script>",
        "<iframe src='data:text/html,9'></iframe>",
        "<object data=x></object>",
        "<embed src=x>",
        "<form><input value='9'></form>",
        "<details><summary>More</summary></details>",
        "<dialog open>9</dialog>",
        "<video controls></video>",
        "<canvas></canvas>",
        "<style>p { color: white }</style>",
        "<base href='https://example.com'>",
        "<!-- -->",
        "<?php echo 9 ?>",
        "<![CDATA[9]]>",
        "<!doctype html>",
        "<p/>",
        "<h4></h4>",
        "<svg></svg>",
    ],
)
@pytest.mark.parametrize("place", ["<h2>News", "</article>", "</main>", "</body>", "</html>"])
def test_an_element_the_program_does_not_write_is_found(small, addition, place):
    small.replace("brief.html", place, addition + place)
    assert findings(small, "brief.html")


@pytest.mark.parametrize(
    "attribute",
    [
        'style="color: white"',
        'onclick="x()"',
        "hidden",
        "inert",
        "popover",
        'dir="rtl"',
        "contenteditable",
        'aria-label="RSI is 99"',
        'title="RSI is 99"',
        'class="gone"',
        'lang="de"',
    ],
)
def test_an_attribute_the_program_does_not_write_is_found(small, attribute):
    small.replace("brief.html", "<p>RSI", f"<p {attribute}>RSI")
    assert findings(small, "brief.html")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<p>RSI is", "<p>RSI <del>is</del>"),
        ("<p>RSI is", "<p>RSI <sup>is</sup>"),
        ("<p>RSI is", "<p>RSI <bdo>is</bdo>"),
        ("<td>", '<td rowspan="2">'),
        ('<html lang="en"', '<html lang="de"'),
        ('charset="utf-8"', 'charset="utf-7"'),
        ("default-src &#x27;none&#x27;", "default-src *"),
        ('http-equiv="Content-Security-Policy"', 'http-equiv="refresh"'),
        ('http-equiv="Content-Security-Policy"', 'name="policy"'),
        ('<meta name="author"', '<meta name="robots" content="x"><meta name="author"'),
        ('<meta name="author" content="Strikebrief">', ""),
        ('<link rel="icon" href="data:,">', '<link rel="icon" href="https://example.com/9.png">'),
        ('data-symbol="ABCD"', 'data-symbol="ABCE"'),
        ("</header>", " recommends it</header>"),
        ("</html>", "</html>Buy."),
        ("<!doctype html>", ""),
        ("<p>RSI is", '<p><a href="javascript:x()">RSI</a> is'),
        ("<p>RSI is", '<p><a href="data:text/html,9">RSI</a> is'),
        ("<text ", '<text fill="#ffffff" '),
        ("<text ", '<text font-size="0" '),
        ("<text ", '<text display="none" '),
        ("<text ", '<text fill="none" '),
        ("</svg>", '<path d="M0 0H200V100z" fill="#ffffff"></path></svg>'),
        ("</svg>", '<image href="x.png"></image></svg>'),
        (" puts a call</h1>", " puts\u200b a call</h1>"),
        (" puts a call</h1>", " pu&shy;ts a call</h1>"),
        ("<h3>", "<h2>"),
        ("<p>RSI is", "<p>RSI &#x202e;is"),
    ],
)
def test_a_page_changed_where_nobody_looks_is_found(small, old, new):
    small.replace("brief.html", old, new)
    assert findings(small, "brief.html")


def test_a_number_without_its_element_is_found(small):
    source = small.text("brief.html")
    for element in re.findall(r"<data [^>]*>[^<]*</data>", source):
        small.put("brief.html", source.replace(element, re.sub("<[^>]*>", "", element), 1))
        assert findings(small, "brief.html"), element


@pytest.mark.parametrize("value", ["-0.43210", "-4321e-4", " -0.4321", "-0.4321\u00a0"])
def test_a_value_written_otherwise_than_the_twin_s_is_found(small, value):
    small.replace("brief.html", 'value="-0.4321"', f'value="{value}"')
    assert findings(small, "brief.html")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("charts/price.png)", "charts/other.png)"),
        ("charts/price.png)", "https://example.com/price.png)"),
        ("RSI is", "RSI [is](javascript:x)"),
        ("RSI is", "RSI [is](charts/price.png)"),
        ("\nsession:", "\nlayout: none\nsession:"),
        ("\nsession:", '\nsymbol: "ABCD"\nsession:'),
        ('\nslug: "abcd-2026-05-22"', ""),
        ('"abcd-2026-05-22"', '"abcd"'),
        ('tags: ["options", "ABCD"]', 'tags: ["options"]'),
        ('generator: "strikebrief', 'generator: "other'),
        ('image: "charts/price.png"', 'image: "https://example.com/9.png"'),
        ("| all series | 30\\-day |", "| all series | 30\\-day | |"),
        ("| all series | 30\\-day |", "| all series 30\\-day |"),
        (" --- | --- |\n", " --- |\n"),
        ("- Price", "1. Price"),
        ("- Price", "1) Price"),
        ("- Price", "* Price"),
        ("- Price", "    - Price"),
        ("- Price", "> - Price"),
        ("RSI is", "    RSI is"),
        ("RSI is", "\tRSI is"),
        ("RSI is", "```\nRSI is"),
        ("RSI is", "RSI `is`"),
        ("RSI is", "RSI ~~is~~"),
        ("RSI is", "RSI {{ is }}"),
        ("RSI is", "RSI $is$"),
        ("RSI is", "RSI is\n[a]: https://example.com"),
        ("RSI is", "RSI[^a] is"),
        ("RSI is", "RSI\u200b is"),
        ("RSI is", "RSI &#xad;is"),
        ("RSI is", "RSI &rlm;is"),
        ("RSI is", "RSI \ue123is"),
        ("\n### ", "\n#### "),
        ("\n## News", "\n***\n\n## News"),
    ],
)
def test_markdown_that_a_blog_shows_otherwise_is_found(small, old, new):
    small.replace("brief.md", old, new)
    assert findings(small, "brief.md")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("RSI is", "RSI [is](https://example.com/)"),
        ("### Up", "# Up"),
        ("### Up", "Up"),
    ],
)
def test_two_documents_that_differ_in_links_or_levels_are_found(small, old, new):
    small.replace("brief.md", old, new)
    assert small.audited()


def drawn(small, **options):
    """Print the page once more, and return what an audit of the PDF finds."""
    stream = io.BytesIO()
    HTML(string=small.text("brief.html")).write_pdf(stream, pdf_tags=True, **options)
    small.documents["brief.pdf"] = stream.getvalue()
    return [each.problem for each in findings(small, "brief.pdf") if "alternative" not in each.problem]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("</style>", "p { color: white }</style>", "cannot be read"),
        ("</style>", "p { color: rgb(0 0 0 / 10%) }</style>", "cannot be read"),
        ("</style>", "h3 { font-size: 2pt }</style>", "smaller than"),
        ("</style>", "h3 { position: relative; left: 190mm }</style>", "beyond the edge"),
        ("</style>", "@page news { size: A5 } h3 { page: news }</style>", "another size"),
        ("</article>", f'<img alt="A dot" src="{PIXEL}"></article>', "a picture"),
        (
            "</article>",
            '<svg width="9" height="9"><path d="M0 0H9V9z" fill="#ffffff"></path></svg></article>',
            "painted over text",
        ),
        ("<p>RSI is", '<p><a href="#here">RSI</a> <b id="here">is</b>', "an annotation"),
        ("<p>RSI is", '<p><a href="ftp://example.com">RSI</a> is', "wanted an http"),
        ('name="author" content="Strikebrief"', 'name="author" content="Other"', "wanted 'Strikebrief'"),
        ("<title>", "<title>Not: ", "wanted 'ABCD"),
    ],
)
def test_a_pdf_that_hides_or_adds_is_found(small, old, new, problem):
    assert drawn(small) == []
    small.replace("brief.html", old, new)
    assert any(problem in found for found in drawn(small))


def test_a_pdf_that_carries_or_runs_something_is_found(small):
    def opening(_, pdf):
        pdf.catalog["OpenAction"] = "<< /S /Java#53cript /JS (app.alert) >>"

    for packed in (False, True):
        options = {"uncompressed_pdf": not packed, "pdf_version": "1.7"}
        assert any("powers" in found for found in drawn(small, finisher=opening, **options))
    assert any("attached" in found for found in drawn(small, attachments=[Attachment(string="9", name="9")]))


def test_a_pdf_that_was_written_to_again_is_found(small):
    small.documents["brief.pdf"] += b"\n%%EOF\n"
    assert any("written once" in each.problem for each in findings(small, "brief.pdf"))


def changed(data, change):
    """Return a PDF saved again after *change* of its first page."""
    document = pypdfium2.PdfDocument(data)
    stream = io.BytesIO()
    first = document[0]
    change(first)
    raw.FPDFPage_GenerateContent(first)
    document.save(stream)
    document.close()
    return stream.getvalue()


def unpainted(first):
    objects = (raw.FPDFPage_GetObject(first, i) for i in range(raw.FPDFPage_CountObjects(first)))
    text = next(item for item in objects if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_TEXT)
    raw.FPDFTextObj_SetTextRenderMode(text, raw.FPDF_TEXTRENDERMODE_INVISIBLE)


def noted(first):
    note = raw.FPDFPage_CreateAnnot(first, raw.FPDF_ANNOT_FREETEXT)
    words = "RSI is 99".encode("utf-16-le") + b"\0\0"
    raw.FPDFAnnot_SetStringValue(note, b"Contents", ctypes.cast(words, ctypes.POINTER(ctypes.c_ushort)))
    raw.FPDFPage_CloseAnnot(note)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (unpainted, "does not fill"),
        (noted, "an annotation"),
        (lambda first: first.set_cropbox(0, 0, 400, 842), "cropped"),
        (lambda first: first.set_rotation(180), "turned"),
    ],
)
def test_a_pdf_changed_by_an_editor_is_found(small, change, problem):
    small.documents["brief.pdf"] = changed(paper(small.text("brief.html")), change)
    assert any(problem in each.problem for each in findings(small, "brief.pdf"))


ODD = [float("nan"), float("inf"), 10**400, -(10**400), None, "x", [], {}, True, "\u202e9"]


def places(value, *path):
    """Yield the path of every value of a twin, of a list the first only."""
    yield path
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    )
    for name, part in entries:
        yield from places(part, *path, name)


def put(twin, path, value):
    for name in path[:-1]:
        twin = twin[name]
    old, twin[path[-1]] = twin[path[-1]], value
    return old


def test_a_twin_with_values_of_another_kind_is_audited_to_the_end(original, small):
    documents, small.documents = small.documents, {"brief.md": small.documents["brief.md"]}
    for path in list(places(small.twin))[1:]:
        for odd in ODD[2:]:
            old = put(small.twin, path, odd)
            small.audited()
            put(small.twin, path, old)
    assert small.twin == original.twin
    assert documents == original.documents


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), 10**400, "\u202e9"])
def test_a_number_beyond_measure_and_a_hidden_character_in_a_twin_are_found(small, odd):
    small.twin["ideas"][0]["limit"] = odd
    assert small.audited()


@pytest.mark.parametrize("twin", [[], None, 7, "x", {}, {"facts": 3}])
def test_something_that_is_no_twin_is_found(small, twin):
    assert audit(small.documents, twin, small.frames, small.second)
