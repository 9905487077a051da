from __future__ import annotations

import datetime as dt
from dataclasses import replace

from generator.charts import draw, drawable


def volatility(analysis):
    (chart,) = draw(["volatility"], analysis)
    return chart


def change(analysis, **fields):
    return replace(analysis, volatility=replace(analysis.volatility, **fields))


def forms(chart):
    return {mention.fact: mention.form for mention in chart.mentions}


def test_both_smiles_carry_their_expirations(analysis):
    printed = forms(volatility(analysis))
    assert printed["date.2026-05-29"] == printed["date.2026-06-18"] == "short_day"


def test_thirty_day_and_realised_volatility_are_printed_as_percent(analysis):
    chart = volatility(analysis)
    assert {"30-day 22.7%", "realised 19.9%"} <= set(chart.texts)
    assert forms(chart)["volatility.constant_30"] == "percent"


def test_volatility_scales_carry_the_percent_sign(analysis):
    chart = volatility(analysis)
    scales = [m.text for m in chart.mentions if ".y." in m.fact]
    assert scales
    assert all(text.endswith("%") for text in scales)


def test_days_to_expiration_are_plain(analysis):
    days = [m.text for m in volatility(analysis).mentions if m.fact.startswith("chart.volatility.term.x.")]
    assert days == ["7", "14", "30", "60", "90"]


def test_of_many_smiles_one_about_a_week_and_one_about_a_month_out_are_drawn(analysis, market):
    extra = replace(analysis.volatility.smiles[0], expiration=market.day(dt.date(2026, 12, 18)))
    tomorrow = replace(extra, expiration=market.day(dt.date(2026, 5, 26)))
    printed = forms(volatility(change(analysis, smiles=(extra, tomorrow, *analysis.volatility.smiles))))
    assert {"date.2026-05-29", "date.2026-06-18"} <= set(printed)
    assert not {"date.2026-12-18", "date.2026-05-26"} & set(printed)


def test_without_smiles_the_term_structure_takes_the_sheet(analysis):
    chart = volatility(change(analysis, smiles=()))
    assert "At the money, by days to expiration" in chart.texts
    assert "Implied volatility by strike" not in chart.texts


def test_without_terms_the_smiles_take_the_sheet(analysis):
    chart = volatility(change(analysis, terms=analysis.volatility.terms[:2]))
    assert "Implied volatility by strike" in chart.texts
    assert "At the money, by days to expiration" not in chart.texts


def test_unknown_values_leave_their_marks_out(analysis):
    chart = volatility(change(analysis, constant_30=None, realised_21=None))
    assert not any("30-day" in text or "realised" in text for text in chart.texts)


def test_two_settlements_on_one_date_are_one_point(analysis):
    terms = analysis.volatility.terms
    assert volatility(change(analysis, terms=(terms[0], *terms))).texts == volatility(analysis).texts


def test_nothing_to_draw_is_a_reason_and_no_chart(analysis):
    nothing = change(analysis, smiles=(), terms=())
    assert drawable("volatility", nothing) == ("no smile of 5 strikes and no term structure of 3 expirations")
    assert draw(["volatility"], nothing) == ()


def test_texts_do_not_touch(market, touching):
    for seed in range(8):
        assert touching(volatility(market.build(seed=seed, spot=20.0 + 900 * seed))) == []


def test_days_on_the_axis_leave_each_other_room(analysis, market, touching):
    terms = analysis.volatility.terms
    ahead = [1, 3, 5, 8, 15, 28, 60, 91, 200, 390]
    session = dt.date(2026, 5, 22)
    many = tuple(
        replace(terms[i % 4], expiration=market.day(session + dt.timedelta(days=d)))
        for i, d in enumerate(ahead)
    )
    chart = volatility(change(analysis, terms=many))
    assert "chart.volatility.term.x.30" in forms(chart)
    assert touching(chart) == []
