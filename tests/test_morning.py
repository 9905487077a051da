"""The morning edition: a close's quotes with the open interest counted after it."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest

from generator import analytics, archive, intake, pipeline, verification
from generator.calendar import NEW_YORK, next_session, previous_session, session_close
from generator.errors import DataError, NotThereError, UsageError
from generator.models.delivery import Request, Sourcing
from generator.providers.csv_folder import CsvFolder
from generator.providers.morning import check_known, moment_of, session_before
from tests import builders
from tests.builders import EXPIRATIONS, SESSION, SPOT, SYMBOL
from tests.test_pipeline import files_of

NEXT = next_session(SESSION)
EXPIRY = EXPIRATIONS[2]
#: strike, right -> volume of the session, open interest before and after it
TOLD = {
    (95.0, "put"): (5000.0, 423.0, 5300.0),
    (105.0, "call"): (4000.0, 4500.0, 900.0),
    (98.0, "put"): (3000.0, 1000.0, 1100.0),
}


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def told_of(chain, place):
    """*chain* with the busy series' volume, and their count before (1) or after (2) it."""
    chain = chain.copy()
    for (strike, right), values in TOLD.items():
        row = (chain["strike"] == strike) & (chain["right"] == right) & (chain["expiration"] == str(EXPIRY))
        assert row.sum() == 1
        chain.loc[row, "volume"] = values[0]
        chain.loc[row, "open_interest"] = values[place]
    return chain


def traded():
    """The close of SESSION, with volumes of its own."""
    chain = builders.make_chain(SESSION)
    drawn = np.random.default_rng(7).integers(10, 900, len(chain))
    return told_of(chain.assign(volume=drawn.astype(float)), 1)


def count_after(session=NEXT):
    """The chain of a later session: a third of the volume of SESSION joined its open interest."""
    chain = traded()
    moved = chain["open_interest"] + np.floor(chain["volume"] / 3)
    after = told_of(builders.make_chain(session, spot=SPOT).assign(open_interest=moved), 2)
    return after[after["expiration"] >= str(session)].reset_index(drop=True)


def occ_file(path, counts, symbol, label):
    """A history of open interest by label date, as the clearing house's counts are kept."""
    table = counts.pivot_table(
        index=["expiration", "strike"], columns="right", values="open_interest"
    ).reset_index()
    table = table.assign(
        oi_label_date=str(label), underlying=symbol, expiration=table["expiration"].dt.strftime("%Y-%m-%d")
    )
    table[["call", "put"]] = table[["call", "put"]].fillna(0).astype(int)
    named = table.rename(columns={"call": "call_open_interest", "put": "put_open_interest"})
    named.to_csv(path, index=False)
    return f"occ:{path}"


def asked(folder, source, when=NEXT, **changes):
    return Request(
        symbol=changes.pop("symbol", SYMBOL),
        source=source,
        when=when,
        formats=("html", "md"),
        out=changes.pop("out", folder / "output"),
        state=folder / "state",
        edition=changes.pop("edition", "morning"),
        **changes,
    )


@pytest.fixture
def data(tmp_path):
    """A folder with four sessions, of which NEXT has the count after SESSION; SESSION's close is on file."""
    folder = builders.write_csv_folder(tmp_path / "data")
    builders.write_chain(folder, traded(), SESSION, captured=session_close(SESSION))
    pipeline.build(asked(tmp_path, f"csv:{folder}", SESSION, edition="close"))
    builders.write_chain(folder, count_after(), NEXT, captured=session_close(NEXT))
    return folder


def twin_of(built):
    return json.loads((built.folder / "brief.json").read_text("utf-8"))


def text_of(built):
    return (built.folder / "brief.md").read_text("utf-8").replace("\xa0", " ")


def sources_of(twin):
    return [item["name"] for item in twin["sources"] if item["part"] == "open interest"]


# --- what it says


