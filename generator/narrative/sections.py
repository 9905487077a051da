"""What the article consists of, in order, and what each part is handed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from generator.models.analysis import (
    Aftermath,
    Analysis,
    Ending,
    Fact,
    Headline,
    Level,
    Roll,
    TermPoint,
    Unit,
)
from generator.models.market import Source
from generator.templating import prints_zero


@dataclass(frozen=True, slots=True)
class Section:
    """A template in templates/sections/<lang>/ and when it is printed."""

    slug: str
    needs: Callable[[Analysis], bool] = lambda _analysis: True


#: in the order of the page
SECTIONS = (
    Section("lead"),
    Section("morning", lambda analysis: bool(analysis.chain.aftermath)),
    Section("chain"),
    Section("news"),
    Section("technicals"),
    Section("trades"),
    Section("volatility"),
    Section("method"),
)

#: a feed files much under a symbol that is about neither; a title without one of these is left out
MARKET_WORDS = frozenset(
    re.findall(
        r"\S+",
        "bond bonds cap caps dow earnings economy equities equity etf etfs fed fund funds index inflation "
        "market markets nasdaq option options rally rate rates russell s&p selloff shares stock stocks "
        "tariff tariffs traders treasury volatility yield yields",
    )
)

FIGURES: Mapping[str, Callable[[Analysis], bool]] = {
    "spot": lambda _a: True,
    "put_call": lambda a: a.chain.open_interest_all.ratio is not None,
    "volatility": lambda a: a.volatility.constant_30 is not None,
    "expected_move": lambda a: near_term(a) is not None,
    "rsi": lambda a: a.technicals.rsi_14 is not None,
    "high": lambda a: a.price.high_252 is not None and a.price.below_high_percent is not None,
    "max_pain": lambda a: bool(a.chain.boards) and a.chain.boards[0].max_pain is not None,
    "contracts": lambda _a: True,
    "bars": lambda _a: True,
}


def figures(analysis: Analysis) -> tuple[str, ...]:
    """Return the six figures of the first page, the first six that have a value."""
    return tuple(slug for slug, has in FIGURES.items() if has(analysis))[:6]


def near_term(analysis: Analysis) -> TermPoint | None:
    """Return the nearest Friday-week expiration's expected move, else the nearest with one."""
    priced = [term for term in analysis.volatility.terms if term.straddle is not None]
    weekly = {board.expiration.value for board in analysis.chain.boards}
    return next((term for term in priced if term.expiration.value in weekly), next(iter(priced), None))


def far_term(analysis: Analysis) -> TermPoint | None:
    """Return the expected move nearest to thirty days, when it is not the near one."""
    near = near_term(analysis)
    priced = [term for term in analysis.volatility.terms if term.straddle is not None]
    best = min(priced, key=lambda term: abs(term.minutes.number / 1440 - 30), default=None)
    return None if best is near else best


def nearest(analysis: Analysis, kinds: tuple[str, ...], *, above: bool) -> Level | None:
    """Return the nearest level of these kinds above or below spot."""
    spot = analysis.price.spot.number
    if above:
        side = [level for level in analysis.levels if level.kind in kinds and level.low.number > spot]
        return min(side, key=lambda level: level.low.number, default=None)
    side = [level for level in analysis.levels if level.kind in kinds and level.high.number < spot]
    return max(side, key=lambda level: level.high.number, default=None)


def watched(analysis: Analysis, *, above: bool) -> Level | None:
    """Return the level that a plan waits for on this side, else the nearest zone or extreme."""
    wanted = {idea.trigger_level for idea in analysis.ideas if (idea.direction == "up") is above}
    planned = (level for level in analysis.levels if level.id in wanted)
    kinds: tuple[str, ...] = ("resistance", "prior high") if above else ("support", "prior low")
    session: tuple[str, ...] = ("session high",) if above else ("session low",)
    found = next(planned, None) or nearest(analysis, kinds, above=above)
    return found or nearest(analysis, session, above=above)


def shared_warnings(analysis: Analysis) -> tuple[str, ...]:
    """Return what is to be said beside several plans alike, in order."""
    told = [warning for idea in analysis.ideas for warning in idea.warnings]
    return tuple(dict.fromkeys(warning for warning in told if told.count(warning) > 1))


