"""What must hold for every provider of the table, whatever it speaks."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest

from generator import calendar
from generator.errors import DataError, ProviderError
from generator.models.market import Terms
from generator.providers.base import Ask
from generator.providers.chosen import PROVIDERS, provider_of

PARTS = {"chain", "bars", "news", "rates", "dividends", "events", "open interest"}
SESSION = dt.date(2026, 5, 22)
ASK = Ask(symbol="IWM", when=calendar.session_close(SESSION), session=SESSION)
#: what the ones that need it are made with
ARGUMENTS = {"rss": "https://localhost/feed.xml"}
JUNK = {
    "nothing": b"",
    "text": b"<html><body>Too many requests</body></html>",
    "an empty object": b"{}",
    "an empty list": b"[]",
    "null": b"null",
    "a number": b"1e999",
    "binary": bytes(range(256)),
    "deep nesting": b"[" * 100_000,
    "not UTF-8": b'{"data": "\xff\xfe"}',
}


def made(name):
    return provider_of(name, ARGUMENTS.get(name, ""), {})


@pytest.mark.parametrize("name", PROVIDERS)
def test_it_says_its_name_its_parts_and_its_terms(name):
    provider = made(name)
    assert provider.name == name
    assert provider.printed
    assert set(provider.parts) <= PARTS
    assert provider.parts
    assert isinstance(provider.terms, Terms)
    assert provider.terms.summary
    assert "\n" not in provider.terms.summary


def says_nothing(provider, part, files):
    """Tell whether a provider makes no figure of these bytes, or says in one line what is wrong."""
    try:
        answer = provider.read(part, ASK, files)
    except (ProviderError, DataError) as error:
        return "\n" not in str(error)
    frames = answer.chain is None and answer.bars is None
    return frames and not (answer.rates or answer.dividends or answer.news or answer.open_interest)


@pytest.mark.parametrize("kind", JUNK)
@pytest.mark.parametrize("name", PROVIDERS)
def test_bytes_that_are_something_else_give_no_figure(name, kind):
    provider = made(name)
    for part in provider.parts:
        for file in ("chain.json", "body.json", "file.csv", "feed.xml", "bars.json"):
            assert says_nothing(provider, part, {file: JUNK[kind]}), (part, file)


@pytest.mark.parametrize("name", PROVIDERS)
def test_bytes_that_are_not_there_give_no_figure(name):
    provider = made(name)
    for part in provider.parts:
        assert says_nothing(provider, part, {}), part


def test_to_name_the_providers_imports_none_of_the_slow_libraries():
    code = (
        "import sys, generator.providers.chosen as chosen;"
        f"[chosen.provider_of(name, {ARGUMENTS!r}.get(name, ''), {{}}) for name in chosen.PROVIDERS];"
        "print(sorted({'yfinance', 'curl_cffi', 'duckdb'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
