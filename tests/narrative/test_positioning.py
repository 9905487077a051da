"""What the article may say of positions: scopes, dates and conventions named, no side and no lean."""

from __future__ import annotations

import datetime as dt
import re

import jinja2
import numpy as np
import pytest

from generator import analytics
from generator.assets import templates
from generator.calendar import previous_session
from generator.models.analysis import Choices
from generator.models.market import History, Reading
from generator.narrative import narrate
from generator.narrative.text import visible
from generator.providers import gather
from generator.providers.synthetic import DEMO_SESSION
from generator.rules.claims import CLAIMS
from generator.templating import marks, unmarked
from tests.builders import SESSION, make_chain, make_history, make_snapshot

LEAN = re.compile(
    r"\b(?:bearish|bullish|fear|panic|put-heavy|call-heavy|sentiment|conviction)\b", re.IGNORECASE
)
SCOPE = re.compile(
    r"expirations on file|over all series|across the .+ expirations|in expirations up to|without the series"
    r"|over the .+ expirations|without those|for \w+\s\d+\s\w+|all series",
    re.IGNORECASE,
)
CONVENTION = "as if dealers were long every call and short every put"
SENTENCE = re.compile(r"(?<=[.:;])\s+(?=[A-Z])|\n+")
AHEAD = tuple(SESSION + dt.timedelta(days=days) for days in (0, 2, 9, 23, 37, 65))


def told(snapshot, history):
    analysis = analytics.analyse(snapshot, history, Choices())
    loader = jinja2.FileSystemLoader(templates())
    return analysis, narrate(analysis, loader, charts=(), edition=snapshot.edition)


@pytest.fixture(scope="module")
def demo():
    return told(*gather("DEMO", "synthetic:1", DEMO_SESSION))


def heavy_puts(factor, expirations=AHEAD):
    chain = make_chain(expirations=expirations)
    drawn = np.random.default_rng(2).integers(10, 90, len(chain))
    counts = chain["open_interest"].where(chain["right"] == "call", factor * chain["open_interest"])
    return chain.assign(volume=drawn.astype(float), open_interest=counts)


def chain_section(article):
    return article.text.split("\n## What the chain shows")[1].split("\n## ")[0]


def sentences_with(article, stem):
    """Sentences of the running text that print a fact whose id starts with *stem*."""
    for sentence in SENTENCE.split(article.text):
        if not sentence.startswith(("|", "!")) and any(m.fact.startswith(stem) for m in marks(sentence)):
            yield visible(sentence)


def test_a_high_ratio_alone_leans_nowhere():
    """Puts outnumber calls in an index fund on every day: only its own history gives a word."""
    _, article = told(make_snapshot(chain=heavy_puts(5)), make_history())
    text = visible(chain_section(article))
    assert "a put/call ratio of 10.00" in text
    assert LEAN.findall(text) == []
    assert not [claim for claim in article.claims if claim.id.endswith("_heavy")]


def test_a_word_for_the_ratio_stands_on_its_own_history():
    day, readings = SESSION, []
    for number in range(130):
        day = previous_session(day)
        for name, value in (
            ("put_call.open_interest.sixty_days", 2 + number / 100),
            ("chain.expirations.sixty_days", 5.0),
        ):
            readings.append(Reading(session=day, id=name, value=value))
    history = History(readings=tuple(readings))
    _, article = told(make_snapshot(chain=heavy_puts(5)), history)
    assert re.search(r"put-heavy, with 100% of the sessions before it lower", visible(article.text))
    _, article = told(make_snapshot(chain=heavy_puts(1.2)), history)
    assert "put-heavy" not in article.text


def test_no_rule_makes_a_lean_of_a_ratio():
    for rule in CLAIMS.values():
        if any(fact.startswith(("put_call.", "open_interest.")) for fact in rule.values.values()):
            assert not LEAN.search(rule.phrase)


@pytest.mark.parametrize("market", ["demo", "made"])
def test_every_ratio_has_its_scope_in_its_sentence(market, demo):
    _, article = demo if market == "demo" else told(make_snapshot(chain=heavy_puts(3)), make_history())
    found = [text for text in sentences_with(article, "put_call.") if "ratio" in text or "put/call" in text]
    assert len(found) >= 3
    for text in found:
        assert SCOPE.search(text), text


