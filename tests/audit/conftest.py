"""A small brief made by hand: rows, facts, twin, page, Markdown and PDF, and what breaks each."""

from __future__ import annotations

import copy
import datetime as dt
import html
import json
import re
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from weasyprint import HTML

from generator import analytics, pipeline, providers, renderers

from generator.analytics.ledger import Ledger
from generator.audit import Finding, audit
from generator.formatting import print_fact
from generator.models.analysis import Choices, Fact, Unit
from tests.builders import make_bars, make_chain

SESSION = dt.date(2026, 5, 22)
BEFORE = dt.date(2026, 5, 21)
NEXT = dt.date(2026, 5, 29)
EXPIRATIONS = (NEXT, dt.date(2026, 6, 18))
AS_OF = dt.datetime(2026, 5, 22, 16, 0, tzinfo=ZoneInfo("America/New_York"))
SYMBOL = "ABCD"
STYLE = (
    "@page { size: A4; margin: 22mm; @bottom-right { content: counter(page) ' / ' counter(pages) } "
    f"@top-left {{ content: 'Strikebrief' }} @top-right {{ content: '{SYMBOL}' }} }} "
    "@page :first { @top-left { content: none } @top-right { content: none } } h2 { break-before: page }"
)


class Say(NamedTuple):
    """A fact in a form, inside a text."""

    fact: str
    form: str = "plain"


class Judge(NamedTuple):
    """A claim's phrase, inside a text."""

    claim: str
    phrase: str


Text = tuple[str | Say | Judge, ...]
Block = tuple[str, Any]


@dataclass
class Small:
    """The pieces an audit is handed; tests change copies of them."""

    documents: dict[str, bytes]
    twin: dict[str, Any]
    frames: dict[str, pd.DataFrame]
    second: dict[str, Fact]

    def audited(self) -> tuple[Finding, ...]:
        return audit(self.documents, self.twin, self.frames, self.second)

    def text(self, path: str) -> str:
        return self.documents[path].decode()

    def put(self, path: str, text: str) -> None:
        self.documents[path] = text.encode()

    def replace(self, path: str, old: str, new: str) -> None:
        assert self.text(path).count(old) >= 1, f"{old!r} is not in {path}"
        self.put(path, self.text(path).replace(old, new, 1))

    def fact(self, name: str) -> dict[str, Any]:
        return next(entry for entry in self.twin["facts"] if entry["id"] == name)


def make_facts(frames: dict[str, pd.DataFrame]) -> dict[str, Fact]:
    """Facts of every kind: arithmetic on rows, on facts, named formulas, dates, texts."""
    book = Ledger(frames, SESSION)
    bars = frames["bars"]
    day = f"bars[date={SESSION}]"
    spot = book.add(
        "spot", float(bars["close"].iloc[-1]), unit=Unit.USD, decimals=2, formula="=value(close)", rows=day
    )
    before = book.add(
        "price.previous_close",
        float(bars["close"].iloc[-2]),
        unit=Unit.USD,
        decimals=2,
        formula="=value(close)",
        rows=f"bars[date={BEFORE}]",
    )
    book.add(
        "price.change_percent",
        100 * (spot.number / before.number - 1),
        unit=Unit.PERCENT,
        decimals=2,
        formula="=100*($1/$2-1)",
        of=(spot, before),
    )
    book.add("symbol", SYMBOL, unit=Unit.TEXT, formula="snapshot.symbol")
    book.add("as_of", AS_OF, unit=Unit.TIME, formula="snapshot.as_of")
    book.add("name", "Abcd Russell 2000 ETF", unit=Unit.TEXT, formula="snapshot.name")
    for each in (SESSION, BEFORE, NEXT):
        book.day(each)
    totals = {
        right: book.add(
            f"open_interest.{right}.all",
            float(frames["chain"].query("right == @right")["open_interest"].sum()),
            unit=Unit.CONTRACTS,
            formula="=sum(open_interest)",
            rows=f"chain[right={right} standard=true]",
        )
        for right in ("put", "call")
    }
    book.add(
        "put_call.open_interest.all",
        totals["put"].number / totals["call"].number,
        unit=Unit.RATIO,
        decimals=2,
        formula="=$1/$2",
        of=(totals["put"], totals["call"]),
    )
    _changes(book, frames)
    _technicals(book, bars)
    _plan(book, spot)
    book.add("news.1.title", "Small caps up 3% - what's next for 2027?", unit=Unit.TEXT, formula="news.title")
    book.add(
        "volatility.constant_30", 22.68, unit=Unit.PERCENT, decimals=1, formula="black76.implied_volatility"
    )
    return book.facts


