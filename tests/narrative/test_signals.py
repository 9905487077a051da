"""What the bars say today comes first, only where its claim holds, and a quiet day says little."""

from __future__ import annotations

import datetime as dt
import re

import jinja2
import numpy as np
import pytest

from generator import analytics, calendar, charts
from generator.assets import templates
from generator.models.analysis import Choices
from generator.models.market import Dividend, Event, History, Reading
from generator.narrative import angle, narrate
from generator.narrative.text import visible
from generator.rules.blocked import hits
from tests.analytics.test_term_shape import sloped
from tests.builders import SESSION, make_bars, make_chain, make_snapshot

LOADER = jinja2.FileSystemLoader(templates())
CHAIN = make_chain()
PRICES = ["open", "high", "low", "close"]


def written(bars, *, history=None, **changes):
    spot = changes.pop("spot", float(bars["close"].iloc[-1]))
    snapshot = make_snapshot(
        bars=bars, spot=spot, chain=changes.pop("chain", make_chain(spot=spot)), **changes
    )
    analysis = analytics.analyse(snapshot, history or History(), Choices())
    drawn = tuple(name for name in charts.CHARTS if charts.drawable(name, analysis) is None)
    article = narrate(analysis, LOADER, charts=drawn, edition=snapshot.edition)
    text = visible(article.text)
    assert list(hits(text)) == []
    return article, text


