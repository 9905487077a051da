"""News items as facts."""

from __future__ import annotations

import datetime as dt

import pytest

from generator.analytics.headlines import headlines, mentions
from generator.analytics.ledger import Ledger
from generator.models.analysis import Unit
from generator.models.market import NewsItem
from tests.builders import SESSION, make_chain, make_snapshot

CHAIN = make_chain()
AS_OF = make_snapshot(chain=CHAIN).as_of


def item(title="Shares of ABCD rise", hours=1.0, publisher="Wire", url="https://example.com/a"):
    return NewsItem(
        id=f"{title}{hours}",
        published_at=(AS_OF - dt.timedelta(hours=hours)).astimezone(dt.UTC),
        publisher=publisher,
        title=title,
        url=url,
    )


def told(*items, **changes):
    snapshot = make_snapshot(chain=CHAIN, news=items, **changes)
    ledger = Ledger({"chain": snapshot.chain, "bars": snapshot.bars}, SESSION)
    return headlines(snapshot, ledger), ledger


def test_an_item_becomes_its_own_words_its_publisher_and_its_new_york_time():
    (found,), ledger = told(item(title="Up 3% & <b>more</b>", hours=2))
    assert found.title.value == "Up 3% & <b>more</b>"
    assert found.publisher.value == "Wire"
    assert (found.published.value.hour, found.published.unit) == (14, Unit.TIME)
    assert set(ledger.facts) == {"news.1.title", "news.1.publisher", "news.1.published"}


def test_the_newest_come_first_and_eight_at_most():
    found, _ = told(*(item(title=f"Story {n}", hours=n) for n in range(1, 12)))
    assert [one.title.value for one in found] == [f"Story {n}" for n in range(1, 9)]


def test_items_that_name_the_symbol_are_taken_before_newer_ones_that_do_not():
    others = [item(title=f"Story {n}", hours=n) for n in range(1, 10)]
    found, _ = told(*others, item(title="ABCD reports", hours=20))
    assert [one.title.value for one in found if one.mentions_symbol] == ["ABCD reports"]
    assert found[-1].title.value == "ABCD reports"


def test_items_older_than_a_week_or_later_than_the_snapshot_are_left_out():
    assert told(item(hours=24 * 7 + 1), item(hours=-1))[0] == ()
    assert len(told(item(hours=24 * 7 - 1))[0]) == 1


def test_of_copies_the_earliest_stands():
    found, _ = told(
        item(publisher="Copy", hours=1), item(title="shares of  abcd RISE", publisher="First", hours=3)
    )
    assert [one.publisher.value for one in found] == ["First"]


@pytest.mark.parametrize(
    ("title", "symbol", "name", "answer"),
    [
        ("IWM slips", "IWM", None, True),
        ("The IWMX index slips", "IWM", None, False),
        ("Russell 2000 slips", "IWM", "iShares Russell 2000 ETF", True),
        ("iShares launches a fund", "IWM", "iShares Russell 2000 ETF", False),
        ("Apple's new phone", "AAPL", "Apple Inc.", True),
        ("A new day for markets", "A", "Agilent Technologies", False),
        ("Agilent (A) beats", "A", "Agilent Technologies", True),
        ("Technologies of tomorrow", "A", "Agilent Technologies", False),
        ("Buy $F now", "F", None, True),
        ("Dividend funds pay", "F", None, False),
        ("Trading NYSE:F today", "F", None, True),
        ("One share (BRK.B) for all", "BRK.B", None, True),
    ],
)
def test_a_title_names_the_symbol_or_a_distinctive_word_of_the_name(title, symbol, name, answer):
    assert mentions(title, symbol, name) is answer


def test_the_whole_name_counts_even_when_its_words_are_common():
    assert mentions("Demo Fund rises as orders return", "DEMO", "Demo Fund")
    assert not mentions("Demonstrations fund nobody", "DEMO", "Demo Fund")
