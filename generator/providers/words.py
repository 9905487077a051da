"""Other people's words made safe to carry: titles, summaries, addresses, dates."""

from __future__ import annotations

import datetime as dt
import html
import re
import unicodedata
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

_TAG = re.compile(r"<[^<>]{0,2000}>")
_SPACE = re.compile(r"\s+")
_EPOCH_LIMIT = 4_102_444_800  # the year 2100; larger numbers are milliseconds or nonsense


def clean(text: str) -> str:
    """
    Return *text* on one line, entities resolved, without control, format or private characters.

    Private characters go because the article marks its own numbers with two of them.
    """
    text = html.unescape(text)
    text = _SPACE.sub(" ", text)
    return "".join(letter for letter in text if unicodedata.category(letter)[0] != "C").strip()


def without_tags(text: str) -> str:
    """Return *text* cleaned and without markup."""
    return clean(_TAG.sub(" ", html.unescape(text)))


def shortened(text: str, most: int) -> str:
    """Return *text* in at most *most* characters, cut at a word and ended with an ellipsis."""
    if len(text) <= most:
        return text
    start = text[:most]
    whole = start.rpartition(" ")[0]
    # a text without spaces has no word to cut at
    cut = whole if len(whole) > most // 2 else start[:-1]
    return cut.rstrip(" ,;:.-") + "\N{HORIZONTAL ELLIPSIS}"


def listing(names: Iterable[str], most: int = 12) -> str:
    """Return names in a row for a message, long ones cut and those past *most* counted."""
    every = list(names)
    shown = ", ".join(shortened(name, 40) for name in every[:most])
    return f"{shown} and {len(every) - most} more" if len(every) > most else shown


def normalised(title: str) -> str:
    """Return a title's letters and digits only, for telling whether two are one."""
    return "".join(letter for letter in title.casefold() if letter.isalnum())


def web_address(text: object) -> str | None:
    """Return an http or https address as it stands, None for anything else."""
    if not isinstance(text, str) or any(
        not letter.isprintable() or letter.isspace() for letter in text.strip()
    ):
        return None
    text = text.strip()
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and host else None


def instant(value: object) -> dt.datetime | None:
    """
    Return an aware instant from ISO 8601, RFC 822 or seconds since 1970, None when it is none.

    A time without a zone is UTC, as feeds mean it.
    """
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return dt.datetime.fromtimestamp(value, dt.UTC) if 0 < value < _EPOCH_LIMIT else None
        if not isinstance(value, str):
            return None
        text = value.strip()
        moment = dt.datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
