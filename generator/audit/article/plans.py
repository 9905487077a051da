"""Plans: contracts that live, triggers ahead, and what a plan costs, can lose and makes at its own target."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator import calendar
from generator.audit.article.faults import Fault, shown
from generator.audit.article.figures import Figures
from generator.audit.article.reading import SERIES, Article, Line
from generator.errors import DataError

_AMOUNT = r"\$?(?P<price>\d[\d,]*(?:\.\d+)?)"
_TRIGGER = re.compile(
    r"\b(?P<verb>clos\w+|breaks?|breakout|breakdown|moves?|trades?|pushes|drops?|falls?)\s+"
    r"(?P<way>above|over|through|below|under|beneath)\s+" + _AMOUNT,
    re.IGNORECASE,
)
#: before a price at which a plan ends
_END = re.compile(r"\b(?:off|out|stop|exit|invalid\w*|lapses?)\b[^.;]{0,12}$", re.IGNORECASE)
_TARGET = re.compile(
    r"\b(?:run|move|rally|climb|target(?:s|ing)?|drop|fall)\s+(?:to|of|at|is|:)\s*"
    + _AMOUNT
    + r"(?P<named>\s*\([^)]*?\$?(?P<strike>\d[\d,]*(?:\.\d+)?) (?:call|put)[^)]*\))?",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\b(?:enter|entry|buy)\s+(?:near|at|around|is)?\s*" + _AMOUNT, re.IGNORECASE)
_STOP = re.compile(
    r"\b(?:stop(?:\s+(?:at|is))?|breakdown below|exit below|off on a close below)\s*:?\s*" + _AMOUNT,
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\bbreakdown below " + _AMOUNT + r"[^.;\n]*\bhedge with puts at \$?(?P<strike>\d[\d,]*(?:\.\d+)?)",
    re.IGNORECASE,
)
_PRICED = {
    "what it costs": re.compile(
        r"\b(?:premium|costs?|debit|credit|offered at|priced at|mid|ask of|for \$?\d+\.\d\d)\b", re.IGNORECASE
    ),
    "a breakeven": re.compile(r"\bbreak-?even\b", re.IGNORECASE),
    "the most it can lose": re.compile(
        r"\b(?:most it can lose|max(?:imum)? loss|can lose|at risk|loses at most)\b", re.IGNORECASE
    ),
}
_REWARD = re.compile(r"\bto one\b|\bto 1\b|\breward[-:/ ]+(?:to[- ])?risk\b|\bR:R\b|\d:\d", re.IGNORECASE)
_YEAR = re.compile(r"\b(20\d\d)\b(?!-\d)")
_OUTLOOK = re.compile(r"\b(20\d\d) (?:rall(?:y|ies)|run|gains?|upside|outlook|move)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A contract the article names by its symbol."""

    line: int
    words: str
    right: str
    expiration: dt.date
    strike: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A price to wait for."""

    line: int
    words: str
    up: bool
    close: bool
    price: float


def check(article: Article, figures: Figures) -> Iterator[Fault]:
    """Yield what is wrong with the plans of an article."""
    series = [found for line in article.lines for found in _series(line)]
    triggers = [found for line in article.lines for found in _triggers(line)]
    live = [item for item in series if item.expiration > figures.session]
    yield from _expired(series, figures)
    yield from _met(triggers, figures)
    yield from _disagreeing(triggers)
    yield from _unpriced(live, article)
    yield from _evidence(live, figures)
    targets = [found for line in article.lines for found in _targets(line)]
    yield from _misnamed(targets)
    yield from _profits(live, targets, figures)
    yield from _rewards(article, targets, triggers)
    yield from _hedges(article)
    yield from _horizon(article, series)


def _series(line: Line) -> Iterator[Series]:
    for found in SERIES.finditer(line.text):
        text = found[0].replace(" ", "")
        try:
            parse = calendar.parse_short if len(found["day"]) == 8 else calendar.parse_osi
            symbol = parse(text)
        except DataError:  # no series has this symbol: `form` tells of it
            continue
        yield Series(
            line=line.number,
            words=found[0],
            right=symbol.right,
            expiration=symbol.expiration,
            strike=float(symbol.strike),
        )


def _triggers(line: Line) -> Iterator[Trigger]:
    for found in _TRIGGER.finditer(line.text):
        if _END.search(line.text[: found.start()]):
            continue
        up = found["way"].lower() in {"above", "over", "through"}
        yield Trigger(
            line=line.number,
            words=found[0],
            up=up,
            close=found["verb"].lower().startswith("clos"),
            price=float(found["price"].replace(",", "")),
        )


def _expired(series: Sequence[Series], figures: Figures) -> Iterator[Fault]:
    for each in series:
        if each.expiration <= figures.session:
            problem = f"expired on {each.expiration}, the session is {figures.session}"
            yield Fault(rule="contract.expired", line=each.line, words=each.words, problem=problem)


def _met(triggers: Sequence[Trigger], figures: Figures) -> Iterator[Fault]:
    """A trigger lies ahead: beyond the price, and beyond the session's range unless it is a close."""
    for each in triggers:
        extreme = figures.number("price.high" if each.up else "price.low")
        reached = [x for x in (figures.spot, None if each.close else extreme) if x is not None]
        for price in reached:
            if price >= each.price if each.up else price <= each.price:
                problem = f"the price has been at {shown(price)} already"
                yield Fault(rule="plan.trigger_met", line=each.line, words=each.words, problem=problem)
                break


