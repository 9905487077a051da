from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from generator import calendar
from generator.errors import DataError, ProviderError, RateLimitedError, UsageError
from generator.models.delivery import Sourcing
from generator.models.market import Gap
from generator.providers import gather, gathered
from generator.providers.assembly import Told, assembled, edition_of
from generator.providers.base import Answer, Ask
from generator.providers.gathered import gather_parts, reread
from generator.providers.plan import plan
from generator.providers.recipe import RECIPE
from tests.builders import SESSION, SYMBOL, write_bars, write_chain, write_csv_folder
from tests.fakes import HERE, MARKET, Fake, spec


def asked(**parts):
    given = {"chain": (spec(),), "bars": (spec(),)} | {
        name.replace("_", " "): value for name, value in parts.items()
    }
    return Sourcing(parts=given)


def test_each_part_comes_from_its_own_provider_and_the_brief_can_tell_which(tmp_path):
    folder = write_csv_folder(tmp_path)
    found = gather_parts(SYMBOL, asked(bars=(f"csv:{folder}",)), SESSION)
    assert [(source.part, source.name) for source in found.sources] == [
        ("chain", "Fake feed"),
        ("bars", "csv folder"),
    ]
    assert found.sources[0].terms == "for tests"
    assert found.sources[0].attribution == "Fake feed, delayed"
    assert found.sources[0].allows == ("store",)
    assert found.sources[0].delay == "15 minutes"


def test_the_first_that_answers_is_taken_and_who_failed_is_said():
    found = gather_parts(SYMBOL, asked(chain=(spec("down"), spec("limited"), spec("third"))), SESSION)
    assert found.sources[0].item == "third"
    reasons = [gap.reason for gap in found.gaps if gap.what == "chain from Fake feed"]
    assert len(reasons) == 2
    assert "429" in reasons[1]
    assert all(reason.endswith("taken from Fake feed") for reason in reasons)


def test_a_chain_that_nobody_gives_is_the_end_with_every_reason():
    with pytest.raises(ProviderError, match=r"Fake feed: .*none.*; Fake feed: .*429") as caught:
        gather_parts(SYMBOL, asked(chain=(spec("down"), spec("limited"))), SESSION)
    assert caught.value.exit_code == 69


def test_the_only_provider_asked_keeps_its_own_error():
    with pytest.raises(RateLimitedError, match="429"):
        gather_parts(SYMBOL, asked(chain=(spec("limited"),)), SESSION)


def test_bars_without_a_provider_name_the_setting_to_write():
    with pytest.raises(ProviderError, match=r"name one with bars = under \[sources\]"):
        gather_parts(SYMBOL, asked(bars=()), SESSION)


@pytest.mark.parametrize("part", ["news", "rates", "dividends", "events", "open interest"])
def test_any_other_part_that_nobody_gives_is_a_gap(part):
    found = gather_parts(SYMBOL, asked(**{part: (spec("down"),)}), SESSION)
    assert [gap.what for gap in found.gaps if gap.what.startswith(part)] == [f"{part} from Fake feed"]


def test_a_part_a_provider_does_not_give_is_a_failure_of_that_provider(tmp_path):
    found = gather_parts(SYMBOL, asked(open_interest=(f"csv:{tmp_path}",)), SESSION)
    assert any("found that it gives chain, bars" in gap.reason for gap in found.gaps)


def test_after_the_close_the_bars_close_is_the_spot_and_the_chains_own_close_comes_next():
    whole = gather_parts(SYMBOL, asked(), SESSION)
    assert whole.edition == "close"
    assert whole.as_of == calendar.session_close(SESSION)
    assert whole.spot == pytest.approx(float(MARKET.bars["close"].iloc[-1]))
    assert whole.name == "Fake Inc."
    assert whole.kind == "etf"


def test_during_the_session_the_quote_is_the_spot():
    found = gather_parts(
        SYMBOL, asked(chain=(spec("noon"),)), dt.datetime(2026, 3, 11, 12, 5, tzinfo=calendar.NEW_YORK)
    )
    assert (found.edition, found.spot) == ("intraday", 100.1)
    assert found.as_of.hour == 12


def test_a_chain_of_another_session_than_the_one_named_is_refused():
    with pytest.raises(DataError, match="take an earlier session from the archive"):
        gather_parts(SYMBOL, asked(), dt.date(2026, 3, 10))
    with pytest.raises(DataError, match="or the session before"):
        gather_parts(SYMBOL, asked(), dt.datetime(2026, 3, 16, 18, tzinfo=calendar.NEW_YORK))


