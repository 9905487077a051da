from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest

from generator import calendar
from generator.errors import DataError
from generator.providers import gather
from generator.providers.news import about, newest_first, parse_news
from generator.providers.words import (
    clean,
    instant,
    listing,
    normalised,
    shortened,
    web_address,
    without_tags,
)
from tests.builders import SESSION, SYMBOL, write_csv_folder

CLOSE = calendar.session_close(SESSION)
EARLIER = CLOSE - dt.timedelta(hours=3)


def iso(moment):
    return moment.astimezone(dt.UTC).isoformat()


def headlines(**changes):
    row = {"title": "A title", "publisher": "Demo Wire", "publishedAt": iso(EARLIER), **changes}
    return {"ticker": SYMBOL, "headlines": [row]}


def finnhub(**changes):
    row = {"headline": "A title", "source": "Demo Wire", "datetime": iso(EARLIER), "url": "https://x.test/1"}
    return {"id": SYMBOL, "updated": iso(CLOSE), "items": [{**row, "summary": "Words.", **changes}]}


def flat(**changes):
    row = {"uuid": "1", "title": "A title", "publisher": "Demo Wire", "link": "https://x.test/1"}
    return {"news": [{**row, "providerPublishTime": int(EARLIER.timestamp()), **changes}]}


def nested(**changes):
    content = {
        "title": "A title",
        "summary": "Words.",
        "pubDate": iso(EARLIER),
        "provider": {"displayName": "Demo Wire"},
        "canonicalUrl": {"url": "https://x.test/1"},
        "clickThroughUrl": None,
        **changes,
    }
    return [{"id": "1", "content": content}]


def rss(item="", head=""):
    return (
        f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>Demo Wire</title>'
        f"<image><title>No</title></image><item><title>A title</title><link>https://x.test/1</link>"
        f"<pubDate>Wed, 11 Mar 2026 13:00:00 -0400</pubDate>{item}</item></channel></rss>"
    )


SHAPES = {"headlines": headlines, "finnhub": finnhub, "flat": flat, "nested": nested}


def parsed(document, name=f"news/{SYMBOL}_2026-03-11.json"):
    text = document if isinstance(document, str) else json.dumps(document)
    return list(about(parse_news(name, text.encode()), name, SYMBOL))


@pytest.mark.parametrize("shape", list(SHAPES))
def test_every_json_shape_gives_the_same_item(shape):
    (item,) = parsed(SHAPES[shape]())
    assert (item.title, item.publisher) == ("A title", "Demo Wire")
    assert item.published_at == EARLIER
    assert item.id


def test_an_rss_item_gives_the_same():
    (item,) = parsed(
        rss("<guid>9</guid><description>&lt;b&gt;Words&lt;/b&gt;</description>"), f"news/{SYMBOL}.xml"
    )
    assert (item.id, item.title, item.publisher, item.summary) == ("9", "A title", "Demo Wire", "Words")
    assert item.published_at == EARLIER
    assert item.url == "https://x.test/1"


def test_an_rss_source_is_the_publisher_and_leaves_the_title():
    item = "<source url='https://y.test'>Demo Post</source>"
    text = rss(item).replace("<title>A title<", "<title>A title - Demo Post<")
    (found,) = parsed(text, f"news/{SYMBOL}.rss")
    assert (found.title, found.publisher) == ("A title", "Demo Post")


def test_the_shape_tells_which_symbol_it_is_about():
    other = "news/WXYZ_2026-03-11.json"
    assert len(parsed(headlines(), other)) == len(parsed(finnhub(), other)) == 1
    assert parsed({**headlines(), "ticker": "WXYZ"}) == []
    assert parsed({**finnhub(), "id": "WXYZ"}) == []
    assert parsed(flat(relatedTickers=["WXYZ"])) == []
    assert len(parsed(flat(relatedTickers=["WXYZ", SYMBOL]), other)) == 1
    assert len(parsed(flat(relatedTickers=["^ABCD"]), other)) == 1


