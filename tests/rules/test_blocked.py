from __future__ import annotations

import pytest

from generator.rules.blocked import RULES, hits

PASS, BLOCK = 0, 1
SENTENCES = {
    "participants": (
        (
            "A chain does not show whether hedge funds bought these puts.",
            "Institutions file their holdings each quarter.",
            "Whales and insiders are not visible in open interest.",
        ),
        (
            "Institutions bought the 272 puts.",
            "Smart money is quietly accumulating calls.",
            "Hedge funds are heavily positioned below 270.",
        ),
    ),
    "side": (
        (
            "Whether the calls were bought or sold is not in a chain.",
            "If it was sold, that much came in.",
            "The plan costs 3.06 to buy and 2.98 to sell.",
        ),
        (
            "Massive call buying lifted the total.",
            "Traders sold the June 262 puts.",
            "The puts were bought in size.",
        ),
    ),
    "intent": (
        (
            "That could be a hedge against a fall or one leg of a spread.",
            "It may be someone hedging against a drop, or shorting volatility.",
            "A chain cannot show who is betting on what.",
        ),
        (
            "Holders are hedging against a pullback.",
            "Options traders are bracing for a fall.",
            "It is a bet on lower prices.",
        ),
    ),
    "tape": (
        (
            "A chain has no trades, so it shows no block trades.",
            "Price swept past its averages.",
            "The building block of the plan is one call.",
        ),
        (
            "A block trade in the 272 puts stands out.",
            "Put sweeps hit the 5 June series.",
            "Dark pool volume rose.",
        ),
    ),
    "same-day open or close": (
        (
            "Whether they were opened or closed today is in tomorrow's open interest.",
            "The fund opened at 283.10 today and closed at 285.12.",
            "Open interest in the puts rose by 101,374 after Thursday.",
        ),
        (
            "The puts were opened today.",
            "Positions were largely closed this session.",
            "Today someone rolled the 272 puts.",
        ),
    ),
    "emotion": (
        (
            "The ratio does not show fear.",
            "Cboe's volatility index is called a fear gauge in the press.",
            "Panic of 1907 is a book.",
        ),
        (
            "The put/call ratio signals fear.",
            "Open interest at 272 reflects panic.",
            "It shows extreme bearish conviction.",
        ),
    ),
    "promised odds": (
        (
            "Black-76 with the risk-free rate of the Treasury curve.",
            "The risk-neutral probability of a close below 272 is 13%.",
            "An unlikely close, by that measure.",
        ),
        (
            "This is a high-probability setup.",
            "A break above 288 is likely.",
            "The 255 strike is the sweet spot for risk-free gains.",
        ),
    ),
    "price forecast": (
        (
            "We will report it on Tuesday.",
            "The exchange will close at 13:00.",
            "A limit order must not pay more than 3.60.",
        ),
        (
            "IWM will rise above 290.",
            "The stock must hold 282.",
            "Price is going to break resistance.",
        ),
    ),
    "dealer position": (
        (
            "Under the assumption that dealers are long gamma above 280, hedging dampens moves.",
            "Gamma falls with distance from the strike.",
            "Dealers quote both sides.",
        ),
        (
            "Dealers are short gamma below 270.",
            "Market makers will be forced to sell.",
            "A gamma squeeze is underway.",
        ),
    ),
    "a sign of gamma": (
        (
            "Assuming that dealers are long calls and short puts, gamma is negative below 280.",
            "By convention, as if dealers were long every call, net gamma turns positive at 291.",
            "Gross gamma has no sign.",
        ),
        (
            "Net gamma is negative below 280.",
            "The board is in positive dealer gamma.",
            "Gamma flips negative at 291.",
        ),
    ),
    "max pain as a force": (
        (
            "Max pain for 29 May is 276.",
            "Nothing shows that max pain will pull price.",
            "Price may end near max pain, as stocks with large open interest sometimes do.",
        ),
        (
            "Max pain will pin price at 276.",
            "Price is being drawn to max pain.",
            "Max pain is dragging it lower.",
        ),
    ),
    "mispriced option": (
        (
            "The call costs 3.06 and the put 2.10.",
            "Overpriced is a word for shops.",
            "A chain does not say that a put is overpriced.",
        ),
        (
            "The 290 call looks undervalued.",
            "These are overpriced June puts.",
            "Premiums are overvalued.",
        ),
    ),
    "impossible volatility": (
        (
            "Implied volatility is 20.0%.",
            "Volatility rose by 10% of itself.",
            "Volatility fell after each of the last four reports.",
        ),
        (
            "Implied volatility is 0%.",
            "An IV crush is certain after the report.",
            "Volatility cannot fall from here.",
        ),
    ),
    "real time": (
        (
            "Quotes are delayed by 15 minutes, not real-time.",
            "Series still live after Friday hold 60% of it.",
            "It takes time for a real move to show.",
        ),
        (
            "Prices are in real time.",
            "All figures come from live data.",
            "A real-time view of the chain.",
        ),
    ),
    "support from options": (
        (
            "The largest put open interest is at 270.",
            "Support at 271 was formed by three swings since April.",
            "Open interest does not create support.",
        ),
        (
            "Support created by the 270 puts is firm.",
            "Open interest acts as a floor.",
            "The put wall provides strong support.",
        ),
    ),
    "expired evidence": (
        (
            "Series that expired on Friday are left out.",
            "The expired contracts are counted apart.",
            "Nothing expired is shown here, and no series is cited.",
        ),
        (
            "The expired September calls still suggest demand.",
            "Long-gone contracts show where traders stood.",
            "Those expired puts point lower.",
        ),
    ),
    "minds read": (
        (
            "Options price a move of $6.37 by Friday.",
            "The market was closed on Monday.",
            "A risk-neutral probability does not say what traders expect.",
        ),
        (
            "The market believes in a rally.",
            "Traders expect a break higher.",
            "Investors clearly anticipate a fall.",
        ),
    ),
    "tone": (
        (
            "RSI is 60.9, up from 46.7 on Tuesday.",
            "The company makes explosive devices for mines.",
            "A screen of liquid contracts.",
        ),
        (
            "A masterclass in market psychology.",
            "The averages scream bullish.",
            "An explosive move, a no-brainer.",
        ),
    ),
    "personal advice": (
        (
            "It costs $3.06 to buy now.",
            "You should read the options disclosure document.",
            "Above 3.60, leave it.",
        ),
        (
            "You should buy the 290 call.",
            "Enter now.",
            "Wait for the close, and buy the put now.",
        ),
    ),
    "causality": (
        (
            "The total fell because two expirations left the list.",
            "IWM rose because rates fell, according to Reuters.",
            "The stock rose 2.7% on the week.",
        ),
        (
            "IWM rose because rates fell.",
            "The stock fell 3% due to weak earnings.",
            "Shares gained on news of a merger.",
        ),
    ),
    "imminence": (
        (
            "The Fed decides on 17 June.",
            "This section is about the volatility that options price.",
            "It is about to the nearest cent.",
        ),
        (
            "A breakout could be imminent.",
            "Price is about to break higher.",
            "The rally is about to turn.",
        ),
    ),
}


