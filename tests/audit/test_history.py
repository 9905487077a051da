"""Places among earlier sessions, from readings on file to a brief that proves out, and lies about them."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from generator import archive, pipeline, verification
from generator.calendar import previous_session
from generator.config import definitions
from generator.models.delivery import Request
from generator.models.market import History, Reading
from tests.builders import (
    EXPIRATIONS,
    SESSION,
    SYMBOL,
    make_bars,
    make_chain,
    write_bars,
    write_chain,
    write_csv_folder,
)
from tests.test_pipeline import files_of

THIRTY, SKEW = "volatility.constant_30", "volatility.skew_25"
LISTED = "chain.expirations.sixty_days"
#: beyond sixty days, so that the window is whole
FAR = SESSION + dt.timedelta(days=65)
HISTORY = "history.volatility.constant_30"


def year_of(count, **figures):
    """Readings of *count* sessions: id -> the n-th session's figure; the newest is the first."""
    days = [SESSION]
    while len(days) <= count:
        days.append(previous_session(days[-1]))
    return tuple(
        Reading(session=day, id=name.replace("__", "."), value=figure(number))
        for name, figure in figures.items()
        for number, day in enumerate(days[1:])
    )


def asked(folder, source, out="output"):
    return Request(
        symbol=SYMBOL,
        source=source,
        when=SESSION,
        formats=("html", "md"),
        out=folder / out,
        state=folder / "state",
    )


def built_with(folder, monkeypatch, readings):
    """A brief of a market whose archive holds *readings* and no chain."""
    monkeypatch.setattr(archive, "history", lambda *_args, **_more: History(readings=readings))
    data = write_csv_folder(folder / "data", sessions=1)
    write_chain(data, make_chain(width=20, expirations=(*EXPIRATIONS, FAR)), SESSION)
    return pipeline.build(asked(folder, f"csv:{data}")).folder


def text_of(built):
    return (built / "brief.md").read_text("utf-8").replace("\xa0", " ")