@pytest.mark.parametrize("document", [flat(), nested()])
def test_the_file_name_tells_where_the_shape_does_not(document):
    assert len(parsed(document)) == 1
    assert parsed(document, "news/WXYZ_2026-03-11.json") == []
    assert parsed(document, "news/ABCDE_2026-03-11.json") == []


def test_symbol_categories_of_a_feed_tell_more_than_its_name():
    category = '<category type="symbol">{}</category><category type="author">ABCD</category>'
    assert len(parsed(rss(category.format(SYMBOL)), "news/feed.xml")) == 1
    assert parsed(rss(category.format("WXYZ")), f"news/{SYMBOL}.xml") == []
    assert parsed(rss(), "news/feed.xml") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"title": None},
        {"title": " \u200b "},
        {"publisher": ""},
        {"publishedAt": "soon"},
        {"publishedAt": None},
    ],
)
def test_an_item_without_title_publisher_or_date_is_no_item(changes):
    assert parsed(headlines(**changes)) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json", b"\xff\xfe\x00"),
        ("a.json", b'{"other": []}'),
        ("a.json", b'"text"'),
        ("a.json", b'{"news": {}}'),
        ("a.json", b"[" * 200_000),
        ("a.json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
        ("a.xml", b"<rss><channel>"),
        ("a.xml", b"<html><body/></html>"),
        ("a.xml", b""),
        ("a.xml", rss(head="<!DOCTYPE rss>").encode()),
        ("a.xml", rss(head='<!DOCTYPE rss [<!ENTITY a "b">]>').encode()),
        ("a.xml", rss(head='<!DOCTYPE rss SYSTEM "file:///etc/passwd">').encode("utf-16")),
        ("a.xml", b"<rss><channel>" + b"<a>" * 50_000),
        ("a.xml", rss("<title>&undefined;</title>").encode()),
    ],
)
def test_anything_else_is_refused_by_name(name, content):
    with pytest.raises(DataError, match=rf"file news/{name}: wanted"):
        parse_news(f"news/{name}", content)


def test_items_are_newest_first_each_title_once_and_not_after_the_instant():
    titles = ["Later story", "Old  story!", "old STORY", "Future story"]
    offsets = (-10, -200, -100, 1)
    rows = [
        {"title": title, "publisher": "Demo Wire", "publishedAt": iso(CLOSE + dt.timedelta(minutes=minutes))}
        for title, minutes in zip(titles, offsets, strict=True)
    ]
    found = newest_first(parsed({"ticker": SYMBOL, "headlines": rows}), CLOSE)
    assert [item.title for item in found] == ["Later story", "Old story!"]


def test_a_snapshot_carries_the_news_and_names_a_file_it_left_out(tmp_path):
    folder = write_csv_folder(tmp_path, sessions=1)
    (folder / "news" / "feeds").mkdir(parents=True)
    (folder / "news" / f"{SYMBOL}.json.gz").write_bytes(gzip.compress(json.dumps(headlines()).encode()))
    (folder / "news" / "feeds" / "evil.xml").write_text(rss(head='<!DOCTYPE rss [<!ENTITY a "b">]>'))
    (folder / "news" / "WXYZ.json").write_text(json.dumps({**headlines(), "ticker": "WXYZ"}))
    (folder / "news" / "notes.txt").write_text("not news")
    snapshot, _ = gather(SYMBOL, f"csv:{folder}", SESSION)
    assert [item.title for item in snapshot.news] == ["A title"]
    reasons = [gap.reason for gap in snapshot.gaps if gap.what == "news"]
    assert len(reasons) == 1
    assert "evil.xml" in reasons[0]
    assert [file.name for file in snapshot.raw if "news/" in file.name] == [f"news/{SYMBOL}.json.gz"]


def test_news_that_came_later_is_not_known(tmp_path):
    folder = write_csv_folder(tmp_path, sessions=1)
    (folder / "news").mkdir()
    late = headlines(publishedAt=iso(CLOSE + dt.timedelta(seconds=1)))
    (folder / "news" / "x.json").write_text(json.dumps(late))
    snapshot, _ = gather(SYMBOL, f"csv:{folder}", SESSION)
    assert snapshot.news == ()
    assert "no item about ABCD" in snapshot.gaps[0].reason


