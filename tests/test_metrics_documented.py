from __future__ import annotations

from pathlib import Path

import pytest

from generator import analytics
from generator.models.analysis import Choices
from generator.providers import gather
from generator.providers.synthetic import DEMO_SESSION
from tests.builders import make_history, make_snapshot

METRICS = (Path(__file__).parents[1] / "docs" / "metrics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("choices", [Choices(), Choices(rsi="cutler", bollinger="sample", rate=0.03)])
def test_every_named_formula_is_documented(choices):
    markets = (gather("DEMO", "synthetic:1", DEMO_SESSION), (make_snapshot(), make_history(sessions=0)))
    named = {
        fact.formula.split("(")[0]
        for market in markets
        for fact in analytics.analyse(*market, choices).facts.values()
        if not fact.formula.startswith("=")
    }
    assert {name for name in named if f"`{name}" not in METRICS} == set()
