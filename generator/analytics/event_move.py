"""The move that options price for a company's next report, and the sessions that answered to earlier ones."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generator.analytics.event_dates import event_side, next_earnings, reaction
from generator.analytics.event_variance import Priced, event_variance, session_variance
from generator.analytics.evidence import Evidence
from generator.analytics.normal import MEAN_MOVE
from generator.calendar import previous_session
from generator.models.analysis import EventMove, Fact, PastEventMove, TermPoint, Unit
from generator.models.market import Event

HORIZON = dt.timedelta(days=45)
PAST = 8  #: reports before
YEAR = 525_600  #: minutes
DAY = 1440
SETTLED = 0.5  #: of the event's variance, more than which the quotes' own error may not be
NAME = "event_move"


def event_move(evidence: Evidence, terms: Sequence[TermPoint]) -> EventMove | None:
    """
    Return what is priced for a company's next report within 45 days, None without one.

    Without a move, and the reason withheld, where the date is not confirmed or the quotes do not
    tell it apart.
    """
    event = next_earnings(evidence.snapshot.events)
    if evidence.snapshot.kind != "stock" or event is None or event.date > evidence.session + HORIZON:
        return None
    found = EventMove(
        date=evidence.ledger.day(event.date),
        title=evidence.ledger.add(f"{NAME}.title", event.title, unit=Unit.TEXT, formula="key_date.title"),
        confirmed=event.confirmed,
        when=_when(event),
        in_thirty_days=_covers(terms, event),
    )
    found = _with_past(evidence, found)
    chosen = _Chosen.of(terms, event)
    if (reason := _refusal(chosen, event)) is not None or chosen is None:
        evidence.withhold(NAME, reason or "no expiration after it has a volatility")
        return found
    return _written(evidence, chosen, found)


def _when(event: Event) -> str:
    """When on its day a report comes, in words; nothing where its time is not known."""
    if event.time is None:
        return ""
    if event.time < dt.time(9, 30):
        return "before the open"
    return "during the session" if reaction(event) == event.date else "after the close"


def _day(term: TermPoint) -> dt.date:
    return dt.date.fromisoformat(str(term.expiration.value))


def _covers(terms: Sequence[TermPoint], event: Event) -> bool:
    """Say whether the 30-day volatility is read from an expiration that settles after *event*."""
    beyond = (term for term in terms if term.atm_error is not None and term.minutes.number > 30 * DAY)
    later = next(beyond, None)
    return later is not None and event_side(_day(later), event) != "before"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The first expiration that covers an event, the last before it and the next after."""

    first: TermPoint
    before: TermPoint | None
    second: TermPoint | None

    @classmethod
    def of(cls, terms: Sequence[TermPoint], event: Event) -> _Chosen | None:
        known = [term for term in terms if term.atm_error is not None and term.sessions.number > 0]
        after = [term for term in known if event_side(_day(term), event) == "after"]
        before = [term for term in known if event_side(_day(term), event) == "before"]
        second = after[1] if len(after) > 1 else None
        return cls(after[0], before[-1] if before else None, second) if after else None

    @property
    def priced(self) -> tuple[Priced, Priced | None, Priced | None]:
        """Their total variances: the first, the second and the one before; percent squared."""
        second, before = (None if term is None else _priced(term) for term in (self.second, self.before))
        return _priced(self.first), second, before

    @property
    def error(self) -> float:
        """By how much the volatilities' error bars together may move the event's variance."""
        others = self.first.sessions.number - 1
        if self.before is not None:
            return _error(self.first) + others * _error(self.before) / self.before.sessions.number
        if self.second is None:
            return math.inf
        apart = self.second.sessions.number - self.first.sessions.number
        return _error(self.first) + others * (_error(self.first) + _error(self.second)) / apart


def _priced(term: TermPoint) -> Priced:
    return Priced(_number(term.atm_volatility) ** 2 * term.minutes.number / YEAR, int(term.sessions.number))


def _error(term: TermPoint) -> float:
    return 2 * _number(term.atm_volatility) * _number(term.atm_error) * term.minutes.number / YEAR


def _number(fact: Fact | None) -> float:
    return math.nan if fact is None else fact.number


def _refusal(chosen: _Chosen | None, event: Event) -> str | None:
    """Return why no move is read from the quotes, None where one is."""
    if not event.confirmed:
        return f"{event.source} does not hold the date of its next earnings to be confirmed"
    if chosen is None:
        return "no expiration after it has a volatility"
    variance = event_variance(*chosen.priced)
    if variance is None:
        return "the expirations around it leave no variance for it"
    if chosen.error > SETTLED * variance:
        return "the spreads of the quotes around it are too wide to tell"
    return None


