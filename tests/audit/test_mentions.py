from __future__ import annotations

import pytest

from generator.audit import audit
from generator.audit.mentions import unmatched
from generator.models.brief import Mention


def mention(text, fact="x"):
    return Mention(fact=fact, form="plain", text=text, heading="")


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("from 270.36\N{EN DASH}271.95 to 27", ["270.36", "271.95", "27"]),
        ("the Russell 2000 at 2,000 over its 50-day average", ["2,000"]),
        ("no plan, four strikes", ["no", "four"]),
        ("up 3% - what's next for 2027? said 9", ["up 3% - what's next for 2027?", "9"]),
        ("nothing at all", []),
    ],
)
def test_a_text_whose_numbers_are_its_mentions_matches(text, mentions):
    assert unmatched(text, "", [mention(each) for each in mentions]) is None


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("272 and 265", ["265", "272"]),
        ("272 and 265", ["272"]),
        ("272 and 265", ["265"]),
        ("272", ["27"]),
        ("27.5", ["27"]),
        ("1,272", ["272"]),
        ("\N{MINUS SIGN}0.4", ["0.4"]),
        ("$272", ["272"]),
        ("2.2%", ["2.2"]),
        ("nothing", ["no"]),
        ("a 31-day average", []),
        ("only words", ["272"]),
    ],
)
def test_a_number_without_its_mention_is_named(text, mentions):
    assert unmatched(text, "", [mention(each) for each in mentions])


def test_the_numbers_of_an_alternative_text_are_mentions_at_their_place():
    mentions = [mention(each) for each in ("1", "7", "8", "2", "8")]
    assert unmatched("first 1, then 2, then 8", "shows 7 and 8", mentions) is None
    assert unmatched("first 1, then 2, then 8", "shows 8 and 7", mentions)
    assert unmatched("first 1, then 2, then 8", "shows 7 and 8 and 9", mentions)


def problems(small):
    return [finding.problem for finding in small.audited()]


def test_a_mention_of_no_fact_is_found(small):
    small.twin["mentions"][2]["fact"] = "invented"
    assert any("no fact 'invented'" in problem for problem in problems(small))


def test_a_mention_of_no_claim_is_found(small):
    small.twin["claims"] = []
    assert any("no claim" in problem for problem in problems(small))


def test_a_claim_in_other_words_is_found(small):
    small.twin["claims"][0]["phrase"] = "overbought"
    assert any("says 'overbought'" in problem for problem in problems(small))


def test_a_value_that_its_text_does_not_say_is_found(small):
    small.fact("technicals.sma_50")["value"] += 0.01
    assert any("is printed, technicals.sma_50 is" in problem for problem in problems(small))


def test_a_text_fact_changed_in_the_twin_is_found(small):
    small.fact("news.1.title")["value"] = "Small caps up 4% - what's next for 2027?"
    assert any("is not the text of news.1.title" in problem for problem in problems(small))


def test_a_mention_under_another_heading_is_found(small):
    small.twin["mentions"][-1]["heading"] = "Elsewhere"
    assert any("under no heading" in problem for problem in problems(small))


def test_a_number_of_the_article_that_is_no_mention_is_found(small):
    small.twin["article"][1]["text"] += " Volume was 77."
    assert any("'on Thu 21 May. Volume was 77." in problem or "77" in problem for problem in problems(small))


def test_a_number_in_a_chart_that_is_no_mention_is_found(small):
    small.twin["charts"][0]["texts"][1] = "1 Apr"
    assert any(finding.place == "chart price" for finding in small.audited())


def test_an_article_without_numbers_is_found(small):
    small.twin["mentions"] = []
    small.twin["charts"] = []
    assert any("wanted numbers in the article, found none" in problem for problem in problems(small))


@pytest.mark.parametrize("spoil", [{}, {"facts": 3}, {"facts": [{}]}])
def test_what_is_no_twin_is_one_finding(original, spoil):
    findings = audit(original.documents, spoil, original.frames, original.second)
    assert len(findings) == 1
    assert "wanted the twin of a brief" in findings[0].problem


def test_no_documents_is_a_finding(original):
    for documents in ({}, {"manifest.json": b"{}"}):
        findings = audit(documents, original.twin, original.frames, original.second)
        assert [finding.problem for finding in findings] == ["wanted a finished document, found none"]
