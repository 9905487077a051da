"""News items as facts: other people's words with their publisher and time, never a reading of them."""

from __future__ import annotations

import datetime as dt
import re

from generator.analytics.ledger import Ledger
from generator.calendar import to_new_york
from generator.models.analysis import Fact, Headline, Unit
from generator.models.market import NewsItem, Snapshot

MOST = 8
OLDEST = dt.timedelta(days=7)
LONG = 5  #: letters a name's word needs to stand for the name
SHORT_SYMBOL = 2  #: a symbol of so few letters is also a word: it needs a "$" or a bracket
#: words of fund and company names that many names share
GENERIC = frozenset(
    re.findall(
        r"[a-z]+",
        "america american bancorp capital class common company core corporation depositary energy equity "
        "financial first fund global group growth health holding holdings incorporated index industries "
        "international invesco ishares limited market national portfolio proshares resources select series "
        "services share shares solutions spdr stock street systems technologies technology total trust "
        "united vanguard value",
    )
)


def headlines(snapshot: Snapshot, ledger: Ledger) -> tuple[Headline, ...]:
    """
    Return at most eight items of the last seven days, newest first.

    Where there are more, those whose title names the symbol or the name are taken first;
    of items with the same title only the earliest is kept.
    """
    named = {item.id: mentions(item.title, snapshot.symbol, snapshot.name) for item in snapshot.news}
    kept = sorted(_fresh(snapshot), key=lambda item: (named[item.id], item.published_at), reverse=True)[:MOST]
    newest_first = sorted(kept, key=lambda item: item.published_at, reverse=True)
    return tuple(
        _headline(ledger, place, item, mentions_symbol=named[item.id])
        for place, item in enumerate(newest_first, 1)
    )


def mentions(title: str, symbol: str, name: str | None) -> bool:
    """Whether *title* has the symbol, the whole name, or a distinctive word of it of five or more letters."""
    marked = rf"[$(:]{re.escape(symbol)}\b" if len(symbol) <= SHORT_SYMBOL else rf"\b{re.escape(symbol)}\b"
    words = {word for word in re.findall(r"[a-z]+", (name or "").lower()) if len(word) >= LONG} - GENERIC
    spoken = set(re.findall(r"[a-z]+", title.lower()))
    whole = name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title, re.IGNORECASE)
    return bool(whole or re.search(marked, title)) or not words.isdisjoint(spoken)


def _fresh(snapshot: Snapshot) -> list[NewsItem]:
    window = (snapshot.as_of - OLDEST, snapshot.as_of)
    found: dict[str, NewsItem] = {}
    for item in sorted(snapshot.news, key=lambda item: item.published_at):
        if window[0] <= item.published_at <= window[1]:
            found.setdefault(" ".join(item.title.lower().split()), item)
    return list(found.values())


def _headline(ledger: Ledger, place: int, item: NewsItem, *, mentions_symbol: bool) -> Headline:
    published = to_new_york(item.published_at)

    def fact(part: str, value: str | dt.datetime, unit: Unit) -> Fact:
        name, day = f"news.{place}.{part}", published.date()
        return ledger.add(name, value, unit=unit, formula=f"news.{part}", date=day)

    return Headline(
        title=fact("title", item.title, Unit.TEXT),
        publisher=fact("publisher", item.publisher, Unit.TEXT),
        published=fact("published", published, Unit.TIME),
        url=item.url,
        mentions_symbol=mentions_symbol,
    )
