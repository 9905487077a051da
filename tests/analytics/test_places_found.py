"""Which figures are placed among those of earlier sessions, and among which."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from generator import analytics
from generator.analytics.places_found import LIKE_FOR_LIKE, LISTED, VOLUME
from generator.analytics.readings import KEPT
from generator.calendar import previous_session, session_close
from generator.models.analysis import Choices
from generator.models.market import History, PastChain, Reading
from tests.builders import SESSION, SPOT, make_chain, make_history, make_past, make_snapshot

THIRTY, SKEW = "volatility.constant_30", "volatility.skew_25"
#: some beyond sixty days, so that the window is whole
AHEAD = tuple(SESSION + dt.timedelta(days=days) for days in (0, 2, 9, 23, 37, 65))


def days_before(count):
    days = [SESSION]
    while len(days) <= count:
        days.append(previous_session(days[-1]))
    return days[1:]


def listed(session, volatility=0.2, *, scale=1.0, expirations=AHEAD, spot=SPOT):
    """A chain with volumes of its own day, *scale* times as large."""
    chain = make_chain(session, spot=spot, volatility=volatility, expirations=expirations)
    drawn = np.random.default_rng(session.toordinal()).integers(10, 900, len(chain))
    return chain.assign(volume=np.floor(drawn * scale))


def past_of(session, **shape):
    return make_past(session, chain=listed(session, **shape))


def found(history, volatility=0.2, **changes):
    chain = changes.pop("chain", listed(SESSION, volatility))
    return analytics.analyse(make_snapshot(chain=chain, **changes), history, Choices())


def read(name, values, days=None):
    return tuple(
        Reading(session=day, id=name, value=value)
        for day, value in zip(days or days_before(len(values)), values, strict=True)
    )


# --- volatility and skew


def test_a_session_of_which_only_the_chain_is_on_file_is_worked_out_from_it():
    levels = (0.22, 0.26, 0.24)
    past = tuple(past_of(day, volatility=level) for day, level in zip(days_before(3), levels, strict=True))
    place = found(History(chains=past)).places[THIRTY]
    assert (place.sessions.value, place.rank.value, place.lowest) == (4, 4, True)
    assert (place.complete, place.partial) == (True, False)
    assert found(History(chains=past), 0.3).places[THIRTY].highest
    assert found(History(chains=past), 0.25).places[THIRTY].rank.value == 2


def test_volatility_is_worked_out_for_a_week_and_no_longer():
    past = tuple(past_of(day) for day in days_before(6))
    place = found(History(chains=past)).places[THIRTY]
    assert (place.sessions.value, place.complete, place.partial) == (5, True, True)
    days = days_before(8)[4:]
    history = History(chains=past, readings=read(THIRTY, [10.0] * 4, days))
    place = found(history).places[THIRTY]
    assert (place.sessions.value, place.partial) == (9, False)


def test_what_was_read_of_a_session_stands_against_what_its_chain_gives():
    (day,) = days_before(1)
    history = History(chains=(past_of(day, volatility=0.4),), readings=read(THIRTY, [11.0]))
    place = found(history).places[THIRTY]
    assert (place.sessions.value, place.highest) == (2, True)


def test_a_session_read_without_the_figure_is_not_worked_out_again():
    """What was withheld then is not found now."""
    (day,) = days_before(1)
    history = History(chains=(past_of(day),), readings=read("spot", [SPOT]))
    assert not {THIRTY, SKEW} & found(history).places.keys()


def test_a_capture_of_noon_is_no_sessions_figure():
    day, before = days_before(2)
    noon = session_close(day) - dt.timedelta(hours=4)
    chain = make_chain(day, as_of=noon, expirations=AHEAD)
    past = (PastChain(session=day, as_of=noon, spot=SPOT, chain=chain), past_of(before))
    place = found(History(chains=past)).places[THIRTY]
    assert place.sessions.value == 2
    assert (place.complete, place.partial) == (False, True)


def test_a_chain_without_expirations_around_thirty_days_has_no_thirty_day_volatility():
    (day,) = days_before(1)
    near = tuple(SESSION + dt.timedelta(days=days) for days in (2, 9))
    assert THIRTY not in found(History(chains=(past_of(day, expirations=near),))).places


def test_readings_of_the_session_itself_or_later_do_not_count():
    history = History(readings=read(THIRTY, [90.0, 10.0], [SESSION, previous_session(SESSION)]))
    assert found(history).places[THIRTY].highest


def test_without_anything_before_there_is_no_place():
    assert found(History()).places == {}


# --- the window of sixty days


def test_volume_is_placed_among_sessions_that_list_as_many_dates():
    same, fewer = days_before(2)
    past = (past_of(same, scale=3.0), past_of(fewer, scale=9.0, expirations=(*AHEAD[:2], AHEAD[-1])))
    place = found(History(chains=past)).places[VOLUME]
    assert (place.sessions.value, place.lowest, place.partial) == (2, True, True)


@pytest.mark.parametrize(("there", "alike"), [(4, True), (5, True), (6, True), (3, False), (8, False)])
def test_lists_are_alike_within_a_quarter(there, alike):
    (day,) = days_before(1)
    history = History(readings=(*read(VOLUME, [1.0]), *read(LISTED, [float(there)])))
    assert day == history.readings[0].session
    assert (VOLUME in found(history).places) == alike


def test_a_list_that_ends_before_sixty_days_has_no_window():
    short = listed(SESSION, expirations=AHEAD[:-1])
    history = History(chains=tuple(past_of(day) for day in days_before(2)))
    assert VOLUME not in found(history, chain=short).places


def test_volume_that_stands_from_the_session_before_is_placed_nowhere_and_counts_nowhere():
    day, before, first = days_before(3)
    older = past_of(before)
    kept = make_past(day, chain=listed(day, volatility=0.3).assign(volume=older.chain["volume"]))
    place = found(History(chains=(kept, older, past_of(first)))).places[VOLUME]
    assert (place.sessions.value, place.complete) == (3, False)


def test_a_running_sessions_volume_has_no_place():
    noon = session_close(SESSION) - dt.timedelta(hours=4)
    chain = make_chain(SESSION, as_of=noon, expirations=AHEAD)
    history = History(chains=tuple(past_of(day) for day in days_before(3)))
    places = found(history, chain=chain, as_of=noon, edition="intraday").places
    assert VOLUME not in places
    assert THIRTY in places


def test_a_mornings_count_has_no_place_among_evenings():
    days = days_before(3)
    chains = (make_past(SESSION, chain=listed(SESSION)), *(past_of(day) for day in days))
    morning = {"edition": "morning", "open_interest_date": SESSION}
    counted = listed(SESSION)
    counted["open_interest"] += 25
    places = found(History(chains=chains), chain=counted, **morning).places
    assert not {name for name in places if "put_call" in name or "volume" in name}
    assert THIRTY in places


def test_heavy_trading_needs_twenty_sessions():
    busy = listed(SESSION, scale=3.0)
    enough = History(readings=(*read(VOLUME, [1e5] * 20), *read(LISTED, [5.0] * 20)))
    few = History(readings=(*read(VOLUME, [1e5] * 19), *read(LISTED, [5.0] * 19)))
    usual = found(enough, chain=busy).places[VOLUME].times_usual
    assert usual.value == pytest.approx(busy["volume"][busy["expiration"] < "2026-05-11"].sum() / 1e5)
    assert found(few, chain=busy).places[VOLUME].times_usual is None


# --- the board


def test_the_weeks_ratio_is_placed_among_the_sessions_since_over_the_same_dates():
    history = make_history(sessions=4)
    for number, past in enumerate(history.chains, 1):
        puts = past.chain["right"] == "put"
        past.chain.loc[puts, "open_interest"] *= 1 + number
    place = found(history, chain=make_chain()).places[LIKE_FOR_LIKE]
    assert (place.sessions.value, place.lowest, place.complete) == (5, True, True)
    assert place.value.id == f"{LIKE_FOR_LIKE}.now"


def test_every_placed_figure_is_kept_for_the_sessions_after():
    history = History(
        readings=tuple(
            item
            for name, value in (
                (THIRTY, 20.0),
                (SKEW, 1.0),
                (VOLUME, 1e5),
                ("put_call.volume.sixty_days", 1.0),
                ("put_call.open_interest.sixty_days", 2.0),
                (LISTED, 5.0),
                ("gamma.gross", 1e7),
                ("gamma.net_share", 5.0),
            )
            for item in read(name, [value + number / 100 for number in range(25)])
        )
    )
    places = found(history).places
    assert {item.id for item in history.readings} - set(places) == {LISTED}
    assert set(places) <= set(KEPT)
