"""
Tradier's brokerage API: chains and daily bars for the holder of an account.

Documented at https://documentation.tradier.com/brokerage-api (markets). Two habits of its
JSON: a lone item stands as an object in place of a list, and an empty list is null.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from generator.errors import NotThereError
from generator.http import Response
from generator.models.market import Part, Terms
from generator.providers import tradier_reading as reading
from generator.providers.asking import bearer, client_of, kept, latest
from generator.providers.base import Answer, Ask, Fetched

BASE = "https://api.tradier.com"
#: calendar days of bars: 252 sessions, the 200 before their first, and some holidays
BARS = dt.timedelta(days=800)


class Tradier:
    """
    Chains and bars of Tradier.

    Options: `token`; `base_url` (the sandbox, https://sandbox.tradier.com, is delayed by 15
    minutes); `spacing`, `retries`, `timeout`, `ca_file` of the connection.
    """

    name = "tradier"
    printed = "Tradier"
    parts: tuple[Part, ...] = ("chain", "bars")
    terms = Terms(
        summary="market data for the account holder's own use; display or resale needs Tradier's consent",
        allows=frozenset({"store"}),
        url="https://documentation.tradier.com",
    )

    def __init__(self, argument: str, options: Mapping[str, Any]) -> None:
        del argument  # a brokerage API has but one place
        self._options = options
        self._base = str(options.get("base_url", BASE)).rstrip("/")
        self._client = client_of(options)

    def fetch(self, part: Part, ask: Ask) -> Fetched:
        """Return the bytes of a chain (one file an expiration) or of the bars."""
        headers = bearer(self._options, self.name)
        answers = self._chain(ask, headers) if part == "chain" else self._bars(ask, headers)
        return Fetched(
            files=tuple(kept(name, answer, headers) for name, answer in answers.items()),
            item=f"{self._base}/v1/markets",
            retrieved_at=latest(answers.values()),
        )

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """Return the chain or the bars that the bytes hold."""
        return reading.chain(ask, files) if part == "chain" else reading.bars(ask, files)

    def _chain(self, ask: Ask, headers: Mapping[str, str]) -> dict[str, Response]:
        """Ask for the expirations, the underlying and each expiration's contracts."""
        symbol = theirs(ask.symbol)
        listed = self._get(
            "options/expirations", headers, symbol=symbol, includeAllRoots="true", strikes="false"
        )
        found = {reading.EXPIRATIONS: listed}
        days = reading.expirations(ask, {reading.EXPIRATIONS: listed.body})
        if not days:
            raise NotThereError(f"wanted options of {ask.symbol} at Tradier, found no expiration listed")
        found[reading.QUOTE] = self._get("quotes", headers, symbols=symbol, greeks="false")
        for day in days:
            found[reading.chain_file(day)] = self._get(
                "options/chains", headers, symbol=symbol, expiration=day.isoformat(), greeks="false"
            )
        return found

    def _bars(self, ask: Ask, headers: Mapping[str, str]) -> dict[str, Response]:
        """Ask for the daily bars up to the session."""
        start = (ask.session - BARS).isoformat()
        end = ask.session.isoformat()
        symbol = theirs(ask.symbol)
        return {
            reading.HISTORY: self._get(
                "history", headers, symbol=symbol, interval="daily", start=start, end=end
            )
        }

    def _get(self, path: str, headers: Mapping[str, str], **params: str) -> Response:
        """Ask for one document of the markets."""
        return self._client.get(f"{self._base}/v1/markets/{path}", params=params, headers=headers)


def theirs(symbol: str) -> str:
    """Return a symbol as Tradier writes it: `^SPX` is SPX, `BRK.B` is BRK/B."""
    return symbol.removeprefix("^").replace(".", "/")