def test_what_became_of_the_volume_is_told_series_by_series(data, tmp_path):
    built = pipeline.build(asked(tmp_path, f"csv:{data}"))
    rows = [line for line in text_of(built).split("\n") if line.startswith("| 20 March ")]
    assert rows[:3] == [
        "| 20 March 95 put | 5,000 | 423 | 5,300 | +4,877 | +98% | opened |",
        "| 20 March 105 call | 4,000 | 4,500 | 900 | −3,600 | −90% | closed |",
        "| 20 March 98 put | 3,000 | 1,000 | 1,100 | +100 | +3% | mostly traded in and out |",
    ]
    assert "## What became of Wednesday’s volume" in text_of(built)
    assert "none of it says who bought" in text_of(built)
    twin = twin_of(built)
    assert twin["angle"]["chosen"] == "aftermath"
    said = {claim["id"] for claim in twin["claims"]}
    assert said >= {"aftermath.1.opened", "aftermath.2.closed", "aftermath.3.mixed"}


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (0.0, "Wednesday’s trading took 4,900 puts off the $95 strike for 20 March"),
        (5000.0, "little of Wednesday’s trading in the 20 March 95 put stayed open"),
    ],
)
def test_the_headline_says_what_the_count_says(tmp_path, monkeypatch, after, words):
    built = told_with(tmp_path, monkeypatch, {(95.0, "put"): (5000.0, 4900.0, after)})
    assert words in twin_of(built)["headline"].replace("\xa0", " ")


def told_with(folder, monkeypatch, told):
    """The morning after a session in which those series traded."""
    monkeypatch.setattr("tests.test_morning.TOLD", told)
    data = builders.write_csv_folder(folder / "data")
    builders.write_chain(data, traded(), SESSION, captured=session_close(SESSION))
    pipeline.build(asked(folder, f"csv:{data}", SESSION, edition="close"))
    builders.write_chain(data, count_after(), NEXT, captured=session_close(NEXT))
    return pipeline.build(asked(folder, f"csv:{data}"))


def test_the_headline_is_the_largest_change_and_not_the_busiest_series(tmp_path, monkeypatch):
    told = {(95.0, "put"): (5000.0, 423.0, 2950.0), (105.0, "call"): (4000.0, 500.0, 4400.0)}
    built = told_with(tmp_path, monkeypatch, told)
    assert "3,900 new calls stay open at $105 for 20 March" in twin_of(built)["headline"].replace("\xa0", " ")


def test_after_the_busiest_come_the_series_that_were_opened_or_closed_most(tmp_path, monkeypatch):
    told = {
        (101.0, "put"): (400.0, 50.0, 450.0),
        (102.0, "put"): (600.0, 900.0, 350.0),
        (103.0, "put"): (500.0, 50.0, 240.0),  # two fifths of its volume
        (104.0, "put"): (300.0, 50.0, 350.0),
        (106.0, "put"): (200.0, 50.0, 250.0),
    }
    lines = text_of(told_with(tmp_path, monkeypatch, told)).split("\n")
    rows = [
        line for line in lines if line.endswith((" mostly traded in and out |", " opened |", " closed |"))
    ]
    assert [row.endswith(" mostly traded in and out |") for row in rows] == [True] * 5 + [False] * 3
    assert rows[5:] == [
        "| 20 March 102 put | 600 | 900 | 350 | −550 | −92% | closed |",
        "| 20 March 101 put | 400 | 50 | 450 | +400 | +100% | opened |",
        "| 20 March 104 put | 300 | 50 | 350 | +300 | +100% | opened |",
    ]


