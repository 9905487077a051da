"""Stories that the bars tell: a range left, a range grown narrow, a level that held once more."""

from __future__ import annotations

from generator.models.analysis import Analysis, Breakout, HeldLevel
from generator.rules.claims import holds

#: sessions of the range left -> what a close beyond it is worth; the longer, the rarer
LEFT = {200: 1.15, 30: 0.75, 20: 0.45}
NARROWEST, NARROW = 0.6, 0.3
HELD = 0.4


def _unfinished(analysis: Analysis) -> bool:
    return analysis.price.high is None


def broken(analysis: Analysis) -> Breakout | None:
    """Return the longest range that the session's completed close is a breakout of."""
    if _unfinished(analysis):
        return None
    found = (item for item in analysis.technicals.breakouts if holds(analysis.facts, item.slug))
    return next(found, None)


def touched_again(analysis: Analysis) -> HeldLevel | None:
    """Return the level that the session reached and did not close beyond, like twice before and more."""
    if _unfinished(analysis):
        return None
    held = (item for item in analysis.held if item.today and holds(analysis.facts, item.slug))
    return next(held, None)


def breakout(analysis: Analysis) -> float | None:
    """A completed close beyond 200, 30 or 20 sessions; each average range beyond adds a quarter."""
    found = broken(analysis)
    if found is None or found.beyond is None:
        return None
    return LEFT[int(found.sessions.number)] + min(found.beyond.number, 2) / 4


def squeeze(analysis: Analysis) -> float | None:
    """Bollinger's band among its narrowest of half a year."""
    rank = analysis.technicals.bandwidth_rank
    if rank is None or _unfinished(analysis) or not holds(analysis.facts, "band.squeeze"):
        return None
    return NARROWEST if rank.number == 0 else NARROW


def level_held(analysis: Analysis) -> float | None:
    """A level reached for the third time or more, without a close beyond."""
    return None if touched_again(analysis) is None else HELD
