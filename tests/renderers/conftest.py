# ruff: noqa: E501  an article has long lines
"""A hand-made brief with every part an article may have, and with hostile headlines."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from generator.models.analysis import Claim, Fact, Idea, Inputs, Leg, Level, Quality, Unit, Withheld
from generator.models.brief import Angle, Article, Brief, Chart, Mention
from generator.models.market import Gap, Source
from generator.renderers.body import body_of
from generator.renderers.draft import Draft
from generator.templating import claim_phrase, escaped, marks, say

SESSION = dt.date(2026, 5, 22)
AS_OF = dt.datetime(2026, 5, 22, 16, 0, tzinfo=ZoneInfo("America/New_York"))
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }} and {% raw %} and {{< ref >}} and {# note #}",
    "[press](javascript:alert(1)) ![x](http://127.0.0.1/x.png)",
    "`code` ``and`` $x$ or $$y$$ \\(z\\)",
    "&lt;b&gt; &amp; &#123; AT&T",
    "*a* _b_ **c** ~~d~~ ==e== ^f^ :smile: | pipe | cell",
    "# not a heading",
    "1. not a list",
    "bell \x07 null \x00 escape \x1b[31m done",
    '"quoted" it\'s https://example.com/x?a=1&lt=2',
    "private \ue000spot|plain\ue0019\ue002 marks",
)


def fact(name, value, unit=Unit.USD, decimals=2, formula="=value(close)"):
    return Fact(id=name, value=value, unit=unit, decimals=decimals, formula=formula, date=SESSION)


def all_facts():
    known = [
        fact("symbol", "IWM", Unit.TEXT, 0, "snapshot.symbol"),
        fact("session", SESSION, Unit.DATE, 0, "snapshot.session"),
        fact("as_of", AS_OF, Unit.TIME, 0, "snapshot.as_of"),
        fact("spot", 285.12),
        fact("change_percent", 0.9274, Unit.PERCENT, 2, "=100*($1/$2-1)"),
        fact("put_call.open_interest.all", 2.72461, Unit.RATIO),
        fact("technicals.rsi_14", 60.93, Unit.INDICATOR, 1, "wilder.rsi(14)"),
        fact("technicals.sma_50", 266.6012),
        fact("expected_move.straddle.2026-05-29", 6.37),
        fact("expected_move.straddle.2026-06-18", 14.04),
        fact("volatility.constant_30", 22.7, Unit.PERCENT, 1),
        fact("max_pain.2026-05-29", 281.0, Unit.USD, 2, "max_pain"),
        fact("expiration.2026-05-29", dt.date(2026, 5, 29), Unit.DATE, 0, "calendar"),
        fact("open_interest.put.2026-05-29.265", 49362, Unit.CONTRACTS, 0),
        fact("open_interest.call.2026-05-29.288", 10363, Unit.CONTRACTS, 0),
        fact("ideas.up.trigger", 287.58),
        fact("ideas.up.limit", 4.2),
        fact("ideas.up.max_loss", 3.95),
        fact("ideas.up.breakeven", 293.95),
        fact("ideas.up.profit", 5.2),
        fact("ideas.down.trigger", 277.15),
        fact("ideas.down.max_loss", 4.05),
        fact("ideas.stock.trigger", 287.58),
        fact("ideas.stock.stop", 282.49),
    ]
    known += [fact(f"news.{i}.title", text, Unit.TEXT, 0, "news") for i, text in enumerate(HOSTILE)]
    return {item.id: item for item in known}


def claim():
    return Claim(
        id="rsi.near_overbought",
        phrase="below the line that counts as overbought",
        condition="rsi < 70",
        values={"rsi": "technicals.rsi_14"},
        holds=True,
    )


def article_text(facts):
    def put(name, form="plain"):
        return say(facts[name], form)

    news = "\n".join(
        f"- “{put(f'news.{i}.title', 'text')}”, Example Wire, {put('session', 'short_day')}"
        for i in range(len(HOSTILE))
    )
    return f"""*{put("symbol", "text")} · {put("session", "weekday_year")}, after the close · last {put("spot")} ({put("change_percent", "signed_percent")}) · option quotes delayed*

# {put("symbol", "text")} Sits Under Its High With {put("put_call.open_interest.all")} Puts a Call

**Small caps moved more than options had priced; RSI at {put("technicals.rsi_14")} is {claim_phrase(claim())}.**

