from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil

import pytest

from generator import assets, batch, pipeline, verification
from generator.calendar import NEW_YORK
from generator.errors import AuditError, BriefError, DataError, OutputError
from generator.renderers.pdf import PdfUnavailableError
from tests import builders
from tests.finished import request


def findings(brief, home):
    with pytest.raises(AuditError) as caught:
        verification.verify(brief, home / "state")
    assert caught.value.exit_code == 1
    return caught.value.findings


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def twin_of(brief):
    return json.loads((brief / "brief.json").read_text("utf-8"))


# --- build


def test_a_build_leaves_a_folder_of_files_and_names_them(tmp_path):
    built = pipeline.build(request(tmp_path))
    assert built.folder == tmp_path / "output" / "2026-05-22" / "DEMO"
    assert built.files[:2] == (built.folder / "brief.html", built.folder / "brief.md")
    assert {path.name for path in built.files} >= {"brief.json", "manifest.json", "price.png"}
    assert all(path.is_file() for path in built.files)
    assert built.notes == ()


def test_the_same_inputs_give_the_same_bytes(home, tmp_path):
    built = pipeline.build(request(tmp_path))
    assert files_of(built.folder) == files_of(home / "output" / "2026-05-22" / "DEMO")


def test_every_stage_is_reported(tmp_path):
    lines = []
    pipeline.build(request(tmp_path, formats=("md",)), report=lines.append)
    assert lines == [f"DEMO: {stage}" for stage in ("gathering", "analysing", "rendering", "auditing")]


def test_only_the_formats_asked_for_are_written_with_the_twin_and_the_manifest(tmp_path):
    built = pipeline.build(request(tmp_path, formats=("html",)))
    assert sorted(path.name for path in built.files) == ["brief.html", "brief.json", "manifest.json"]


def test_the_pdf_is_written_by_a_process_of_its_own(tmp_path):
    built = pipeline.build(request(tmp_path, formats=("pdf",)))
    assert (built.folder / "brief.pdf").read_bytes().startswith(b"%PDF-")
    assert verification.verify(built.folder, tmp_path / "state").documents == ("brief.pdf", "brief.json")


def test_an_instant_during_the_session_has_its_time_in_the_folder(tmp_path):
    folder, day = builders.write_csv_folder(tmp_path / "market", symbol="AAA"), builders.SESSION
    when = dt.datetime.combine(day, dt.time(11, 30), NEW_YORK)
    chain = builders.make_chain(day, root="AAA")
    builders.write_chain(folder, chain, day, tag="1130", symbol="AAA", kind="intraday", captured=when)
    wanted = request(tmp_path, symbol="AAA", source=f"csv:{folder}", when=when, formats=("md",))
    built = pipeline.build(wanted)
    assert built.folder == tmp_path / "output" / "2026-03-11T1130" / "AAA"
    assert verification.verify(built.folder, tmp_path / "state").id == "2026-03-11T1130/AAA"


def test_a_name_of_the_settings_is_printed_and_archived(tmp_path):
    built = pipeline.build(request(tmp_path, formats=("md",), name="My Own Name"))
    assert "My Own Name" in (built.folder / "brief.md").read_text("utf-8")
    assert verification.verify(built.folder, tmp_path / "state").facts > 0


def test_definitions_that_were_chosen_are_used_again_by_verify(tmp_path):
    choices = dataclasses.replace(request(tmp_path).choices, rsi="cutler", bollinger="sample", rate=0.03)
    built = pipeline.build(request(tmp_path, formats=("md",), choices=choices))
    assert verification.verify(built.folder, tmp_path / "state").facts > 0


def themed(folder, template, addition):
    theme = folder / "theme"
    shutil.copytree(assets.templates(), theme / "templates")
    path = next((theme / "templates").rglob(template))
    path.write_text(path.read_text("utf-8") + addition, "utf-8")
    return theme


def test_a_theme_s_words_are_printed_and_its_brief_verified_with_it(tmp_path):
    theme = themed(tmp_path, "method.md.j2", "\n\nMay your limits hold.\n")
    built = pipeline.build(request(tmp_path, formats=("md",), theme=theme))
    assert "May your limits hold." in (built.folder / "brief.md").read_text("utf-8")
    assert verification.verify(built.folder, tmp_path / "state", theme).facts > 0


def test_a_theme_s_page_and_style_are_used(tmp_path):
    theme = themed(tmp_path, "brief.html.j2", "")
    change(theme / "templates" / "brief.html.j2", "<body", '<body class="mine"')
    (theme / "static").mkdir()
    (theme / "static" / "brief.css").write_text("body { color: rebeccapurple }")
    built = pipeline.build(request(tmp_path, formats=("html",), theme=theme))
    page = (built.folder / "brief.html").read_text("utf-8")
    assert '<body class="mine"' in page
    assert "rebeccapurple" in page