def _disagreeing(triggers: Sequence[Trigger]) -> Iterator[Fault]:
    """Plans one way wait for one price."""
    for up in (True, False):
        way = [each for each in triggers if each.up is up]
        for each in way[1:]:
            first = way[0]
            if first.price != each.price and abs(first.price / each.price - 1) < 0.02:
                both = f"{shown(first.price)} in line {first.line} and {shown(each.price)}"
                problem = f"wanted one trigger, found {both}"
                yield Fault(rule="plan.triggers_differ", line=each.line, words=each.words, problem=problem)
                break


def _unpriced(live: Sequence[Series], article: Article) -> Iterator[Fault]:
    """A contract put forward has its price, its breakeven and its largest loss, in its own section."""
    told = set()
    for each in live:
        heading = next((s.heading for s in article.sentences if s.line == each.line), "")
        if (each.right, each.strike, each.expiration) in told:
            continue
        told.add((each.right, each.strike, each.expiration))
        section = " ".join(s.whole for s in article.sentences if s.heading == heading)
        missing = [name for name, words in _PRICED.items() if not words.search(section)]
        if missing:
            problem = f"the plan lacks {', '.join(missing)}"
            yield Fault(rule="plan.unpriced", line=each.line, words=each.words, problem=problem)


def _evidence(live: Sequence[Series], figures: Figures) -> Iterator[Fault]:
    """Open interest offered as a reason for a contract is the largest of its side, not the smallest told."""
    interest = figures.open_interest()
    told = set()
    for each in live:
        side = {
            strike: held
            for (right, day, strike), held in interest.items()
            if (right, day) == (each.right, each.expiration)
        }
        held = side.get(each.strike)
        if held is not None and len(side) > 1 and held < max(side.values()) and each.words not in told:
            told.add(each.words)
            best = max(side, key=side.__getitem__)
            more = f"the {shown(best)} strike holds {shown(side[best])}"
            problem = f"its open interest {shown(held)} is no reason: {more}"
            yield Fault(rule="plan.evidence", line=each.line, words=each.words, problem=problem)


def _targets(line: Line) -> Iterator[tuple[Line, re.Match[str]]]:
    for found in _TARGET.finditer(line.text):
        yield line, found


def _misnamed(targets: Sequence[tuple[Line, re.Match[str]]]) -> Iterator[Fault]:
    for line, found in targets:
        if found["strike"] and float(found["strike"].replace(",", "")) != float(
            found["price"].replace(",", "")
        ):
            problem = f"the target {found['price']} is not the strike {found['strike']} it names"
            yield Fault(rule="plan.target_named", line=line.number, words=found[0], problem=problem)


def _profits(
    live: Sequence[Series], targets: Sequence[tuple[Line, re.Match[str]]], figures: Figures
) -> Iterator[Fault]:
    """A bought contract makes money at the article's own target, at the price one could pay."""
    told = set()
    for each in live:
        for line, found in targets:
            target = float(found["price"].replace(",", ""))
            worth = max(target - each.strike if each.right == "call" else each.strike - target, 0.0)
            name = f"{each.right}.{each.expiration}.{shown(each.strike)}"
            paid = figures.number(f"quote.ask.{name}", f"ask.{name}")
            key = (name, target)
            same_way = figures.spot is None or (target > figures.spot) == (each.right == "call")
            if not same_way or key in told or (paid is not None and worth > paid):
                continue
            told.add(key)
            cost = "no price is told to set against it" if paid is None else f"it costs {shown(paid)}"
            problem = f"at the target {shown(target)} of line {line.number} it is worth {worth:.2f}; {cost}"
            yield Fault(rule="plan.profit_at_target", line=each.line, words=each.words, problem=problem)


def _rewards(
    article: Article, targets: Sequence[tuple[Line, re.Match[str]]], triggers: Sequence[Trigger]
) -> Iterator[Fault]:
    """A plan with an entry, a stop and a target tells what it risks and what it gains."""
    for line, found in targets:
        section = [s for s in article.sentences if abs(s.line - line.number) <= 1]
        text = " ".join(s.whole for s in section)
        stop, entry = _STOP.search(text), _ENTRY.search(text)
        ups = [each for each in triggers if each.line == line.number and each.up]
        if stop is None or _REWARD.search(text):
            continue
        entries = [float(entry["price"].replace(",", ""))] if entry else []
        entries += [each.price for each in ups]
        target, out = (float(item["price"].replace(",", "")) for item in (found, stop))
        ratios = [f"{(target - at) / (at - out):.2f} from {shown(at)}" for at in entries if at > out]
        if ratios:
            problem = f"wanted what is gained to what is risked, found none; it is {' and '.join(ratios)}"
            yield Fault(rule="plan.reward_risk", line=line.number, words=found[0], problem=problem)
            return


def _hedges(article: Article) -> Iterator[Fault]:
    for line in article.lines:
        for found in _HEDGE.finditer(line.text):
            problem = f"a hedge bought below {found['price']} comes after the fall it is for"
            yield Fault(rule="plan.hedge_after", line=line.number, words=found[0], problem=problem)


def _horizon(article: Article, series: Sequence[Series]) -> Iterator[Fault]:
    """What is promised does not outlast the options it rests on."""
    last = max((each.expiration for each in series), default=None)
    for line in article.lines if last is not None else ():
        found = next((x for x in _OUTLOOK.finditer(line.text) if last and int(x[1]) > last.year), None)
        if found is not None:
            problem = f"the last option named expires on {last}"
            yield Fault(rule="plan.horizon", line=line.number, words=found[0], problem=problem)
            return
