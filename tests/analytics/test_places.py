"""Where a figure stands among earlier ones: the vectors, the laws, and how few say nothing."""

from __future__ import annotations

import datetime as dt
import json
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics.ledger import Ledger
from generator.analytics.places import percentile, place, range_rank, written
from generator.calendar import previous_session
from generator.models.analysis import Unit
from tests.analytics.evidence import recomputed
from tests.builders import SESSION

# no sum of two of them rounds, so that shifting keeps every order and every tie
FIGURES = st.integers(-1000, 1000).map(float)
SERIES = st.lists(FIGURES, min_size=1, max_size=300)
YEARS = st.lists(FIGURES, min_size=200, max_size=252)


@pytest.mark.recorded
def test_ranks_and_percentiles_are_those_of_the_vectors(shared):
    rows = json.loads((shared / "reference" / "iv_rank.json").read_text("utf-8"))["rows"]
    assert rows
    for row in rows:
        history, today = row["history"], row["current"]
        rank = range_rank(today, history)
        assert rank == (None if row["iv_rank_raw"] is None else pytest.approx(row["iv_rank_raw"], abs=1e-9))
        assert percentile(today, history) == pytest.approx(row["iv_percentile"], abs=1e-9)
        assert row["printable"] == (len(history) >= 200)
        printed = place(today, history).year_rank
        wanted = row["iv_rank_clamped"] if row["printable"] else None
        assert printed == (None if wanted is None else pytest.approx(wanted, abs=1e-9))


# --- laws


@given(FIGURES, SERIES)
def test_a_place_is_that_of_a_sorted_list(value, earlier):
    found, among = place(value, earlier), earlier[:252]
    ordered = sorted([value, *among])
    assert found.sessions == len(ordered)
    assert found.rank_from_low == ordered.index(value) + 1
    assert found.rank == ordered[::-1].index(value) + 1
    assert found.highest == (ordered[-1] == value and ordered.count(value) == 1)
    assert found.lowest == (ordered[0] == value and ordered.count(value) == 1)


@given(FIGURES, SERIES, FIGURES, st.integers(1, 9))
def test_places_do_not_depend_on_unit_or_zero(value, earlier, shift, factor):
    moved = place(shift + factor * value, [shift + factor * item for item in earlier])
    found = place(value, earlier)
    assert (moved.rank, moved.rank_from_low, moved.percentile) == (
        found.rank,
        found.rank_from_low,
        found.percentile,
    )
    assert moved.year_rank == (None if found.year_rank is None else pytest.approx(found.year_rank))


@given(FIGURES, YEARS, st.randoms(use_true_random=False))
def test_the_order_of_a_year_does_not_matter(value, earlier, draw):
    shuffled = draw.sample(earlier, len(earlier))
    assert place(value, shuffled) == place(value, earlier)


@given(FIGURES, FIGURES, YEARS)
def test_the_higher_figure_stands_no_lower(one, other, earlier):
    low, high = (place(value, earlier) for value in sorted((one, other)))
    assert low.percentile <= high.percentile
    assert low.rank >= high.rank
    if low.year_rank is not None:
        assert 0 <= low.year_rank <= high.year_rank <= 100


@given(FIGURES, YEARS)
def test_upside_down_the_rank_is_the_rest(value, earlier):
    rank, turned = range_rank(value, earlier), range_rank(-value, [-item for item in earlier])
    assert (rank is None) == (turned is None)
    if rank is not None:
        assert rank + turned == pytest.approx(100)


# --- edges


def test_nothing_is_placed_among_nothing():
    assert place(1.0, []) is None
    assert percentile(1.0, []) is None
    assert range_rank(1.0, []) is None


@pytest.mark.parametrize(
    ("before", "percentile_there", "rank_there"),
    [(1, False, False), (119, False, False), (120, True, False), (199, True, False), (200, True, True)],
)
def test_a_percentile_needs_120_sessions_before_and_a_rank_200(before, percentile_there, rank_there):
    found = place(0.5, [float(number) for number in range(before)])
    assert (found.percentile is not None, found.year_rank is not None) == (percentile_there, rank_there)


def test_a_year_of_equal_figures_has_no_rank():
    found = place(3.0, [3.0] * 252)
    assert (found.year_rank, found.percentile, found.rank, found.highest) == (None, 0.0, 1, False)


def test_beyond_the_years_range_the_rank_stops_at_its_ends():
    year = [float(number) for number in range(252)]
    assert [place(value, year).year_rank for value in (-5.0, 400.0)] == [0.0, 100.0]
    assert range_rank(-5.0, year) < 0
    assert range_rank(400.0, year) > 100


def test_what_is_older_than_252_sessions_does_not_count():
    assert place(5.0, [1.0] * 252 + [9.0] * 50).highest


# --- as facts


def written_among(count, value=7.0, on_file=None, skipped=()):
    """The place of *value* among the figures 0, 1, ... of the sessions before, the newest 0."""
    days = [previous_session(SESSION)]
    while len(days) < count:
        days.append(previous_session(days[-1]))
    ledger = Ledger({}, SESSION)
    fact = ledger.add("figure", value, unit=Unit.PERCENT, decimals=1, formula="source")
    earlier = {day: float(number) for number, day in enumerate(days) if number not in skipped}
    return written(ledger, "figure", fact, earlier, on_file or len(days)), ledger


def test_the_facts_of_a_place_say_what_it_found():
    found, ledger = written_among(30)
    assert (found.sessions.value, found.rank.value, found.rank_from_low.value) == (31, 23, 8)
    assert found.since.value < found.since.date == SESSION
    assert (found.complete, found.partial, found.older) == (True, False, False)
    assert (found.percentile, found.year) == (None, None)
    middle = ledger.facts["history.figure.median"]
    assert middle.value == median(range(20))
    assert found.times_usual.value == pytest.approx(7 / middle.value)


@pytest.mark.parametrize("value", [-3.0, 0.0, 77.5, 251.0, 300.0])
def test_percentile_and_rank_are_arithmetic_that_anyone_can_redo(value):
    found, ledger = written_among(252, value)
    for fact in (found.percentile, found.year.rank, found.times_usual):
        assert fact.formula.startswith("=")
        assert recomputed(fact, ledger) == pytest.approx(fact.value)
    year = [float(number) for number in range(252)]
    assert found.percentile.value == pytest.approx(percentile(value, year))
    assert found.year.rank.value == pytest.approx(min(max(range_rank(value, year), 0), 100))
    assert (found.year.low.value, found.year.high.value) == (0, 251)


def test_a_missing_session_is_told():
    assert not written_among(30, skipped=(4,), on_file=29)[0].complete
    assert written_among(30, skipped=(4,))[0].partial


def test_a_usual_day_needs_twenty_and_a_middle_above_zero():
    assert written_among(19)[0].times_usual is None
    days = {dt.date(2026, 1, 1) + dt.timedelta(days=number): 0.0 for number in range(25)}
    ledger = Ledger({}, SESSION)
    fact = ledger.add("figure", 7.0, unit=Unit.PERCENT, formula="source")
    assert written(ledger, "figure", fact, days, 25).times_usual is None
    assert written(ledger, "figure", fact, {}, 25) is None


def test_more_than_a_year_on_file_is_told():
    assert written_among(260)[0].older
    assert written_among(260)[0].sessions.value == 253