def _written(evidence: Evidence, chosen: _Chosen, found: EventMove) -> EventMove:
    """Write the move down, from the volatilities of the expirations around it."""
    ordinary = session_variance(*chosen.priced) or 0.0
    variance = event_variance(*chosen.priced) or 0.0
    first = chosen.first
    other = _ordinary(evidence, chosen, math.sqrt(ordinary))
    parts = (_known(first.atm_volatility), first.minutes, first.sessions, other)
    one = _percent(
        evidence, "one_sigma_percent", math.sqrt(variance), "=sqrt($1*$1*$2/525600-($3-1)*$4*$4)", parts
    )
    mean = _percent(evidence, "mean_percent", MEAN_MOVE * one.number, f"=sqrt(2/{math.pi!r})*$1", (one,))
    dollars = evidence.ledger.add(
        f"{NAME}.mean",
        mean.number * evidence.spot.number / 100,
        unit=evidence.unit,
        decimals=2,
        formula="=$1*$2/100",
        of=(mean, evidence.spot),
    )
    return replace(
        found,
        first=first.expiration,
        before=None if chosen.before is None else chosen.before.expiration,
        other_sessions=other,
        one_sigma_percent=one,
        mean_percent=mean,
        mean=dollars,
        past_larger=_past_larger(evidence, found.past, mean),
    )


def _ordinary(evidence: Evidence, chosen: _Chosen, value: float) -> Fact:
    """An ordinary session's deviation in percent: that of the expiration before, else of the growth after."""
    if chosen.before is not None and chosen.before.per_session is not None:
        return chosen.before.per_session
    first, second = chosen.first, chosen.second or chosen.first
    parts = (
        *(_known(first.atm_volatility), first.minutes, first.sessions),
        *(_known(second.atm_volatility), second.minutes, second.sessions),
    )
    formula = "=sqrt(($4*$4*$5-$1*$1*$2)/525600/($6-$3))"
    return _percent(evidence, "other_sessions", value, formula, parts)


def _known(fact: Fact | None) -> Fact:
    if fact is None:
        raise TypeError("wanted a volatility, found none")
    return fact


def _percent(evidence: Evidence, name: str, value: float, formula: str, of: tuple[Fact, ...]) -> Fact:
    return evidence.ledger.add(f"{NAME}.{name}", value, unit=Unit.PERCENT, decimals=1, formula=formula, of=of)


def _past(evidence: Evidence) -> Iterator[PastEventMove]:
    """Yield the moves of the sessions that answered to the last eight reports, newest first."""
    bars = evidence.snapshot.bars
    closes = dict(zip(bars["date"].dt.date, bars["close"], strict=True))
    answers = (reaction(event) for event in reversed(evidence.snapshot.past_earnings))
    sessions = [day for day in answers if day is not None]
    told = [day for day in sessions if day in closes and previous_session(day) in closes]
    if not told:
        evidence.withhold(f"{NAME}.past", "no earlier report is on file with its day and its time")
    for day in told[:PAST]:
        before = previous_session(day)
        move = evidence.ledger.add(
            f"{NAME}.past.{day.isoformat()}",
            100 * abs(closes[day] / closes[before] - 1),
            unit=Unit.PERCENT,
            decimals=1,
            formula="=100*abs(last(close)/first(close)-1)",
            rows=f"bars[date>={before.isoformat()} date<={day.isoformat()}]",
            date=day,
        )
        yield PastEventMove(session=evidence.ledger.day(day), move=move)


def _with_past(evidence: Evidence, found: EventMove) -> EventMove:
    """Add the sessions that answered to earlier reports, their number and their mean."""
    past = tuple(_past(evidence))
    if not past:
        return found
    count = evidence.ledger.add(
        f"{NAME}.past_count", len(past), unit=Unit.COUNT, formula="event.earlier_reports"
    )
    return replace(found, past=past, past_count=count, past_mean=_past_mean(evidence, past))


def _past_mean(evidence: Evidence, past: Sequence[PastEventMove]) -> Fact:
    total = "+".join(f"${place}" for place in range(1, len(past) + 1))
    value = sum(item.move.number for item in past) / len(past)
    parts = tuple(item.move for item in past)
    return _percent(evidence, "past_mean", value, f"=({total})/{len(past)}", parts)


def _past_larger(evidence: Evidence, past: Sequence[PastEventMove], mean: Fact) -> Fact | None:
    if not past:
        return None
    return evidence.ledger.add(
        f"{NAME}.past_larger",
        sum(item.move.number > mean.number for item in past),
        unit=Unit.COUNT,
        formula="event.larger_than_priced",
        of=(mean, *(item.move for item in past)),
    )
