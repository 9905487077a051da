from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import threading
import time

import pytest

from generator.errors import (
    BadPayloadError,
    ConfigError,
    DeniedError,
    NotThereError,
    RateLimitedError,
    UnavailableError,
    UsageError,
)
from generator.http import Client
from generator.http.client import Pace
from tests.wire.faults import TRANSPORT, bomb, html, limited, packed_reply, reply_json, slow
from tests.wire.server import Reply, TlsServer

GOOD = b'{"price": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]}'
#: those that only show once the body is read as JSON
OF_CONTENT = {
    "200 HTML in place of JSON",
    "200 without a body",
    "half a JSON body",
    "nesting without end",
    "bytes that are no text",
}


@pytest.fixture
def naps():
    """The pauses a client took instead of sleeping."""
    return []


@pytest.fixture
def client(wire, naps):
    return Client(
        spacing=0, timeout=0.4, ca_file=str(wire.ca_file), sleep=naps.append, jitter=lambda: 0.5, retries=2
    )


def test_a_good_answer_has_headers_in_lower_case_and_the_servers_date(wire, client):
    wire.routes = {"/a": reply_json({"a": 1}, **{"X-Kind": "Test"})}
    answer = client.get(wire.url("/a"))
    assert (answer.status, answer.body, answer.headers["x-kind"]) == (200, b'{"a": 1}', "Test")
    assert answer.date == dt.datetime(2026, 3, 11, 20, 15, tzinfo=dt.UTC)


def test_a_packed_answer_comes_unpacked(wire, client):
    wire.routes = {"/a": packed_reply(GOOD)}
    assert client.get(wire.url("/a")).body == GOOD


def test_a_chunked_answer_comes_whole(wire, client):
    wire.routes = {"/a": Reply(GOOD, chunked=True)}
    assert client.get(wire.url("/a")).body == GOOD


def test_several_gzip_members_are_one_body(wire, client):
    twice = packed_reply(GOOD).body * 2
    wire.routes = {"/a": Reply(twice, headers={"Content-Encoding": "gzip"})}
    assert client.get(wire.url("/a")).body == GOOD * 2


def test_parameters_and_headers_arrive_as_given(wire, client):
    wire.routes = {"/a": Reply(b"{}")}
    client.get(wire.url("/a?x=1"), params={"q": "a b&c"}, headers={"Authorization": "Bearer s3cret"})
    (request,) = wire.requests
    assert request.query == {"x": ["1"], "q": ["a b&c"]}
    assert request.headers["authorization"] == "Bearer s3cret"
    assert request.headers["user-agent"].startswith("strikebrief/")


@pytest.mark.parametrize("fault", [name for name in TRANSPORT if name not in OF_CONTENT])
def test_a_fault_ends_in_its_kind_and_tells_no_secret(wire, client, fault):
    make, kind = TRANSPORT[fault]
    wire.routes = {"/a": make(GOOD)}
    with pytest.raises(kind) as caught:
        client.get(wire.url("/a"), params={"apikey": "s3cret"}, headers={"Authorization": "Bearer s3cret"})
    assert caught.type is kind
    assert "apikey=***" in str(caught.value)
    chain, error = [], caught.value
    while error is not None:
        chain.append(str(error))
        error = error.__cause__ or error.__context__
    assert "s3cret" not in " ".join(chain)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_a_retry_cures_is_asked_again(wire, client, naps, status):
    wire.routes = {"/a": [Reply(status=status), Reply(status=status), Reply(GOOD)]}
    assert client.get(wire.url("/a")).body == GOOD
    assert naps == [1.0, 2.0]


def test_a_connection_that_broke_is_tried_again(wire, client):
    wire.routes = {"/a": [Reply(reset=True), Reply(GOOD)]}
    assert client.get(wire.url("/a")).body == GOOD


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 501, 505])
def test_what_no_retry_cures_is_asked_once(wire, client, naps, status):
    wire.routes = {"/a": Reply(status=status)}
    with pytest.raises((BadPayloadError, DeniedError, NotThereError, UnavailableError), match=str(status)):
        client.get(wire.url("/a"))
    assert (wire.asked("/a"), naps) == (1, [])


def test_a_good_status_that_is_not_200_is_no_document(wire, client):
    wire.routes = {"/a": Reply(status=206, body=b"part")}
    with pytest.raises(BadPayloadError, match="206"):
        client.get(wire.url("/a"))


@pytest.mark.parametrize("after", ["7", "Wed, 11 Mar 2026 20:15:07 GMT"])
def test_retry_after_is_waited_for_in_both_spellings(wire, client, naps, after):
    wire.routes = {"/a": [limited(after), Reply(GOOD)]}
    client.get(wire.url("/a"))
    assert naps == [7.5]