def _changes(book: Ledger, frames: dict[str, pd.DataFrame]) -> None:
    rows = f"[expiration={NEXT} strike=95 right=put]"
    values = {}
    for frame, name in (("chain", "now"), (f"chain@{BEFORE}", "before")):
        chosen = frames[frame]
        chosen = chosen[
            (chosen["expiration"] == str(NEXT)) & (chosen["strike"] == 95) & (chosen["right"] == "put")
        ]
        key = f"open_interest.put.{NEXT}.95" + ("" if name == "now" else ".previous")
        values[name] = book.add(
            key,
            float(chosen["open_interest"].iloc[0]),
            unit=Unit.CONTRACTS,
            formula="=value(open_interest)",
            rows=frame + rows,
        )
    of = (values["now"], values["before"])
    change = of[0].number - of[1].number
    book.add(f"open_interest.put.{NEXT}.95.change", change, unit=Unit.CONTRACTS, formula="=$1-$2", of=of)
    book.add(
        f"strike.put.{NEXT}.95",
        95.0,
        unit=Unit.USD,
        decimals=2,
        formula="=value(strike)",
        rows=f"chain{rows}",
    )


def _technicals(book: Ledger, bars: pd.DataFrame) -> None:
    rows = f"bars[date<={SESSION}]"
    book.add(
        "technicals.rsi_14",
        rsi(bars["close"]),
        unit=Unit.INDICATOR,
        decimals=1,
        formula="wilder.rsi(14)",
        rows=rows,
    )
    week = bars.tail(50)
    first = week["date"].iloc[0].date()
    book.add(
        "technicals.sma_50",
        float(week["close"].mean()),
        unit=Unit.USD,
        decimals=2,
        formula="=mean(close)",
        rows=f"bars[date>={first} date<={SESSION}]",
    )
    top = bars.tail(20)
    book.add(
        "level.high",
        float(top["high"].max()),
        unit=Unit.USD,
        decimals=2,
        formula="=max(high)",
        rows=f"bars[date>={top['date'].iloc[0].date()} date<={SESSION}]",
    )
    book.add("macd", -0.4321, unit=Unit.USD, decimals=2, formula="appel.something")


def rsi(close: pd.Series) -> float:
    """Wilder's RSI by pandas: an exponential mean of weight 1/14, seeded by a simple one."""
    change = close.diff().dropna()
    parts = []
    for sign in (1, -1):
        moves = (sign * change).clip(lower=0)
        seed = pd.concat([pd.Series([moves.iloc[:14].mean()]), moves.iloc[14:]])
        parts.append(seed.ewm(alpha=1 / 14, adjust=False).mean().iloc[-1])
    return float(100 * parts[0] / sum(parts))


def _plan(book: Ledger, spot: Fact) -> None:
    def add(part: str, value: float, formula: str = "plan.made_by_hand", of: tuple[Fact, ...] = ()) -> Fact:
        return book.add(f"plan.long_call.{part}", value, unit=Unit.USD, decimals=2, formula=formula, of=of)

    trigger = add("trigger", round(spot.number * 1.03, 2))
    target = add("target", trigger.number + 9)
    paid = add("price_at_trigger", 3.45)
    strike = add("strike", trigger.number)
    add("breakeven", strike.number + paid.number, "=$1+$2", (strike, paid))
    add(
        "profit_at_target",
        target.number - strike.number - paid.number,
        "=max($1-$2,0)-$3",
        (target, strike, paid),
    )
    add("invalidation", trigger.number - 6)
    add("limit", 3.65)
    add("max_loss", paid.number, "=$1", (paid,))


