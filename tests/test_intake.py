from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest

from generator import analytics, archive, intake, pipeline, verification
from generator.errors import DataError, ProviderError, RefusedSnapshotError
from generator.models.analysis import Choices
from generator.models.delivery import Request, Sourcing
from tests.builders import SESSION, SYMBOL, make_chain, overnight_reset, write_chain, write_csv_folder
from tests.fakes import spec
from tests.test_pipeline import files_of


def asked(folder, source, **changes):
    wanted = Request(
        symbol=SYMBOL,
        source=source,
        when=SESSION,
        formats=("html", "md"),
        out=folder / "output",
        state=folder / "state",
    )
    return dataclasses.replace(wanted, **changes)


def from_parts(folder, *chain, **changes):
    parts = {"chain": chain or (spec(),), "bars": (spec(),), "rates": (), "events": ()}
    return asked(folder, None, sourcing=Sourcing(parts=parts), **changes)


# --- the gate and the order of sources


def test_a_chain_the_gate_refuses_gives_way_to_the_next_source_and_the_brief_says_so(tmp_path):
    built = pipeline.build(from_parts(tmp_path, spec("dead"), spec("good")))
    twin = json.loads((built.folder / "brief.json").read_text("utf-8"))
    assert [source["item"] for source in twin["sources"] if source["part"] == "chain"] == ["good"]
    (gap,) = [gap for gap in twin["gaps"] if gap["what"] == "chain from Fake feed"]
    assert "refused: only 0% of the series" in gap["reason"]
    assert verification.verify(built.folder, tmp_path / "state")


def test_what_was_refused_is_on_file_with_its_verdict(tmp_path):
    pipeline.build(from_parts(tmp_path, spec("dead"), spec("good")))
    assert len(archive.captures(tmp_path / "state", SYMBOL)) == 2


def test_the_last_source_refused_is_the_end(tmp_path):
    with pytest.raises(RefusedSnapshotError) as caught:
        pipeline.build(from_parts(tmp_path, spec("dead")))
    assert caught.value.exit_code == 65
    assert not (tmp_path / "output").exists()


def test_a_source_that_is_down_leaves_nothing_behind(tmp_path):
    with pytest.raises(ProviderError):
        pipeline.build(from_parts(tmp_path, spec("down")))
    assert not (tmp_path / "output").exists()


# --- the archive as a source


def test_a_brief_comes_out_of_the_archive_byte_for_byte(tmp_path):
    folder = write_csv_folder(tmp_path / "data")
    built = pipeline.build(asked(tmp_path, f"csv:{folder}", name="Abacus Inc."))
    first = files_of(built.folder)
    again = pipeline.build(asked(tmp_path, "archive", out=tmp_path / "again"))
    assert files_of(again.folder) == first


def test_a_gathered_brief_comes_out_of_the_archive_byte_for_byte(tmp_path):
    first = files_of(pipeline.build(from_parts(tmp_path, spec("down"), spec("third"))).folder)
    again = pipeline.build(asked(tmp_path, "archive", out=tmp_path / "again"))
    assert files_of(again.folder) == first


def test_settings_of_today_do_not_change_what_was_printed_then(tmp_path):
    folder = write_csv_folder(tmp_path / "data")
    then = asked(tmp_path, f"csv:{folder}", choices=Choices(rsi="cutler"), show="computed")
    first = files_of(pipeline.build(then).folder)
    again = pipeline.build(asked(tmp_path, "archive", out=tmp_path / "again"))
    assert files_of(again.folder) == first


def test_an_instant_gives_back_the_brief_of_that_instant(tmp_path):
    made = from_parts(tmp_path, spec("noon"), when=dt.datetime.fromisoformat("2026-03-11T12:30-04:00"))
    first = pipeline.build(made)
    assert first.folder.parent.name == "2026-03-11T1200"
    moment = dt.datetime.fromisoformat("2026-03-11T12:10-04:00")
    again = pipeline.build(asked(tmp_path, "archive", out=tmp_path / "again", when=moment))
    assert files_of(again.folder) == files_of(first.folder)


def test_a_session_the_archive_does_not_hold_is_told_with_those_it_holds(tmp_path):
    pipeline.build(from_parts(tmp_path))
    with pytest.raises(DataError, match=r"2026-03-10 in the archive, found those of 2026-03-11"):
        pipeline.build(asked(tmp_path, "archive", when=dt.date(2026, 3, 10)))
    with pytest.raises(DataError, match="wanted captures of IWM in the archive"):
        pipeline.build(asked(tmp_path, "archive", symbol="IWM"))


def test_a_provider_without_a_memory_is_given_the_archives(tmp_path):
    folder = write_csv_folder(tmp_path / "data")
    taken, _ = intake.judged(from_parts(tmp_path), analytics.analyse)
    assert taken.history.chains == ()
    for past in sorted((folder / "chains").iterdir()):
        day = dt.date.fromisoformat(past.name.split("_")[1][:10])
        if day < SESSION:
            pipeline.build(asked(tmp_path, f"csv:{folder}", when=day, formats=("md",)))
    taken, _ = intake.judged(from_parts(tmp_path), analytics.analyse)
    assert taken.history.chains
    assert taken.history.readings
    assert all(item.session < SESSION for item in (*taken.history.chains, *taken.history.readings))


def test_what_is_kept_later_changes_nothing_already_printed(tmp_path):
    folder = write_csv_folder(tmp_path / "data")
    chains = sorted((folder / "chains").iterdir())
    hidden = [chain.rename(tmp_path / chain.name) for chain in chains if str(SESSION) not in chain.name]
    assert hidden
    first = files_of(pipeline.build(asked(tmp_path, f"csv:{folder}")).folder)
    for chain in hidden:
        back = chain.rename(folder / "chains" / chain.name)
        day = dt.date.fromisoformat(back.name.split("_")[1][:10])
        pipeline.build(asked(tmp_path, f"csv:{folder}", when=day, formats=("md",)))
    again = pipeline.build(asked(tmp_path, "archive", out=tmp_path / "again"))
    assert files_of(again.folder) == first
    assert verification.verify(again.folder, tmp_path / "state")


def test_dead_quotes_in_a_folder_are_refused_and_no_brief_is_printed(tmp_path):
    folder = write_csv_folder(tmp_path / "data")
    write_chain(folder, overnight_reset(make_chain()), session=SESSION)
    with pytest.raises(RefusedSnapshotError):
        pipeline.build(asked(tmp_path, f"csv:{folder}"))
    assert archive.printed_inputs(tmp_path / "state", SYMBOL, SESSION) is None


def test_the_archive_may_lie_at_any_address(tmp_path):
    folder = write_csv_folder(tmp_path / "data")
    address = (tmp_path / "far" / "archive").as_uri()
    first = files_of(pipeline.build(asked(tmp_path, f"csv:{folder}", state=address)).folder)
    again = pipeline.build(asked(tmp_path, "archive", state=address, out=tmp_path / "again"))
    assert files_of(again.folder) == first
    assert verification.verify(again.folder, address)
    assert not (tmp_path / "state").exists()


def test_every_source_that_failed_is_told_also_when_a_later_one_was_refused(tmp_path):
    built = pipeline.build(from_parts(tmp_path, spec("down"), spec("dead"), spec("good")))
    twin = json.loads((built.folder / "brief.json").read_text("utf-8"))
    reasons = [gap["reason"] for gap in twin["gaps"] if gap["what"] == "chain from Fake feed"]
    assert len(reasons) == 2
    assert reasons[0].startswith("wanted an answer, found none")
    assert "refused: " in reasons[1]
    assert reasons[0].count("taken from") == 1