@pytest.mark.parametrize("after", ["", "soon", "-5", "9" * 400, "Wed, 99 Foo 2026", "1.5"])
def test_a_retry_after_that_says_nothing_is_passed_over(wire, client, naps, after):
    wire.routes = {"/a": [limited(after), Reply(GOOD)]}
    client.get(wire.url("/a"))
    assert naps == [1.0]


def test_a_date_that_has_passed_means_now(wire, client, naps):
    wire.routes = {"/a": [limited("Wed, 11 Mar 2026 20:00:00 GMT"), Reply(GOOD)]}
    client.get(wire.url("/a"))
    assert naps == [0.5]


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimitedError), (503, UnavailableError)])
def test_a_longer_wait_than_a_minute_is_not_sat_through(wire, client, naps, status, kind):
    wire.routes = {"/a": Reply(status=status, headers={"Retry-After": "61"})}
    with pytest.raises(kind, match="61 s"):
        client.get(wire.url("/a"))
    assert (wire.asked("/a"), naps) == (1, [])


def test_jitter_scatters_the_retries(wire):
    wire.routes = {"/a": [Reply(status=500), Reply(GOOD)]}
    seen = []
    for spread in (0.0, 0.9):
        wire.reset()
        naps = []
        client = Client(spacing=0, ca_file=str(wire.ca_file), sleep=naps.append, jitter=lambda s=spread: s)
        client.get(wire.url("/a"))
        seen += naps
    assert seen == [0.5, 1.4]


def test_the_clock_scatters_the_retries_unless_told_otherwise(wire, naps):
    wire.routes = {"/a": [Reply(status=500), Reply(GOOD)]}
    client = Client(spacing=0, ca_file=str(wire.ca_file), sleep=naps.append, monotonic=lambda: 7.25)
    client.get(wire.url("/a"))
    assert naps == [0.75]


def test_requests_to_one_host_keep_their_distance_over_clients():
    clock = [100.0]

    def sleep(seconds):
        clock[0] += seconds

    with TlsServer({"/a": Reply(GOOD)}) as server:
        for _ in range(3):
            options = {"ca_file": str(server.ca_file), "sleep": sleep, "monotonic": lambda: clock[0]}
            Client(spacing=1.5, **options).get(server.url("/a"))
    assert clock[0] == 103.0


def test_a_turn_is_booked_per_host():
    pace = Pace()
    waits = [
        pace.turn(*call) for call in [("a", 2, 10), ("a", 2, 10), ("b", 2, 10), ("a", 2, 11), ("a", 2, 99)]
    ]
    assert waits == [0, 2, 0, 3, 0]


def test_nothing_of_an_address_is_logged(wire, client, caplog):
    odd = {"Content-Length": str(len(GOOD)), "Bad Name": "x"}  # urllib3 would warn of it
    wire.routes = {"/a": Reply(GOOD, headers=odd)}
    with caplog.at_level(logging.DEBUG):
        client.get(wire.url("/a"), params={"token": "s3cret"})
    assert "s3cret" not in caplog.text


def test_a_slow_drip_is_cut_at_the_deadline(wire, client):
    wire.routes = {"/a": slow(GOOD, 0.1)}
    started = time.monotonic()
    with pytest.raises(UnavailableError, match=r"within 0\.4 s"):
        client.get(wire.url("/a"))
    assert time.monotonic() - started < 2.5  # three tries


def test_a_drip_in_the_status_line_is_cut_too(wire, client):
    wire.routes = {"/a": Reply(GOOD, drip_head=0.01)}
    started = time.monotonic()
    with pytest.raises(UnavailableError, match=r"within 0\.4 s"):
        client.get(wire.url("/a"))
    assert time.monotonic() - started < 2.5


def test_a_try_that_comes_back_late_is_not_heard_of_again(wire, client):
    wire.routes = {"/a": [Reply(b"{}", drip_head=0.006), Reply(b"{}", drip_head=0.006), Reply(GOOD)]}
    assert client.get(wire.url("/a")).body == GOOD
    until = time.monotonic() + 5
    while time.monotonic() < until and any(thread.name == "http" for thread in threading.enumerate()):
        time.sleep(0.02)
    assert client.get(wire.url("/a")).body == GOOD  # and nothing was warned of: see `quiet`


@pytest.mark.parametrize("reply", [bomb(5_000_001), Reply(bytes(5_000_001))], ids=["packed", "plain"])
def test_a_body_over_the_limit_is_refused(wire, reply):
    wire.routes = {"/a": reply}
    client = Client(spacing=0, ca_file=str(wire.ca_file), limit=5_000_000)
    with pytest.raises(BadPayloadError, match="wanted at most 4 MiB, found more"):
        client.get(wire.url("/a"))


