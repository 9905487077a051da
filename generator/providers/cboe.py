"""
Cboe's delayed quotes: whole chains and daily bars, without a key, for one's own eyes.

The addresses behind the quote pages of cboe.com; nobody documents or promises them. What the
bytes mean stands in `cboe_chain` and `cboe_bars`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from generator.errors import DeniedError, NotThereError
from generator.http import Response
from generator.models.market import Part, Terms
from generator.providers import cboe_bars, cboe_chain
from generator.providers.asking import client_of
from generator.providers.base import Answer, Ask, Fetched
from generator.providers.files import raw_file
from generator.providers.products import product

BASE = "https://cdn.cboe.com/api/global/delayed_quotes"
TERMS = Terms(
    summary="for personal, non-commercial use; display, redistribution and resale need Cboe's licence",
    allows=frozenset({"store"}),
    attribution="Delayed quotes by Cboe Global Markets",
    url="https://www.cboe.com/delayed_quotes/",
)


class Cboe:
    """
    Chains and bars of Cboe's delayed quotes.

    Options: `base_url`; `spacing`, `retries`, `timeout`, `ca_file` of the connection.
    """

    name = "cboe"
    printed = "Cboe delayed quotes"
    parts: tuple[Part, ...] = ("chain", "bars")
    terms = TERMS

    def __init__(self, argument: str, options: Mapping[str, Any]) -> None:
        del argument  # there is but one place
        self._base = str(options.get("base_url", BASE)).rstrip("/")
        self._client = client_of(options)

    def fetch(self, part: Part, ask: Ask) -> Fetched:
        """Return the bytes of the whole chain, or of all bars."""
        folder, name = (
            ("options", cboe_chain.FILE) if part == "chain" else ("charts/historical", cboe_bars.FILE)
        )
        answer = self._get(f"{self._base}/{folder}/{quote(theirs(ask.symbol), safe='')}.json", ask.symbol)
        return Fetched(files=(raw_file(name, answer.body),), item=answer.url, retrieved_at=answer.date)

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """Return the chain or the bars that the bytes hold."""
        return cboe_chain.read(ask, files) if part == "chain" else cboe_bars.read(ask, files)

    def _get(self, url: str, symbol: str) -> Response:
        """Ask for one document. A symbol Cboe does not list is answered as forbidden: there is no key."""
        try:
            return self._client.get(url)
        except DeniedError as error:
            raise NotThereError(
                f"wanted delayed quotes of {symbol} at Cboe, found none, or none for us: {error}"
            ) from error


def theirs(symbol: str) -> str:
    """Return a symbol as Cboe writes it: an index has an underscore before it."""
    bare = symbol.removeprefix("^")
    return f"_{bare}" if product(symbol).kind == "index" else bare
