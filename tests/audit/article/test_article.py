"""Each fault planted alone is found by its own rule, and an article that holds has none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.audit.article import check_article, read
from generator.errors import DataError
from tests.audit.article.texts import CLEAN, VALUES, figures

AFTER = "Every contract has a buyer"
PLAN = (
    "\n## Plans\n\nThe IWM251212C00255000 call on a close above 253.59 has a premium of 1.62,"
    " a breakeven and a maximum loss; it would run to 262. Reward to risk is told.\n"
)


def rules(text, data=None):
    return [fault.rule for fault in check_article(text, read(data or figures()))]


def planted(sentence, before=AFTER):
    assert before in CLEAN
    return CLEAN.replace(before, f"{sentence} {before}")


def test_a_clean_article_has_no_fault():
    assert check_article(CLEAN, read(figures())) == ()


#: rule -> the text with that fault
PLANTS = {
    "identity.as_of": CLEAN.replace("4 December 2025, after the close", "4 December"),
    "identity.spot": CLEAN.replace("251.82", "253.59"),
    "identity.open_interest_date": CLEAN.replace(" · open interest as of the close of 3 December 2025", ""),
    "disclosure.sources": CLEAN.replace("Source: end-of-day files.", ""),
    "disclosure.risk": CLEAN.replace("Options involve risk, and this is not personal advice.", ""),
    "disclosure.record": CLEAN.replace("No earlier calls are on record.", ""),
    "title.length": CLEAN.replace(
        "for Friday\n", "for Friday, and so the long story of this week goes on and on\n"
    ),
    "section.volatility": CLEAN.replace("## Technicals", "## Volatility\n\nIt may turn.\n\n## Technicals"),
    "number.differs": CLEAN.replace("RSI by Wilder is 62.0", "RSI by Wilder is 68.6"),
    "number.unbacked": planted("Its fees come to 0.19%."),
    "interest.differs": CLEAN.replace(
        "255 strike has open interest of 7,739", "255 strike has open interest of 7,038"
    ),
    "level.side": planted("There is support at 253.59."),
    "level.unknown": planted("There is support at 243.01."),
    "level.values": planted("There is support at 243.01. Price holds while 249.70, a support, is there."),
    "level.roles": planted("There is support at 243.01. It met resistance at 243.01."),
    "level.lookbacks": planted("The 30-day support 243.01 and the 200-day support 243.01 meet."),
    "level.aligned": planted("The 255 strike aligns with the average, 243.01."),
    "plan.trigger_met": planted("A plan waits until it breaks above 252.66."),
    "plan.triggers_differ": planted("One waits for a close above 253.59, one for a close above 255."),
    "plan.horizon": CLEAN.replace("for Friday\n", "before 2026 rallies\n") + PLAN,
    "plan.unpriced": planted("The IWM   251212C00262000 call is worth a look."),
    "plan.evidence": planted("The IWM251212C00255000 call has many holders."),
    "plan.profit_at_target": CLEAN + PLAN.replace("run to 262", "run to 255"),
    "plan.target_named": planted("It could run to 253 (targeting the 255 call's strike)."),
    "plan.reward_risk": planted("A close above 253.59 would run to 262. A breakdown below 249.70 ends it."),
    "plan.hedge_after": planted("After a breakdown below 249.70, hedge with puts at 240."),
    "contract.expired": planted("In IWM250919C00220000 much traded."),
    "words.side": planted("There was call buying."),
    "words.emotion": planted("That is bearish conviction."),
    "words.promised_odds": planted("It is a high-conviction play."),
    "words.tape": planted("Block trades were seen."),
    "words.tone": planted("It is a masterclass."),
    "words.intent": planted("Traders are hedging against a fall."),
    "words.imminence": planted("A move is imminent."),
    "claim.rsi.near_overbought": planted("RSI is near overbought."),
    "claim.rsi.overbought": planted("RSI is overbought."),
    "claim.macd.bullish": planted("MACD is bullish."),
    "claim.macd.surging": planted("MACD is surging."),
    "claim.averages.above": planted("It trades above all moving averages."),
    "claim.averages_unnamed": planted("It trades above all moving averages."),
    "claim.band.squeeze": planted("The bands squeeze."),
    "claim.put_call.dwarfs": planted("Put open interest dwarfs that of calls."),
    "claim.put_call.put_heavy": planted("The board is put-heavy."),
    "claim.trend.up": planted("The uptrend goes on."),
    "claim.dominates": planted("The 255 strike dominates."),
    "claim.capped": planted("It has historically capped rallies."),
    "claim.macd_alone": CLEAN.replace("its signal is not on file", "so it goes"),
    "claim.rsi_direction": planted("Bullish technicals (RSI 62.0) help."),
    "ratio.baseline": planted("Over all series the put/call ratio shows bearish bias."),
    "ratio.scope": planted("The put/call ratio is 2.43."),
    "strike.distance": planted("The 233 puts show a battle."),
    "source.flow": planted("An inflow of $243.01 came."),
    "markup.residue": planted("See IWM-- for more."),
    "markup.twice": planted("IWMIWM is the symbol."),
    "markup.symbol": planted("See IWM20251212C255."),
    "markup.currency": planted("It has $OI: 7,739."),
    "markup.glued": CLEAN.replace("## Technicals\n\nThe", "## TechnicalsThe"),
    "markup.language": planted("\n\nConcentrarse en las opciones de la semana para el lunes.\n\n"),
    "markup.chrome": planted("\n\nSubscribe to our letter.\n\n"),
}


@pytest.mark.parametrize("rule", PLANTS)
def test_a_planted_fault_is_found_by_its_own_rule(rule):
    assert PLANTS[rule] != CLEAN
    assert rule in rules(PLANTS[rule])


def test_every_rule_is_documented():
    page = (Path(__file__).parents[3] / "docs" / "audit.md").read_text(encoding="utf-8")
    told = {rule: (f"`{rule}`", f"`{rule.partition('.')[0]}.*`") for rule in PLANTS}
    assert [rule for rule, names in told.items() if not any(name in page for name in names)] == []


@pytest.mark.parametrize("name", ["technicals__rsi_14", "technicals__macd", "technicals__sma_30", "spot"])
def test_shifted_figures_change_the_findings(name):
    key = name.replace("__", ".")
    shifted = figures(**{name: VALUES[key] + 1.5})
    assert {"number.differs", "identity.spot"} & set(rules(CLEAN, shifted))


def test_a_claim_follows_its_figures():
    text = planted("RSI is near overbought.").replace("62.0", "66.0")
    assert "claim.rsi.near_overbought" not in rules(text, figures(technicals__rsi_14=66.0))


@pytest.mark.parametrize(
    "text",
    [
        "Momentum by RSI, now at 68.6, runs hot.",
        "RSI(14) reads 68.6.",
        "RSI stands at 68.6.",
        "The close is far over the 30D moving average of 245.10.",
        "It nears its upper Bollinger band at 253.91.",
        "P/C is 2.8 over all series.",
    ],
)
def test_a_wrong_number_is_found_in_other_words(text):
    assert "number.differs" in rules(planted(text))


def test_a_level_of_the_figures_is_fine():
    zone = {"id": "support.1", "kind": "support", "low": 244.12, "high": 245.66}
    assert rules(planted("There is support at 244.12\u2013245.66."), figures(levels=[zone])) == []


def test_other_peoples_words_are_theirs():
    quote = "\u201cSmart money bought calls as fear grips the put/call ratio\u201d, a wire said."
    assert rules(planted(quote)) == []


def test_a_plan_that_pays_at_its_target_passes():
    ask = {"quote.ask.call.2025-12-12.255": 1.62}
    assert "plan.profit_at_target" not in rules(CLEAN + PLAN, figures(texts=ask))
    dear = {"quote.ask.call.2025-12-12.255": 7.5}
    assert "plan.profit_at_target" in rules(CLEAN + PLAN, figures(texts=dear))


@given(st.text(max_size=400))
def test_any_text_is_read(text):
    """What has no figure in it has no fault but that it tells nothing."""
    told = check_article(f"{text}\n\nIt costs 0.19.", read(figures()))
    assert (
        "number.unbacked" in {fault.rule for fault in told}
        or "0.19" in text
        or "\u201c" in text
        or '"' in text
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"[]", "an object"),
        (b"{", "as JSON"),
        (b"\xff", "as JSON"),
        (b'{"symbol": "../x", "session": "2025-12-04", "facts": []}', "symbol"),
        (b'{"symbol": "IWM", "session": "soon", "facts": [{"id": "a", "value": 1}]}', "session"),
        (b'{"symbol": "IWM", "session": "2025-12-04", "facts": []}', "at least one number"),
        (
            b'{"symbol": "IWM", "session": "2025-12-04", "facts": [{"id": "a", "value": null}]}',
            "wanted a number",
        ),
        (
            b'{"symbol": "IWM", "session": "2025-12-04", "facts": [{"id": "a", "value": NaN}]}',
            "wanted a number",
        ),
        (b'{"symbol": "IWM", "session": "2025-12-04", "facts": [{"id": 3, "value": 1}]}', "wanted an id"),
        (b"[" * 100_000, "as JSON"),
    ],
)
def test_bad_figures_are_refused_in_one_line(data, told):
    with pytest.raises(DataError, match=told) as caught:
        read(data)
    assert "\n" not in str(caught.value)


def test_a_text_without_numbers_is_refused():
    with pytest.raises(DataError, match="numbers to check"):
        check_article("Nothing here.", read(figures()))


def test_our_own_brief_holds(brief):
    twin = read((brief / "brief.json").read_bytes())
    text = (brief / "brief.md").read_text(encoding="utf-8")
    assert check_article(text, twin) == ()