def test_every_change_is_between_two_counts_of_the_same_session(data, tmp_path):
    twin = twin_of(pipeline.build(asked(tmp_path, f"csv:{data}")))
    facts = {fact["id"]: fact for fact in twin["facts"]}
    now, before = (facts[f"{name}.put.{EXPIRY}.95"] for name in ("open_interest", "previous_open_interest"))
    assert (now["value"], now["date"]) == (5300, str(SESSION))
    assert (before["value"], before["date"]) == (423, str(previous_session(SESSION)))
    assert before["inputs"]["selector"].startswith(f"chain@{SESSION}[")
    volume = facts[f"previous_volume.put.{EXPIRY}.95"]
    assert (volume["value"], volume["date"]) == (5000, str(SESSION))
    then, now = (facts[f"put_call.like_for_like.{name}"] for name in ("then", "now"))
    assert (then["date"], now["date"]) == (str(previous_session(SESSION)), str(SESSION))


def test_both_dates_stand_in_the_head_and_the_folder_is_the_mornings(data, tmp_path):
    built = pipeline.build(asked(tmp_path, f"csv:{data}"))
    twin = twin_of(built)
    assert twin["id"] == f"{NEXT}T1600/{SYMBOL}"
    assert built.folder == tmp_path / "output" / f"{NEXT}T1600" / SYMBOL
    assert twin["edition"] == "morning"
    assert twin["session"] == twin["open_interest_date"] == str(SESSION)
    assert twin["as_of"].startswith("2026-03-11T16:00")
    head = text_of(built)
    assert "morning edition of Thursday 12 March 2026 · quotes of the close of Wednesday 11 March" in head
    assert "open interest counted after that close · option quotes" in head  # nobody says when it was read
    assert f"date: {NEXT}T16:00:00-04:00\n" in head
    assert f"session: {SESSION}\n" in head
    assert "in the count a session earlier" in head


def test_series_that_expired_with_the_session_are_gone(data, tmp_path):
    twin = twin_of(pipeline.build(asked(tmp_path, f"csv:{data}")))
    text = json.dumps(twin["facts"])
    assert f"open_interest.put.{EXPIRY}" in text
    assert f"open_interest.put.{SESSION}" not in text
    values = {fact["id"]: fact["value"] for fact in twin["facts"]}
    assert values["put_call.open_interest.all"] == values["put_call.open_interest.live"]


def test_a_series_counted_and_not_quoted_is_a_gap_and_one_not_counted_has_no_count(data, tmp_path):
    after = count_after()
    extra = builders.chain_row(150.0, "call", EXPIRY, open_interest=77.0)
    absent = (after["strike"] == 98.0) & (after["right"] == "put") & (after["expiration"] == str(EXPIRY))
    chain = builders.chain_of(*after[~absent].to_dict("records"), extra)
    builders.write_chain(data, chain, NEXT, captured=session_close(NEXT))
    built = pipeline.build(asked(tmp_path, f"csv:{data}"))
    (gap,) = [gap for gap in twin_of(built)["gaps"] if gap["what"] == "series not quoted at the close"]
    assert gap["reason"].startswith("1 counted after the close, holding 77, had no quotes")
    assert "| 20 March 98 put | 3,000 | 1,000 | – | – | – | no count |" in text_of(built)


def test_prices_are_compared_with_the_session_before_and_counts_with_the_count_before(data, tmp_path):
    taken, analysis = intake.judged(asked(tmp_path, f"csv:{data}"), analytics.analyse)
    assert [past.session for past in taken.history.chains[:2]] == [SESSION, previous_session(SESSION)]
    assert analysis.volatility.previous_constant_30.date == previous_session(SESSION)
    dates = {item.kind: item.date.value for item in analysis.dates}
    assert dates["open interest"] == next_session(NEXT)


# --- where the count comes from


def test_the_clearing_house_is_asked_before_the_counts_beside_quotes(data, tmp_path):
    spec = occ_file(tmp_path / "counts.csv", count_after(), SYMBOL, NEXT)
    sourcing = Sourcing(parts={"open interest": (spec,), "chain": (f"csv:{data}",)})
    twin = twin_of(pipeline.build(asked(tmp_path, None, at(f"{NEXT}T08:30"), sourcing=sourcing)))
    assert sources_of(twin) == ["OCC open interest"]
    assert twin["id"] == f"{NEXT}T0600/{SYMBOL}"


