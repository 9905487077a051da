"""
The day's story, chosen by rule: the finding that is largest against its own scale.

Each candidate gives a score, or None when it has nothing to say. A score of 1 is
"worth a headline"; without history only the last few can speak, so a first brief
has an angle too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from generator.models.analysis import Analysis, Fact
from generator.models.brief import Angle
from generator.narrative.price_angles import breakout, level_held, squeeze
from generator.narrative.sections import became
from generator.narrative.stretches import dearest_stretch

#: what is smaller leaves the page to where open interest stands
LEAST_VOLATILITY_CHANGE = 0.05
LEAST_GAIN = 0.35
#: what a morning's count tells comes before what the evening's brief has told
MORNING = 5.0

Score = Callable[[Analysis], float | None]


def _number(fact: Fact | None) -> float | None:
    return None if fact is None else fact.number


def aftermath(analysis: Analysis) -> float | None:
    """What became of the busiest series' volume, in a morning: the news of the day, a roll's aside."""
    found = became(analysis)
    if found is None or found.stayed is None:
        return None
    return MORNING if abs(found.stayed.number) >= 50 else MORNING - 1


def roll(analysis: Analysis) -> float | None:
    """Open interest left some strikes and arrived at others, in like size, on one day."""
    found = analysis.chain.roll
    total = analysis.chain.open_interest_live
    if found is None:
        return None
    board = total.puts.number + total.calls.number
    morning = MORNING if analysis.chain.aftermath else 0.0
    return morning + 1.2 + 10 * min(found.gained.number, found.lost.number) / board


def rare_move(analysis: Analysis) -> float | None:
    """A day's move that few of the sessions before it match."""
    rank = _number(analysis.price.change_rank)
    return None if rank is None or rank > 12 else 2.4 - rank / 10


def past_move(analysis: Analysis) -> float | None:
    """The move since the expiring straddle was priced, against its price."""
    past = analysis.volatility.past_move
    return None if past is None or past.ratio.number < 1.3 else past.ratio.number / 1.6


def volatility_jump(analysis: Analysis) -> float | None:
    """Thirty-day volatility against the session before: a tenth of itself scores 1."""
    now, then = _number(analysis.volatility.constant_30), _number(analysis.volatility.previous_constant_30)
    if now is None or then is None:
        return None
    change = abs(now / then - 1)
    return 10 * change if change >= LEAST_VOLATILITY_CHANGE else None


def new_open_interest(analysis: Analysis) -> float | None:
    """The largest gain at one strike: a twentieth of a day's volume scores 1, a doubled strike more."""
    gains = [c for c in analysis.chain.increases if c.change is not None]
    volume = analysis.chain.volume_live.puts.number + analysis.chain.volume_live.calls.number
    if not gains or not volume or analysis.price.high is None or analysis.chain.roll is not None:
        return None  # a roll tells the same gain, and where it came from
    gain, before = max((_number(c.change) or 0, _number(c.previous_open_interest) or 0) for c in gains)
    score = 20 * gain / volume + (0.3 if gain >= before else 0)
    return score if score >= LEAST_GAIN else None


def busy_strikes(analysis: Analysis) -> float | None:
    """The day's volume gathered in four series; a quarter of it scores 1."""
    share = _number(analysis.chain.busiest_share)
    unfinished = analysis.price.high is None  # a morning's trading is no day's
    told = bool(analysis.chain.aftermath)
    return None if share is None or share < 15 or unfinished or told else share / 25


def dear_days(analysis: Analysis) -> float | None:
    """One stretch of sessions priced far above the rest, as before a dated event."""
    stretch = dearest_stretch(analysis)
    return None if stretch is None or stretch.times_usual < 1.3 else stretch.times_usual / 1.4


def expiration_eve(analysis: Analysis) -> float | None:
    """A heavy strike near the price on the eve of its expiration: a quarter of all gamma scores 1."""
    return None if analysis.eve is None else analysis.eve.gamma_share.number / 25


def new_high(analysis: Analysis) -> float | None:
    """The highest or lowest trade of a year, today."""
    days = (analysis.price.high_252_date, analysis.price.low_252_date)
    return 1.1 if any(day is not None and day.value == analysis.session.value for day in days) else None


def walls(analysis: Analysis) -> float | None:
    """Where the most open interest stands on each side: always true, seldom news."""
    chain = analysis.chain
    return 0.2 if chain.biggest_call is not None and chain.biggest_put is not None else None


def priced_move(analysis: Analysis) -> float | None:
    """What the nearest weekly expiration prices: the story of last resort."""
    return 0.1 if any(term.straddle is not None for term in analysis.volatility.terms) else None


def plain(_analysis: Analysis) -> float | None:
    """Only a price and a ratio."""
    return 0.0


#: slug (a template in templates/angles/<lang>/) -> score
ANGLES: Mapping[str, Score] = {
    "roll": roll,
    "aftermath": aftermath,
    "rare_move": rare_move,
    "past_move": past_move,
    "volatility_jump": volatility_jump,
    "new_open_interest": new_open_interest,
    "dear_days": dear_days,
    "expiration_eve": expiration_eve,
    "busy_strikes": busy_strikes,
    "breakout": breakout,
    "new_high": new_high,
    "squeeze": squeeze,
    "level_held": level_held,
    "walls": walls,
    "priced_move": priced_move,
    "plain": plain,
}


def choose(analysis: Analysis) -> Angle:
    """Return the angle with the highest score; ties go to the first of the table."""
    scores = [(slug, score(analysis)) for slug, score in ANGLES.items()]
    ranked = sorted(((s, v) for s, v in scores if v is not None), key=lambda pair: -pair[1])
    return Angle(chosen=ranked[0][0], considered=tuple((slug, round(value, 4)) for slug, value in ranked))