def test_a_body_at_the_limit_passes(wire):
    wire.routes = {"/a": bomb(5_000_000)}
    assert (
        len(Client(spacing=0, ca_file=str(wire.ca_file), limit=5_000_000).get(wire.url("/a")).body)
        == 5_000_000
    )


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_an_encoding_nobody_asked_for_is_refused(wire, client, encoding):
    wire.routes = {"/a": Reply(GOOD, headers={"Content-Encoding": encoding})}
    with pytest.raises(BadPayloadError, match="plain or gzip"):
        client.get(wire.url("/a"))


@pytest.mark.parametrize(
    "body", [b"", GOOD, packed_reply(GOOD).body + b"rest"], ids=["empty", "plain", "rest"]
)
def test_gzip_that_is_none_is_refused(wire, client, body):
    wire.routes = {"/a": Reply(body, headers={"Content-Encoding": "gzip"})}
    with pytest.raises(BadPayloadError, match="gzip content"):
        client.get(wire.url("/a"))


def test_a_redirect_on_the_same_host_is_followed(wire, client):
    wire.routes = {"/a": Reply(status=301, headers={"Location": "/b"}), "/b": Reply(GOOD)}
    answer = client.get(wire.url("/a"))
    assert (answer.body, answer.url) == (GOOD, wire.url("/b"))


def test_redirects_without_end_are_given_up(wire, client):
    wire.routes = {"/a": Reply(status=302, headers={"Location": "/a"})}
    with pytest.raises(BadPayloadError, match="more than 3 redirects"):
        client.get(wire.url("/a"))


@pytest.mark.parametrize(
    "place", ["http://{here}/b", "https://example.org/b", "//example.org/b", "file:///etc/passwd"]
)
def test_a_redirect_elsewhere_is_not_followed(wire, client, place):
    wire.routes = {"/a": Reply(status=302, headers={"Location": place.format(here=f"127.0.0.1:{wire.port}")})}
    with pytest.raises(BadPayloadError, match="found a redirect to"):
        client.get(wire.url("/a"))
    assert len(wire.requests) == 1


def test_a_redirects_secrets_are_not_told(wire, client):
    wire.routes = {"/a": Reply(status=302, headers={"Location": "https://u:s3cret@example.org/?key=s3cret"})}
    with pytest.raises(BadPayloadError) as caught:
        client.get(wire.url("/a"))
    assert "s3cret" not in str(caught.value)


def test_a_certificate_nobody_vouches_for_is_refused_at_once(wire, naps):
    client = Client(spacing=0, timeout=2, sleep=naps.append)
    with pytest.raises(UnavailableError, match="certificate that is trusted"):
        client.get(wire.url("/a"))
    assert naps == []


def test_a_certificate_of_another_host_is_refused(naps):
    with TlsServer(host="localhost") as server:  # its certificate does not say 127.0.0.1
        client = Client(spacing=0, timeout=2, ca_file=str(server.ca_file), sleep=naps.append)
        with pytest.raises(UnavailableError, match="certificate that is trusted"):
            client.get(f"https://127.0.0.1:{server.port}/a")
    assert naps == []


def test_a_server_that_is_not_there_is_unavailable(client):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UnavailableError, match="no connection"):
        client.get(f"https://127.0.0.1:{port}/")


def test_a_name_that_is_none_is_unavailable(client):
    with pytest.raises(UnavailableError, match=r"https://nobody\.invalid/"):
        client.get("https://nobody.invalid/")


@pytest.mark.parametrize("file", ["missing.pem", "empty.pem"])
def test_certificates_that_cannot_be_read_are_a_matter_of_the_settings(tmp_path, file):
    (tmp_path / "empty.pem").touch()
    with pytest.raises(ConfigError, match="ca_file"):
        Client(spacing=0, ca_file=str(tmp_path / file)).get("https://127.0.0.1:1/")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "example.org",
        "",
        "https://user:s3cret@example.org/",
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "https://example.org:port/",
        "https://[::1/",
        "https://ex\u00e4mple.org/",
    ],
)
def test_an_address_that_is_none_is_refused_before_anything_is_asked(client, url):
    with pytest.raises(UsageError) as caught:
        client.get(url)
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "k\u00e9y", "\0"])
def test_a_header_that_smuggles_is_refused_without_its_value(client, wire, value):
    with pytest.raises(UsageError, match="header Authorization") as caught:
        client.get(wire.url("/a"), headers={"Authorization": value})
    assert value not in str(caught.value)
    assert wire.requests == []


def test_html_with_a_good_status_is_handed_on_as_it_is(wire, client):
    wire.routes = {"/a": html()}
    assert client.get(wire.url("/a")).body.startswith(b"<!DOCTYPE")


def test_no_setting_of_the_environment_leads_requests_elsewhere(wire, client, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:1/")
    wire.routes = {"/a": Reply(GOOD)}
    assert client.get(wire.url("/a")).body == GOOD
