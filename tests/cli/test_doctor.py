from __future__ import annotations

import json

import pytest

from generator import calendar, health
from generator.errors import BriefError
from generator.models.delivery import Sourcing
from tests.builders import SESSION
from tests.cli.test_sources import BARS, CHAIN, cboe, chain_body  # noqa: F401  (a fixture)
from tests.fakes import spec
from tests.wire.faults import limited, renamed, reply_json


def states(result):
    return {item["check"]: item["state"] for item in json.loads(result.stdout)["checks"]}


def test_a_sound_installation_is_ok_line_by_line(run):
    result = run("doctor")
    assert result.exit_code == 0, result.stdout
    lines = result.stdout.splitlines()
    assert {line[:4] for line in lines} <= {"ok  ", "warn"}
    for check in ("settings", "fonts", "PDF", "archive", "time zones", "state folder", "output folder"):
        assert any(line[6:].startswith(f"{check}: ") for line in lines), check


def test_wrong_settings_are_listed_and_are_exit_78(run, here):
    (here / "strikebrief.toml").write_text("[brief]\nsuorce = 1\nformats = []")
    result = run("doctor", "--json")
    assert result.exit_code == 78
    found = [item for item in json.loads(result.stdout)["checks"] if item["check"] == "settings"]
    assert [item["state"] for item in found] == ["fail", "fail"]


def test_a_state_folder_open_to_others_is_told_with_what_to_do(run, here):
    (here / ".strikebrief").mkdir(mode=0o755)
    (here / ".strikebrief").chmod(0o755)
    result = run("doctor")
    assert result.exit_code == 73
    assert "chmod 700" in result.stdout


def test_a_state_folder_that_is_a_file_s_neighbour_is_not_made(run, here):
    assert run("doctor").exit_code == 0
    assert list(here.iterdir()) == []


def test_without_live_nobody_is_asked(run, cboe):  # noqa: F811
    assert run("doctor").exit_code == 0
    assert cboe.requests == []


def test_live_asks_each_source_once_and_says_how_much_came_and_of_when(run, cboe):  # noqa: F811
    result = run("doctor", "--live")
    assert result.exit_code == 0, result.stdout
    assert "chain from cboe: 248 contracts in 4 expirations, as of 2026-03-11 16:30 New York" in result.stdout
    assert "bars from cboe: " in result.stdout
    assert cboe.asked(CHAIN) == cboe.asked(BARS) == 1


def test_a_key_that_was_renamed_is_told_as_drift(run, cboe):  # noqa: F811
    cboe.routes[CHAIN] = reply_json(renamed(chain_body(), "data.options.*.bid", "bid_price"))
    result = run("doctor", "--live")
    assert result.exit_code == 69
    assert "no longer as documented" in result.stdout
    assert "bars from cboe" in result.stdout


def test_a_field_that_was_never_there_is_told_and_nothing_fails(run, cboe):  # noqa: F811
    body = chain_body()
    body["data"]["options"][0]["mark"] = 1.5
    cboe.routes[CHAIN] = reply_json(body)
    result = run("doctor", "--live")
    assert result.exit_code == 0
    (line,) = [line for line in result.stdout.splitlines() if "chain from cboe" in line]
    assert line.startswith("warn")
    assert line.endswith("not there when its answers were recorded: data.options.*.mark")


def test_a_source_that_is_down_does_not_stop_the_others(run, cboe):  # noqa: F811
    cboe.routes[CHAIN] = limited("3600")
    result = run("doctor", "--live", "--json")
    assert result.exit_code == 69
    assert states(result)["chain from cboe"] == "fail"
    assert states(result)["bars from cboe"] == "ok"


def test_a_source_with_nothing_is_a_warning(now_in_march):
    parts = {"news": (spec(),), "chain": (), "bars": (), "rates": (), "events": (spec("down"),)}
    found = {item.check: item for item in health.sources("ABCD", None, Sourcing(parts=parts), now_in_march)}
    assert found["news from tests.fakes:Fake"].state == "warn"
    assert found["events from tests.fakes:Fake"].exit_code == 69


def test_an_index_is_asked_for_by_its_own_name(now_in_march):
    parts = {"volatility index": (spec(),), "chain": (), "bars": (), "rates": (), "events": ()}
    for symbol, state in (("IWM", "ok"), ("ABCD", "warn")):
        found = {
            item.check: item for item in health.sources(symbol, None, Sourcing(parts=parts), now_in_march)
        }
        assert found["volatility index from tests.fakes:Fake"].state == state


@pytest.fixture
def now_in_march():
    return calendar.session_close(SESSION)


def test_a_check_that_fails_keeps_its_error_s_line_and_code():
    def broken():
        raise BriefError("wanted a thing, found none: get one")

    found = health._tried("thing", broken)
    assert (found.state, found.exit_code, found.said) == ("fail", 1, "wanted a thing, found none: get one")


def test_a_full_disk_and_a_folder_that_cannot_be_written_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(health, "ROOM", 10**30)
    found = {item.check: item for item in health.installation(tmp_path / "state", tmp_path / "out")}
    assert found["disk"].state == "fail"
    assert "make room" in found["disk"].said
