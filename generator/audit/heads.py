"""What the head of each kind of file says of the article: a closed list of fields, each with its value."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping

from generator.audit.findings import Finding
from generator.audit.readers import Reading
from generator.audit.twin import Twin, folded

BRAND = "Strikebrief"
#: the page fetches nothing and runs nothing
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
_NOT_WORDS = re.compile(r"[^a-z0-9]+")


def check_head(path: str, suffix: str, reading: Reading, twin: Twin) -> Iterator[Finding]:
    """Yield each field of the head that is missing, is not known, or says something else."""
    wanted = _FIELDS[suffix](twin)
    for name in sorted(wanted.keys() | reading.titles.keys()):
        text, found = wanted.get(name), reading.titles.get(name)
        if text is None:
            yield Finding(path, name, f"wanted no such field in the head, found {found!r}")
        elif found is None or folded(found) != folded(text):
            yield Finding(path, name, f"wanted {text!r}, found {'none' if found is None else repr(found)}")


def market(twin: Twin) -> str:
    """Return the head of each page of paper; a synthetic market says so on every one."""
    return f"{twin.raw['symbol']}{' · synthetic market' if twin.raw.get('synthetic') else ''}"


def _page(twin: Twin) -> Mapping[str, str]:
    return {
        "language": str(twin.raw["language"]),
        "charset": "utf-8",
        "policy": POLICY,
        "viewport": "width=device-width, initial-scale=1",
        "color-scheme": "light dark",
        "title": twin.headline,
        "description": twin.standfirst,
        "author": BRAND,
        "generator": _generator(twin),
        "dcterms.created": _instant(twin),
        "dcterms.modified": _instant(twin),
        "icon": "data:,",
        "market": market(twin),
    }


def _markdown(twin: Twin) -> Mapping[str, str]:
    symbol = str(twin.raw["symbol"])
    folder, _, name = str(twin.raw["id"]).rpartition("/")
    fields = {
        "title": twin.headline,
        "date": _instant(twin),
        "slug": _NOT_WORDS.sub("-", f"{name}-{folder}".lower()).strip("-"),
        "symbol": symbol,
        "session": twin.session.isoformat(),
        "description": twin.standfirst,
        "tags": json.dumps(["options", symbol], ensure_ascii=False),
        "generator": _generator(twin),
    }
    return {**fields, "image": f"charts/{twin.charts[0].id}.png"} if twin.charts else fields


def _paper(twin: Twin) -> Mapping[str, str]:
    return {
        "title": twin.headline,
        "subject": twin.standfirst,
        "author": BRAND,
        "creator": _generator(twin),
    }


_FIELDS = {".html": _page, ".md": _markdown, ".pdf": _paper}


def _instant(twin: Twin) -> str:
    """Return when all of it was known: with the quotes, in a morning edition with the count."""
    counted = twin.facts.get("open_interest_at") if twin.raw.get("edition") == "morning" else None
    known = twin.as_of if counted is None or not isinstance(counted.value, dt.datetime) else counted.value
    return known.isoformat(timespec="seconds")


def _generator(twin: Twin) -> str:
    made = twin.raw["generator"]
    return f"{made['name']} {made['version']}"