# --- words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A  title\n here", "A title here"),
        ("Tom &amp; Co&#39;s", "Tom & Co's"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("mark\ue000spot|money\ue00112\ue002", "markspot|money12"),
        ("left\u202eright\u200b", "leftright"),
        ("bad\ud800surrogate", "badsurrogate"),
        ("Zürich — 5 %", "Zürich — 5 %"),
    ],
)
def test_words_lose_what_could_mislead_a_reader_or_the_audit(text, found):
    assert clean(text) == found


def test_markup_in_a_summary_goes():
    assert without_tags("<p>One <b>two</b></p>&lt;script&gt;x&lt;/script&gt;") == "One two x"


@pytest.mark.parametrize("text", ["https://x.test/a?b=c&d=1", "http://x.test", " https://x.test/1\n"])
def test_web_addresses_stay(text):
    assert web_address(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://x.test",
        "//x.test",
        "/news/1",
        "https://",
        "https://x.test/a b",
        "https://x.test/\x00",
        "https://[x",
        "",
        None,
        7,
    ],
)
def test_other_addresses_are_none(text):
    assert web_address(text) is None


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-11T17:00:00Z",
        "2026-03-11T13:00:00-04:00",
        "2026-03-11T17:00:00",
        "Wed, 11 Mar 2026 17:00:00 GMT",
        "Wed, 11 Mar 2026 13:00:00 -0400",
        "Wed, 11 Mar 2026 17:00 GMT",
        1773248400,
    ],
)
def test_instants_in_every_spelling_are_one(value):
    assert instant(value) == dt.datetime(2026, 3, 11, 17, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "value", ["", "soon", "2026-99-99", None, True, -1, 0, 1e18, float("nan"), [], "Wed, 11 Foo"]
)
def test_what_is_no_instant_is_none(value):
    assert instant(value) is None


def test_titles_compare_by_letters_and_digits():
    assert normalised("Straße – 5% up!") == normalised("STRASSE 5 up")


@pytest.mark.recorded
def test_every_recorded_news_file_reads(shared):
    counts = {}
    for path in sorted((shared / "data" / "news").rglob("*.*")):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        counts[path.name] = len(parse_news(f"news/{path.name}", data))
    assert len(counts) == 20
    assert min(counts.values()) >= 1


@pytest.mark.recorded
def test_recorded_headlines_reach_the_close_of_their_day(shared):
    snapshot, _ = gather("IWM", f"csv:{shared / 'data'}", dt.date(2026, 5, 20))
    today = [item for item in snapshot.news if item.published_at.date() == dt.date(2026, 5, 20)]
    assert len(today) >= 3
    assert list(snapshot.news) == sorted(snapshot.news, key=lambda item: item.published_at, reverse=True)


@pytest.mark.parametrize("shape", list(SHAPES))
def test_a_long_title_is_cut_at_a_word(shape):
    document = json.dumps(SHAPES[shape]()).replace("A title", "Word " * 200 + "end")
    (item,) = parsed(document)
    assert len(item.title) <= 300
    assert item.title.endswith("Word\N{HORIZONTAL ELLIPSIS}")


def test_a_long_summary_and_a_word_without_end_are_cut():
    (item,) = parsed({**headlines(title="x" * 9000, summary="y" * 9000, publisher="z" * 9000)})
    assert [len(text) for text in (item.title, item.summary, item.publisher)] == [300, 1000, 100]


@pytest.mark.parametrize(
    ("text", "found"), [("one two", "one two"), ("one two, three", "one two\N{HORIZONTAL ELLIPSIS}")]
)
def test_a_text_is_shortened_only_when_it_is_too_long(text, found):
    assert shortened(text, 10) == found


def test_a_listing_counts_what_it_leaves_out():
    assert listing(["a", "b"], most=2) == "a, b"
    assert listing(["a", "b", "c", "d"], most=2) == "a, b and 2 more"
