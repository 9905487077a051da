"""brief.html: one self-contained page."""

from __future__ import annotations

from generator.models.brief import Document
from generator.renderers.draft import Draft
from generator.renderers.page import screen_page


def write(draft: Draft) -> tuple[Document, ...]:
    """Return the page; it needs no network and no script."""
    return (Document(path="brief.html", data=screen_page(draft).encode()),)