| Close | Put/call open interest | 30-day volatility | Priced move | RSI | Max pain |
| --- | --- | --- | --- | --- | --- |
| {put("spot")} | {put("put_call.open_interest.all")} | {put("volatility.constant_30", "percent")} | ±{put("expected_move.straddle.2026-05-29")} | {put("technicals.rsi_14")} | {put("max_pain.2026-05-29", "strike")} |
| {put("change_percent", "signed_percent")} on the day | all series | implied | straddle to {put("expiration.2026-05-29", "short_day")} | Wilder | {put("expiration.2026-05-29", "short_day")} |

- **Price.** The fund closed at {put("spot")}, {put("change_percent", "signed_percent")} on the day, and a three-session gain that large is a rare thing in the year of sessions before.
- **Positioning.** Put/call open interest is {put("put_call.open_interest.all", "times")} over all series; the largest is {put("open_interest.put.2026-05-29.265")} contracts.
- **Volatility.** Options price a move of {put("expected_move.straddle.2026-05-29", "money")} by {put("expiration.2026-05-29", "weekday")} and {put("expected_move.straddle.2026-06-18", "money")} by the month's end.

**{put("symbol", "text")} stands above all of its averages**
Daily closes with the 50-day average and Bollinger's band
![Line chart of closes to {put("session", "date")}, last {put("spot")}; 50-day average {put("technicals.sma_50")}](charts/price.png)

## What the chain shows: the puts outnumber the calls

The whole board holds more puts than calls, a ratio of {put("put_call.open_interest.all")}. Read that rather than the raw total, which moves when expirations join and leave the list. Open interest has no sign, so a chain does not show which side its holder is on; if RSI < 70 & rising, no word is put to it.

{put("open_interest.put.2026-05-29.265")}. That is the largest count on the board.

| Largest out of the money | Calls | Puts |
| --- | --- | --- |
| {put("expiration.2026-05-29", "weekday")} | 288: {put("open_interest.call.2026-05-29.288")} · 305: {put("open_interest.call.2026-05-29.288")} | {put("open_interest.put.2026-05-29.265")} |
| {put("expiration.2026-05-29", "weekday")} | 288: {put("open_interest.call.2026-05-29.288")} · 305: {put("open_interest.call.2026-05-29.288")} | {put("open_interest.put.2026-05-29.265")} |

**For {put("expiration.2026-05-29", "weekday")}, the puts gather at 265**
Open interest by strike in contracts, calls up and puts down
![Bar chart of open interest by strike](charts/open_interest.png)

## News: what was published today

Items are quoted as published; this brief draws no line from them to the price.

