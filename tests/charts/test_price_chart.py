from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.charts import draw, drawable
from generator.charts.price_view import view_of

slow = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def price(analysis):
    (chart,) = draw(["price"], analysis)
    return chart


def mentioned(chart):
    return [mention.fact for mention in chart.mentions]


def test_it_names_the_last_price_the_levels_and_the_move_priced_in(analysis):
    facts = mentioned(price(analysis))
    assert "spot" in facts
    assert "expected_move.one_sigma.2026-06-18" in facts
    assert "date.2026-06-18" in facts
    assert sum(name.startswith("level.") for name in facts) == 5  # three lines and a zone of two edges


def test_the_lines_are_named_in_words(analysis):
    assert {"50-day average", "200-day average", "Bollinger band"} <= set(price(analysis).texts)


def test_a_zone_prints_both_of_its_edges_in_one_text(analysis):
    assert "270.86\u2013272.29" in price(analysis).texts


def test_months_are_named_where_they_begin(analysis):
    months = [text for text in price(analysis).texts if text in {"Dec", "Jan", "Feb", "Mar", "Apr", "May"}]
    assert months == ["Dec", "Jan", "Feb", "Mar", "Apr", "May"]


@slow
@given(marks=st.lists(st.floats(0.89, 1.11), max_size=8, unique=True), seed=st.integers(0, 50))
def test_texts_do_not_touch_wherever_the_levels_lie(market, touching, marks, seed):
    assert touching(price(market.build(seed=seed, levels=marks))) == []


@slow
@given(spot=st.floats(2, 9000), seed=st.integers(0, 1000))
def test_texts_do_not_touch_at_any_price(market, touching, spot, seed):
    assert touching(price(market.build(spot=round(spot, 2), seed=seed))) == []


def test_at_most_two_levels_a_side_are_shown_the_nearest_first(market):
    analysis = market.build(levels=[1.01, 1.03, 1.05, 1.07, 0.99, 0.98, 0.97])
    shown = [round(level.value / 285.12, 2) for level in view_of(analysis).levels]
    assert sorted(shown) == [0.98, 0.99, 1.01, 1.03]


def test_the_level_that_triggers_a_plan_comes_before_nearer_ones(market):
    analysis = market.build(levels=[1.01, 1.03, 1.08])
    far = next(level for level in analysis.levels if level.value > 1.07 * 285)

    class Idea:
        trigger_level = far.id
        expires = None

    assert far in view_of(replace(analysis, ideas=(Idea(),))).levels


def test_levels_off_the_picture_are_left_out(market):
    assert all(abs(x.value / 285.12 - 1) < 0.12 for x in view_of(market.build(levels=[1.3, 0.7])).levels)


def test_the_cone_ends_at_the_last_expiration_of_a_plan(market, analysis):
    class Idea:
        trigger_level = ""
        expires = market.day(dt.date(2026, 6, 5))

    assert view_of(replace(analysis, ideas=(Idea(),))).cone[-1].expiration.value == dt.date(2026, 6, 5)


def test_the_cone_without_plans_ends_within_five_weeks(analysis):
    assert [point.expiration.value.day for point in view_of(analysis).cone] == [29, 5, 18]


def test_during_a_session_the_last_price_is_the_newest_point(market, analysis):
    running = replace(analysis, session=market.day(dt.date(2026, 5, 26)))
    view = view_of(running)
    assert view.days[-1] == dt.date(2026, 5, 26)
    assert view.closes[-1] == 285.12
    assert len(view.closes) == len(view.lines["sma_50"]) == 127


def test_without_options_and_indicators_the_closes_are_drawn_alone(analysis):
    bare = replace(
        analysis,
        technicals=replace(analysis.technicals, series=None),
        volatility=replace(analysis.volatility, terms=()),
        levels=(),
    )
    assert set(mentioned(price(bare))) - {"spot"} == {fact.id for fact in price(bare).facts}


def test_an_average_that_begins_within_the_picture_is_drawn_from_there(analysis):
    part = (*[None] * 60, *analysis.technicals.series["sma_200"][60:])
    series = {**analysis.technicals.series, "sma_200": part}
    chart = price(replace(analysis, technicals=replace(analysis.technicals, series=series)))
    assert "200-day average" in chart.texts
    assert "nan" not in chart.svg.lower()


def test_too_few_closes_are_a_reason_and_no_chart(analysis):
    few = replace(analysis, price=replace(analysis.price, closes=analysis.price.closes[-5:]))
    assert drawable("price", few) == "5 closes on file, the price chart needs 20"
    assert draw(["price"], few) == ()


def test_a_strike_beyond_the_move_priced_in_does_not_stretch_the_scale(market, analysis):
    far = market.level(310.0, kind="call open interest")
    near = market.level(290.0, kind="call open interest")
    shown = view_of(replace(analysis, levels=(far, near))).levels
    assert shown == [near]


def test_extremes_of_weeks_come_before_strikes_and_strikes_before_round_prices(market, analysis):
    kinds = ("round number", "call open interest", "prior high")
    levels = tuple(market.level(286.0 + 2 * i, kind=kind) for i, kind in enumerate(kinds))
    assert [level.kind for level in view_of(replace(analysis, levels=levels)).levels] == [
        "prior high",
        "call open interest",
    ]


def test_averages_and_pivots_are_no_levels_of_the_picture(market, analysis):
    levels = (market.level(290.0, kind="pivot"), market.level(280.0, kind="average"))
    assert view_of(replace(analysis, levels=levels)).levels == []