def ending_of(analysis: Analysis, level: Level | None) -> Ending | None:
    """Return the probability of a close beyond a level, None where there is none or it prints as nothing."""
    found = None if level is None or analysis.endings is None else analysis.endings.levels.get(level.id)
    return None if found is None or prints_zero(found.probability) else found


def emptied(roll: Roll | None) -> bool:
    """Say whether every closed series lost at least half of its open interest."""
    return roll is not None and all(
        x.open_interest is not None
        and x.previous_open_interest is not None
        and x.open_interest.number <= x.previous_open_interest.number / 2
        for x in roll.closed
    )


def became(analysis: Analysis) -> Aftermath | None:
    """Return the largest change of half a series' volume or more, else the busiest counted series."""
    counted = [item for item in analysis.chain.aftermath if item.stayed is not None]
    clear = [item for item in counted if item.stayed is not None and abs(item.stayed.number) >= 50]
    return max(clear, key=_size) if clear else next(iter(counted), None)


def _size(item: Aftermath) -> float:
    change = item.contract.change
    return 0.0 if change is None else abs(change.number)


def moved(analysis: Analysis) -> frozenset[str]:
    """Return the series of the changes that look like one position moved."""
    roll = analysis.chain.roll
    return frozenset() if roll is None else frozenset(x.contract_symbol for x in (*roll.closed, *roll.opened))


def touched(analysis: Analysis, level: Level) -> Fact | None:
    """Return the date a level was last touched, as a fact, or None."""
    facts = (analysis.facts.get(f"level.{level.id}.{name}") for name in ("last", "date"))
    return next((fact for fact in facts if fact is not None), None)


def recent_news(analysis: Analysis, sessions: int = 5) -> tuple[Headline, ...]:
    """Return the last days' items that name the symbol or the market, the former first, at most five."""
    as_of = analysis.as_of.value
    if not isinstance(as_of, dt.datetime):
        return ()
    oldest = as_of - dt.timedelta(days=sessions + 2)
    fresh = [item for item in analysis.news if _instant(item.published) >= oldest and _is_relevant(item)]
    return tuple(sorted(fresh, key=lambda item: not item.mentions_symbol))[:5]


def _instant(fact: Fact) -> dt.datetime:
    if not isinstance(fact.value, dt.datetime):
        raise TypeError(f"{fact.id}: wanted an instant, found {fact.value!r}")
    return fact.value


def _is_relevant(item: Headline) -> bool:
    words = set(re.findall(r"[a-z&]+", str(item.title.value).casefold()))
    return item.mentions_symbol or bool(words & MARKET_WORDS)


def published(item: Headline) -> dt.datetime:
    """Return the instant an item was published."""
    return _instant(item.published)


def is_todays(analysis: Analysis, item: Headline) -> bool:
    """Say whether an item was published on the brief's session day, New York time."""
    as_of = _instant(analysis.as_of)
    return _instant(item.published).astimezone(as_of.tzinfo).date() == as_of.date()


def source_facts(sources: tuple[Source, ...]) -> tuple[tuple[Fact, ...], ...]:
    """Return each source as text facts: its part, its item with the delay, and its terms when it has some."""
    return tuple(
        tuple(
            Fact(id=f"source.{number}.{name}", value=text, unit=Unit.TEXT, decimals=0, formula="source")
            for name, text in _told(source).items()
        )
        for number, source in enumerate(sources, 1)
    )


def _told(source: Source) -> dict[str, str]:
    """Return what is said of a source; its terms are the operator's own files' business."""
    told = {"part": source.part, "item": ": ".join(filter(None, (source.name, source.item))) + _late(source)}
    terms = "; ".join(filter(None, (source.attribution, source.terms))) if source.provider else ""
    return told | ({"terms": terms} if terms else {})


def _late(source: Source) -> str:
    """Return how late a provider's data are: ", delayed 15 minutes", ", end of day"."""
    if not source.delay or not source.provider:
        return ""
    return f", {'delayed ' if source.delay[0].isdigit() else ''}{source.delay}"


def gap_facts(analysis: Analysis) -> tuple[Fact, ...]:
    """Return each gap and withheld metric as one text fact: what, and why."""
    told = [f"{gap.what}: {gap.reason}" for gap in analysis.gaps]
    told += [f"{held.metric}: {held.reason}" for held in analysis.quality.withheld]
    return tuple(
        Fact(id=f"gap.{number}", value=text, unit=Unit.TEXT, decimals=0, formula="gap")
        for number, text in enumerate(dict.fromkeys(told), 1)
    )
