from __future__ import annotations

import json
from hashlib import sha256

import pytest

from generator.errors import ConfigError
from generator.models.brief import Document
from generator.registry import load
from generator.renderers import RENDERERS, render
from generator.renderers.pdf import PdfWorker

from .conftest import make_brief, make_draft

PATHS = {"html": "brief.html", "md": "brief.md", "pdf": "brief.pdf", "json": "brief.json"}


@pytest.fixture(scope="module")
def drafts():
    with PdfWorker() as worker:
        yield make_draft(worker=worker)


@pytest.mark.parametrize("name", RENDERERS)
def test_every_format_writes_documents_with_safe_paths_and_the_same_bytes_twice(name, drafts):
    writer = load("format", RENDERERS, name)
    documents = writer(drafts)
    assert documents[0].path == PATHS[name]
    assert all(isinstance(document, Document) and document.data for document in documents)
    assert all(not document.path.startswith("/") and ".." not in document.path for document in documents)
    assert writer(drafts) == documents


def test_render_gives_every_format_and_a_manifest_that_holds():
    documents = render(make_brief(), ["html", "md", "json"])
    files = {document.path: document.data for document in documents}
    assert sorted(files) == [
        "brief.html",
        "brief.json",
        "brief.md",
        "charts/open_interest.png",
        "charts/price.png",
        "manifest.json",
    ]
    manifest = json.loads(files.pop("manifest.json"))
    assert {entry["path"]: entry["sha256"] for entry in manifest["files"]} == {
        path: sha256(data).hexdigest() for path, data in files.items()
    }
    assert all(entry["bytes"] == len(files[entry["path"]]) for entry in manifest["files"])


def test_an_unknown_format_is_a_mistake_in_the_settings():
    with pytest.raises(ConfigError, match="no format called 'docx'"):
        render(make_brief(), ["docx"])