{news}
- [“{put("news.0.title", "text")}”](https://example.com/a?b=1&lt=2), Example Wire

## Actionable trades

Plans are conditional: each waits for a close beyond its trigger, is priced there, and lapses if the close does not come.

### Up: June 290 call, on a close above {put("ideas.up.trigger")}

Today the call is offered at {put("ideas.up.max_loss")}; above {put("ideas.up.limit")}, leave it. The plan is off on a close below {put("ideas.stock.stop")}.

| At the trigger, estimated | Per share |
| --- | --- |
| Breakeven | {put("ideas.up.breakeven")} |
| Most it can lose | {put("ideas.up.max_loss")} |
| Profit at the target | {put("ideas.up.profit")} |

### Down: June 275 put, on a close below {put("ideas.down.trigger")}

Today the put is offered at {put("ideas.down.max_loss")}. The plan is off on a close above {put("ideas.stock.stop")}.

| At the trigger, estimated | Per share |
| --- | --- |
| Most it can lose | {put("ideas.down.max_loss")} |
| Last day to enter | {put("expiration.2026-05-29", "short_day")} |

### Stock: above {put("ideas.stock.trigger")}

On a close above {put("ideas.stock.trigger")}: stop {put("ideas.stock.stop")}.

## How this was made

Implied volatility is Black-76 on parity forwards. Written by a program from the data named here. Options involve risk: read [Characteristics and Risks](https://www.theocc.com/risks). This is not personal advice.
"""


def drawing(name, title):
    bars = "".join(f"M{40 + i * 12} 200V{190 - (i * 37) % 140}h8V200z" for i in range(40))
    return Chart(
        id=name,
        svg=f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" id="{name}-chart" viewBox="0 0 540 230" '
        'font-family="Inter, Helvetica, Arial, sans-serif"><path d="M40 200H530" stroke="#16202e"/>'
        f'<path d="{bars}" fill="#1f6fb2"/><text x="44" y="20" font-size="10">{title} 285.12</text>'
        '<text x="530" y="222" font-size="10" text-anchor="end">May</text></svg>',
        png=b"\x89PNG\r\n\x1a\n" + name.encode(),
        texts=(f"{title} 285.12", "May"),
        facts=(),
        mentions=(Mention(fact="spot", form="plain", text="285.12", heading=""),),
    )


def ideas(facts):
    call = idea(facts)
    put = replace(call, id="long_put", kind="long put", direction="down", trigger=facts["ideas.down.trigger"])
    return call, put, replace(call, id="stock", kind="stock", trigger=facts["ideas.stock.trigger"])


def idea(facts):
    leg = Leg(
        quantity=1,
        right="call",
        strike=facts["ideas.up.breakeven"],
        expiration=facts["expiration.2026-05-29"],
        contract_symbol="IWM   260529C00288000",
    )
    return Idea(
        id="long_call_up",
        kind="long call",
        direction="up",
        legs=(leg,),
        trigger=facts["ideas.up.trigger"],
        trigger_level="level.high",
        limit=facts["ideas.up.limit"],
        last_day=facts["expiration.2026-05-29"],
        invalidation=facts["ideas.stock.stop"],
        target=facts["ideas.up.breakeven"],
        price_now=facts["ideas.up.max_loss"],
        mid_now=None,
        price_at_trigger=facts["ideas.up.max_loss"],
        breakevens=(facts["ideas.up.breakeven"],),
        max_loss=facts["ideas.up.max_loss"],
        max_gain=None,
        probability_of_profit=None,
        profit_at_target=facts["ideas.up.profit"],
        reward_risk=None,
        expires=facts["expiration.2026-05-29"],
        warnings=("few contracts trade",),
    )


def make_brief(text=None):
    facts = all_facts()
    text = text or article_text(facts)
    lines = text.split("\n")
    headline = next((line[2:] for line in lines if line.startswith("# ")), "Headline")
    standfirst = next((line[2:-2] for line in lines if line.startswith("**") and line.endswith("**")), "")
    article = Article(
        language="en",
        headline=headline,
        standfirst=standfirst,
        text=text,
        facts=(),
        mentions=tuple(Mention(fact=m.fact, form=m.form, text=m.text, heading="") for m in marks(text)),
        claims=(claim(),),
        charts=("price", "open_interest"),
        angle=Angle(chosen="put_heavy", considered=(("put_heavy", 0.8), ("quiet", 0.1))),
    )
    level = Level(
        id="level.high",
        kind="prior high",
        low=facts["ideas.up.trigger"],
        high=facts["ideas.up.trigger"],
        method="highest high",
        lookback=252,
        touch_date=SESSION,
    )
    return Brief(
        id="2026-05-22/IWM",
        symbol="IWM",
        name="iShares Russell 2000 ETF",
        session=SESSION,
        edition="close",
        tier="pro",
        as_of=AS_OF,
        open_interest_date=dt.date(2026, 5, 21),
        spot=285.12,
        synthetic=False,
        article=article,
        charts=(drawing("price", "Close"), drawing("open_interest", "Calls")),
        facts=facts,
        levels=(level,),
        ideas=ideas(facts),
        quality=Quality(
            verdict="good",
            counts={"contracts": facts["open_interest.put.2026-05-29.265"]},
            notes=("all well",),
            withheld=(Withheld(metric="gamma", reason="no rates"),),
        ),
        gaps=(Gap(what="dividends", reason="no file"),),
        sources=(
            Source(part="chain", name="csv folder", item="iwm.csv", retrieved_at=AS_OF, delay="15 minutes"),
            Source(part="bars", name="csv folder", item="bars.csv", retrieved_at=None),
        ),
        inputs={
            "snapshot": "ab" * 32,
            "seed": 7,
            "history": [{"session": "2026-05-21", "sha256": "cd" * 32}],
        },
        generator="0.1.0",
    )


def make_draft(text=None, worker=None):
    brief = make_brief(text)
    return Draft(brief=brief, body=body_of(brief), worker=worker)


@pytest.fixture(scope="session")
def brief():
    return make_brief()


@pytest.fixture(scope="session")
def draft(brief):
    return Draft(brief=brief, body=body_of(brief))


__all__ = ["HOSTILE", "Inputs", "escaped", "make_brief", "make_draft"]
