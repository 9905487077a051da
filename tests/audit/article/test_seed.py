"""The article this began with: which of its 36 faults text and figures can show, each for its own reason."""

from __future__ import annotations

import pytest

from generator.audit.article import check_article, read
from tests.audit.article.texts import figures

#: fault -> rules that tell of it
FAULTS = {
    1: {"identity.as_of"},
    2: {"identity.spot"},
    3: {"disclosure.sources", "disclosure.risk"},
    4: {"identity.open_interest_date"},
    5: {"level.values"},
    6: {"level.roles"},
    7: {"plan.trigger_met"},
    8: {"plan.triggers_differ"},
    9: {"level.lookbacks"},
    10: {"plan.target_named"},
    11: {"level.aligned"},
    12: {"ratio.scope"},
    13: {"plan.evidence"},
    14: {"plan.horizon"},
    15: {"plan.unpriced"},
    16: {"plan.profit_at_target"},
    17: {"plan.reward_risk"},
    18: {"plan.hedge_after"},
    19: {"words.promised_odds"},
    20: {"words.emotion", "words.side"},
    21: {"ratio.baseline"},
    22: {"strike.distance"},
    23: {"contract.expired"},
    24: {"section.volatility"},
    25: {"claim.band.squeeze"},
    26: {"claim.rsi.near_overbought", "claim.rsi_direction"},
    28: {"source.flow", "claim.capped"},
    29: {"markup.residue"},
    30: {"markup.glued"},
    31: {"markup.currency"},
    32: {"markup.symbol"},
    33: {"markup.language", "markup.chrome"},
    34: {"title.length"},
    35: {"words.tone"},
    36: {"disclosure.record"},
}


@pytest.fixture(scope="module")
def article(shared):
    return (shared / "seed" / "article.txt").read_text(encoding="utf-8")


#: the second strike of each side and expiration of which two are told
SECOND = ("call.2025-12-05.253", "put.2025-12-05.233", "call.2025-12-12.255")


def found(text, changed=None):
    return {fault.rule for fault in check_article(text, read(figures(texts=changed)))}


@pytest.mark.recorded
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_told_for_its_own_reason(article, fault):
    assert FAULTS[fault] <= found(article)


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("claim.rsi.near_overbought", {"technicals.rsi_14": 68.6}),
        ("claim.put_call.dwarfs", {"put_call.open_interest.all": 3.4}),
        ("claim.dominates", {f"open_interest.{series}": 100.0 for series in SECOND}),
        ("plan.evidence", {"open_interest.call.2025-12-12.262": 900.0}),
        ("plan.trigger_met", {"price.high": 251.9, "spot": 250.0}),
    ],
)
def test_figures_that_fit_take_the_finding_away(article, rule, changed):
    assert rule in found(article)
    assert rule not in found(article, changed)


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("technicals.macd", 1.41, "1.62"),
        ("put_call.open_interest.all", 2.71, "2.43"),
        ("technicals.sma_30", 240.10, "243.01"),
        ("open_interest.put.2025-12-05.240", 17000.0, "17,596"),
        ("open_interest.call.2025-12-12.262", 9000.0, "9,930"),
    ],
)
def test_a_shifted_figure_is_found_where_it_stands(article, name, value, words):
    def told(changed):
        faults = check_article(article, read(figures(texts=changed)))
        return {fault.words for fault in faults if fault.rule in {"number.differs", "interest.differs"}}

    new = told({name: value}) - told({})
    assert any(words in where for where in new)


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("claim.rsi.near_overbought", "RSI is near overbought", "RSI, by now, is nearly overbought"),
        ("words.tone", "scream bullish", "look good"),
        (
            "level.aligned",
            "aligns with the 30D moving average (243.01)",
            "aligns with the 30D average, 243.01,",
        ),
        ("contract.expired", "IWM20250919C220", "IWM250919C00220000"),
        ("plan.hedge_after", "exit or hedge with puts at $240", "get out, or then hedge with puts at 240"),
        ("ratio.baseline", "shows bearish bias", "points to bearish sentiment"),
        ("words.promised_odds", "high-probability inflection point", "high probability turn"),
        ("plan.trigger_met", "if price breaks above $252", "once it trades above 252"),
    ],
)
def test_paraphrase_keeps_what_is_wrong(article, rule, old, new):
    """The tone of one phrase goes; what is wrong in other words is found in them."""
    assert old in article
    text = article.replace(old, new)
    if rule == "words.tone":
        text = text.replace("masterclass in", "lesson in")
        assert rule not in found(text)
    else:
        assert rule in found(text)
