"""What is said of probabilities, of moves priced earlier and of a report: risk-neutral, and counted."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import jinja2
import pytest

from generator import analytics, pipeline
from generator.assets import templates
from generator.models.analysis import Choices
from generator.models.market import Event, History
from generator.narrative import narrate
from generator.narrative.text import visible
from tests.analytics.test_event_move import chain_with_a_report
from tests.analytics.test_priced_moves import BARS, told
from tests.builders import SESSION, make_snapshot, write_bars, write_chain
from tests.finished import request

LOADER = jinja2.FileSystemLoader(templates())
REPORT = Event(date=dt.date(2026, 3, 18), title="First-quarter earnings", source="test", time=dt.time(16, 20))


def section(snapshot, readings=()):
    """The paragraphs of the section on volatility, as a reader sees them."""
    analysis = analytics.analyse(snapshot, History(readings=tuple(readings)), Choices(rate=0.04))
    article = narrate(analysis, LOADER, charts=(), sources=snapshot.sources, edition=snapshot.edition)
    text = visible(article.text).replace("\N{NO-BREAK SPACE}", " ")
    return analysis, text.partition("## Volatility on the horizon")[2].partition("\n## ")[0]


def market(events=(REPORT,), **changes):
    return make_snapshot(chain=chain_with_a_report(), bars=BARS, events=events, **changes)


def test_a_probability_is_called_risk_neutral_and_never_a_chance():
    analysis, text = section(market())
    assert analysis.endings.levels
    assert "; a close inside it has a risk-neutral probability of 5" in text
    assert re.search(r"For Friday 17 April options give a risk-neutral probability of \d+% to a close", text)
    assert not re.search(r"\b(chance|odds|likely|unlikely)\b", text)


def test_a_level_without_a_probability_leaves_no_sentence():
    analysis, _ = section(market())
    bare = dataclasses.replace(analysis, endings=dataclasses.replace(analysis.endings, levels={}))
    article = narrate(bare, LOADER, charts=(), sources=(), edition="close")
    assert "to a close" not in visible(article.text).partition("## Volatility")[2]


def test_a_straddle_without_a_volatility_is_told_alone():
    analysis, _ = section(market(()))
    first, *others = analysis.volatility.terms
    bare = dataclasses.replace(first, atm_volatility=None, one_sigma=None, one_sigma_percent=None)
    changed = dataclasses.replace(analysis.volatility, terms=(bare, *others))
    article = narrate(
        dataclasses.replace(analysis, volatility=changed), LOADER, charts=("price",), edition="close"
    )
    text = visible(article.text).replace("\N{NO-BREAK SPACE}", " ")
    assert f"The straddle to Friday 13 March costs ${first.straddle.number:.2f}" in text
    assert "One standard deviation is" not in text


def test_a_report_is_told_with_its_move_and_that_the_month_spans_it():
    analysis, text = section(market())
    event = analysis.volatility.event
    assert "Earnings are set for Wednesday 18 March, after the close. Options that expire on Friday" in text
    assert f"a mean move of {event.mean_percent.number:.1f}% (${event.mean.number:.2f})" in text
    assert "The thirty-day volatility above spans the report" in text
    assert f"First-quarter earnings, a mean move of {event.mean_percent.number:.1f}% priced" in text


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, None),
        (1, "The one earlier such session on file moved"),
        (3, "The last three such sessions moved"),
        (9, "The last eight such sessions moved"),
    ],
)
def test_earlier_reports_are_counted(count, words):
    days = [SESSION - dt.timedelta(weeks=5 * n) for n in range(count, 0, -1)]
    past = tuple(dataclasses.replace(REPORT, date=day) for day in days)
    _, text = section(market(past_earnings=past))
    assert ("such session" in text) == (count > 0)
    assert words is None or words in text


def test_an_unconfirmed_report_has_no_move():
    _, text = section(market((dataclasses.replace(REPORT, confirmed=False),)))
    assert "expected, but not confirmed, for Wednesday 18 March" in text
    assert "No move is read from the quotes for a date that may change." in text
    assert "mean move" not in text


def test_few_priced_moves_are_counted_and_many_have_a_share():
    _, items = told(6)
    _, text = section(market(()), items)
    assert re.search(r"Of the six moves priced since Monday 2 March|Of the six moves priced since", text)
    assert "so that they overlap" in text
    assert "where a normal has" not in text
    _, items = told(25)
    _, text = section(market(()), items)
    assert re.search(
        r"Of the 25 moves priced since .* inside one standard deviation \(\d+%, where a normal", text
    )


def test_moves_to_one_expiration_alone_are_not_told():
    _, items = told(2)
    _, text = section(market(()), items)
    assert "moves priced since" not in text


def test_a_brief_with_a_report_passes_its_audit(tmp_path):
    folder = tmp_path / "data"
    write_chain(folder, chain_with_a_report(), SESSION)
    write_bars(folder, BARS)
    (folder / "events").mkdir()
    rows = ["2026-03-18,First-quarter earnings,16:20", "2025-11-18,Third-quarter earnings,16:20"]
    (folder / "events" / "ABCD.csv").write_text("date,title,time\n" + "\n".join(rows) + "\n")
    wanted = request(tmp_path, symbol="ABCD", source=f"csv:{folder}", when=SESSION, formats=("md",))
    built = pipeline.build(dataclasses.replace(wanted, choices=Choices(rate=0.04)))
    text = (built.folder / "brief.md").read_text("utf-8")
    assert "The one earlier such session on file moved" in text
