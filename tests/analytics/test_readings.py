from __future__ import annotations

from generator import analytics
from generator.analytics.priced_moves import SIGMA, STRADDLE
from generator.analytics.readings import KEPT, NEAREST, readings
from generator.models.analysis import Choices
from generator.models.market import History
from tests.builders import make_history, make_snapshot


def test_a_close_leaves_every_reading_each_once():
    analysis = analytics.analyse(make_snapshot(), make_history(), Choices())
    kept = readings(analysis.facts)
    ids = [fact.id for fact in kept]
    assert len(set(ids)) == len(ids)
    known = {*NEAREST.values(), *(name for name in KEPT if name in analysis.facts)}
    known |= {name for name in analysis.facts if name.startswith("volume.bucket.")}
    known |= {f"{stem}.2026-03-13" for stem in (STRADDLE, SIGMA)}
    assert set(ids) == known
    assert {"spot", "put_call.open_interest.live", "volatility.constant_30"} < known
    assert all(analysis.facts[fact.id] == fact for fact in kept if fact.id in KEPT)


def test_the_nearest_expiration_beyond_today_stands_for_all():
    analysis = analytics.analyse(make_snapshot(), History(), Choices())
    nearest = next(fact for fact in readings(analysis.facts) if fact.id == "volatility.atm.nearest")
    first = min(name for name in analysis.facts if name.startswith("volatility.atm."))
    assert first == "volatility.atm.2026-03-13"
    assert nearest.value == analysis.facts[first].value


def test_what_was_not_found_is_not_kept():
    assert readings({}) == ()
