"""The move priced for a report: put in by hand, it comes back; where it cannot be told, it is withheld."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import calendar
from generator.analytics import analyse
from generator.analytics.event_move import event_move
from generator.analytics.event_variance import Priced, event_variance, session_variance
from generator.analytics.normal import MEAN_MOVE
from generator.analytics.volatility import todays_surface, volatility
from generator.models.analysis import Choices
from generator.models.market import Event
from generator.models.schema import validated_chain
from generator.providers import gather
from tests.analytics.evidence import make_evidence, recomputed
from tests.builders import SESSION, SPOT, make_bars, make_chain

RATE = Choices(rate=0.04)
DAYS = (*(dt.date(2026, 3, day) for day in (13, 20, 27)), dt.date(2026, 4, 17), dt.date(2026, 5, 15))
REPORT = dt.date(2026, 3, 18)
ORDINARY, JUMP = 0.012, 0.06  #: deviations of a session
variances = st.floats(1e-6, 1e-2)
counts = st.integers(1, 40)


@given(variances, variances, counts, counts)
def test_an_event_put_on_ordinary_sessions_comes_back(ordinary, jump, sessions, more):
    first = Priced(sessions * ordinary + jump - ordinary, sessions)
    second = Priced(first.variance + more * ordinary, sessions + more)
    assert event_variance(first, second) == pytest.approx(jump, rel=1e-6, abs=1e-9)
    before = Priced(more * ordinary, more)
    assert event_variance(first, None, before) == pytest.approx(jump, rel=1e-6, abs=1e-9)


def test_the_expiration_before_it_goes_before_the_growth_after_it():
    first, second = Priced(0.005, 5), Priced(0.007, 10)
    assert session_variance(first, second, Priced(0.0003, 1)) == 0.0003
    assert session_variance(first, second) == pytest.approx(0.0004)


@pytest.mark.parametrize(
    ("first", "second", "before"),
    [
        (Priced(0.005, 5), None, None),  # nothing tells the others apart
        (Priced(0.005, 5), Priced(0.004, 10), None),  # variance falls
        (Priced(0.005, 5), Priced(0.006, 5), None),  # no session between
        (Priced(0.001, 5), Priced(0.002, 7), None),  # the others hold more than there is
        (Priced(0.001, 5), None, Priced(0.0005, 1)),
        (Priced(0.005, 0), Priced(0.006, 5), None),
    ],
)
def test_where_there_is_no_variance_for_it_there_is_no_move(first, second, before):
    assert event_variance(first, second, before) is None


def chain_with_a_report(ordinary=ORDINARY, jump=JUMP, days=DAYS, report=REPORT):
    """Each expiration at the volatility of its ordinary sessions and, once it is past, the report's jump."""
    frames = []
    for day in days:
        sessions = len(calendar.sessions_between(SESSION, day))
        variance = sessions * ordinary**2 + (jump**2 - ordinary**2 if day > report else 0)
        years = calendar.minutes_to(calendar.session_close(SESSION), calendar.session_close(day)) / 525_600
        level = math.sqrt(variance / years)
        frames.append(make_chain(expirations=(day,), volatility=level, width=20))
    return validated_chain(pd.concat(frames, ignore_index=True))


def report(day=REPORT, time=dt.time(16, 20), **more):
    return Event(date=day, title="First-quarter earnings", source="test", time=time, **more)


def found(chain=None, events=None, **changes):
    evidence = make_evidence(
        chain=chain_with_a_report() if chain is None else chain,
        events=(report(),) if events is None else events,
        **changes,
    )
    told = volatility(evidence, todays_surface(evidence, RATE))
    return told.event, evidence


def withheld(evidence):
    return {item.metric: item.reason for item in evidence.withheld}


def test_the_jump_put_into_the_volatilities_comes_back_as_facts():
    got, evidence = found()
    assert got.one_sigma_percent.number == pytest.approx(100 * JUMP, rel=0.02)
    assert got.mean_percent.number == pytest.approx(100 * JUMP * MEAN_MOVE, rel=0.02)
    assert got.mean.number == pytest.approx(SPOT * JUMP * MEAN_MOVE, rel=0.02)
    assert got.other_sessions.number == pytest.approx(100 * ORDINARY, rel=0.03)
    assert (got.date.value, got.first.value, got.before.value) == (REPORT, DAYS[1], DAYS[0])
    assert got.when == "after the close"
    assert got.in_thirty_days
    for fact in (got.one_sigma_percent, got.mean_percent, got.mean):
        assert recomputed(fact, evidence.ledger) == pytest.approx(fact.number, rel=1e-12)


def test_without_an_expiration_before_it_the_growth_after_it_tells_the_other_sessions():
    got, evidence = found(chain_with_a_report(days=DAYS[1:]))
    assert got.before is None
    assert got.one_sigma_percent.number == pytest.approx(100 * JUMP, rel=0.03)
    assert got.other_sessions.id == "event_move.other_sessions"
    assert recomputed(got.other_sessions, evidence.ledger) == pytest.approx(got.other_sessions.number)


def test_a_date_that_is_only_expected_gives_no_move():
    got, evidence = found(events=(report(confirmed=False),))
    assert (got.confirmed, got.mean_percent, got.first) == (False, None, None)
    assert "confirmed" in withheld(evidence)["event_move"]