def test_a_source_without_the_count_gives_way_to_the_next_and_is_told(data, tmp_path):
    spec = occ_file(tmp_path / "counts.csv", count_after(), SYMBOL, SESSION)
    sourcing = Sourcing(parts={"open interest": (spec,), "chain": (f"csv:{data}",)})
    twin = twin_of(pipeline.build(asked(tmp_path, None, sourcing=sourcing)))
    assert any(gap["what"] == "open interest from occ" for gap in twin["gaps"])
    assert sources_of(twin) == ["csv folder"]


def test_nothing_captured_after_the_instant_is_used(data, tmp_path):
    with pytest.raises(NotThereError, match=f"counted after {SESSION}, found that after"):
        pipeline.build(asked(tmp_path, f"csv:{data}", at(f"{NEXT}T08:30")))
    early = builders.premarket(count_after())
    builders.write_chain(data, early, NEXT, tag="0815ET", kind="premarket", captured=at(f"{NEXT}T08:15"))
    built = pipeline.build(asked(tmp_path, f"csv:{data}", at(f"{NEXT}T08:30")))
    assert built.folder.parent.name == f"{NEXT}T0815"


def test_the_archives_own_next_capture_gives_the_count(data, tmp_path):
    pipeline.build(asked(tmp_path, f"csv:{data}", NEXT, edition="close"))
    with pytest.raises(NotThereError, match="no capture on file with it"):
        pipeline.build(asked(tmp_path, "archive", at(f"{NEXT}T08:30")))
    built = pipeline.build(asked(tmp_path, "archive"))
    assert "+4,877 | +98% | opened" in text_of(built)
    assert verification.verify(built.folder, tmp_path / "state")


def test_the_archives_count_is_timed_by_its_capture_and_not_by_the_close(data, tmp_path):
    after = count_after().assign(last=3.0)
    builders.write_chain(data, after, NEXT, captured=at(f"{NEXT}T19:53"))
    pipeline.build(asked(tmp_path, f"csv:{data}", NEXT, edition="close"))
    built = pipeline.build(asked(tmp_path, "archive"))
    assert built.folder.parent.name == f"{NEXT}T1953"
    assert "counted after that close, read at 19:53 New York" in text_of(built)
    assert verification.verify(built.folder, tmp_path / "state")


# --- what is refused


def test_the_count_before_once_more_is_refused(data, tmp_path):
    builders.write_chain(data, traded(), NEXT, captured=session_close(NEXT))
    with pytest.raises(NotThereError, match="new count is not out yet"):
        pipeline.build(asked(tmp_path, f"csv:{data}"))


def test_a_count_with_holes_is_refused(data, tmp_path):
    after = count_after()
    held = after["open_interest"].where(np.arange(len(after)) % 2 > 0, 0.0)
    builders.write_chain(data, after.assign(open_interest=held), NEXT, captured=session_close(NEXT))
    with pytest.raises(NotThereError, match="the count is not whole yet"):
        pipeline.build(asked(tmp_path, f"csv:{data}"))


def test_a_count_taken_while_it_changes_is_refused(data, tmp_path):
    night = at(f"{NEXT}T04:30")
    builders.write_chain(data, count_after(), NEXT, tag="0430ET", kind="premarket", captured=night)
    with pytest.raises(NotThereError, match="when the count changes"):
        pipeline.build(asked(tmp_path, f"csv:{data}", at(f"{NEXT}T08:30")))


def test_without_the_close_on_file_it_says_what_to_do(tmp_path):
    folder = builders.write_csv_folder(tmp_path / "data", NEXT)
    with pytest.raises(DataError, match="build the close edition of 2026-03-11 first"):
        pipeline.build(asked(tmp_path, f"csv:{folder}"))


