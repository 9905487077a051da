"""The strike that weighs most before it expires, and what may be said of it."""

from __future__ import annotations

import datetime as dt

import jinja2
import numpy as np
import pytest

from generator.analytics import analyse
from generator.analytics.expiration_eve import largest
from generator.assets import templates
from generator.models.analysis import Choices
from generator.models.market import History
from generator.narrative import angle, narrate
from generator.narrative.text import visible
from generator.rules.blocked import hits
from generator.rules.claims import evaluate
from tests.builders import make_bars, make_chain, make_snapshot

THURSDAY, FRIDAY = dt.date(2026, 3, 12), dt.date(2026, 3, 13)
EXPIRATIONS = (FRIDAY, dt.date(2026, 3, 20), dt.date(2026, 4, 17), dt.date(2026, 6, 18))


def analysed(session=THURSDAY, *, heavy=100.0, count=5000.0, elsewhere=None, **changes):
    """A board whose Friday has *count* puts at *heavy*, and more at *elsewhere*."""
    now = changes.get("as_of")
    chain = make_chain(session, expirations=EXPIRATIONS, volatility=0.3, as_of=now)
    friday = (chain["expiration"] == np.datetime64(FRIDAY)) & (chain["right"] == "put")
    chain.loc[friday & (chain["strike"] == heavy), "open_interest"] = count
    if elsewhere is not None:
        chain.loc[friday & (chain["strike"] == elsewhere), "open_interest"] = 2 * count
    snapshot = make_snapshot(session, chain=chain, bars=make_bars(end=session), **changes)
    return analyse(snapshot, History(), Choices(rate=0.04))


def test_the_heaviest_strike_is_told_on_the_eve():
    eve = analysed().eve
    assert (eve.expiration.value, eve.strike.value, eve.distance.value) == (FRIDAY, 100.0, 0.0)
    assert eve.open_interest.value == 5000 + 1200
    assert eve.larger_strikes.value == 0
    assert eve.gamma_share.number > 10
    assert 10 < eve.strike_share.number < 100


def test_the_parts_of_the_strike_are_those_of_the_board():
    analysis = analysed()
    facts = analysis.facts
    whole = facts["gamma.calls.2026-03-13"].number + facts["gamma.puts.2026-03-13"].number
    assert analysis.eve.strike_share.number == pytest.approx(100 * facts["eve.gamma"].number / whole)


def test_more_open_interest_elsewhere_allows_no_word_of_a_pin():
    near, far = analysed(), analysed(elsewhere=92.0)
    assert far.eve.strike.value == 100.0
    assert far.eve.larger_strikes.value == 1
    assert evaluate(near.facts)["strike.pin"].holds
    assert not evaluate(far.facts)["strike.pin"].holds


def test_a_heaviest_strike_further_than_one_percent_is_not_told():
    assert analysed(heavy=98.0, count=90_000.0).eve is None


def test_days_before_there_is_no_eve():
    assert analysed(dt.date(2026, 3, 11)).eve is None


def test_while_it_trades_the_day_itself_counts():
    noon = make_snapshot(FRIDAY).as_of - dt.timedelta(hours=4)
    assert analysed(FRIDAY, as_of=noon, edition="intraday").eve.expiration.value == FRIDAY
    assert analysed(FRIDAY).eve is None


def test_of_equal_strikes_the_lowest_is_the_largest():
    assert largest(np.array([95.0, 100, 100, 105]), np.array([2.0, 1, 1, np.nan])) == (95.0, 2.0)


@pytest.mark.parametrize("elsewhere", [None, 92.0])
def test_the_story_says_may_and_blames_no_one(elsewhere, monkeypatch):
    monkeypatch.setattr(angle, "ANGLES", {"expiration_eve": angle.ANGLES["expiration_eve"]})
    article = narrate(analysed(elsewhere=elsewhere), jinja2.FileSystemLoader(templates()), charts=())
    text = visible(article.text)
    assert "Friday's expiration holds" in visible(article.headline)
    assert ("may pin the price or may not" in text) is (elsewhere is None)
    assert ("Open interest alone is larger at one other strike" in text) is (elsewhere is not None)
    assert not list(hits(text))


def test_a_short_list_of_expirations_tells_no_share_of_the_board(monkeypatch):
    assert analysed().eve is not None
    monkeypatch.setattr("tests.analytics.test_expiration_eve.EXPIRATIONS", EXPIRATIONS[:-1])
    assert analysed().eve is None