def test_every_rule_has_its_sentences():
    assert {rule.id for rule in RULES} == SENTENCES.keys()


@pytest.mark.parametrize(("rule", "sentence"), [(r, s) for r, both in SENTENCES.items() for s in both[PASS]])
def test_a_plain_sentence_passes_every_rule(rule, sentence):
    assert [hit.rule.id for hit in hits(sentence)] == [], rule


@pytest.mark.parametrize(("rule", "sentence"), [(r, s) for r, both in SENTENCES.items() for s in both[BLOCK]])
def test_a_blocked_sentence_is_found_by_its_rule(rule, sentence):
    found = list(hits(f"Something harmless comes first. {sentence} And last."))
    assert rule in {hit.rule.id for hit in found}
    assert all(found_hit.start > 20 for found_hit in found)


def test_an_excuse_holds_for_its_own_sentence_only():
    text = "Whether they were new is unknown. Traders sold the June puts."
    assert [hit.rule.id for hit in hits(text)] == ["side"]


def test_a_number_with_a_point_does_not_end_a_sentence():
    assert [hit.rule.id for hit in hits("Implied volatility at 3.5 days is 0.0% here")] == [
        "impossible volatility"
    ]


def test_a_phrase_broken_across_lines_is_found_when_the_text_is_folded():
    assert [hit.rule.id for hit in hits("Traders   expect a fall".replace("   ", " "))] == ["minds read"]
