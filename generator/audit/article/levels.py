"""Levels: one value, one role, the right side of the price, and no agreement where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from generator.audit.article.faults import Fault, shown
from generator.audit.article.figures import Figures
from generator.audit.article.reading import Article
from generator.rules.consistency import ALIGNED_PERCENT, ALIGNED_RANGES

_PRICE = r"\$?(?P<low{0}>\d[\d,]*(?:\.\d+)?)(?:\s*(?:[\u2013-]|to)\s*\$?(?P<high{0}>\d[\d,]*(?:\.\d+)?))?"
_ROLE = r"(?P<role{0}>support/resistance|support|resistance)"
_BACK = r"(?:(?P<back{0}>\d+)[- ]?(?:D|day|session)s?\s+)?"
_MENTION = re.compile(
    "|".join(
        (
            _BACK.format(1)
            + _ROLE.format(1)
            + r"(?: (?:zone|level|band))?(?: (?:at|near|of|around|is|stands at))?\s*:?\s*"
            + _PRICE.format(1),
            _PRICE.format(2) + r"\s*\(" + _BACK.format(2) + _ROLE.format(2) + r"\b",
            _PRICE.format(3) + r",? (?:if|while|as long as) " + _BACK.format(3) + _ROLE.format(3) + r"\b",
            _PRICE.format(4) + r",? an? (?:(?:old|new|prior) )?" + _ROLE.format(4) + r"\b" + _BACK.format(4),
        )
    ),
    re.IGNORECASE,
)
_ALIGNS = re.compile(
    r"\$?(?P<first>\d[\d,]*(?:\.\d+)?)(?P<between>[^.;\n]{0,80}?\baligns? with\b[^.;\n]{0,60}?)"
    r"\$?(?P<second>\d[\d,]*\.\d+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A price said to be support, resistance or both."""

    line: int
    words: str
    roles: frozenset[str]
    low: float
    high: float
    lookback: str  #: "30", or ""

    def meets(self, other: Mention) -> bool:
        """Tell whether both speak of one price."""
        return self.low <= other.high and other.low <= self.high

    @property
    def told(self) -> str:
        """The price as said."""
        return shown(self.low) if self.low == self.high else f"{shown(self.low)}-{shown(self.high)}"


def check(article: Article, figures: Figures) -> Iterator[Fault]:
    """Yield what is wrong with the levels of an article."""
    mentions = [found for line in article.lines for found in _mentions(line.number, line.text)]
    yield from _sides(mentions, figures)
    yield from _unknown(mentions, figures)
    yield from _values([each for each in mentions if each.lookback or not _known(each, figures)])
    yield from _roles(mentions)
    yield from _lookbacks(mentions)
    for line in article.lines:
        yield from _aligned(line.number, line.text, figures)


def _mentions(line: int, text: str) -> Iterator[Mention]:
    for found in _MENTION.finditer(text):
        told = {name: value for name, value in found.groupdict().items() if value is not None}
        parts = {name.rstrip("1234"): value for name, value in told.items()}
        low = float(parts["low"].replace(",", ""))
        high = float(parts.get("high", parts["low"]).replace(",", ""))
        yield Mention(
            line=line,
            words=found[0],
            roles=frozenset(parts["role"].lower().split("/")),
            low=min(low, high),
            high=max(low, high),
            lookback=parts.get("back", ""),
        )


def _sides(mentions: Sequence[Mention], figures: Figures) -> Iterator[Fault]:
    """Support lies below the price, resistance above."""
    spot = figures.spot
    for each in mentions if spot is not None else ():
        if "support" in each.roles and each.high >= (spot or 0):
            yield _fault(
                "level.side", each, f"wanted support below the price {shown(spot or 0)}, found {each.told}"
            )
        if "resistance" in each.roles and each.low <= (spot or 0):
            problem = f"wanted resistance above the price {shown(spot or 0)}, found {each.told}"
            yield _fault("level.side", each, problem)


def _known(each: Mention, figures: Figures) -> bool:
    """Tell whether a price is a level of the figures, of each kind it is said to be."""
    return all(
        any(zone.kind.startswith(role) and _same(each, zone.low, zone.high) for zone in figures.zones)
        for role in each.roles
    )


def _unknown(mentions: Sequence[Mention], figures: Figures) -> Iterator[Fault]:
    """A level is one of the figures' levels of its kind."""
    for each in mentions:
        for role in sorted(each.roles) if not _known(each, figures) else ():
            zones = [zone for zone in figures.zones if zone.kind.startswith(role)]
            if not any(_same(each, zone.low, zone.high) for zone in zones):
                there = ", ".join(f"{shown(zone.low)}-{shown(zone.high)}" for zone in zones) or "none"
                yield _fault(
                    "level.unknown", each, f"wanted a {role} of the figures ({there}), found {each.told}"
                )


def _same(each: Mention, low: float, high: float) -> bool:
    near = 0.005001
    return (abs(each.low - low) < near and abs(each.high - high) < near) or (
        each.low == each.high and min(abs(each.low - low), abs(each.low - high)) < near
    )


def _values(mentions: Sequence[Mention]) -> Iterator[Fault]:
    """A level of one name has one value."""
    for role in ("support", "resistance"):
        named: dict[str, Mention] = {}
        for each in mentions:
            if role in each.roles:
                first = named.setdefault(each.lookback, each)
                if (each.low, each.high) != (first.low, first.high):
                    name = f"{each.lookback}-day {role}" if each.lookback else role
                    problem = f"{name} is {first.told} in line {first.line} and {each.told} here"
                    yield _fault("level.values", each, problem)


def _roles(mentions: Sequence[Mention]) -> Iterator[Fault]:
    """A price is not support and resistance at once."""
    for each in mentions:
        if len(each.roles) > 1:
            yield _fault("level.roles", each, "one price is called support and resistance")
    for one, other in combinations(mentions, 2):
        if len(one.roles) == len(other.roles) == 1 and one.roles != other.roles and one.meets(other):
            problem = (
                f"{other.told} is {min(other.roles)} here, {one.told} {min(one.roles)} in line {one.line}"
            )
            yield _fault("level.roles", other, problem)


def _lookbacks(mentions: Sequence[Mention]) -> Iterator[Fault]:
    """Two look-backs do not give one level without a method."""
    told = set()
    for one, other in combinations(mentions, 2):
        pair = frozenset((one.lookback, other.lookback))
        if "" not in pair and len(pair) == 2 and one.meets(other) and pair not in told:
            told.add(pair)
            earlier = f"the {one.lookback}-day {one.told} of line {one.line}"
            problem = f"{earlier} and this are one price, and no method is told"
            yield _fault("level.lookbacks", other, problem)


def _aligned(line: int, text: str, figures: Figures) -> Iterator[Fault]:
    for found in _ALIGNS.finditer(text):
        first, second = (float(found[name].replace(",", "")) for name in ("first", "second"))
        apart, average = abs(first - second), figures.number("technicals.atr_14")
        near = 100 * apart <= ALIGNED_PERCENT * second
        if not near or (average is not None and apart > ALIGNED_RANGES * average):
            problem = f"{shown(first)} and {shown(second)} are {100 * apart / second:.1f}% apart"
            yield Fault(rule="level.aligned", line=line, words=found[0], problem=problem)


def _fault(rule: str, each: Mention, problem: str) -> Fault:
    return Fault(rule=rule, line=each.line, words=each.words.strip(), problem=problem)
