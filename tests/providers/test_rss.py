from __future__ import annotations

import datetime as dt

import pytest

from generator import errors
from generator.calendar import NEW_YORK
from generator.providers.base import Ask
from generator.providers.files import unpacked
from generator.providers.rss import Rss
from tests.tables import ends_as
from tests.wire.faults import TRANSPORT
from tests.wire.server import Reply

WHEN = dt.datetime(2026, 3, 11, 16, tzinfo=NEW_YORK)
ASK = Ask(symbol="IWM", when=WHEN, session=WHEN.date())


def item(
    title="Small caps rise", published="Wed, 11 Mar 2026 14:00:00 GMT", more="", link="https://example.org/a"
):
    date = f"<pubDate>{published}</pubDate>" if published else ""
    return f"<item><title>{title}</title><link>{link}</link>{date}{more}</item>"


def feed(*items, head="", title="A Wire"):
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0"><channel><title>{title}</title>'
        f"{''.join(items)}</channel></rss>"
    ).encode()


GOOD = feed(item())
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>A Wire</title><entry><id>urn:1</id>
<title type="html">Small &lt;b&gt;caps&lt;/b&gt; rise</title><link href="https://example.org/a"/>
<updated>2026-03-11T14:00:00Z</updated><summary>Why &amp;amp; how.</summary></entry></feed>"""


@pytest.fixture
def made(wire):
    def make(body, path="/{symbol}.xml?token=abc", **options):
        wire.routes = {"/IWM.xml": Reply(body), "/feed.xml": Reply(body)}
        connection = {"ca_file": str(wire.ca_file), "spacing": 0, "retries": 0, "timeout": 2}
        return Rss(wire.url(path), {**connection, **options})

    return make


def answered(rss, ask=ASK):
    fetched = rss.fetch("news", ask)
    return rss.read("news", ask, {file.name: file.data for file in fetched.files})


def titles(rss):
    return [story.title for story in answered(rss).news]


@pytest.mark.parametrize("body", [GOOD, ATOM], ids=["rss", "atom"])
def test_an_item_keeps_its_title_date_address_and_publisher(made, body):
    (story,) = answered(made(body)).news
    assert (story.title, story.publisher, story.url) == ("Small caps rise", "A Wire", "https://example.org/a")
    assert story.published_at == dt.datetime(2026, 3, 11, 14, tzinfo=dt.UTC)


def test_the_symbol_fills_the_address_and_secrets_are_not_printed(made, wire):
    fetched = made(GOOD).fetch("news", ASK)
    assert wire.requests[0].path == "/IWM.xml"
    assert wire.requests[0].query == {"token": ["abc"]}
    assert "abc" not in fetched.item
    assert [file.name for file in fetched.files] == ["IWM.xml"]


def test_kept_bytes_are_read_without_settings(made):
    fetched = made(GOOD, "/feed.xml", all_items=True).fetch("news", ASK)
    files = {file.name: file.data for file in fetched.files}
    assert len(Rss(fetched.item, {}).read("news", ASK, files).news) == 1


def test_a_common_feed_gives_what_is_about_the_symbol(made):
    body = feed(
        item("Filed under it", more="<category>IWM</category>"),
        item("Cash tag $IWM here"),
        item("Russell fund (NYSEARCA:IWM) slips"),
        item("Of $IWMX and another"),
        item("Of nobody", more="<category>SPY</category>"),
    )
    found = titles(made(body, "/feed.xml"))
    assert sorted(found) == ["Cash tag $IWM here", "Filed under it", "Russell fund (NYSEARCA:IWM) slips"]
    assert len(titles(made(body, "/feed.xml", all_items=True))) == 5


def test_undated_later_and_repeated_items_are_left_out(made):
    body = feed(
        item(),
        item("Small Caps rise!", "Wed, 11 Mar 2026 15:00:00 GMT"),
        item("Undated", None),
        item("Badly dated", "soon"),
        item("Later", "Wed, 11 Mar 2026 20:00:01 GMT"),
    )
    assert titles(made(body)) == ["Small caps rise"]


def test_zones_by_name_and_by_number_are_understood(made):
    body = feed(item("a", "Wed, 11 Mar 2026 09:00:00 EST"), item("b", "Wed, 11 Mar 2026 09:00:00 -0700"))
    assert [story.published_at.hour for story in answered(made(body)).news] == [16, 14]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "ftp://example.org/a", "data:text/html,x", "file:///a"]
)
def test_only_web_addresses_are_kept(made, link):
    (story,) = answered(made(feed(item(link=link)))).news
    assert story.url is None


def test_markup_in_titles_and_summaries_is_gone(made):
    words = "&lt;script&gt;alert(1)&lt;/script&gt;Small &lt;b&gt;caps&lt;/b&gt;"
    (story,) = answered(made(feed(item(words, more=f"<description>{words}</description>")))).news
    assert "<" not in story.title + (story.summary or "")
    assert story.title.endswith("Small caps")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (feed(), "no items"),
        (feed(item(published=None)), "1 items, none dated"),
        (feed(item(published="Wed, 11 Mar 2026 23:00:00 GMT")), "1 items, none dated"),
    ],
    ids=["dead", "undated", "later"],
)
def test_a_feed_with_nothing_to_say_is_a_named_gap(made, body, reason):
    answer = answered(made(body))
    assert answer.news == ()
    assert reason in answer.gaps[0].reason


def test_a_single_byte_encoding_is_read_when_declared(made):
    body = feed(item("Caf\xe9 shares")).decode().replace("utf-8", "iso-8859-1").encode("iso-8859-1")
    assert titles(made(body)) == ["Caf\xe9 shares"]


def test_an_ill_formed_feed_that_is_whole_is_read(made):
    assert titles(made(feed(item("Up &nbsp; again")))) == ["Up again"]


ENTITY = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
BODIES = {
    "entities": feed(item("&b;"), head=ENTITY),
    "an outside document": feed(item("&x;"), head='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "a document type in lower case": feed(item(), head="<!doctype rss>"),
    "a document type behind a comment": feed(item(), head="<!-- <rss> --><!DOCTYPE rss>"),
    "a document type in UTF-16": feed(item(), head=ENTITY).decode().encode("utf-16"),
    "nested": feed("<a>" * 200 + "</a>" * 200),
    "unclosed": feed("<a>" * 200),
    "attributes": feed("<item " + " ".join(f'a{n}="1"' for n in range(500)) + "></item>"),
    "HTML": b"<!-- x --><html><body>Sorry</body></html>",
    "JSON": b'{"items": []}',
    "text": b"no feed today",
    "nothing": b"",
    "cut off in a title": GOOD[: GOOD.index(b"rise")],
    "cut off in the last tag": GOOD[:-3],
    "too large": feed(item("x" * 2_200_000)),
    "large and ill-formed": feed(item("&nbsp;" + "<b " * 60_000)),
    "other bytes": feed(item()) + b"\xff\xfe",
}


@pytest.mark.parametrize("fault", sorted(BODIES))
def test_every_fault_of_a_body_ends_as_its_kind(made, fault):
    with ends_as(errors.BadPayloadError):
        answered(made(BODIES[fault]))


@pytest.mark.parametrize("fault", sorted(TRANSPORT))
def test_every_fault_of_the_wire_ends_as_its_kind(made, wire, fault):
    make, kind = TRANSPORT[fault]
    rss = made(GOOD)
    rss._client._timeout = 0.3
    wire.routes["/IWM.xml"] = make(GOOD)
    with ends_as(kind) as caught:
        answered(rss)
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize("address", ["", "feed.xml", "https://", "https://["])
def test_an_address_without_a_host_is_refused(address):
    with pytest.raises(errors.UsageError, match="the address of a feed"):
        Rss(address, {})


@pytest.mark.recorded
def test_every_recorded_feed_gives_dated_items(shared):
    later = Ask(symbol="IWM", when=dt.datetime(2026, 12, 31, tzinfo=NEW_YORK), session=dt.date(2026, 12, 31))
    files = sorted((shared / "data" / "news" / "rss").glob("*.xml*"))
    assert files
    for path in files:
        answer = Rss("https://example.org/{symbol}", {}).read(
            "news", later, {"IWM.xml": unpacked(path.name, path.read_bytes())}
        )
        assert answer.news, path.name
