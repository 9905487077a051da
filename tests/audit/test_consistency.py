from __future__ import annotations

import pytest


def problems(small, place=None):
    return [finding.problem for finding in small.audited() if place in {None, finding.place}]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"trigger": 99.0, "facts": {}}, "already met"),
        ({"target": 102.0}, "not beyond its trigger"),
        ({"invalidation": 104.0}, "wrong side"),
        ({"invalidation": 110.0}, "wrong side"),
        ({"profit_at_target": -1.0}, "profit at its own target is -1.0"),
        ({"profit_at_target": 9.0}, "a profit_at_target of 5.55, it says 9.00"),
        ({"breakevens": [105.0]}, "it says 105.00"),
        ({"max_loss": 0.0}, "largest loss is 0.0"),
        ({"limit": 3.0}, "limit 3.0 is below its own price"),
        ({"expires": "2026-05-22"}, "not after the session"),
        ({"last_day": "2026-05-22"}, "last day 2026-05-22 is not after"),
        ({"last_day": "2026-06-22"}, "not before it expires"),
        ({"direction": "down"}, "not beyond its trigger"),
    ],
)
def test_a_plan_that_does_not_survive_arithmetic_is_found(small, change, words):
    small.twin["ideas"][0].update(change)
    assert any(words in problem for problem in problems(small, "idea long_call"))


def test_a_plan_that_differs_from_its_facts_is_found(small):
    small.twin["ideas"][0]["facts"] = {
        "max_loss": "plan.long_call.max_loss",
        "breakevens.0": "plan.long_call.limit",
    }
    assert any("breakevens.0: wanted 3.65" in problem for problem in problems(small, "idea long_call"))
    small.twin["ideas"][0]["facts"] = {"target": "plan.short_call.target"}
    assert any("its fact is not in the brief" in problem for problem in problems(small, "idea long_call"))


def test_a_probability_without_the_largest_loss_is_found(small):
    small.twin["ideas"][0]["facts"] = {"probability_of_profit": "spot", "max_loss": "plan.long_call.max_loss"}
    small.twin["ideas"][0]["probability_of_profit"] = small.twin["spot"]
    assert "its probability is printed and its largest loss is not" in problems(small, "idea long_call")


@pytest.mark.parametrize("kind", ["support", "resistance"])
def test_a_level_on_the_wrong_side_of_the_price_is_found(small, kind):
    value = small.twin["levels"][0]["high"]
    wrong = value > small.twin["spot"] if kind == "support" else value < small.twin["spot"]
    small.twin["levels"][0]["kind"] = kind
    assert bool(problems(small, "level high")) == wrong


def test_a_zone_that_holds_the_price_is_neither_support_nor_resistance(small):
    for kind in ("support", "resistance"):
        small.twin["levels"][0].update(kind=kind, low=99.0, high=101.0, facts={})
        assert problems(small, "level high")


def test_two_values_of_one_level_are_found(small):
    extra = next(mention for mention in small.twin["mentions"] if mention["fact"] == "level.high")
    small.twin["mentions"].append({**extra, "text": "102", "heading": "Actionable trades"})
    small.twin["article"][-1]["text"] += " Again 102."
    assert any("printed as 101" in problem for problem in problems(small, "level high"))


def test_open_interest_of_the_session_itself_is_found(small):
    small.twin["open_interest_date"] = small.twin["session"]
    assert problems(small, "open_interest_date")


@pytest.mark.parametrize(
    ("name", "value"), [("spot", 101.0), ("symbol", "ABCE"), ("as_of", "2026-05-22T16:01:00-04:00")]
)
def test_a_head_that_differs_from_its_fact_is_found(small, name, value):
    small.twin[name] = value
    assert problems(small, name)


def test_a_headline_that_is_not_in_the_article_is_found(small):
    small.twin["headline"] = "Something else"
    assert problems(small, "headline")


def test_a_synthetic_market_that_does_not_say_so_is_found(small):
    small.twin["synthetic"] = True
    assert problems(small, "synthetic")


@pytest.mark.parametrize(
    "name", ["open_interest.put.2026-05-15.95", "max_pain.2026-05-15", "expected_move.one_sigma.2026-05-15"]
)
def test_a_series_that_has_expired_is_found(small, name):
    for mention in small.twin["mentions"]:
        if mention["fact"] == "macd":
            mention["fact"] = name
    small.twin["facts"].append({**small.fact("macd"), "id": name})
    assert any("is of an expired series" in problem for problem in problems(small))


def test_rows_of_an_expired_series_are_found(small):
    small.fact("macd")["inputs"]["selector"] = "chain[expiration=2026-05-15 right=put]"
    assert any("is of an expired series" in problem for problem in problems(small))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Traders sold the June puts.", "is blocked (side)"),
        ("A link stub -- was left.", "was left in the text"),
        ("The the word.", "stands twice"),
        ("See ABCDABCD here.", "the symbol ABCD stands twice"),
        ("It is None here.", "was left in the text"),
    ],
)
def test_words_that_no_brief_prints_are_found(small, text, words):
    small.twin["article"][3]["text"] += f" {text}"
    assert any(words in problem for problem in problems(small, "Technicals: nothing at an end"))


def test_a_quoted_headline_may_say_what_we_may_not(small):
    title = "Hedge funds bought it -- Traders expect a surge"
    old = small.fact("news.1.title")["value"]
    small.fact("news.1.title")["value"] = title
    small.twin["article"][2]["text"] = small.twin["article"][2]["text"].replace(old, title)
    for mention in small.twin["mentions"]:
        mention["text"] = mention["text"].replace(old, title)
    places = {finding.place for finding in small.audited() if finding.path == "brief.json"}
    assert places == {"fact news.1.title"}


def test_an_empty_section_and_a_heading_twice_are_found(small):
    small.twin["article"].append({"heading": "News: one item", "text": " "})
    assert {"nothing stands under the heading", "the heading stands twice"} <= set(problems(small))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"condition": "rsi >= 70"}, "does not hold"),
        ({"condition": "rsi.real > 1"}, "cannot be judged"),
        ({"values": {"rsi": "nothing"}}, "wanted the fact nothing"),
        ({"values": {"rsi": "symbol"}}, "cannot be judged"),
        ({"holds": False}, "does not hold"),
    ],
)
def test_a_printed_claim_whose_condition_fails_is_found(small, change, words):
    small.twin["claims"][0].update(change)
    assert any(words in problem for problem in problems(small, "claim rsi.middle"))


def test_a_size_beside_the_wrong_direction_is_found(small):
    for part in small.twin["article"]:
        part["text"] = part["text"].replace("Price: up", "Price: down")
    assert any("a word of the other direction" in problem for problem in problems(small))


@pytest.mark.parametrize(("side", "wrong"), [("support", True), ("resistance", False)])
def test_a_level_that_held_lies_on_its_side_of_the_price(small, side, wrong):
    level = small.fact("level.high")
    assert level["value"] > small.twin["spot"]
    touches = {
        **level,
        "id": f"held.{side}.touches",
        "value": 3,
        "unit": "count",
        "formula": "touches.high(5,0.25)",
    }
    touches["inputs"] = {**level["inputs"], "facts": ["level.high", "level.high"]}
    small.twin["facts"].append(touches)
    found = problems(small, f"fact held.{side}.touches")
    assert any("is not below the price" in problem for problem in found) == wrong