def test_a_capture_during_the_session_is_no_close(tmp_path):
    folder = builders.write_csv_folder(tmp_path / "data", previous_session(SESSION))
    noon = at(f"{SESSION}T11:00")
    builders.write_chain(folder, builders.make_chain(), SESSION, tag="1100ET", kind="intraday", captured=noon)
    pipeline.build(asked(tmp_path, f"csv:{folder}", noon, edition="close"))
    with pytest.raises(DataError, match="found a capture of 11:00: build the close"):
        pipeline.build(asked(tmp_path, f"csv:{folder}"))


# --- replay


def test_it_is_verified_and_comes_out_of_the_archive_byte_for_byte(data, tmp_path):
    built = pipeline.build(asked(tmp_path, f"csv:{data}"))
    first = files_of(built.folder)
    assert verification.verify(built.folder, tmp_path / "state")
    pipeline.build(asked(tmp_path, f"csv:{data}", NEXT, edition="close"))  # learnt later: changes nothing
    again = pipeline.build(asked(tmp_path, "archive", out=tmp_path / "again"))
    assert files_of(again.folder) == first


def test_the_close_edition_never_takes_a_mornings_count(data, tmp_path):
    pipeline.build(asked(tmp_path, f"csv:{data}"))
    state = tmp_path / "state"
    for when in (SESSION, at(f"{NEXT}T17:00")):
        snapshot, _ = archive.snapshot_at(state, SYMBOL, when)
        assert (snapshot.edition, snapshot.open_interest_date) == ("close", previous_session(SESSION))
    past = archive.history(state, builders.make_snapshot(NEXT)).chains
    assert [item.session for item in past] == [SESSION]
    assert set(past[0].chain["open_interest"]) == set(traded()["open_interest"])


# --- days


@pytest.mark.parametrize(
    ("when", "session"),
    [
        (dt.date(2026, 5, 22), dt.date(2026, 5, 21)),
        (dt.date(2026, 5, 26), dt.date(2026, 5, 22)),  # after Memorial Day
        (at("2026-05-23T10:00"), dt.date(2026, 5, 22)),  # a Saturday
        (at("2026-05-26T08:30"), dt.date(2026, 5, 22)),
        (at("2026-05-26T11:00"), dt.date(2026, 5, 22)),  # while the session runs
        (at("2026-05-26T17:00"), dt.date(2026, 5, 26)),  # after its close
        (at("2026-11-27T14:00"), dt.date(2026, 11, 27)),  # after a half day
    ],
)
def test_a_morning_follows_the_last_session_that_ended(when, session):
    assert session_before(when) == session


def test_an_evening_has_no_count_yet():
    with pytest.raises(NotThereError, match="ask from 2026-05-27 06:00 on"):
        check_known(dt.date(2026, 5, 26), moment_of(at("2026-05-26T17:00")))
    assert check_known(dt.date(2026, 5, 22), moment_of(at("2026-05-23T06:00"))) is None


@pytest.mark.parametrize(
    "session", [dt.date(2026, 3, 11), dt.date(2026, 3, 20), dt.date(2026, 5, 22), dt.date(2025, 11, 28)]
)
def test_an_invented_market_has_mornings_too(tmp_path, session):
    """A plain day, a monthly expiration, a long weekend, a half day."""
    morning = next_session(session)
    pipeline.build(asked(tmp_path, "synthetic:28", session, edition="close", symbol="DEMO"))
    built = pipeline.build(asked(tmp_path, "synthetic:28", morning, symbol="DEMO"))
    assert built.folder.parent.name == f"{morning}T0600"
    assert verification.verify(built.folder, tmp_path / "state")
    assert "Synthetic market" in text_of(built)
    again = pipeline.build(asked(tmp_path, "archive", morning, symbol="DEMO", out=tmp_path / "again"))
    assert files_of(again.folder) == files_of(built.folder)