def test_sessions_without_a_jump_leave_nothing_for_the_report():
    got, evidence = found(chain_with_a_report(jump=0.001))
    assert got.mean_percent is None
    assert withheld(evidence)["event_move"].startswith(("the expirations", "the spreads"))


def test_quotes_too_wide_to_tell_give_no_move():
    chain = chain_with_a_report(jump=0.02)
    wide = chain.assign(bid=(0.94 * chain["bid"]).round(2), ask=(1.06 * chain["ask"]).round(2))
    assert found(chain)[0].mean_percent is not None
    got, evidence = found(wide)
    assert got.mean_percent is None
    assert withheld(evidence)["event_move"] == "the spreads of the quotes around it are too wide to tell"


def test_a_report_on_an_expiration_s_own_day_without_a_time_leaves_that_day_out():
    got, _ = found(events=(report(DAYS[1], time=None),))
    assert (got.before.value, got.first.value, got.when) == (DAYS[0], DAYS[2], "")


def test_only_a_company_has_reports_and_only_the_next_45_days_are_told_of():
    assert found(kind="etf")[0] is None
    assert found(events=())[0] is None
    assert found(events=(report(SESSION + dt.timedelta(days=46)),))[0] is None


def test_a_report_after_the_last_expiration_has_no_move():
    got, evidence = found(chain_with_a_report(days=DAYS[:2]), events=(report(dt.date(2026, 4, 1)),))
    assert (got.mean_percent, got.in_thirty_days) == (None, False)
    assert withheld(evidence)["event_move"] == "no expiration after it has a volatility"


def test_the_sessions_that_answered_to_earlier_reports_stand_beside_it():
    bars = make_bars(300)
    closes = dict(zip(bars["date"].dt.date, bars["close"], strict=True))
    days = [dt.date(2025, 5, 20), dt.date(2025, 8, 26), dt.date(2025, 11, 18), dt.date(2026, 2, 24)]
    past = (*map(report, days), report(dt.date(2026, 3, 3), time=None))
    got, evidence = found(bars=bars, past_earnings=past)
    sessions = [calendar.next_session(day) for day in reversed(days)]
    assert [item.session.value for item in got.past] == sessions
    moves = [100 * abs(closes[day] / closes[calendar.previous_session(day)] - 1) for day in sessions]
    assert [item.move.number for item in got.past] == pytest.approx(moves)
    assert (got.past_count.value, got.past_mean.number) == (4, pytest.approx(sum(moves) / 4))
    assert got.past_larger.value == sum(move > got.mean_percent.number for move in moves)
    assert recomputed(got.past_mean, evidence.ledger) == pytest.approx(got.past_mean.number)


def test_eight_earlier_reports_are_told_of_at_most():
    days = [SESSION - dt.timedelta(weeks=4 * n) for n in range(12, 0, -1)]
    got, _ = found(past_earnings=tuple(report(day) for day in days))
    assert len(got.past) == 8
    assert got.past[0].session.value == calendar.next_session(days[-1])


def test_without_earlier_dates_the_past_is_withheld():
    got, evidence = found()
    assert got.past == ()
    assert "no earlier report" in withheld(evidence)["event_move.past"]


def test_event_move_is_none_without_terms_to_read_it_from():
    evidence = make_evidence(events=(report(),))
    got = event_move(evidence, ())
    assert (got.mean_percent, got.in_thirty_days) == (None, False)


@pytest.fixture
def nvidia(shared, tmp_path):
    """The recorded chain and bars with a file of reports beside them."""
    for name in ("chains", "bars", "news"):
        (tmp_path / name).symlink_to(shared / "data" / name)
    rows = [
        "2026-08-26,Second-quarter earnings,16:20,{}",
        "2026-05-20,First-quarter earnings,16:20,yes",
        "2026-02-25,Fourth-quarter earnings,16:20,yes",
    ]
    (tmp_path / "events").mkdir()

    def analysed(confirmed="yes"):
        text = "date,title,time,confirmed\n" + "\n".join(rows).format(confirmed) + "\n"
        (tmp_path / "events" / "NVDA_earnings.csv").write_text(text)
        return analyse(*gather("NVDA", f"csv:{tmp_path}", dt.date(2026, 8, 21)), Choices())

    return analysed


@pytest.mark.recorded
def test_the_recorded_report_by_hand(nvidia):
    """22 % to 24 August and 55 % to the 28th, five sessions: the jump that makes one of the other."""
    got = nvidia().volatility.event
    first, before = 0.553**2 * 7 / 365, 0.222**2 * 3 / 365
    wanted = 100 * math.sqrt(first - 4 * before)
    assert got.one_sigma_percent.number == pytest.approx(wanted, abs=0.1)
    assert got.mean_percent.number == pytest.approx(0.798 * wanted, abs=0.1)
    assert [item.session.value for item in got.past] == [dt.date(2026, 5, 21), dt.date(2026, 2, 26)]
    assert got.in_thirty_days


@pytest.mark.recorded
def test_the_recorded_report_unconfirmed_is_a_date_and_no_move(nvidia):
    analysis = nvidia("no")
    assert analysis.volatility.event.mean_percent is None
    titles = [date.title.value for date in analysis.dates]
    assert "Second-quarter earnings (date not confirmed)" in titles
