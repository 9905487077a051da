"""
From a brief to its files.

`RENDERERS` names each format's writer: `write(draft) -> tuple[Document, ...]`.
Models are imported for type checking only: the PDF worker imports this package and
must not pay for pandas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from generator.registry import load

if TYPE_CHECKING:
    from pathlib import Path

    from generator.models.brief import Brief, Document
    from generator.renderers.pdf import PdfWorker

#: format -> what writes it
RENDERERS: Mapping[str, str] = {
    "html": "generator.renderers.html:write",
    "md": "generator.renderers.markdown:write",
    "pdf": "generator.renderers.pdf:write",
    "json": "generator.renderers.json:write",
}


def render(
    brief: Brief,
    formats: Iterable[str] = tuple(RENDERERS),
    *,
    worker: PdfWorker | None = None,
    theme: Path | None = None,
) -> tuple[Document, ...]:
    """
    Return the files of *brief* in *formats*, and `manifest.json` with their hashes.

    A running *worker* is used for the PDF and left running; without one, a worker is
    started for this brief. The formats are written side by side, the PDF in its process.
    A *theme* is a folder whose `templates/brief.html.j2`, `static/brief.css` and
    `static/print.css`, where it has them, stand for ours; its print style is laid over ours.

    Raises:
        ConfigError: If a format is unknown.
        TextError: If the text names a fact or a chart that is not in the brief.
        PdfUnavailableError: If WeasyPrint or its Pango is not installed.
        OutputError: If the PDF cannot be made.
    """
    from generator.renderers.body import body_of  # noqa: PLC0415  brings models, which the worker does without
    from generator.renderers.draft import Draft  # noqa: PLC0415  the same
    from generator.renderers.manifest import manifest  # noqa: PLC0415  the same

    wanted = sorted(dict.fromkeys(formats), key="pdf".__ne__)
    writers = [load("format", RENDERERS, name) for name in wanted]
    draft = Draft(brief=brief, body=body_of(brief), worker=worker, theme=theme)
    with ThreadPoolExecutor(max_workers=2) as pool:
        written = list(pool.map(lambda writer: writer(draft), writers))
    documents = tuple(document for group in written for document in group)
    return (*documents, manifest(documents, brief.generator))
