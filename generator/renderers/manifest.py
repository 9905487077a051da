"""manifest.json: the hashes and sizes of a brief's other files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256

from generator.models.brief import Document

PATH = "manifest.json"


def manifest(documents: Iterable[Document], version: str) -> Document:
    """Return the manifest of *documents*, sorted by path; *version* is the program's."""
    files = [
        {"path": document.path, "sha256": sha256(document.data).hexdigest(), "bytes": len(document.data)}
        for document in sorted(documents, key=lambda document: document.path)
        if document.path != PATH
    ]
    content = {"generator": {"name": "strikebrief", "version": version}, "files": files}
    return Document(path=PATH, data=(json.dumps(content, indent=1) + "\n").encode())
