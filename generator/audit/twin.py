"""The machine twin as the audit reads it: brief.json, its texts and dates made into values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from generator.audit.invisible import invisible
from generator.models.analysis import Claim, Fact, Inputs, Unit, Value
from generator.models.brief import Mention

_LARGEST = 1e18
_MOST_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the article, the visible text under it and the mentions printed there."""

    heading: str
    text: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class ChartText:
    """A chart's strings in drawing order, and its mentions; `alt` is None where the twin has none."""

    id: str
    heading: str
    texts: tuple[str, ...]
    mentions: tuple[Mention, ...]
    alt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """What the brief says of itself."""

    raw: Mapping[str, Any]
    session: dt.date
    as_of: dt.datetime
    open_interest_date: dt.date
    spot: float
    headline: str
    standfirst: str
    facts: Mapping[str, Fact]
    sections: tuple[Section, ...]
    orphans: tuple[Mention, ...]  #: mentions under no heading of the article
    charts: tuple[ChartText, ...]
    claims: Mapping[str, Claim]

    @property
    def mentions(self) -> Iterable[Mention]:
        """Every mention of text, alternative texts and charts."""
        for section in self.sections:
            yield from section.mentions
        yield from self.orphans
        for chart in self.charts:
            yield from chart.mentions


def read_twin(raw: Mapping[str, Any]) -> Twin:
    """
    Return the twin of a parsed brief.json.

    `ValueError`, `KeyError`, `TypeError` or `AttributeError` for a file that is not one.
    """
    _sound(raw)
    facts = {entry["id"]: _fact(entry) for entry in raw["facts"]}
    if len(facts) != len(raw["facts"]):
        raise ValueError("two facts have one id")
    sections, orphans = _sections(raw["article"], [_mention(entry) for entry in raw["mentions"]])
    return Twin(
        raw=raw,
        session=dt.date.fromisoformat(raw["session"]),
        as_of=dt.datetime.fromisoformat(raw["as_of"]),
        open_interest_date=dt.date.fromisoformat(raw["open_interest_date"]),
        spot=float(raw["spot"]),
        headline=raw["headline"],
        standfirst=raw["standfirst"],
        facts=facts,
        sections=sections,
        orphans=orphans,
        charts=tuple(_chart(entry) for entry in raw["charts"]),
        claims={entry["id"]: Claim(**entry) for entry in raw["claims"]},
    )


def _sound(raw: Any) -> None:
    """Raise `ValueError` for a number no reader of JSON agrees on, or a character nobody sees."""
    left = [raw]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            left += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str):
            fault = invisible(value)
            if fault:
                raise ValueError(fault)
        elif isinstance(value, (int, float)) and not -_LARGEST < value < _LARGEST:
            raise ValueError("wanted finite numbers, found one that is not, or is beyond all measure")


def _value(unit: Unit, value: Any) -> Value:
    if unit is Unit.DATE:
        return dt.date.fromisoformat(value)
    if unit is Unit.TIME:
        return dt.datetime.fromisoformat(value)
    if unit is Unit.TEXT:
        return str(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"wanted a number, found {value!r}")
    return value


def _fact(entry: Mapping[str, Any]) -> Fact:
    inputs = entry["inputs"]
    unit = Unit(entry["unit"])
    try:
        value = _value(unit, entry["value"])
    except (TypeError, ValueError) as error:
        raise ValueError(f"fact {entry['id']}: {error}") from error
    return Fact(
        id=entry["id"],
        value=value,
        unit=unit,
        decimals=_decimals(entry["decimals"]),
        formula=entry["formula"],
        date=dt.date.fromisoformat(entry["date"]) if entry["date"] else None,
        inputs=Inputs(
            selector=inputs["selector"],
            rows=int(inputs["rows"]),
            sha256=inputs["sha256"],
            facts=tuple(inputs["facts"]),
        ),
    )


def _decimals(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value <= _MOST_DECIMALS:
        raise ValueError(f"wanted 0 to {_MOST_DECIMALS} decimals, found {value!r}")
    return value


def _mention(entry: Mapping[str, Any]) -> Mention:
    return Mention(
        fact=entry["fact"], form=entry["form"], text=entry["text"], heading=entry.get("heading") or ""
    )


def _chart(entry: Mapping[str, Any]) -> ChartText:
    return ChartText(
        id=entry["id"],
        heading=entry["heading"],
        texts=tuple(entry["texts"]),
        mentions=tuple(_mention(mention) for mention in entry["mentions"]),
        alt=entry.get("alt"),
    )


def _sections(
    article: Iterable[Mapping[str, Any]], mentions: list[Mention]
) -> tuple[tuple[Section, ...], tuple[Mention, ...]]:
    """Hand out the mentions in order, each run to the next section of its heading."""
    sections, start = [], 0
    for part in article:
        end = start
        while end < len(mentions) and folded(mentions[end].heading) == folded(part["heading"]):
            end += 1
        sections.append(Section(part["heading"], part["text"], tuple(mentions[start:end])))
        start = end
    return tuple(sections), tuple(mentions[start:])


def folded(text: str) -> str:
    """Return *text* with white space folded to single ordinary spaces."""
    return " ".join(text.split())
