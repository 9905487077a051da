from __future__ import annotations

import pytest
from weasyprint import HTML

from generator.audit import audit
from tests.audit.writing import paper


def findings(small, path):
    documents = {path: small.documents[path]}
    return audit(documents, small.twin, small.frames, small.second)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<p>RSI is", "<p hidden>RSI is"),
        ("<p>RSI is", '<p style="display:none">RSI is'),
        ("<p>RSI is", '<p aria-hidden="true">RSI is'),
        ("<p>RSI is", '<p style="font-size: 0">RSI is'),
        ("<p>RSI is", '<p style="position:absolute;text-indent:-9999px">RSI is'),
        ("</style>", ".never, article h3 { display: none }</style>"),
        ("</style>", "#chart-price { visibility: hidden }</style>"),
        ("</style>", "h1::after { content: ' and rising' }</style>"),
        ("<p>RSI is", "<template>9</template><p>RSI is"),
        ("<p>RSI is", "<script>1</script><p>RSI is"),
        ("<p>RSI is", "<!-- the truth is 9 --><p>RSI is"),
        ("<p>RSI is", '<img src="x.png" alt="9"><p>RSI is'),
        ("<p>RSI is", "<p>RSI surely is"),
        ("<p>RSI is", '<p title="RSI 99">RSI is'),
        ("<header>Strikebrief", "<header>Strikebrief 1,000"),
        ("<title>ABCD", "<title>ABCE"),
        ('content="The ratio', 'content="No ratio'),
        ('data-fact="macd"', 'data-fact="level.high"'),
        ('data-fact="macd"', 'data-fact="invented"'),
        ('<data value="-0.4321"', '<data value="-0.4322"'),
        ('<data value="-0.4321"', '<data value="x"'),
        ('data-claim="rsi.middle"', 'data-claim="rsi.high"'),
        ("<h2>News: one item", "<h2>News: two items"),
        ("<h2>News: one item</h2>", ""),
        ("Apr</text>", "Jun</text>"),
        ("<text ", "<text>5</text><text "),
        ("Line of closes of calls", "Line of closes of puts"),
        ("<article>", "<div>"),
        ("</section>", "</div></section>"),
        ("</p>", ""),
    ],
)
def test_a_page_that_shows_something_else_is_found(small, old, new):
    small.replace("brief.html", old, new)
    assert findings(small, "brief.html")


def test_a_chart_that_is_missing_or_elsewhere_is_found(small):
    source = small.text("brief.html")
    start, end = source.index("<figure"), source.index("</figure>") + 9
    figure = source[start:end]
    small.put("brief.html", source[:start] + source[end:])
    assert findings(small, "brief.html")
    moved = source[:start] + source[end:].replace("</article>", figure + "</article>")
    small.put("brief.html", moved)
    assert findings(small, "brief.html")


def test_a_style_for_narrow_screens_or_of_other_elements_is_no_hiding(small):
    style = ".masthead, nav { display: none } svg { opacity: 0.5 } a { background-clip: text }"
    small.replace("brief.html", "</style>", f"{style}</style>")
    assert findings(small, "brief.html") == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("---\ntitle", "title"),
        ('title: "ABCD ends', 'title: "ABCD starts'),
        ("session: 2026-05-22", "session: 2026-05-21"),
        ("date: 2026-05-22T16:00", "date: 2026-05-22T16:30"),
        ("# ABCD", "## ABCD"),
        ("## News", "# News"),
        ("RSI is", "RSI <b>is</b>"),
        ("RSI is", "RSI <!-- not --> is"),
        ("RSI is", "RSI is not"),
        ("| 22\\.7% |", "| 22\\.8% |"),
        ("![Line of closes", "[Line of closes"),
        ("![Line of closes of calls", "![Line of closes of puts"),
        ("MACD −0\\.43", "MACD &#x2212;0\\.44"),
        ("- Price", "1. Price 2"),
    ],
)
def test_markdown_that_shows_something_else_is_found(small, old, new):
    small.replace("brief.md", old, new)
    assert findings(small, "brief.md")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("MACD −0\\.43", "MACD &#x2212;0.43"),
        ("RSI is", "RSI *is*"),
        ("RSI is", "RSI [is](https://example.com/9?a=7)"),
        ("Price: up", "**Price: up**"),
        ("puts, ", "puts&#44; "),
    ],
)
def test_markdown_that_reads_the_same_is_not(small, old, new):
    small.replace("brief.md", old, new)
    assert findings(small, "brief.md") == ()


@pytest.mark.parametrize("path", ["brief.html", "brief.md", "brief.pdf"])
def test_a_document_that_cannot_be_read_or_holds_no_number_is_found(small, path):
    small.documents[path] = b"\xff\xfe"
    assert findings(small, path)
    empty = "<html><head></head><body><article><p>Nothing.</p></article></body></html>"
    small.documents[path] = HTML(string=empty).write_pdf() if path == "brief.pdf" else empty.encode()
    assert any("wanted numbers in the document, found none" in each.problem for each in findings(small, path))


def printed(small, old, new):
    small.replace("brief.html", old, new)
    small.documents["brief.pdf"] = paper(small.text("brief.html"))
    return findings(small, "brief.pdf")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Apr</text>", "Jun</text>"),
        ("leave it", "leave it not"),
        ("</article>", "<p>7</p></article>"),
        ("<title>ABCD", "<title>ABCE"),
        ("Line of closes of calls and puts to 100.00; average 93.52", "Line of puts"),
    ],
)
def test_a_pdf_that_shows_something_else_is_found(small, old, new):
    assert printed(small, old, new)


def test_long_lines_pages_and_hyphens_of_a_pdf_are_no_difference(small):
    style = "@page { size: 110mm 110mm; margin: 12mm } tr { break-inside: avoid }"
    assert printed(small, "</style>", f"{style}</style>") == ()


def test_an_alternative_text_that_two_documents_tell_differently_is_found(small):
    small.twin["charts"][0].pop("alt")
    assert small.audited() == ()
    small.replace("brief.md", "closes of calls", "closes of puts")
    assert any(finding.place == "chart price" for finding in small.audited())


def test_a_number_of_an_alternative_text_needs_no_twin_to_be_found(small):
    small.twin["charts"][0].pop("alt")
    small.replace("brief.html", "to 100.00; average", "to 100.50; average")
    assert findings(small, "brief.html")