def twin_of(built):
    return json.loads((built / "brief.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The folder of a brief with 252 sessions on file, most lower in volatility than today's 20 %."""
    folder = tmp_path_factory.mktemp("year")
    readings = year_of(
        252,
        volatility__constant_30=lambda number: 12 + number / 32 if number < 220 else 10 + number / 20,
        volatility__skew_25=lambda number: -3 + number / 1000,
    )
    with pytest.MonkeyPatch.context() as patch:
        built_with(folder, patch, readings)
    return folder


@pytest.fixture(scope="module")
def full(home):
    """That brief."""
    return home / "output" / str(SESSION) / SYMBOL


def test_a_year_on_file_gives_place_percentile_rank_and_words(full, home):
    text, twin = text_of(full), twin_of(full)
    values = {fact["id"]: fact["value"] for fact in twin["facts"]}
    assert values[f"{HISTORY}.n"] == 253
    below = values[f"{HISTORY}.rank_from_low"] - 1
    assert values[f"{HISTORY}.percentile"] == pytest.approx(100 * below / 252)
    assert "highest of the 253 sessions on file" in text
    assert "(its percentile) and stands" in text
    assert "to their highest, 22.6% (its rank): elevated, by its own record" in text
    said = {claim["id"]: claim for claim in twin["claims"]}
    assert said["volatility.elevated"]["values"] == {"percentile": f"{HISTORY}.percentile"}
    # of a flat chain a hair from zero: dearer calls are no steep skew, however rare
    assert ("skew.steep" in said) == (values[SKEW] > 0)
    assert verification.verify(full, home / "state")


def test_it_comes_out_of_the_archive_byte_for_byte(full, home):
    again = pipeline.build(asked(home, "archive", "again"))
    assert files_of(again.folder) == files_of(full)


@pytest.mark.parametrize(
    "name", ["n", "rank", "rank_from_low", "percentile", "low", "high", "year_rank", "median", "times_median"]
)
def test_a_lie_about_a_place_is_found(full, home, name):
    twin = twin_of(full)
    fact = next(fact for fact in twin["facts"] if fact["id"] == f"{HISTORY}.{name}")
    fact["value"] += 1
    kept = {entry["name"]: entry["value"] for entry in twin["inputs"]}
    second = pipeline.second_analysis(home / "state", kept, definitions(kept["definitions"]))
    files = {path: data for path, data in files_of(full).items() if path.endswith((".html", ".md"))}
    findings = pipeline.audited(files, twin, *second)
    assert [finding for finding in findings if f"fact {HISTORY}.{name}" in finding]


@pytest.mark.parametrize(
    ("count", "words", "absent"),
    [
        (1, "no word", "percentile"),
        (5, "highest of the six sessions on file", "percentile"),
        (25, "highest of the 26 sessions on file", "percentile"),
        (130, "It was lower on 100% of the sessions before: elevated, by its own record", "its rank"),
    ],
)
def test_fewer_sessions_say_less(tmp_path, monkeypatch, count, words, absent):
    readings = year_of(count, volatility__constant_30=lambda number: 15 - number / 100)
    text = text_of(built_with(tmp_path, monkeypatch, readings))
    assert words in text
    assert absent not in text


def test_an_even_middle_of_few_sessions_is_not_told(tmp_path, monkeypatch):
    readings = year_of(9, volatility__constant_30=lambda number: 15.0 + number)
    told = text_of(built_with(tmp_path, monkeypatch, readings)).split("Thirty-day implied volatility is ")[1]
    assert "sessions on file" not in told.split("The last month")[0]


def test_sessions_that_lack_the_figure_are_told(tmp_path, monkeypatch):
    readings = (
        *year_of(9, volatility__constant_30=lambda number: 10.0 + number / 10),
        *year_of(12, spot=lambda _: 100.0),
    )
    text = text_of(built_with(tmp_path, monkeypatch, readings))
    assert "the highest of the ten sessions on file that have the figure" in text


@pytest.mark.parametrize(
    ("volumes", "ratios", "words"),
    [
        (
            30,
            30,
            "it is 1.00, the highest of the 31 sessions on file; the {} contracts that traded there are ",
        ),
        (30, 1, "In expirations up to sixty days out {} contracts traded, the "),
        (1, 30, "In expirations up to sixty days out it is 1.00, the highest of the 31 sessions on file."),
        (
            25,
            30,
            "on file. In expirations up to sixty days out {} contracts traded, the ",
        ),
    ],
)
def test_what_traded_within_sixty_days_is_told_once(tmp_path, monkeypatch, volumes, ratios, words):
    readings = (
        *year_of(volumes, volume__sixty_days=lambda number: 1000.0 + number),
        *year_of(ratios, put_call__volume__sixty_days=lambda number: 0.5 + number / 100),
        *year_of(30, chain__expirations__sixty_days=lambda _: 4.0),
    )
    folder = built_with(tmp_path, monkeypatch, readings)
    (volume,) = [fact["value"] for fact in twin_of(folder)["facts"] if fact["id"] == "volume.sixty_days"]
    assert words.format(f"{volume:,}") in text_of(folder)


def test_twice_the_usual_volume_is_heavy(tmp_path, monkeypatch):
    readings = (
        *year_of(20, volume__sixty_days=lambda _: 1000.0),
        *year_of(20, chain__expirations__sixty_days=lambda _: 4.0),
    )
    text = text_of(built_with(tmp_path, monkeypatch, readings))
    assert ": heavy trading, " in text
    assert "times the middle of the twenty sessions before" in text


# --- the index beside the market


def test_an_index_beside_the_market_carries_the_comparison_until_the_archive_does(tmp_path):
    data = write_csv_folder(tmp_path / "data", symbol="IWM", sessions=1)
    bars = make_bars(300, 5, last=21.5, volatility=0.03)
    write_bars(data, bars, "RVX")
    request = Request(
        symbol="IWM",
        source=f"csv:{data}",
        when=SESSION,
        formats=("html", "md"),
        out=tmp_path / "output",
        state=tmp_path / "state",
    )
    built = pipeline.build(request).folder
    lead, _, rest = text_of(built).partition("## What the chain shows")
    assert "The RVX closed at 21.50, " in lead
    assert "The RVX, Cboe’s volatility index of Russell 2000 options, closed at 21.50, " in rest
    assert "volatility index from csv folder" in rest
    lower = int((bars["close"][-253:-1] < 21.5).sum())
    said = f"higher than on {lower}" if lower >= 126 else f"lower than on {252 - lower}"
    assert said in lead
    assert verification.verify(built, tmp_path / "state")
