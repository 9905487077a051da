"""The slope of volatility in sessions, and the events that a word about it must know."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from generator import analytics
from generator.models.analysis import Choices
from generator.models.market import Event, History
from generator.models.schema import validated_chain
from generator.providers import gather
from generator.rules.claims import evaluate
from tests.builders import make_chain, make_snapshot

EXPIRATIONS = tuple(
    dt.date(2026, month, day) for month, day in ((3, 13), (3, 20), (4, 2), (4, 17), (5, 15), (6, 18), (7, 17))
)


def sloped(near, far):
    """A chain whose volatility runs from *near* within 40 sessions to *far* beyond."""
    early = tuple(day for day in EXPIRATIONS if day < dt.date(2026, 5, 1))
    late = tuple(day for day in EXPIRATIONS if day > dt.date(2026, 5, 1))
    parts = [
        make_chain(expirations=early, volatility=near, width=30),
        make_chain(expirations=late, volatility=far, width=30),
    ]
    return validated_chain(pd.concat(parts, ignore_index=True))


def analysed(chain, **changes):
    return analytics.analyse(make_snapshot(chain=chain, **{"kind": "etf", **changes}), History(), Choices())


def said(found):
    claims = evaluate(found.facts)
    return {name for name in ("term.steep", "term.inverted") if name in claims and claims[name].holds}


def test_a_flat_market_has_no_slope():
    found = analysed(sloped(0.2, 0.2))
    assert found.term_shape.ratio.number == pytest.approx(1, abs=0.03)
    assert said(found) == set()


def test_steep_and_inverted_have_their_thresholds():
    assert said(analysed(sloped(0.16, 0.24))) == {"term.steep"}
    assert said(analysed(sloped(0.28, 0.2))) == {"term.inverted"}


def test_a_share_without_a_calendar_gets_no_word():
    """Its slope may be a report's: the ratio is kept, the word is not."""
    found = analysed(sloped(0.28, 0.2), kind="stock")
    assert not found.term_shape.events_known
    assert found.term_shape.ratio.number > 1.05
    assert said(found) == set()


def test_an_event_inside_is_named():
    report = Event(date=dt.date(2026, 4, 28), title="Earnings expected", source="test")
    later = Event(date=dt.date(2026, 8, 1), title="Later", source="test")
    found = analysed(sloped(0.28, 0.2), kind="stock", events=(later, report))
    assert said(found) == {"term.inverted"}
    assert found.facts["term.events"].value == 1
    assert found.term_shape.first_event.title.value == "Earnings expected"
    assert found.term_shape.first_event.date.value == dt.date(2026, 4, 28)


def test_one_expiration_is_no_slope_and_neither_are_dates_within_five_sessions():
    near = tuple(day for day in EXPIRATIONS if day < dt.date(2026, 4, 1))
    found = analysed(make_chain(expirations=near, width=30))
    assert found.term_shape is None
    reasons = {item.metric: item.reason for item in found.quality.withheld}
    assert "both sides of 21 sessions" in reasons["volatility.sessions_21"]


def test_the_slope_is_in_sessions_and_not_in_minutes():
    """By hand from the facts: total variance straight in sessions, five and more to an expiration."""
    found = analysed(sloped(0.2, 0.22))
    terms = [term for term in found.volatility.terms if term.sessions.number >= 5]
    before = [term for term in terms if term.sessions.number <= 21][-1]
    after = next(term for term in terms if term.sessions.number > 21)
    low, high = (
        (term.atm_volatility.number / 100) ** 2 * term.minutes.number / 525_600 for term in (before, after)
    )
    part = (21 - before.sessions.number) / (after.sessions.number - before.sessions.number)
    by_hand = 100 * ((low + part * (high - low)) / 21 * 252) ** 0.5
    assert found.term_shape.near.number == pytest.approx(by_hand)
    assert min(term.sessions.number for term in found.volatility.terms) < 5


def test_total_variance_that_falls_is_no_slope():
    """Attack 27: quotes with calendar arbitrage give no interpolated figure."""
    found = analysed(sloped(0.6, 0.1))
    assert found.term_shape is None
    assert {item.metric for item in found.quality.withheld} & {
        "volatility.sessions_21",
        "volatility.sessions_63",
    }


@pytest.mark.recorded
def test_a_holiday_weekend_is_no_steep_slope(shared):
    """IWM before Memorial Day: steep in minutes at the front, a little inverted in sessions."""
    snapshot, history = gather("IWM", f"csv:{shared / 'data'}", dt.date(2026, 5, 22))
    found = analytics.analyse(snapshot, history, Choices())
    assert found.term_shape.near.number == pytest.approx(23.0, abs=0.2)
    assert 1 <= found.term_shape.ratio.number < 1.05
