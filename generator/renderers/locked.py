"""What a document may fetch while it is rendered: data URIs, and our own static files."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from weasyprint.urls import URLFetcher, URLFetcherResponse

from generator.assets import asset
from generator.errors import BriefError

SCHEME = "asset:"
TYPES = {".ttf": "font/ttf", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


class LockedFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Serves `data:` and `asset:NAME` from the static folder; no network, no files, no redirects."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        """
        Return the response for *url*.

        Raises:
            ValueError: If it is neither a data URI nor a file of ours.
        """
        if not url.startswith(SCHEME):
            return super().fetch(url, headers)
        try:
            path = asset(unquote(url.removeprefix(SCHEME)))
        except BriefError as error:
            raise ValueError(str(error)) from error
        kind = TYPES.get(path.suffix)
        if kind is None:
            raise ValueError(f"wanted a font, style or picture, found {path.name}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
