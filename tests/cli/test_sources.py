"""From a provider on the wire to a brief on disk, and what a fault of the provider ends in."""

from __future__ import annotations

import json

import pytest

from tests.builders import SESSION, SPOT, make_bars, make_chain, write_csv_folder
from tests.wire import cboe_bodies
from tests.wire.faults import limited, reply_json

CHAIN, BARS = "/api/options/ABCD.json", "/api/charts/historical/ABCD.json"


def chain_body(**damage):
    """A whole market in the shape of Cboe's answer, taken half an hour after the close."""
    options = [
        cboe_bodies.option(
            row["contract_symbol"].replace(" ", ""),
            number,
            **{key: row[key] for key in ("bid", "ask", "volume", "open_interest")},
            last_trade_price=row["last"],
        )
        | damage
        for number, row in enumerate(make_chain().to_dict("records"))
    ]
    data = {
        "options": options,
        "symbol": "ABCD",
        "current_price": SPOT + 0.4,
        "close": SPOT,
        "prev_day_close": 99.0,
    }
    return {"timestamp": "2026-03-11 20:45:00", "symbol": "ABCD", "data": {**data, "last_trade_time": None}}


def bars_body():
    rows = make_bars().assign(date=lambda bars: bars["date"].dt.strftime("%Y-%m-%d")).to_dict("records")
    return {"timestamp": "20:45:00", "symbol": "ABCD", "data": rows}


@pytest.fixture
def cboe(wire, here):
    """A server that answers as Cboe does, and settings that ask it."""
    wire.routes.update({CHAIN: reply_json(chain_body()), BARS: reply_json(bars_body())})
    (here / "strikebrief.toml").write_text(
        f"""
        [brief]
        symbols = ["ABCD"]
        formats = ["md"]
        [sources]
        chain = "cboe"
        bars = "cboe"
        rates = []
        events = []
        [sources.cboe]
        base_url = "{wire.url("/api")}"
        ca_file = "{wire.ca_file}"
        spacing = 0
        retries = 0
        timeout = 5
        """
    )
    return wire


def built(here):
    folder = here / "output" / str(SESSION) / "ABCD"
    return (folder / "brief.md").read_text("utf-8"), json.loads((folder / "brief.json").read_text("utf-8"))


def test_a_brief_comes_off_the_wire_and_proves_out(run, here, cboe):
    result = run("build", "--as-of", SESSION)
    assert result.exit_code == 0, result.stderr
    text, twin = built(here)
    assert "chain from Cboe delayed quotes" in text
    assert "delayed 15 minutes" in text
    assert twin["spot"] == SPOT
    assert {source["provider"] for source in twin["sources"]} == {"cboe"}
    assert run("verify", here / "output" / str(SESSION) / "ABCD").exit_code == 0
    assert cboe.asked(CHAIN) == cboe.asked(BARS) == 1


def test_it_comes_out_of_the_archive_again_without_the_wire(run, here, cboe):
    assert run("build", "--as-of", SESSION).exit_code == 0
    first = built(here)
    cboe.reset({})
    assert run("build", "--as-of", SESSION, "--source", "archive").exit_code == 0
    assert built(here) == first
    assert cboe.requests == []


def test_a_source_that_wants_us_to_wait_is_exit_69_and_one_line(run, here, cboe):
    cboe.routes[CHAIN] = limited("3600")
    result = run("build", "--as-of", SESSION)
    assert result.exit_code == 69
    assert result.stderr.count("\n") == 1
    assert "3600" in result.stderr or "hour" in result.stderr or "60" in result.stderr
    assert not (here / "output").exists()


def test_dead_quotes_off_the_wire_are_exit_65(run, here, cboe):
    cboe.routes[CHAIN] = reply_json(chain_body(bid=0.0, ask=0.0))
    result = run("build", "--as-of", SESSION)
    assert result.exit_code == 65
    assert "the data was refused" in result.stderr
    assert not (here / "output").exists()


def test_another_day_than_the_providers_is_exit_65_and_names_the_archive(run, cboe):
    result = run("build", "--as-of", "2026-03-10")
    assert result.exit_code in (65, 69)
    assert "2026-03-1" in result.stderr
    assert cboe.asked(CHAIN) == 1


def test_a_folder_stands_in_when_the_wire_fails_and_the_brief_says_so(run, here, cboe):
    folder = write_csv_folder(here / "data", symbol="ABCD")
    settings = (here / "strikebrief.toml").read_text("utf-8")
    (here / "strikebrief.toml").write_text(
        settings.replace('chain = "cboe"', f'chain = ["cboe", "csv:{folder}"]')
    )
    cboe.routes[CHAIN] = limited()
    assert run("build", "--as-of", SESSION).exit_code == 0
    text, twin = built(here)
    assert [source["provider"] for source in twin["sources"]] == ["csv", "cboe"]
    assert "taken from csv folder" in text
