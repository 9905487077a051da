"""
The day's lean: four families of evidence, one vote each.

Trend, momentum, options and volatility, since signals of one family agree with each other on
most days and are not several. A vote is 1 up or -1 down, 2 and -2 where it is strong, 0 where
its two halves disagree or say nothing; without its figures there is none, and the reader is told.
Bullish or bearish takes three votes one way and no strong one against: the house's convention,
as are the bounds. All votes describe how things stand; none is a forecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from generator.analytics.bar_rows import span
from generator.analytics.evidence import Evidence
from generator.analytics.forwards import Rate
from generator.analytics.past_volatility import SKEW, past_volatility
from generator.models.analysis import ChainView, Fact, Lean, Place, Technicals, Unit, Volatility, Vote
from generator.models.market import Reading

AGREE = 3  #: votes one way
RETURN = 20  #: sessions
FAR = 2.0  #: average ranges from the average of 50: a strong trend
HIGH, LOW = 60.0, 40.0  #: RSI: strong momentum
SKEW_CHANGE, RATIO_CHANGE = 0.1, 0.005  #: volatility points, and of the ratio: less is no change
RATIO_SURGE = 0.05
DEAR, VERY_DEAR = 80.0, 90.0  #: percentile of implied over realised volatility
CHEAP, VERY_CHEAP = 20.0, 10.0

NO_BARS = "too few sessions on file"
NO_SESSION_BEFORE = "no session before to compare with"
NO_SKEW = "no skew to read in the quotes"
NO_SKEW_BEFORE = "no skew of the session before to compare with"
NO_RECORD = "too few sessions with a volatility on file"


def lean(
    evidence: Evidence,
    technicals: Technicals,
    chain: ChainView,
    implied: Volatility,
    premium: Place | None,
    *,
    readings: Sequence[Reading],
    rate: Rate,
) -> Lean:
    """Return the votes and their tally; *premium* is the place of implied over realised volatility."""
    before = _skew_before(evidence, implied, readings, rate)
    votes = (
        _trend(evidence, technicals),
        _momentum(evidence, technicals),
        _options(evidence, chain, implied.skew_25, before),
        _volatility(evidence, premium),
    )
    return _tally(evidence, votes)


def _vote(evidence: Evidence, family: str, value: int, of: Sequence[Fact]) -> Fact:
    return evidence.ledger.add(f"lean.{family}", value, unit=Unit.COUNT, formula=f"lean.{family}", of=of)


def _side(value: float, least: float = 0.0) -> int:
    """1 above *least*, -1 below its negative, 0 between."""
    return (value > least) - (value < -least)


def _agreed(first: int, second: int, *, strong: bool) -> int:
    """The side both halves are on, doubled when strong; 0 where they are not on one side."""
    return first * (2 if strong else 1) if first == second else 0


def _trend(evidence: Evidence, signals: Technicals) -> Vote:
    """The close against its average of 50, and the return of 20 sessions."""
    bars, frame = evidence.signals.bars, evidence.signals.frame
    distance, average, reach = signals.distance_sma_50, signals.sma_50, signals.atr_14
    if distance is None or average is None or reach is None or len(bars) <= RETURN:
        return Vote(family="trend", value=None, absent=NO_BARS)
    closes = bars["close"].to_numpy(dtype=float)
    change = evidence.ledger.add(
        f"lean.return_{RETURN}",
        100 * (closes[-1] / closes[-1 - RETURN] - 1),
        unit=Unit.PERCENT,
        decimals=1,
        formula="=100*(last(close)/first(close)-1)",
        rows=span(bars, -1 - RETURN, frame=frame),
    )
    strong = abs(distance.number) / 100 * average.number >= FAR * reach.number
    value = _agreed(_side(distance.number), _side(change.number), strong=strong)
    return Vote(family="trend", value=_vote(evidence, "trend", value, (distance, change, average, reach)))


def _momentum(evidence: Evidence, signals: Technicals) -> Vote:
    """RSI against 50, and MACD against its signal."""
    rsi, macd, signal = signals.rsi_14, signals.macd, signals.macd_signal
    if rsi is None or macd is None or signal is None:
        return Vote(family="momentum", value=None, absent=NO_BARS)
    strong = not LOW < rsi.number < HIGH
    value = _agreed(_side(rsi.number - 50), _side(macd.number - signal.number), strong=strong)
    return Vote(family="momentum", value=_vote(evidence, "momentum", value, (rsi, macd, signal)))


def _options(evidence: Evidence, chain: ChainView, skew: Fact | None, before: Fact | None) -> Vote:
    """Puts dearer than calls by more or less than the session before, and the like-for-like put/call."""
    change = chain.like_for_like
    if skew is None or change is None:
        return Vote(family="options", value=None, absent=NO_SKEW if skew is None else NO_SESSION_BEFORE)
    if before is None:
        return Vote(family="options", value=None, absent=NO_SKEW_BEFORE)
    ratio = change.now.number / change.then.number - 1
    strong = abs(ratio) >= RATIO_SURGE
    sides = (-_side(skew.number - before.number, SKEW_CHANGE), -_side(ratio, RATIO_CHANGE))
    value = _agreed(*sides, strong=strong)
    return Vote(
        family="options", value=_vote(evidence, "options", value, (skew, before, change.now, change.then))
    )


def _volatility(evidence: Evidence, premium: Place | None) -> Vote:
    """What options price over what was realised, against its own record: dear is down, cheap is up."""
    place = None if premium is None else premium.percentile
    if place is None:
        return Vote(family="volatility", value=None, absent=NO_RECORD)
    dear = (place.number > DEAR) + (place.number > VERY_DEAR)
    cheap = (place.number < CHEAP) + (place.number < VERY_CHEAP)
    return Vote(family="volatility", value=_vote(evidence, "volatility", cheap - dear, (place,)))


def _skew_before(
    evidence: Evidence, implied: Volatility, readings: Sequence[Reading], rate: Rate
) -> Fact | None:
    """The skew of the session before: as read then, else from its chain."""
    past = evidence.previous
    if implied.skew_25 is None or past is None:
        return None
    read = [item.value for item in readings if (item.session, item.id) == (past.session, SKEW)]
    european = evidence.snapshot.kind == "index"
    value = read[0] if read else past_volatility(past, rate, european=european).get(SKEW)
    if value is None:
        return None
    return evidence.ledger.add(
        "previous.volatility.skew_25",
        value,
        unit=Unit.VOLATILITY_POINTS,
        decimals=implied.skew_25.decimals,
        formula="skew.session_before",
        date=past.session,
    )


def _tally(evidence: Evidence, votes: tuple[Vote, ...]) -> Lean:
    cast = [vote.value for vote in votes if vote.value is not None]
    numbers = [int(fact.number) for fact in cast]
    counts = {
        "cast": len(numbers),
        "up": sum(number > 0 for number in numbers),
        "down": sum(number < 0 for number in numbers),
        "highest": max([0, *numbers]),
        "lowest": min([0, *numbers]),
    }
    facts = {
        name: evidence.ledger.add(f"lean.{name}", count, unit=Unit.COUNT, formula="lean.tally", of=cast)
        for name, count in counts.items()
    }
    return Lean(votes=votes, cast=facts["cast"], up=facts["up"], down=facts["down"], direction=way(numbers))


def way(votes: Sequence[int]) -> Literal["up", "down"] | None:
    """Return "up" or "down" where three votes agree and none against is strong, else None."""
    if sum(vote > 0 for vote in votes) >= AGREE and min(votes) > -2:
        return "up"
    if sum(vote < 0 for vote in votes) >= AGREE and max(votes) < 2:
        return "down"
    return None
