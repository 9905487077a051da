"""What must stand in every brief, whatever the day."""

from __future__ import annotations

import dataclasses
import datetime as dt

import jinja2
import pytest

from generator import analytics, calendar
from generator.assets import templates
from generator.models.analysis import Choices
from generator.narrative import narrate
from generator.narrative.text import visible
from generator.providers import gather
from generator.providers.synthetic import DEMO_SESSION
from generator.rules.blocked import hits
from tests.builders import SESSION, make_chain, make_history, make_snapshot

NOON = dt.datetime.combine(SESSION, dt.time(12), calendar.NEW_YORK)
ALWAYS = {
    "the count's date": "open interest is the count after the close of",
    "open interest has no sign": "Open interest has no sign",
    "the model and its rate": "Implied volatility is",
    "risk-neutral": "Probabilities are risk-neutral",
    "hypothetical": "hypothetical, at quoted prices, before commissions",
    "no advice": "This is not personal advice",
    "the risks of options": "Characteristics and Risks of Standardized Options",
    "the sources": "Sources: ",
}


def markets():
    snapshot = make_snapshot()
    return {
        "demo": gather("DEMO", "synthetic:1", DEMO_SESSION),
        "close": (snapshot, make_history()),
        "first day": (snapshot, make_history(sessions=0)),
        "intraday": (
            make_snapshot(as_of=NOON, edition="intraday", chain=make_chain(as_of=NOON)),
            make_history(),
        ),
        "index": (dataclasses.replace(snapshot, kind="index"), make_history()),
    }


@pytest.fixture(scope="module", params=list(markets()))
def text(request):
    snapshot, history = markets()[request.param]
    article = narrate(
        analytics.analyse(snapshot, history, Choices()),
        jinja2.FileSystemLoader(templates()),
        charts=(),
        sources=snapshot.sources,
        synthetic=snapshot.synthetic,
        edition=snapshot.edition,
    )
    return visible(article.text)


@pytest.mark.parametrize("words", ALWAYS.values(), ids=ALWAYS)
def test_it_is_disclosed(text, words):
    assert words.lower() in text.lower()


def test_nobody_is_told_what_to_do(text):
    own = "".join(line for line in text.splitlines(keepends=True) if "“" not in line)
    assert list(hits(own)) == []
    assert "you should" not in own.lower()
    assert "enter now" not in own.lower()


def test_a_quote_that_was_set_aside_is_counted_with_its_open_interest():
    chain = make_chain()
    chain.loc[chain["strike"] > 111, "bid"] = 0.0
    analysis = analytics.analyse(make_snapshot(chain=chain), make_history(sessions=0), Choices())
    article = narrate(analysis, jinja2.FileSystemLoader(templates()), charts=())
    count = analysis.quality.counts["rejected"].number
    assert count > 0
    assert f"{count:.0f} quotes, holding" in visible(article.text)