def test_a_number_of_a_theme_that_is_no_fact_writes_nothing(tmp_path):
    theme = themed(tmp_path, "method.md.j2", "\n\nUp 7.31 per cent.\n")
    with pytest.raises(BriefError) as caught:
        pipeline.build(request(tmp_path, formats=("md",), theme=theme))
    assert caught.value.exit_code == 1
    assert not (tmp_path / "output").exists()


def test_a_phrase_the_data_cannot_carry_fails_the_audit_and_writes_nothing(tmp_path):
    theme = themed(tmp_path, "method.md.j2", "\n\nSmart money is buying calls.\n")
    with pytest.raises(AuditError) as caught:
        pipeline.build(request(tmp_path, formats=("md",), theme=theme))
    assert caught.value.exit_code == 1
    assert not (tmp_path / "output").exists()


def test_an_archived_file_that_was_altered_stops_the_build(home, tmp_path):
    shutil.copytree(home / "state", tmp_path / "state")
    for path in (tmp_path / "state").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(path.read_bytes() + b" ")
    brief = home / "output" / "2026-05-22" / "DEMO"
    with pytest.raises(DataError, match="was altered"):
        verification.verify(brief, tmp_path / "state")


def test_a_file_where_the_folder_should_be_ends_in_73(tmp_path):
    (tmp_path / "output" / "2026-05-22").mkdir(parents=True)
    (tmp_path / "output" / "2026-05-22" / "DEMO").write_text("mine")
    with pytest.raises(OutputError) as caught:
        pipeline.build(request(tmp_path, formats=("md",)))
    assert caught.value.exit_code == 73
    assert (tmp_path / "output" / "2026-05-22" / "DEMO").read_text() == "mine"


class NoPango:
    """A PDF process on a machine without Pango."""

    def start(self):
        """Start like any other."""

    def render(self, _html):
        raise PdfUnavailableError("wanted Pango, found none: install it")


def test_without_pango_the_other_forms_are_written_and_a_note_says_how_to_get_it(tmp_path):
    built = pipeline.build(request(tmp_path, formats=("html", "pdf")), NoPango())
    assert [path.name for path in built.files] == ["brief.html", "brief.json", "manifest.json"]
    assert built.notes == ("wanted Pango, found none: install it",)


def test_without_pango_a_pdf_alone_is_an_error(tmp_path):
    with pytest.raises(PdfUnavailableError):
        pipeline.build(request(tmp_path, formats=("pdf",)), NoPango())
    assert not (tmp_path / "output").exists()


# --- several


def test_several_requests_end_each_on_their_own(tmp_path):
    (tmp_path / "taken").write_text("mine")
    requests = [
        request(tmp_path, formats=("md",)),
        request(tmp_path, formats=("md",), out=tmp_path / "taken"),
    ]
    done, failed = batch.build_all(requests)
    assert done.built is not None
    assert failed.built is None
    assert failed.exit_code == 73
    assert "Traceback" in failed.trace


def test_processes_give_the_same_files_as_one_after_the_other(home, tmp_path):
    requests = [request(tmp_path / str(seed), source=f"synthetic:{seed}") for seed in (7, 1, 2)]
    outcomes = list(batch.build_all(requests, jobs=2))
    assert [outcome.error for outcome in outcomes] == [None, None, None]
    assert files_of(outcomes[0].built.folder) == files_of(home / "output" / "2026-05-22" / "DEMO")


def test_a_fault_with_one_request_is_one_line(tmp_path):
    (outcome,) = batch.build_all([request(tmp_path, choices=None)])
    assert outcome.exit_code == 1
    assert outcome.error.startswith("a fault in this program: AttributeError: ")


# --- rights


def with_option_plans(folder, **changes):
    """A synthetic day whose article has a plan in options."""
    for seed in range(40):
        asked = request(folder, source=f"synthetic:{seed}", formats=("md",), **changes)
        text = (pipeline.build(asked).folder / "brief.md").read_text("utf-8")
        if "### Up: " in text or "### Down: " in text:
            return text, twin_of(folder / "output" / "2026-05-22" / "DEMO")
    pytest.fail("no seed gives a plan in options")
    return None


def test_where_prices_may_not_be_shown_a_plan_stands_without_quotes(tmp_path):
    text, twin = with_option_plans(tmp_path, show="computed")
    assert "Option quotes are not shown" in text
    assert "at prices one could trade" not in text
    shown = {mention["fact"] for mention in twin["mentions"]}
    priced = (
        "price_now",
        "mid_now",
        "price_at_trigger",
        "limit",
        "breakeven",
        "max_loss",
        "profit_at_target",
    )
    options = [idea["id"] for idea in twin["ideas"] if idea["kind"] != "stock"]
    assert options
    assert not shown & {f"plan.{plan}.{part}" for plan in options for part in priced}
    assert verification.verify(tmp_path / "output" / "2026-05-22" / "DEMO", tmp_path / "state")


def test_where_they_may_they_stand(tmp_path):
    text, _ = with_option_plans(tmp_path)
    assert "at prices one could trade" in text
