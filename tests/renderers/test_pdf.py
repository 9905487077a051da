from __future__ import annotations

import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pypdfium2
import pytest

from generator.assets import asset
from generator.errors import OutputError
from generator.renderers import pdf
from generator.renderers.pdf import PdfUnavailableError, PdfWorker, write

from .conftest import HOSTILE, make_draft


@pytest.fixture(scope="module")
def worker():
    with PdfWorker() as running:
        yield running


@pytest.fixture(scope="module")
def made(worker):
    return write(make_draft(worker=worker))[0].data


@pytest.fixture(scope="module")
def text(made):
    document = pypdfium2.PdfDocument(made)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return " ".join(" ".join(pages).replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture
def server():
    """A server on loopback that counts what it is asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/again")
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    running = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running.server_port, asked
    running.shutdown()
    running.server_close()


def test_the_pdf_is_tagged_and_names_itself(made):
    document = pypdfium2.PdfDocument(made)
    assert document.is_tagged()
    assert document.get_metadata_value("Title") == "IWM Sits Under Its High With 2.72 Puts a Call"
    assert document.get_metadata_value("Author") == "Strikebrief"
    document.close()


def test_the_words_of_article_and_charts_are_text(text):
    for words in ("What the chain shows: the puts outnumber the calls", "Calls 285.12", "$6.37", "1 / 3"):
        assert words in text


@pytest.mark.parametrize("headline", HOSTILE[:7])
def test_a_hostile_headline_is_printed_as_text(text, headline):
    assert "".join(headline.split()) in "".join(text.split())


def test_two_processes_make_the_same_bytes(made):
    with PdfWorker() as other:
        assert write(make_draft(worker=other))[0].data == made
        assert write(make_draft(worker=other))[0].data == made


def hostile_page(port):
    web = f"http://127.0.0.1:{port}"
    return (
        f'<html lang="en"><head><title>x</title><link rel="stylesheet" href="{web}/a.css">'
        f'<link rel="attachment" href="file:///etc/passwd"><link rel="attachment" href="{web}/b">'
        f'<style>@import "{web}/c.css"; body{{background:url({web}/d.png)}} '
        f"@font-face{{font-family:f;src:url({web}/e.woff2)}} p{{font-family:f}}</style></head>"
        f'<body><h1>x</h1><p>safe words <img alt="i" src="{web}/f.png"><img alt="j" src="file:///etc/passwd">'
        f'<img alt="k" src="asset:../pyproject.toml"><img alt="l" src="asset:%2e%2e/%2e%2e/etc/passwd">'
        f'<svg viewBox="0 0 1 1"><title>s</title><image href="{web}/g.png" width="1" height="1"/></svg>'
        f'<object data="{web}/h"></object><embed src="file:///etc/passwd"></p></body></html>'
    )


def test_a_hostile_page_reaches_neither_the_net_nor_a_file_and_each_refusal_is_told(
    server, worker, monkeypatch
):
    port, asked = server
    told = []
    monkeypatch.setattr(pdf.LOG, "warning", lambda _form, line: told.append(line))
    made = worker.render(hostile_page(port))
    assert asked == []
    assert b"root:" not in made
    assert b"/EmbeddedFile" not in made
    for refused in ("/a.css", "/b", "/c.css", "/d.png", "/f.png", "/g.png", "file:///etc/passwd", "asset:.."):
        assert any(refused in line or "attachment" in line for line in told), refused


def test_a_worker_past_its_time_is_ended_and_the_next_document_gets_a_new_one():
    with PdfWorker(limit=0.01) as slow:
        with pytest.raises(OutputError, match="after at most"):
            slow.render("<html lang=en><title>x</title><p>x")
        slow.limit = 60
        assert slow.render("<html lang=en><title>x</title><p>x").startswith(b"%PDF")


WITHOUT_PANGO = """
import generator.renderers.pdf_worker as worker
def missing():
    raise OSError("cannot load library 'libpango-1.0-0'")
worker.make_printer = missing
worker.main()
"""


def test_without_pango_one_line_says_how_to_get_it():
    with PdfWorker(command=(sys.executable, "-c", WITHOUT_PANGO)) as worker:
        with pytest.raises(PdfUnavailableError, match="cannot load library 'libpango") as caught:
            worker.render("<p>x")
        assert "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in str(caught.value)
        assert "brew install pango" in str(caught.value)
        assert "\n" not in str(caught.value)


FAILS_ONCE = """
import generator.renderers.pdf_worker as worker
make = worker.make_printer
def fragile():
    printer, left = make(), [True]
    def once(html, identifier):
        if left and left.pop():
            raise ValueError("first\\nof all")
        return printer(html, identifier)
    return once
worker.make_printer = fragile
worker.main()
"""


def test_a_page_that_fails_is_one_line_and_the_worker_lives_on():
    with PdfWorker(command=(sys.executable, "-c", FAILS_ONCE)) as fragile:
        with pytest.raises(OutputError, match=r"found ValueError: first of all: build without pdf"):
            fragile.render("<html lang=en><title>x</title><p>x")
        assert fragile.render("<html lang=en><title>x</title><p>x").startswith(b"%PDF")


def test_what_a_library_prints_does_not_reach_the_answers():
    loud = (
        "import generator.renderers.pdf_worker as w; make = w.make_printer\n"
        "def noisy():\n    print('noise')\n    return make()\nw.make_printer = noisy\nw.main()"
    )
    with PdfWorker(command=(sys.executable, "-c", loud)) as worker:
        assert worker.render("<html lang=en><title>x</title><p>x").startswith(b"%PDF")


def test_numbers_do_not_break_and_words_are_not_hyphenated():
    rules = asset("print.css").read_text()
    assert re.search(r"data \{ white-space: nowrap", rules)
    assert "hyphens: none" in rules
    assert "table-layout: fixed" in rules
