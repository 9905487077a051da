"""The risk-neutral probability of a trade at a plan's trigger by the last day it waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from generator.analytics.distribution import probability_of_touch
from generator.analytics.evidence import Evidence
from generator.analytics.series import MINUTES_A_YEAR
from generator.analytics.smile import Slice, Surface
from generator.calendar import minutes_to, session_close
from generator.models.analysis import Fact, Idea, Unit


def touches(
    evidence: Evidence, surface: Surface, smiles: Mapping[dt.date, Slice], ideas: Sequence[Idea]
) -> Iterator[tuple[str, Fact]]:
    """Yield by plan the probability of a trade at its trigger up to the close of its last day."""
    for idea in ideas:
        last = idea.last_day.value
        if not isinstance(last, dt.date):
            continue
        after = [smile for day, smile in smiles.items() if day >= last and smile.curve is not None]
        smile = min(after, key=lambda item: item.expiration.minutes, default=None)
        if (
            smile is not None
            and (touched := _touched(evidence, surface.market.spot, smile, idea, last)) is not None
        ):
            yield idea.id, touched


def _touched(evidence: Evidence, spot: float, smile: Slice, idea: Idea, last: dt.date) -> Fact | None:
    level = idea.trigger.number
    volatility = smile.volatility(level)
    years = minutes_to(evidence.snapshot.as_of, session_close(last)) / MINUTES_A_YEAR
    if volatility is None or smile.error(level) is None or years <= 0:
        return None
    carried = spot * (smile.forward / spot) ** (years / smile.expiration.years)
    return evidence.ledger.add(
        f"probability.touch.{idea.id}",
        100 * probability_of_touch(spot, carried, level, volatility, years),
        unit=Unit.PERCENT,
        formula="smile.probability_of_touch",
        rows=f"chain[{smile.expiration.terms}]",
        of=(idea.trigger, idea.last_day),
    )