OPEN = f"open_interest.put.{NEXT}.95"
TRIGGER = Say("plan.long_call.trigger")
ARTICLE: tuple[tuple[str, tuple[Block, ...]], ...] = (
    (
        "",
        (
            ("em", (Say("name", "text"), " · ", Say(f"date.{SESSION}", "weekday_year"), ", as of ", Say("as_of", "time"))),
            ("h1", (Say("symbol", "text"), " ends at ", Say("spot"), " with ", Say("put_call.open_interest.all"), " puts a call")),
            ("strong", ("The ratio is ", Say("put_call.open_interest.all", "times"), ", and RSI is ", Judge("rsi.middle", "neither high nor low"))),
            (
                "table",
                (
                    (("Last",), ("Put/call",), ("Volatility",)),
                    ((Say("spot"),), (Say("put_call.open_interest.all"),), (Say("volatility.constant_30", "percent"),)),
                    ((Say("price.change_percent", "signed_percent"),), ("all series",), ("30-day",)),
                ),
            ),
            ("li", ("Price: ", Say("price.change_percent", "percent_magnitude"), " on the day, from ", Say("price.previous_close", "money"), ".")),
            ("li", ("Chain: ", Say("open_interest.put.all"), " puts, ", Say("open_interest.call.all"), " calls.")),
            ("chart", "price"),
        ),
    ),
    (
        "What the chain shows: puts lead",
        (
            ("p", ("The ", Say(f"date.{NEXT}", "day"), " ", Say(f"strike.put.{NEXT}.95", "strike"), " put holds ", Say(OPEN), " contracts (", Say(f"{OPEN}.change", "signed"), "), after ", Say(f"{OPEN}.previous", "about"), " on ", Say(f"date.{BEFORE}", "short_day"), ".")),
            ("table", ((("Expiration",), ("Calls",), ("Puts",)), ((Say(f"date.{NEXT}", "iso"),), ("none",), (Say(f"strike.put.{NEXT}.95", "strike"), ": ", Say(OPEN))))),
        ),
    ),
    ("News: one item", (("p", ("“", Say("news.1.title", "text"), "” is what was published.")),)),
    (
        "Technicals: nothing at an end",
        (("p", ("RSI is ", Say("technicals.rsi_14"), ", MACD ", Say("macd"), "; the 50-day average is ", Say("technicals.sma_50"), ", the high ", Say("level.high"), " on ", Say(f"date.{SESSION}", "weekday_name"), ".")),),
    ),
    (
        "Actionable trades",
        (
            ("h3", ("Up: a call, on a close above ", TRIGGER)),
            ("p", ("At the trigger it costs ", Say("plan.long_call.price_at_trigger"), "; above ", Say("plan.long_call.limit"), ", leave it. Off below ", Say("plan.long_call.invalidation"), ".")),
            ("table", ((("At the trigger",), ("Per share",)), (("Target",), (Say("plan.long_call.target"),)), (("Breakeven",), (Say("plan.long_call.breakeven"),)), (("Profit",), (Say("plan.long_call.profit_at_target"),)))),
        ),
    ),
)  # fmt: skip
CHART_TITLE: Text = ("The price and its average",)
CHART_ALT: Text = (
    "Line of closes of calls and puts to ",
    Say("spot"),
    "; average ",
    Say("technicals.sma_50"),
)
CHART_TEXTS: tuple[Text, ...] = (("last ", Say("spot")), ("Apr",), ("May",), (Say("chart.price.y.90"),))


class Writer:
    """Writes the article once for each format, and the mentions on the way."""

    def __init__(self, facts: dict[str, Fact]) -> None:
        self.facts = facts

    def said(self, part: Say) -> str:
        return print_fact(self.facts[part.fact], part.form)

    def plain(self, text: Text) -> str:
        return "".join(
            part if isinstance(part, str) else part.phrase if isinstance(part, Judge) else self.said(part)
            for part in text
        )

    def mentions(self, text: Text, heading: str) -> list[dict[str, str]]:
        made = []
        for part in text:
            if isinstance(part, Say):
                made.append(
                    {"fact": part.fact, "form": part.form, "text": self.said(part), "heading": heading}
                )
            elif isinstance(part, Judge):
                made.append(
                    {"fact": f"claim:{part.claim}", "form": "claim", "text": part.phrase, "heading": heading}
                )
        return made

    def marked(self, text: Text) -> str:
        parts = []
        for part in text:
            if isinstance(part, Say):
                value = self.facts[part.fact].value
                raw = (
                    value.isoformat()
                    if isinstance(value, dt.date)
                    else value
                    if isinstance(value, str)
                    else repr(value)
                )
                parts.append(
                    f'<data value="{html.escape(raw)}" data-fact="{part.fact}">{html.escape(self.said(part))}</data>'
                )
            elif isinstance(part, Judge):
                parts.append(f'<span data-claim="{part.claim}">{part.phrase}</span>')
            else:
                parts.append(html.escape(part))
        return "".join(parts)

    def escaped(self, text: Text) -> str:
        return re.sub(r"([\\`*_{}\[\]()#+\-.!|$'])", r"\\\1", self.plain(text)).replace("<", "&lt;")


