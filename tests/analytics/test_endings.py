"""Probabilities of the levels a brief tells of, on markets whose distribution is known."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import pytest
from scipy.stats import norm

from generator.analytics import analyse
from generator.analytics.endings import endings
from generator.analytics.volatility import todays_surface, volatility
from generator.calendar import minutes_to, session_close
from generator.models.analysis import Choices, Fact, Level, Unit
from generator.models.market import History
from generator.providers import gather
from tests.analytics.evidence import make_evidence
from tests.builders import EXPIRATIONS, SESSION, SPOT, make_bars, make_chain, make_snapshot

RATE = Choices(rate=0.04)
MONTHLY = EXPIRATIONS[3]
VOLATILITY = 0.2


def level(name, low, high, kind="prior high"):
    edges = [
        Fact(id=f"level.{name}.{end}", value=value, unit=Unit.USD, decimals=2, formula="=1")
        for end, value in (("low", low), ("high", high))
    ]
    return Level(id=name, kind=kind, low=edges[0], high=edges[1], method="made", lookback=None)


def found(evidence=None, levels=(), ideas=(), choices=RATE):
    evidence = evidence or make_evidence()
    for item in levels:
        evidence.ledger.facts |= {edge.id: edge for edge in (item.low, item.high)}
    surface = todays_surface(evidence, choices)
    terms = volatility(evidence, surface).terms
    return endings(evidence, surface, levels=levels, terms=terms, roll=None, ideas=ideas), evidence


def lognormal_above(price, years, forward):
    width = VOLATILITY * math.sqrt(years)
    return norm.cdf(math.log(forward / price) / width - width / 2)


def terms_of(day=MONTHLY):
    years = minutes_to(session_close(SESSION), session_close(day)) / 525_600
    return years, SPOT * math.exp(0.04 * years)


def test_levels_have_the_probability_of_a_close_beyond_their_far_edge():
    years, forward = terms_of()
    got, _ = found(levels=(level("up", 103.0, 104.0), level("down", 96.0, 97.5, "support")))
    assert got.expiration.value == MONTHLY
    up, down = got.levels["up"], got.levels["down"]
    assert (up.side, up.level.number, up.expiration.value) == ("above", 104.0, MONTHLY)
    assert up.probability.number == pytest.approx(100 * lognormal_above(104, years, forward), abs=1)
    assert (down.side, down.level.number) == ("below", 96.0)
    assert down.probability.number == pytest.approx(100 - 100 * lognormal_above(96, years, forward), abs=1)
    assert up.probability.formula == "smile.probability_above"
    assert up.probability.inputs.selector.startswith("chain[expiration=2026-04-17")


def test_only_levels_of_price_are_asked_for():
    got, _ = found(levels=(level("wall", 104.0, 104.0, "call open interest"),))
    assert got.levels == {}


def test_a_level_beyond_the_quotes_is_withheld_and_one_out_of_reach_is_not_asked_for():
    got, evidence = found(make_evidence(chain=make_chain(width=8)), levels=(level("far", 110.0, 110.0),))
    assert got.levels == {}
    held = {item.metric for item in evidence.withheld}
    assert "probability.above.2026-04-17.far" in held
    got, evidence = found(levels=(level("far", 160.0, 160.0),))
    assert got.levels == {}
    assert not {item.metric for item in evidence.withheld if item.metric.endswith("far")}


def test_a_small_probability_has_a_decimal_where_the_quotes_are_that_sure():
    got, _ = found(levels=(level("near", 102.0, 102.0), level("high", 112.0, 112.0)))
    assert got.levels["near"].probability.decimals == 0
    assert got.levels["high"].probability.number < 10
    assert got.levels["high"].probability.decimals == 1
    wide = make_chain()
    far = (wide["strike"] >= 108) & (wide["right"] == "call")
    wide.loc[far, "bid"], wide.loc[far, "ask"] = 0.7 * wide["bid"], 1.3 * wide["ask"]
    got, _ = found(make_evidence(chain=wide), levels=(level("high", 112.0, 112.0),))
    assert got.levels["high"].probability.decimals == 0


def test_the_straddles_range_holds_less_than_one_deviation_does():
    got, _ = found()
    width = math.sqrt(2 / math.pi)  # the mean absolute move, in deviations
    assert got.inside[MONTHLY].number == pytest.approx(100 * (2 * norm.cdf(width) - 1), abs=1.5)
    assert set(got.inside) == set(EXPIRATIONS[1:])


def test_the_range_leaves_a_twentieth_out_at_either_end():
    years, forward = terms_of()
    got, evidence = found(make_evidence(chain=make_chain(width=25)))
    width = VOLATILITY * math.sqrt(years)
    for fact, share in ((got.low, 0.05), (got.high, 0.95)):
        wanted = forward * math.exp(norm.ppf(share) * width - width**2 / 2)
        assert fact.number == pytest.approx(wanted, rel=2e-3)
    assert evidence.ledger.facts["distribution.mass.2026-04-17"].number > 97


def test_tails_that_are_not_quoted_are_withheld():
    got, evidence = found(make_evidence(chain=make_chain(width=5)))
    assert (got.low, got.high) == (None, None)
    held = {item.metric for item in evidence.withheld}
    assert {"distribution.quantile_5.2026-04-17", "distribution.quantile_95.2026-04-17"} <= held


def test_nothing_is_said_where_prices_and_quotes_are_of_different_times():
    evidence = dataclasses.replace(make_evidence(), barred={"plans": "not of one time"})
    got, evidence = found(evidence)
    assert got is None
    assert ("probability", "not of one time") in {(item.metric, item.reason) for item in evidence.withheld}


def test_without_a_smile_there_is_no_distribution():
    chain = make_chain().assign(bid=0.0)
    got, evidence = found(make_evidence(chain=chain))
    assert got is None
    assert "probability" in {item.metric for item in evidence.withheld}


def test_a_plans_trigger_is_touched_at_least_as_often_as_it_is_closed_beyond():
    chain = make_chain(volatility=0.4, width=30)
    for seed in range(8):
        snapshot = make_snapshot(chain=chain, bars=make_bars(300, seed))
        analysis = analyse(snapshot, History(), RATE)
        for idea in analysis.ideas:
            touched = analysis.endings.touches[idea.id].number
            years = minutes_to(snapshot.as_of, session_close(idea.last_day.value)) / 525_600
            width = 0.4 * math.sqrt(years)
            beyond = norm.cdf(-abs(math.log(idea.trigger.number / SPOT)) / width)
            assert 100 * beyond < touched <= 100
            assert touched == pytest.approx(200 * beyond, rel=0.1)  # the reflection, but for the drift


def test_the_last_day_is_read_from_the_first_expiration_that_covers_it():
    analysis = analyse(make_snapshot(chain=make_chain(volatility=0.4, width=30)), History(), RATE)
    idea = analysis.ideas[0]
    fact = analysis.facts[f"probability.touch.{idea.id}"]
    day = next(day for day in EXPIRATIONS if day >= idea.last_day.value)
    assert f"expiration={day}" in fact.inputs.selector


@pytest.mark.recorded
def test_the_recorded_roll_has_the_probabilities_of_the_article_written_by_hand(shared):
    """13 % below 272 and 4.5 % below 262, by Black-76 and straight lines between the quotes."""
    snapshot, history = gather("IWM", f"csv:{shared / 'data'}", dt.date(2026, 5, 22))
    analysis = analyse(snapshot, history, Choices())
    first, second = analysis.endings.roll
    assert (first.level.number, second.level.number, first.side) == (272, 262, "below")
    assert first.probability.number == pytest.approx(13, abs=1)
    assert second.probability.number == pytest.approx(4.5, abs=0.5)
