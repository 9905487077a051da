"""How earlier priced moves came out: counted by hand, from readings and from chains."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from generator import calendar
from generator.analytics import analyse
from generator.analytics.forwards import Rate
from generator.analytics.priced_moves import SIGMA, STRADDLE, deviation_of, priced_moves, weekly
from generator.analytics.readings import readings
from generator.models.analysis import Choices
from generator.models.market import History, RatePoint, Reading
from tests.analytics.evidence import make_evidence, recomputed
from tests.builders import SESSION, make_bars, make_chain, make_history, make_past, make_snapshot

RATE = Rate((RatePoint(days=30, rate=0.04),), "test", known=True)
BARS = make_bars(300)
CLOSES = dict(zip(BARS["date"].dt.date, BARS["close"], strict=True))


def back(sessions, day=SESSION):
    for _ in range(sessions):
        day = calendar.previous_session(day)
    return day


def moved(session, expiration):
    return 100 * abs(CLOSES[expiration] / CLOSES[session] - 1)


def reading(session, expiration, straddle, sigma):
    return [
        Reading(session=session, id=f"{STRADDLE}.{expiration}", value=straddle),
        Reading(session=session, id=f"{SIGMA}.{expiration}", value=sigma),
    ]


def told(count, straddle=1.0, sigma=1.25):
    """The last *count* sessions whose weekly expiration has passed, as priced and as they moved."""
    found, items = [], []
    for n in range(1, 400):
        session = back(n)
        expiration = calendar.weekly_expiration(session + dt.timedelta(days=1))
        if session in CLOSES and expiration in CLOSES and len(found) < count:
            found.append((session, expiration, moved(session, expiration)))
            items += reading(session, expiration, straddle, sigma)
    return found, items


def test_priced_moves_are_counted_against_what_came():
    found, items = told(6)
    got = priced_moves(make_evidence(bars=BARS), items, RATE)
    assert got.count.value == 6
    assert got.since.value == min(session for session, *_ in found)
    assert got.expirations.value == len({day for _, day, _ in found})
    assert got.inside_straddle.value == sum(move <= 1.0 for *_, move in found)
    assert got.inside_one_sigma.value == sum(move <= 1.25 for *_, move in found)
    assert got.mean_ratio.number == pytest.approx(sum(move for *_, move in found) / 6)
    assert (got.share, got.model) == (None, None)


def test_from_twenty_on_the_share_stands_beside_that_of_a_normal():
    _, items = told(19)
    assert priced_moves(make_evidence(bars=BARS), items, RATE).share is None
    found, items = told(20)
    evidence = make_evidence(bars=BARS)
    got = priced_moves(evidence, items, RATE)
    assert got.share.number == pytest.approx(100 * sum(move <= 1.25 for *_, move in found) / 20)
    assert recomputed(got.share, evidence.ledger) == pytest.approx(got.share.number)
    assert got.model.number == pytest.approx(68.27, abs=0.01)


def test_what_has_not_passed_or_has_no_close_is_not_counted():
    yesterday = back(1)
    ahead = reading(yesterday, dt.date(2026, 3, 13), 1.0, 1.25)
    before_bars = reading(dt.date(2020, 1, 2), dt.date(2020, 1, 3), 1.0, 1.25)
    half = reading(back(5), back(3), 1.0, 1.25)[:1]
    assert priced_moves(make_evidence(bars=BARS), [*ahead, *before_bars, *half], RATE) is None


def test_an_expiration_of_today_is_counted_once_the_session_is_over():
    friday = dt.date(2026, 3, 13)
    bars = make_bars(300, end=friday)
    items = reading(dt.date(2026, 3, 11), friday, 1.0, 1.25)
    evidence = make_evidence(session=friday, bars=bars)
    assert priced_moves(evidence, items, RATE).count.value == 1
    noon = calendar.session_open(friday) + dt.timedelta(hours=2)
    running = make_evidence(session=friday, bars=bars, as_of=noon, edition="intraday")
    assert priced_moves(running, items, RATE) is None


def chain_before(days_back, *, volatility=0.2):
    session = back(days_back)
    expirations = (dt.date(2026, 3, 6), dt.date(2026, 3, 20), dt.date(2026, 4, 17))
    chain = make_chain(session, spot=CLOSES[session], volatility=volatility, expirations=expirations)
    return make_past(session, spot=CLOSES[session], chain=chain)


def test_a_session_without_readings_is_worked_out_from_its_chain():
    past = chain_before(6)
    session, expiration = past.session, dt.date(2026, 3, 6)
    evidence = make_evidence(History(chains=(past,)), bars=BARS)
    got = priced_moves(evidence, [], RATE)
    years = calendar.minutes_to(past.as_of, calendar.session_close(expiration)) / 525_600
    straddle = 20 * math.sqrt(years) * math.sqrt(2 / math.pi)
    assert (got.count.value, got.expirations.value) == (1, 1)
    assert got.mean_ratio.number == pytest.approx(moved(session, expiration) / straddle, rel=0.01)


@given(st.floats(0.005, 1.5))
def test_a_straddle_s_own_deviation_comes_back(deviation):
    straddle = 2 * (2 * norm.cdf(deviation / 2) - 1)
    assert deviation_of(straddle) == pytest.approx(deviation, rel=1e-9)


def test_what_was_read_then_goes_before_the_chain():
    past = chain_before(6)
    items = reading(past.session, dt.date(2026, 3, 6), 100.0, 125.0)
    evidence = make_evidence(History(chains=(past,)), bars=BARS)
    got = priced_moves(evidence, items, RATE)
    assert (got.count.value, got.inside_straddle.value) == (1, 1)
    assert got.mean_ratio.number < 0.1


def test_a_chain_whose_weekly_expiration_is_to_come_or_that_has_none_tells_nothing():
    near = make_history(sessions=1).chains[0]  # looks to Friday, two sessions ahead
    assert priced_moves(make_evidence(History(chains=(near,)), bars=BARS), [], RATE) is None
    session = back(6)
    unquoted = make_past(session, chain=chain_before(6).chain.assign(bid=0.0))
    assert priced_moves(make_evidence(History(chains=(unquoted,)), bars=BARS), [], RATE) is None


def test_a_split_between_does_not_count_as_a_move():
    """Bars come split-adjusted; what was priced is in percent of the price of its day."""
    past = chain_before(6)
    halved = BARS.assign(**{name: BARS[name] / 2 for name in ("open", "high", "low", "close")})
    whole = priced_moves(make_evidence(History(chains=(past,)), bars=BARS), [], RATE)
    half = priced_moves(make_evidence(History(chains=(past,)), bars=halved, spot=50.0), [], RATE)
    assert half.mean_ratio.number == pytest.approx(whole.mean_ratio.number, rel=1e-9)


def test_the_weekly_expiration_goes_before_a_nearer_one():
    tuesday, friday = dt.date(2026, 3, 10), dt.date(2026, 3, 13)
    assert weekly([friday, tuesday]) == friday
    assert weekly([tuesday]) == tuesday
    assert weekly([]) is None


def test_a_close_keeps_what_a_later_one_scores():
    kept = {fact.id for fact in readings(analyse(make_snapshot(), History(), Choices()).facts)}
    assert {f"{STRADDLE}.2026-03-13", f"{SIGMA}.2026-03-13"} <= kept
    assert not {name for name in kept if name.startswith("expected_move") and name.endswith("2026-03-20")}