def test_counts_carry_the_date_of_the_evening_they_were_counted():
    """Open interest is a session older than the volume beside it."""
    analysis, _ = told(make_snapshot(), make_history())
    counted = analysis.open_interest_date.value
    interest = [fact for fact in analysis.facts.values() if "open_interest)" in fact.formula]
    volume = [fact for fact in analysis.facts.values() if "(volume)" in fact.formula]
    today = [fact for fact in interest if (fact.inputs.selector or "").startswith("chain[")]
    assert len(today) > 20
    assert {fact.date for fact in today} == {counted} == {previous_session(SESSION)}
    assert {f.date for f in volume if (f.inputs.selector or "").startswith("chain[")} == {SESSION}


def test_the_days_own_volume_is_never_said_to_open_or_close(demo):
    for _, article in (demo, told(make_snapshot(chain=heavy_puts(2)), make_history(sessions=0))):
        section = visible(chain_section(article))
        for found in re.finditer(r"[^.]*\b(?:opened|closed)\b[^.]*\.", section):
            assert re.search(r"\bwhether\b|next morning", found[0], re.IGNORECASE), found[0]
        assert "in the next morning's count" in section


def test_a_position_that_looks_moved_is_read_both_ways():
    before = previous_session(SESSION)
    near, far = AHEAD[1], AHEAD[2]
    earlier, today = make_chain(before, expirations=AHEAD), make_chain(expirations=AHEAD)
    for day, change in ((near, -9000.0), (far, 9000.0)):
        for chain in (earlier, today):
            rows = (chain["expiration"] == np.datetime64(day)) & (chain["strike"] == 95)
            rows &= chain["right"] == "put"
            if chain is earlier:
                chain.loc[rows, "volume"] = 10_000.0
                chain.loc[rows, "open_interest"] = 10_000.0
            else:
                chain.loc[rows, "open_interest"] = 10_000.0 + change
    history = make_history(sessions=1)
    past = history.chains[0].__class__(
        session=before, as_of=history.chains[0].as_of, spot=100.0, chain=earlier
    )
    analysis, article = told(make_snapshot(chain=today), History(chains=(past,)))
    assert analysis.chain.roll is not None
    assert article.angle.chosen == "roll"
    text = visible(article.text)
    assert "If it was owned" in text
    assert "if it was sold" in text
    assert "A chain does not show which side" in text


def test_the_net_of_gamma_never_stands_without_its_convention(demo):
    analysis, article = demo
    assert analysis.gamma is not None
    for stem in ("gamma.net", "gamma.flip", "claim:gamma."):
        for sentence in sentences_with(article, stem):
            assert CONVENTION in sentence
    assert list(sentences_with(article, "gamma.net"))


def test_gross_gamma_comes_first_and_has_no_sign(demo):
    _, article = demo
    text = unmarked(chain_section(article))
    assert text.index("Hedging one side of every open contract") < text.index(CONVENTION)
    gross = next(iter(sentences_with(article, "gamma.gross")))
    assert not re.search(r"positive|negative|dealers", gross)


@pytest.mark.parametrize(
    ("share", "word"), [(30.0, "positive"), (4.9, None), (0.0, None), (-4.9, None), (-5.0, "negative")]
)
def test_a_sign_of_gamma_needs_five_percent_of_the_gross(share, word):
    chain = make_chain()
    put, call = chain["right"] == "put", chain["right"] == "call"
    base = chain.loc[put, "open_interest"].to_numpy()
    chain.loc[put, "open_interest"] = np.round(base * 1000)
    chain.loc[call, "open_interest"] = np.round(base * 1000 * (100 + share) / (100 - share))
    analysis, article = told(make_snapshot(chain=chain), History())
    assert analysis.gamma.net_share.number == pytest.approx(share, abs=0.01)
    said = {claim.phrase for claim in article.claims if claim.id.startswith("gamma.")}
    assert said <= {word}
    assert (len(said) == 1) is (word is not None) or abs(abs(share) - 5) < 0.01
