"""
Massive (formerly Polygon.io): chains, bars, news and dividends, under a licence one can buy.

Documented at https://massive.com/docs/rest. Which fields a key sees depends on its plan:
quotes of options come with the dearer ones only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from generator.errors import BadPayloadError
from generator.http import Response, json_of
from generator.models.market import Part, Terms
from generator.providers import massive_reading as reading
from generator.providers.asking import bearer, client_of, kept, latest
from generator.providers.base import Answer, Ask, Fetched

BASE = "https://api.massive.com"
#: pages of 250 contracts; the largest index chain has about 30,000
PAGES = 160
#: calendar days of bars, as for `tradier`
BARS = dt.timedelta(days=800)
NEWS = dt.timedelta(days=7)
PAID = dt.timedelta(days=3 * 366)  #: as far back as dividends are taken out of bars
_PAGE = "250"


class Massive:
    """
    Chains, bars, news and dividends of Massive.

    Options: `key`; `base_url`; `spacing`, `retries`, `timeout`, `ca_file` of the connection.
    """

    name = "massive"
    printed = "Massive"
    parts: tuple[Part, ...] = ("chain", "bars", "news", "dividends")
    terms = Terms(
        summary="individual plans: personal, non-business use only; publishing needs a business licence",
        allows=frozenset({"store"}),
        url="https://massive.com/legal/market-data-terms-of-service",
    )

    def __init__(self, argument: str, options: Mapping[str, Any]) -> None:
        del argument
        self._options = options
        self._base = str(options.get("base_url", BASE)).rstrip("/")
        self._client = client_of(options)

    def fetch(self, part: Part, ask: Ask) -> Fetched:
        """Return the bytes of a part; a chain is one file a page."""
        headers = bearer(self._options, self.name)
        if part == "chain":
            answers = self._chain(ask, headers)
        else:
            path, params = _one(part, ask)
            answers = [self._client.get(self._base + path, params=params, headers=headers)]
        return Fetched(
            files=tuple(
                kept(reading.page(part, place), answer, headers) for place, answer in enumerate(answers)
            ),
            item=self._base,
            retrieved_at=latest(answers),
        )

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """Return what the bytes of a part say."""
        read = {
            "chain": reading.chain,
            "bars": reading.bars,
            "news": reading.news,
            "dividends": reading.dividends,
        }
        return read[part](ask, files)

    def _chain(self, ask: Ask, headers: Mapping[str, str]) -> list[Response]:
        """Ask for page after page, until the last or until the nearest expirations are whole."""
        address = f"{self._base}/v3/snapshot/options/{quote(theirs(ask.symbol))}"
        params = {
            "expiration_date.gte": ask.session.isoformat(),
            "limit": _PAGE,
            "sort": "expiration_date",
            "order": "asc",
        }
        found = [self._client.get(address, params=params, headers=headers)]
        days: set[str] = set()
        while following := self._next(found[-1], ask, days):
            if len(found) == PAGES:
                raise BadPayloadError(f"{self._base}: wanted a chain of at most {PAGES} pages, found more")
            found.append(self._client.get(following, headers=headers))
        return found

    def _next(self, answer: Response, ask: Ask, days: set[str]) -> str | None:
        """Return the address of the next page, None after the last one wanted."""
        what = f"Massive chain of {ask.symbol}"
        document = json_of(answer, what)
        days |= reading.days(document, what)
        following = document.get("next_url")
        if not following or (ask.expirations is not None and len(days) > ask.expirations):
            return None
        here = urlsplit(self._base)
        there = urlsplit(following) if isinstance(following, str) else here
        if (there.scheme, there.netloc) != (here.scheme, here.netloc) or not there.path.startswith("/v3/"):
            raise BadPayloadError(
                f"{what}: wanted the next page at {here.netloc}, found {there.netloc[:60]!r}: "
                "the key is not sent there"
            )
        return str(following)


def theirs(symbol: str) -> str:
    """Return a symbol as Massive writes it: `^SPX` is I:SPX."""
    return f"I:{symbol[1:]}" if symbol.startswith("^") else symbol


def _one(part: Part, ask: Ask) -> tuple[str, dict[str, str]]:
    """Return path and query of a part that is one document."""
    ticker = theirs(ask.symbol)
    if part == "bars":
        days = f"{ask.session - BARS}/{ask.session}"
        return f"/v2/aggs/ticker/{quote(ticker)}/range/1/day/{days}", {
            "adjusted": "true",
            "sort": "asc",
            "limit": "50000",
        }
    if part == "news":
        return "/v2/reference/news", {
            "ticker": ticker,
            "published_utc.gte": (ask.when - NEWS).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "published_utc.lte": ask.when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "sort": "published_utc",
            "order": "desc",
            "limit": "50",
        }
    return "/v3/reference/dividends", {
        "ticker": ticker,
        "ex_dividend_date.gte": (ask.session - PAID).isoformat(),
        "sort": "ex_dividend_date",
        "order": "asc",
        "limit": "200",
    }