def section(text, title="Technicals"):
    return re.search(rf"^## {title}.*?(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)[0]


def waves(n=300, size=3.0):
    """A market that swings around 100 and ends in the middle of its range."""
    close = 100 + size * np.sin(np.arange(n)[::-1] / 4.0)
    bars = make_bars(n)
    return bars.assign(open=close, high=close + 0.8, low=close - 0.8, close=close)


def ending(bars, **last):
    for column, value in last.items():
        bars.loc[len(bars) - 1, column] = value
    return bars


def test_a_breakout_leads_the_section_and_says_its_look_back():
    article, text = written(ending(waves(), open=104.0, high=106.0, low=104.0, close=105.5))
    technicals = section(text)
    assert technicals.startswith("## Technicals: a breakout, ")
    body = technicals.split("\n")[2]
    assert body.startswith("The close, 105.50, is a breakout: it lies ")
    assert "the high of the 200 sessions before" in body
    assert {"breakout.up.200"} <= {claim.id for claim in article.claims}


def test_a_breakdown_says_low():
    _, text = written(ending(waves(), open=96.0, high=96.0, low=94.0, close=94.5))
    assert "is a breakdown: it lies" in section(text)
    assert "below 96.20, the low of the 200 sessions before" in section(text)


def test_a_running_session_trades_above_and_breaks_nothing():
    yesterday = calendar.previous_session(SESSION)
    bars = waves().assign(date=make_bars(300, end=yesterday)["date"])
    noon = dt.datetime.combine(SESSION, dt.time(12), calendar.NEW_YORK)
    _, text = written(
        bars, spot=106.0, edition="intraday", as_of=noon, chain=make_chain(spot=106.0, as_of=noon)
    )
    technicals = section(text)
    assert technicals.startswith("## Technicals: trading above the range of earlier sessions")
    assert "only a close would make that a breakout" in technicals
    assert "is a breakout:" not in technicals


def test_a_running_session_back_inside_says_so_and_leads_with_nothing():
    yesterday = calendar.previous_session(SESSION)
    bars = ending(waves(), open=104.0, high=106.0, low=104.0, close=105.5)
    bars = bars.assign(date=make_bars(300, end=yesterday)["date"])
    noon = dt.datetime.combine(SESSION, dt.time(12), calendar.NEW_YORK)
    for spot, back in ((103.0, True), (105.0, False)):
        chain = make_chain(spot=spot, as_of=noon)
        technicals = section(written(bars, spot=spot, edition="intraday", as_of=noon, chain=chain)[1])
        assert ("the price has come back inside since" in technicals) == back
        assert ("breakout" in technicals.split("\n")[0]) != back


def narrow(n=300):
    bars = waves(n)
    close = 100 + 0.2 * np.sin(np.arange(21) / 2.0)
    for column, apart in (("open", 0), ("high", 0.3), ("low", -0.3), ("close", 0)):
        bars.loc[n - 21 :, column] = close + apart
    return bars


def test_a_squeeze_is_a_narrow_band_and_not_a_price_at_the_band():
    """Attack 24: the seed called a price at its band a squeeze."""
    _, text = written(narrow())
    assert section(text).startswith("## Technicals: a squeeze, ")
    assert re.search(
        r"Bollinger's band is in a squeeze: from [\d.]+ to [\d.]+, it was narrower on \w+ of", text
    )
    _, wide = written(ending(waves(), open=103.0, high=103.6, low=103.0, close=103.5))
    assert "squeeze" not in wide


def capped():
    bars = make_bars(300)
    for ago, high in ((40, 112.0), (20, 111.9), (0, 111.8)):
        bars.loc[299 - ago, "high"] = high
    return bars


def test_resistance_held_counts_its_visits():
    _, text = written(capped())
    held = r"Resistance held at 112\.00, reached three separate times in 60 sessions without a close above it"
    assert re.search(held, section(text))


def test_heavy_volume_and_extremes_are_told_with_their_numbers():
    bars = make_bars(300)
    bars.loc[280:, PRICES] = np.repeat((100 + np.arange(20.0))[:, None], 4, axis=1)
    bars.loc[280:, "high"] += 0.3
    bars.loc[:, "volume"] = 1e6
    bars = ending(bars, volume=2.5e6)
    _, text = written(bars)
    technicals = section(text)
    assert re.search(r"RSI by Wilder is [78]\d\.\d: overbought\.", technicals)
    assert "Trading was heavy: 2,500,000 shares, 2.5\u00a0times the middle" in technicals
    assert technicals.count("RSI by") == 1


def test_a_quiet_day_names_no_event():
    bars = ending(waves(), volume=1.0)
    _, text = written(bars)
    technicals = section(text)
    for word in ("breakout", "breakdown", "squeeze", "held", "surging", "heavy", "overbought", "oversold"):
        assert word not in technicals


def test_the_section_is_compact():
    for bars in (waves(), narrow(), ending(waves(), high=106.0, low=104.0, close=105.5)):
        technicals = section(written(bars)[1])
        assert len([block for block in technicals.split("\n\n") if block]) <= 4
        assert len(technicals) < 1600


def test_what_was_taken_out_of_the_bars_is_said():
    plain = section(written(waves())[1], "How this was made")
    assert "adjusted for splits, not for dividends, of which none is on file" in plain
    bars = waves()
    gone = Dividend(ex_date=bars["date"].iloc[-30].date(), amount=0.5, confirmed=True, source="test")
    known = section(written(bars, paid=(gone,))[1], "How this was made")
    assert "adjusted for splits and for the one cash dividend on file since" in known
    assert (
        "dividends" not in section(written(waves(), kind="index")[1], "How this was made").split("Signals")[1]
    )


# --- implied against realised

MONTHS = tuple(dt.date(2026, month, day) for month, day in ((3, 20), (4, 17), (5, 15), (6, 18), (7, 17)))


def horizon(text):
    return section(text, "Volatility on the horizon")


def test_both_numbers_stand_beside_their_difference_and_no_adjective():
    bars = make_bars()
    _, text = written(bars, chain=make_chain(expirations=MONTHS, width=30))
    found = re.search(
        r"realised ([\d.]+)%.*options price ([\d.]+) points more, ([\d.]+) times as much\. "
        r"In variance that is 0\.\d{4} a year, a proxy of the premium",
        horizon(text),
    )
    assert found
    assert "rich" not in horizon(text)
    assert "cheap" not in horizon(text)


def test_rich_is_said_with_its_percentile_from_120_sessions():
    bars = make_bars()
    days = [day.date() for day in bars["date"].iloc[-121:-1]]
    readings = tuple(
        Reading(session=day, id="volatility.implied_to_realised", value=0.5) for day in reversed(days)
    )
    article, text = written(
        bars, chain=make_chain(expirations=MONTHS, width=30), history=History(readings=readings)
    )
    assert "rich against what was realised, with 100% of the sessions before lower" in horizon(text)
    assert "premium.rich" in {claim.id for claim in article.claims}


def test_a_slope_is_told_with_the_event_inside():
    report = Event(date=dt.date(2026, 4, 28), title="Earnings expected", source="test")
    chain = sloped(0.28, 0.2)
    _, text = written(make_bars(), chain=chain, events=(report,))
    assert "the slope is inverted" in horizon(text)
    assert "with Earnings expected on Tuesday 28\u00a0April inside" in horizon(text)
    assert "the slope is" not in horizon(written(make_bars(), chain=chain)[1])
    fund = horizon(written(make_bars(), chain=chain, kind="etf")[1])
    assert re.search(r"the slope is inverted, 1\.[123]\d to one\.", fund)


# --- the stories


@pytest.mark.parametrize(
    ("bars", "slug", "words"),
    [
        (ending(waves(), open=104.0, high=106.0, low=104.0, close=105.5), "breakout", "a breakout above its"),
        (ending(waves(), open=96.0, high=96.0, low=94.0, close=94.5), "breakout", "a breakdown below its"),
        (narrow(), "squeeze", "is in a squeeze"),
        (capped(), "level_held", "Resistance held at 112.00 once more"),
    ],
)
def test_a_story_of_the_bars_can_lead(bars, slug, words, monkeypatch):
    article, _ = written(bars)
    assert slug in dict(article.angle.considered)
    monkeypatch.setattr(angle, "ANGLES", {slug: angle.ANGLES[slug]})
    told, _ = written(bars)
    assert words in visible(told.headline)
    assert 40 <= len(visible(told.headline)) <= 110
    assert visible(told.standfirst).endswith(".")


def test_an_unfinished_session_tells_none_of_them():
    bars = narrow()
    earlier = bars.assign(date=make_bars(300, end=calendar.previous_session(SESSION))["date"])
    noon = dt.datetime.combine(SESSION, dt.time(12), calendar.NEW_YORK)
    article, _ = written(earlier, spot=100.0, edition="intraday", as_of=noon, chain=make_chain(as_of=noon))
    assert not {"breakout", "squeeze", "level_held"} & set(dict(article.angle.considered))