def texts_of(kind: str, content: Any) -> list[Text]:
    if kind == "chart":
        return [CHART_TITLE]
    return [cell for row in content for cell in row] if kind == "table" else [content]


def page(write: Writer, headline: str, standfirst: str) -> str:
    def block(kind: str, content: Any) -> str:
        if kind == "table":
            rows = ("".join(f"<td>{write.marked(cell)}</td>" for cell in row) for row in content)
            return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
        if kind == "chart":
            strings = "".join(
                f'<text x="10" y="{20 + 20 * i}">{html.escape(write.plain(text))}</text>'
                for i, text in enumerate(CHART_TEXTS)
            )
            alt = html.escape(write.plain(CHART_ALT))
            return (
                f'<figure id="chart-{content}"><figcaption>{write.marked(CHART_TITLE)}</figcaption>'
                f'<svg role="img" aria-label="{alt}" viewBox="0 0 200 100" width="200"><title>{alt}</title>'
                f"{strings}</svg></figure>"
            )
        if kind == "li":
            return f"<ul><li>{write.marked(content)}</li></ul>"
        tag = f"p><{kind}" if kind in {"em", "strong"} else kind
        end = f"{kind}></p" if kind in {"em", "strong"} else kind
        return f"<{tag}>{write.marked(content)}</{end}>"

    body = "".join(
        (f"<section><h2>{heading}</h2>" if heading else "")
        + "".join(block(*each) for each in blocks)
        + ("</section>" if heading else "")
        for heading, blocks in ARTICLE
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(headline)}</title>'
        f'<meta name="description" content="{html.escape(standfirst)}"><style>{STYLE}</style></head>'
        f"<body><header>Strikebrief</header><main><article>{body}</article></main></body></html>"
    )


def markdown(write: Writer, headline: str, standfirst: str) -> str:
    def block(kind: str, content: Any) -> str:
        if kind == "table":
            rows = ["| " + " | ".join(write.escaped(cell) for cell in row) + " |" for row in content]
            return "\n".join([rows[0], "|" + " --- |" * len(content[0]), *rows[1:]])
        if kind == "chart":
            title = f"**{write.escaped(CHART_TITLE)}**"
            return f"{title}\n![{write.escaped(CHART_ALT)}](charts/{content}.png)"
        wrap = {
            "em": ("*", "*"),
            "strong": ("**", "**"),
            "h1": ("# ", ""),
            "h3": ("### ", ""),
            "li": ("- ", ""),
        }
        before, after = wrap.get(kind, ("", ""))
        return f"{before}{write.escaped(content)}{after}"

    parts = []
    for heading, blocks in ARTICLE:
        parts += [f"## {heading}"] if heading else []
        parts += [block(*each) for each in blocks]
    head = f'title: "{headline}"\ndate: {AS_OF.isoformat()}\nsession: {SESSION}\ndescription: "{standfirst}"'
    return f"---\n{head}\n---\n\n" + "\n\n".join(parts) + "\n"


def entry(fact: Fact) -> dict[str, Any]:
    value = fact.value.isoformat() if isinstance(fact.value, dt.date) else fact.value
    return {
        "id": fact.id,
        "value": value,
        "unit": str(fact.unit),
        "decimals": fact.decimals,
        "date": fact.date.isoformat() if fact.date else None,
        "formula": fact.formula,
        "inputs": {
            "selector": fact.inputs.selector,
            "rows": fact.inputs.rows,
            "sha256": fact.inputs.sha256,
            "facts": list(fact.inputs.facts),
        },
    }


