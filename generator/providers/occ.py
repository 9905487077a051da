"""Open interest as the Options Clearing Corporation counts it, from its series download or a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from generator.errors import BadPayloadError, UnavailableError
from generator.models.market import Part, Terms
from generator.providers import occ_history, occ_series
from generator.providers.asking import client_of, kept
from generator.providers.base import Answer, Ask, Fetched
from generator.providers.files import unpacked
from generator.providers.occ_dates import checked, counted_before, known_from
from generator.providers.one_file import one_file
from generator.providers.products import own_root, product

BASE = "https://marketdata.theocc.com"


class Occ:
    """
    Open interest by series: `occ` downloads it, `occ:FILE` reads a file (`{symbol}` is filled in).

    A file is one of: the series download itself, named with the day it was taken
    (`IWM_2026-05-29.txt`); a history by label date in csv or JSON (see `occ_history`).
    Plain or gzipped. Options: `base_url`; `spacing`, `retries`, `timeout`, `ca_file`.
    """

    name = "occ"
    printed = "OCC open interest"
    parts: tuple[Part, ...] = ("open interest",)
    terms = Terms(
        summary="the clearing house's website, for information; reuse of its data needs its consent",
        allows=frozenset({"store"}),
        attribution="Open interest: The Options Clearing Corporation",
        url="https://www.theocc.com/company-information/terms-and-conditions",
    )

    def __init__(self, argument: str, options: Mapping[str, Any]) -> None:
        self._place = argument
        self._base = str(options.get("base_url", BASE)).rstrip("/")
        self._client = client_of(options)

    def fetch(self, part: Part, ask: Ask) -> Fetched:
        """
        Return the bytes of the series download, under a name with the instant it was taken, or of the file.

        Raises:
            UnavailableError: If the server does not say when it answered: the download has no date inside.
        """
        del part  # there is but one
        if self._place:
            file = one_file(self._place, ask.symbol, "occ")
            return Fetched(files=(file,), item=file.name)
        params = {"symbolType": "U", "symbol": own_root(ask.symbol)}
        answer = self._client.get(f"{self._base}/series-search", params=params)
        if answer.date is None:
            raise UnavailableError(f"{answer.url}: wanted an answer with its date, found none")
        name = occ_series.name_of(own_root(ask.symbol), answer.date)
        return Fetched(files=(kept(name, answer, {}),), item=answer.url, retrieved_at=answer.date)

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """Return the newest open interest known at *ask.when*, by OSI symbol, and its session."""
        del part
        if len(files) != 1:
            raise BadPayloadError(f"OCC: wanted one file, found {len(files)}")
        name, data = next(iter(files.items()))
        content = unpacked(name, data)
        if occ_series.is_series(content):
            counted = checked(occ_series.session_of(name), ask, name)
            found = occ_series.parse_series(name, content, own_root(ask.symbol))
            return Answer(open_interest=found, open_interest_date=counted, delay="end of day")
        history = occ_history.parse_history(name, content, ask.symbol.removeprefix("^"))
        label, counted = _newest(history, ask, name)
        found, gaps = occ_history.by_symbol(history[history["label"] == label], product(ask.symbol))
        return Answer(open_interest=found, open_interest_date=counted, gaps=gaps, delay="end of day")


def _newest(history: pd.DataFrame, ask: Ask, name: str) -> tuple[dt.date, dt.date]:
    """Return the newest label known at *ask.when*, and the session it stands for."""
    sessions = {counted_before(label): label for label in sorted(history["label"].unique())}
    known = [session for session in sessions if known_from(session) <= ask.when]
    counted = checked(max(known, default=None), ask, name)
    return sessions[counted], counted
