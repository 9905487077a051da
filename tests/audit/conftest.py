"""A small brief made by hand: rows, facts, twin, page, Markdown and PDF; and one by the program."""

from __future__ import annotations

import copy
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from generator import analytics, pipeline, providers
from generator.audit import Finding, audit
from generator.models.analysis import Choices, Fact, Unit
from generator.models.delivery import Request
from tests.audit.handmade import (
    ARTICLE,
    AS_OF,
    BEFORE,
    CHART_ALT,
    CHART_TEXTS,
    EXPIRATIONS,
    NEXT,
    SESSION,
    SYMBOL,
    make_facts,
)
from tests.audit.writing import Writer, article, entry, markdown, mentions, page, paper
from tests.builders import make_bars, make_chain


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


def make_twin(write: Writer, headline: str, standfirst: str) -> dict[str, Any]:
    facts = write.facts
    return {
        "id": f"{SESSION}/{SYMBOL}",
        "symbol": SYMBOL,
        "name": facts["name"].value,
        "language": "en",
        "generator": {"name": "strikebrief", "version": "0.0.1"},
        "session": SESSION.isoformat(),
        "as_of": AS_OF.isoformat(),
        "open_interest_date": BEFORE.isoformat(),
        "spot": facts["spot"].value,
        "headline": headline,
        "standfirst": standfirst,
        "article": article(write),
        "mentions": mentions(write),
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

    paid, profit = value("price_at_trigger"), value("profit_at_target")
    leg = {
        "quantity": 1,
        "right": "call",
        "strike": value("strike"),
        "expiration": NEXT.isoformat(),
        "bid": 3.0,
        "ask": 3.2,
        "value_at_trigger": paid - 0.1,
    }
    return {
        "id": "long_call",
        "kind": "long call",
        "direction": "up",
        "role": "even",
        "entry": "debit",
        "legs": [leg],
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
        "price_now": 3.2,
        "mid_now": 3.1,
        "mid_at_trigger": paid - 0.1,
        "max_gain": None,
        "expected_value": -0.1,
        "reward_risk": profit / paid,
        "last_day": "2026-05-28",
        "breakevens": [value("breakeven")],
        "expires": NEXT.isoformat(),
        "facts": {"max_loss": "plan.long_call.max_loss"},
        "warnings": [],
        "compared": None,
        "events": [],
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
        "brief.pdf": paper(source),
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


def build(folder: Path, symbol: str, source: str, day: dt.date, formats: tuple[str, ...]) -> Small:
    """A brief as the program makes it, and what an audit of it is handed."""
    request = Request(
        symbol=symbol, source=source, when=day, formats=formats, out=folder / "out", state=folder / "state"
    )
    made = pipeline.build(request)
    files = {path.name: path.read_bytes() for path in made.files if path.name.startswith("brief.")}
    snapshot, history = providers.gather(symbol, source, day)
    frames = pipeline.frames_behind(snapshot, history)
    again = analytics.analyse(snapshot, history, Choices())
    return Small(files, json.loads(files["brief.json"]), frames, dict(again.facts))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A brief on a synthetic market, as the program makes it."""
    return build(tmp_path_factory.mktemp("demo"), "DEMO", "synthetic:7", SESSION, ("html", "md"))


@pytest.fixture(scope="session")
def demo_on_paper(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The same with its PDF, which takes longer."""
    folder = tmp_path_factory.mktemp("paper")
    return build(folder, "DEMO", "synthetic:7", SESSION, ("html", "md", "pdf"))