def make_twin(write: Writer, headline: str, standfirst: str) -> dict[str, Any]:
    article, mentions = [], []
    for heading, blocks in ARTICLE:
        texts = [text for kind, content in blocks for text in texts_of(kind, content)]
        article.append({"heading": heading, "text": " ".join(write.plain(text) for text in texts)})
        for kind, content in blocks:
            for text in texts_of(kind, content) + ([CHART_ALT] if kind == "chart" else []):
                mentions += write.mentions(text, heading)
    facts = write.facts
    return {
        "id": f"{SESSION}/{SYMBOL}",
        "symbol": SYMBOL,
        "session": SESSION.isoformat(),
        "as_of": AS_OF.isoformat(),
        "open_interest_date": BEFORE.isoformat(),
        "spot": facts["spot"].value,
        "headline": headline,
        "standfirst": standfirst,
        "article": article,
        "mentions": mentions,
        "charts": [
            {
                "id": "price",
                "heading": "",
                "alt": write.plain(CHART_ALT),
                "texts": [write.plain(text) for text in CHART_TEXTS],
                "mentions": [mention for text in CHART_TEXTS for mention in write.mentions(text, "")],
            }
        ],
        "claims": [
            {
                "id": "rsi.middle",
                "phrase": "neither high nor low",
                "condition": "30 < rsi and rsi < 70",
                "values": {"rsi": "technicals.rsi_14"},
                "holds": True,
            }
        ],
        "facts": [entry(fact) for fact in facts.values()],
        "levels": [
            {
                "id": "high",
                "kind": "prior high",
                "value": facts["level.high"].value,
                "low": facts["level.high"].value,
                "high": facts["level.high"].value,
                "facts": {"low": "level.high", "high": "level.high"},
            }
        ],
        "ideas": [make_idea(facts)],
        "sources": [{"part": "chain", "name": "test", "item": "made by hand"}],
        "gaps": [],
        "quality": {"withheld": []},
    }


def make_idea(facts: dict[str, Fact]) -> dict[str, Any]:
    def value(part: str) -> float:
        return facts[f"plan.long_call.{part}"].number

    return {
        "id": "long_call",
        "kind": "long call",
        "direction": "up",
        "legs": [{"quantity": 1, "right": "call", "strike": value("strike"), "expiration": NEXT.isoformat()}],
        **{
            part: value(part)
            for part in (
                "trigger",
                "limit",
                "invalidation",
                "target",
                "price_at_trigger",
                "max_loss",
                "profit_at_target",
            )
        },
        "last_day": "2026-05-28",
        "breakevens": [value("breakeven")],
        "expires": NEXT.isoformat(),
        "facts": {"max_loss": "plan.long_call.max_loss"},
    }


def make_small() -> Small:
    earlier = make_chain(BEFORE, expirations=EXPIRATIONS, spot=100.0, root=SYMBOL)
    bars = make_bars(300, seed=4, end=SESSION, last=100.0)
    frames = {
        "chain": make_chain(SESSION, expirations=EXPIRATIONS, spot=100.0, root=SYMBOL),
        "bars": bars,
        f"chain@{BEFORE}": earlier.assign(open_interest=(earlier["open_interest"] * 1.21).round()),
    }
    facts = make_facts(frames)
    second = dict(facts)
    facts["chart.price.y.90"] = Fact(
        id="chart.price.y.90", value=90.0, unit=Unit.USD, decimals=0, formula="axis tick", date=SESSION
    )
    write = Writer(facts)
    headline, standfirst = (write.plain(ARTICLE[0][1][i][1]) for i in (1, 2))
    source = page(write, headline, standfirst)
    documents = {
        "brief.html": source.encode(),
        "brief.md": markdown(write, headline, standfirst).encode(),
        "brief.pdf": HTML(string=source).write_pdf(pdf_tags=True),
        "manifest.json": b"{}",
    }
    return Small(documents, make_twin(write, headline, standfirst), frames, second)


@pytest.fixture(scope="session")
def original() -> Small:
    """The untouched brief; not to be changed."""
    return make_small()


@pytest.fixture
def small(original: Small) -> Small:
    """A copy of the brief that a test may spoil."""
    return Small(
        dict(original.documents), copy.deepcopy(original.twin), dict(original.frames), dict(original.second)
    )


def build(symbol: str, source: str, day: dt.date, formats: tuple[str, ...]) -> Small:
    """A brief as the program makes it, and what an audit of it is handed."""
    snapshot, history = providers.gather(symbol, source, day)
    analysis = analytics.analyse(snapshot, history, Choices())
    kept = {"snapshot": "not kept"}
    brief = pipeline.compose(snapshot, analysis, kept, choices=Choices(), theme=None)
    files = {document.path: document.data for document in renderers.render(brief, (*formats, "json"))}
    again = analytics.analyse(snapshot, history, Choices())
    past = {f"chain@{each.session}": each.chain for each in history.chains}
    frames = {"chain": snapshot.chain, "bars": snapshot.bars, **past}
    return Small(files, json.loads(files["brief.json"]), frames, dict(again.facts))


@pytest.fixture(scope="session")
def demo() -> Small:
    """A brief on a synthetic market, as the program makes it."""
    return build("DEMO", "synthetic:7", SESSION, ("html", "md"))