def test_events_of_all_providers_are_put_together_and_each_is_told_once():
    found = gather_parts(SYMBOL, asked(events=(spec("one"), spec("two"), spec("down"))), SESSION)
    assert [event.source for event in found.events] == ["one"]


def test_a_source_of_open_interest_overrides_the_chain_only_when_it_is_of_the_same_morning():
    first = MARKET.chain["contract_symbol"].iloc[0]
    new = gather_parts(SYMBOL, asked(open_interest=(spec(),)), SESSION)
    row = new.chain.set_index("contract_symbol")["open_interest"]
    assert row[first] == 4321
    assert row.drop(first).equals(MARKET.chain.set_index("contract_symbol")["open_interest"].drop(first))
    old = gather_parts(SYMBOL, asked(open_interest=(spec("old"),)), SESSION)
    assert old.chain["open_interest"].equals(MARKET.chain["open_interest"])
    assert any("the chain's own stands" in gap.reason for gap in old.gaps)


def test_kept_bytes_make_the_same_snapshot_again():
    sourcing = asked(
        chain=(spec("down"), spec()), events=(spec(),), news=(spec("down"),), open_interest=(spec(),)
    )
    found = gather_parts(SYMBOL, sourcing, SESSION)
    again = reread({file.name: file.data for file in found.raw})
    pd.testing.assert_frame_equal(again.chain, found.chain)
    pd.testing.assert_frame_equal(again.bars, found.bars)
    for field in dataclasses.fields(found):
        if field.name not in {"chain", "bars"}:
            assert getattr(again, field.name) == getattr(found, field.name), field.name


@pytest.mark.parametrize("lost", [RECIPE, "00-chain/body.json"])
def test_kept_bytes_that_are_incomplete_are_told(lost):
    found = gather_parts(SYMBOL, asked(), SESSION)
    files = {file.name: file.data for file in found.raw if file.name != lost}
    with pytest.raises(DataError, match="kept files"):
        reread(files)


def test_a_csv_folder_may_give_every_part(tmp_path):
    folder = write_csv_folder(tmp_path)
    parts = ("chain", "bars", "news", "rates", "dividends", "events")
    found = gather_parts(SYMBOL, Sourcing(parts=dict.fromkeys(parts, (f"csv:{folder}",))), SESSION)
    whole, _ = gather(SYMBOL, f"csv:{folder}", SESSION)
    pd.testing.assert_frame_equal(found.chain, whole.chain)
    pd.testing.assert_frame_equal(found.bars, whole.bars)
    assert (found.spot, found.as_of, found.news) == (whole.spot, whole.as_of, whole.news)
    again = reread({file.name: file.data for file in found.raw})
    pd.testing.assert_frame_equal(again.chain, whole.chain)


def test_no_secret_and_no_path_is_among_the_kept_bytes(tmp_path):
    folder = write_csv_folder(tmp_path)
    sourcing = dataclasses.replace(
        asked(bars=(f"csv:{folder}",)), options={f"{HERE}:Fake": {"token": "s3cret"}}
    )
    found = gather_parts(SYMBOL, sourcing, SESSION)
    kept = b"".join(file.data for file in found.raw)
    assert b"s3cret" not in kept
    assert str(tmp_path).encode() not in kept


@pytest.mark.parametrize(
    ("moment", "session", "edition"),
    [
        ("2026-03-11T09:29", "2026-03-10", "close"),
        ("2026-03-11T09:30", "2026-03-11", "intraday"),
        ("2026-03-11T15:59", "2026-03-11", "intraday"),
        ("2026-03-11T16:00", "2026-03-11", "close"),
        ("2026-03-14T12:00", "2026-03-13", "close"),
        ("2026-11-27T13:00", "2026-11-27", "close"),
        ("2026-11-26T12:00", "2026-11-25", "close"),
    ],
)
def test_quotes_belong_to_the_session_that_had_opened(moment, session, edition):
    captured = dt.datetime.fromisoformat(moment).replace(tzinfo=calendar.NEW_YORK)
    found = edition_of(captured)
    assert (found[0].isoformat(), found[1]) == (session, edition)


def test_a_named_source_answers_for_all_it_has_and_the_settings_for_the_rest(tmp_path):
    folder = write_csv_folder(tmp_path)
    made = plan(f"csv:{folder}", Sourcing(parts={"chain": ("fake",), "events": (spec(),)}))
    assert made.parts["chain"] == (f"csv:{folder}",)
    assert made.parts["events"] == (f"csv:{folder}", spec())