def test_another_seeds_close_is_no_close(tmp_path):
    pipeline.build(asked(tmp_path, "synthetic:28", SESSION, edition="close", symbol="DEMO"))
    with pytest.raises(DataError, match="found another market's"):
        pipeline.build(asked(tmp_path, "synthetic:29", symbol="DEMO"))


@pytest.mark.usefixtures("data")
def test_a_source_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(UsageError, match="'nothing'"):
        pipeline.build(asked(tmp_path, "nothing"))


# --- recorded


@pytest.mark.recorded
def test_the_morning_of_22_may_tells_what_became_of_the_272_and_262_puts(shared, tmp_path):
    folder, friday = shared / "data", dt.date(2026, 5, 22)
    pipeline.build(asked(tmp_path, f"csv:{folder}", dt.date(2026, 5, 21), edition="close", symbol="IWM"))
    counts = CsvFolder(folder).snapshot("IWM", friday).chain
    spec = occ_file(tmp_path / "counts.csv", counts, "IWM", friday)
    built = pipeline.build(asked(tmp_path, spec, at("2026-05-22T08:30"), symbol="IWM"))
    text = text_of(built)
    assert built.folder.parent.name == "2026-05-22T0600"
    for row in (
        "| 5 June 272 put | 121,191 | 10,553 | 111,927 | +101,374 | +84% | opened, looks like moved |",
        "| 27 May 270 put | 115,548 | 110,387 | 32,215 | −78,172 | −68% | closed, looks like moved |",
        "| 5 June 262 put | 111,430 | 423 | 111,609 | +111,186 | +100% | opened, looks like moved |",
        "| 27 May 260 put | 110,094 | 115,614 | 27,577 | −88,037 | −80% | closed, looks like moved |",
    ):
        assert row in text
    assert "is 2.74, after 2.80 in the count a session earlier" in text
    assert verification.verify(built.folder, tmp_path / "state")


@pytest.mark.recorded
def test_a_recorded_capture_before_the_open_whose_count_has_holes_is_refused(shared, tmp_path):
    source = f"csv:{shared / 'data'}"
    pipeline.build(asked(tmp_path, source, dt.date(2026, 5, 19), edition="close", symbol="IWM"))
    with pytest.raises(NotThereError, match="31% of the open interest before is on series without a count"):
        pipeline.build(asked(tmp_path, source, at("2026-05-20T09:20"), symbol="IWM"))


@pytest.mark.recorded
def test_the_recorded_count_of_the_clearing_house_makes_a_monday_morning(shared, tmp_path):
    """Quotes of one vendor, the count of another: 97 to 99 % of the series have the same count there."""
    pipeline.build(
        asked(tmp_path, f"csv:{shared / 'data'}", dt.date(2026, 8, 21), edition="close", symbol="AAPL")
    )
    spec = f"occ:{shared / 'data' / 'oi_history' / 'AAPL_occ_oi_2026-08-10_2026-08-24.csv.gz'}"
    built = pipeline.build(asked(tmp_path, spec, at("2026-08-24T08:30"), symbol="AAPL"))
    text, twin = text_of(built), twin_of(built)
    assert "morning edition of Monday 24 August 2026 · quotes of the close of Friday 21 August" in text
    assert "| 28 August 310 call | 19,278 | 5,084 | 14,953 | +9,869 | +51% | opened |" in text
    assert (
        "| 24 August 310 call | 27,823 | 1,743 | 5,655 | +3,912 | +14% | mostly traded in and out |" in text
    )
    assert twin["headline"].startswith("AAPL: 9,870 new calls stay open")
    assert sources_of(twin) == ["OCC open interest"]
    assert verification.verify(built.folder, tmp_path / "state")
    again = asked(tmp_path, "archive", at("2026-08-24T08:30"), symbol="AAPL", out=tmp_path / "again")
    assert files_of(pipeline.build(again).folder) == files_of(built.folder)
