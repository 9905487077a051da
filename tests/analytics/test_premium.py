"""Implied against realised: matched horizons, both numbers, and no adjective without a record."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from generator import analytics
from generator.analytics.premium import RATIO, earlier_ratios
from generator.analytics.realised import close_to_close
from generator.models.analysis import Choices, Unit
from generator.models.market import History, Reading
from generator.rules.claims import evaluate
from tests.builders import make_bars, make_chain, make_snapshot

EXPIRATIONS = tuple(dt.date(2026, month, day) for month, day in ((3, 20), (4, 17), (5, 15), (6, 18), (7, 17)))
CHAIN = make_chain(expirations=EXPIRATIONS, width=30)


def analysed(readings=(), **changes):
    snapshot = make_snapshot(chain=CHAIN, **changes)
    return analytics.analyse(snapshot, History(readings=readings), Choices())


def past_readings(name, values, bars):
    days = [day.date() for day in bars["date"].iloc[-1 - len(values) : -1]]
    return tuple(
        Reading(session=day, id=name, value=value) for day, value in zip(days[::-1], values, strict=True)
    )


def test_thirty_days_ahead_stand_against_twenty_one_sessions_behind():
    """Attack 26: thirty calendar days of implied against as many sessions realised, never ten."""
    found = analysed()
    assert found.premium.implied.id == "volatility.constant_30"
    assert found.premium.realised.id == "volatility.realised_21"
    assert found.premium.realised.inputs.rows == 22  # 21 returns
    thirty_days = make_bars(300)["date"].iloc[-22:].tolist()
    assert 28 <= (thirty_days[-1] - thirty_days[0]).days <= 33


def test_the_premium_is_told_as_a_ratio_in_points_and_in_variance():
    found = analysed().premium
    implied, realised = found.implied.number, found.realised.number
    assert found.ratio.number == pytest.approx(implied / realised)
    assert found.points.number == pytest.approx(implied - realised)
    assert found.variance.number == pytest.approx((implied / 100) ** 2 - (realised / 100) ** 2)
    assert found.variance.unit is Unit.VARIANCE
    assert set(found.estimates) == {
        *("parkinson", "garman_klass", "rogers_satchell", "yang_zhang"),
        *("close_to_close_10", "close_to_close_63"),
    }


def words(readings=()):
    found = analysed(readings)
    claims = evaluate(found.facts)
    return {
        name for name in ("premium.rich", "premium.cheap") if name in claims and claims[name].holds
    }, found


def test_no_margin_is_rich_without_a_record():
    """A fixed number of points would be rich on most days of most markets."""
    said, found = words()
    assert found.premium.points.number > 3
    assert said == set()
    assert RATIO not in found.places


@pytest.mark.parametrize(
    ("ratio", "sessions", "said"),
    [
        (0.01, 120, {"premium.rich"}),
        (99.0, 120, {"premium.cheap"}),
        (0.01, 119, set()),
        (99.0, 119, set()),
    ],
)
def test_rich_and_cheap_need_120_sessions_of_their_own(ratio, sessions, said):
    readings = past_readings(RATIO, [ratio] * sessions, make_bars())
    assert words(readings)[0] == said


def test_in_the_middle_of_its_record_it_is_neither():
    readings = past_readings(RATIO, [0.01, 99.0] * 60, make_bars())
    assert words(readings)[0] == set()


def test_a_record_of_implied_alone_is_completed_from_the_bars():
    """An archive older than the ratio: volatility on file over what the bars had realised by then."""
    bars = make_bars()
    readings = past_readings("volatility.constant_30", [20.0] * 30, bars)
    found = analysed(readings, bars=bars)
    assert found.places[RATIO].sessions.value == 31
    line = 100 * close_to_close(bars["close"].to_numpy(), 21)
    expected = 20.0 / line[-31:-1]
    higher = int((expected > found.premium.ratio.number).sum())
    assert found.places[RATIO].rank.value == higher + 1


def test_a_ratio_on_file_goes_before_one_made_now():
    bars = make_bars()
    readings = past_readings("volatility.constant_30", [20.0] * 3, bars) + past_readings(
        RATIO, [50.0] * 3, bars
    )
    assert analysed(readings, bars=bars).places[RATIO].lowest


def test_sessions_without_a_bar_have_no_ratio():
    evidence = type("Evidence", (), {})()
    evidence.signals = type("Signals", (), {"bars": make_bars(40)})()
    first, sunday = make_bars(40)["date"].iloc[0].date(), dt.date(2026, 3, 8)
    assert earlier_ratios(evidence, {first: 20.0, sunday: 20.0, dt.date(2030, 1, 2): 20.0}) == {}
    day = make_bars(40)["date"].iloc[30].date()
    (ratio,) = earlier_ratios(evidence, {day: 20.0}).values()
    assert ratio == pytest.approx(20 / (100 * close_to_close(make_bars(40)["close"].to_numpy(), 21)[30]))


def test_without_either_side_there_is_no_premium():
    assert analysed(bars=make_bars(21)).premium is None
    near_only = make_snapshot(chain=make_chain(expirations=EXPIRATIONS[:1]))
    assert analytics.analyse(near_only, History(), Choices()).premium is None
    still = make_bars()
    still.loc[278:, ["open", "high", "low", "close"]] = [100.0, 100.5, 99.5, 100.0]
    assert analysed(bars=still).premium is None


def test_bars_that_contradict_themselves_are_withheld_by_name():
    bars = make_bars()
    bars.loc[295, "close"] = 1.0  # far below its own low
    bars["high"] = np.maximum(bars["high"], bars["low"])
    found = analysed(bars=bars)
    held = {item.metric for item in found.quality.withheld}
    assert "volatility.realised_garman_klass_21" in held
    assert "volatility.realised_garman_klass_21" not in found.facts