def test_an_unknown_provider_is_wrong_usage():
    with pytest.raises(UsageError, match="wanted a source among"):
        gather(SYMBOL, None, SESSION, sourcing=asked(chain=("nobody",)))


def test_dates_ahead_that_are_known_today_are_not_put_into_a_brief_of_an_earlier_day(tmp_path, monkeypatch):
    folder = write_csv_folder(tmp_path)
    monkeypatch.setattr(gathered, "LONGEST_CLOSED", dt.timedelta(hours=1))
    found = gather_parts(
        SYMBOL, asked(chain=(f"csv:{folder}",), events=(spec(),), dividends=(spec(),)), SESSION
    )
    assert found.events == ()
    reasons = [
        gap.reason for gap in found.gaps if gap.what in ("events from Fake feed", "dividends from Fake feed")
    ]
    assert len(reasons) == 2
    assert all("as known on 2026-03-11" in reason for reason in reasons)


def test_quotes_of_no_known_time_that_are_no_close_are_not_taken_for_one(tmp_path):
    folder = write_csv_folder(tmp_path)
    write_chain(folder, MARKET.chain, kind="intraday", spot=97.0)
    with pytest.raises(DataError, match="wanted the time of quotes"):
        gather_parts(SYMBOL, asked(chain=(f"csv:{folder}",)), SESSION)


# --- the volatility index beside the market


def index_sources(found):
    return [source.item for source in found.sources if source.part == "volatility index"]


def test_the_providers_of_bars_are_asked_for_the_index_too_and_it_is_read_again():
    found = gather_parts("IWM", asked(), SESSION)
    assert (found.volatility_index.symbol, found.volatility_index.measures) == ("RVX", "Russell 2000")
    assert index_sources(found) == [""]
    assert [file.data for file in found.raw if "volatility-index" in file.name] == [b"bars of ^RVX"]
    pd.testing.assert_frame_equal(found.bars, MARKET.bars)
    again = reread({file.name: file.data for file in found.raw})
    pd.testing.assert_frame_equal(again.volatility_index.bars, found.volatility_index.bars)
    assert again.sources == found.sources


def test_an_index_that_nobody_gives_is_a_gap():
    found = gather_parts("IWM", asked(volatility_index=(spec("down"),)), SESSION)
    assert found.volatility_index is None
    assert [gap.what for gap in found.gaps] == ["volatility index from Fake feed"]
    assert reread({file.name: file.data for file in found.raw}).gaps == found.gaps


def test_the_next_source_of_it_is_asked_and_an_empty_list_asks_nobody():
    found = gather_parts("IWM", asked(volatility_index=(spec("down"), spec("third"))), SESSION)
    assert index_sources(found) == ["third"]
    found = gather_parts("IWM", asked(volatility_index=()), SESSION)
    assert (found.volatility_index, index_sources(found)) == (None, [])


def test_a_market_without_an_index_asks_nobody():
    assert index_sources(gather_parts(SYMBOL, asked(volatility_index=(spec("down"),)), SESSION)) == []


def test_a_folder_gives_the_index_under_its_plain_name(tmp_path):
    folder = write_csv_folder(tmp_path, symbol="IWM")
    write_bars(folder, MARKET.bars, "RVX")
    found = gather_parts("IWM", asked(bars=(f"csv:{folder}",)), SESSION)
    assert index_sources(found) == ["RVX_daily.csv"]
    found = gather_parts("IWM", asked(bars=(spec(),), volatility_index=(f"csv:{folder}",)), SESSION)
    assert found.volatility_index.bars["date"].iloc[-1].date() == SESSION


def test_during_a_session_the_index_ends_with_the_session_before():
    found = gather_parts("IWM", asked(chain=(spec("noon"),)), SESSION)
    assert found.volatility_index.bars["date"].iloc[-1].date() == calendar.previous_session(SESSION)


def test_what_a_source_says_of_the_index_is_no_gap_of_the_markets_bars():
    answer = Answer(bars=MARKET.bars, gaps=(Gap(what="bars", reason="two are missing"),))
    ask = Ask(symbol="IWM", when=calendar.session_close(SESSION), session=SESSION)
    chain = Told(
        part="chain", ask=ask, answer=Fake("", {}).read("chain", ask, {"body.json": b"chain of IWM"})
    )
    bars = Told(part="bars", ask=ask, answer=Answer(bars=MARKET.bars))
    index = Told(part="volatility index", ask=ask, answer=answer)
    found = assembled("IWM", [chain, bars, index], ())
    assert Gap(what="volatility index", reason="two are missing") in found.gaps
    assert not [gap for gap in found.gaps if gap.what == "bars"]
