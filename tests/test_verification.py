from __future__ import annotations

import json

import pytest

from generator import verification
from generator.errors import AuditError, DataError


def findings(brief, home):
    with pytest.raises(AuditError) as caught:
        verification.verify(brief, home / "state")
    assert caught.value.exit_code == 1
    return caught.value.findings


def twin_of(brief):
    return json.loads((brief / "brief.json").read_text("utf-8"))


def test_a_finished_brief_proves_out(home, brief):
    verified = verification.verify(brief, home / "state")
    assert verified.id == "2026-05-22/DEMO"
    assert verified.documents == ("brief.html", "brief.md", "brief.json")
    assert verified.facts > 100
    assert verified.mentions > 100


def test_brief_json_may_be_named_and_the_manifest_missing(home, brief):
    (brief / "manifest.json").unlink()
    assert verification.verify(brief / "brief.json", home / "state").id == "2026-05-22/DEMO"


@pytest.mark.parametrize("name", ["brief.html", "brief.md"])
def test_a_changed_number_is_found_with_its_file(home, brief, name):
    spot = next(mention for mention in twin_of(brief)["mentions"] if mention["fact"] == "spot")
    text = (brief / name).read_text("utf-8")
    (brief / name).write_text(text.replace(spot["text"], "999.99"), "utf-8")
    found = findings(brief, home)
    assert any(finding.startswith(name) and "999.99" in finding for finding in found)


def test_a_fact_that_was_changed_with_all_its_mentions_is_found(home, brief):
    twin = twin_of(brief)
    spot = next(fact for fact in twin["facts"] if fact["id"] == "spot")
    spot["value"] += 1
    (brief / "brief.json").write_text(json.dumps(twin), "utf-8")
    assert any("spot" in finding for finding in findings(brief, home))


def test_words_that_the_templates_do_not_give_are_found(home, brief):
    twin = twin_of(brief)
    twin["standfirst"] += " It is certain."
    (brief / "brief.json").write_text(json.dumps(twin), "utf-8")
    assert any("standfirst" in finding for finding in findings(brief, home))


def test_a_twin_that_breaks_its_schema_is_found_with_the_place(home, brief):
    twin = twin_of(brief)
    twin["session"] = "yesterday"
    del twin["facts"]
    (brief / "brief.json").write_text(json.dumps(twin), "utf-8")
    found = findings(brief, home)
    assert any(finding.startswith("brief.json, $.session: ") for finding in found)
    assert any("'facts' is a required property" in finding for finding in found)


@pytest.mark.parametrize("text", ["", "{", "[]", "[[]]", "3", "\x00", "[" * 100_000])
def test_a_twin_that_is_no_object_is_a_finding(home, brief, text):
    (brief / "brief.json").write_text(text, "utf-8")
    assert findings(brief, home)


@pytest.mark.parametrize("value", ["../../etc/passwd", "", None, 3, ["x"], "0" * 64])
def test_a_hash_that_names_no_snapshot_is_bad_data(home, brief, value):
    twin = twin_of(brief)
    next(entry for entry in twin["inputs"] if entry["name"] == "snapshot")["value"] = value
    (brief / "brief.json").write_text(json.dumps(twin), "utf-8")
    with pytest.raises(DataError):
        verification.verify(brief, home / "state")


@pytest.mark.parametrize("value", [None, {"rsi": "wilder", "colour": "red"}, {"rate": "high"}, {"rsi": 3}])
def test_definitions_that_do_not_exist_are_a_finding(home, brief, value):
    twin = twin_of(brief)
    next(entry for entry in twin["inputs"] if entry["name"] == "definitions")["value"] = value
    (brief / "brief.json").write_text(json.dumps(twin), "utf-8")
    assert any("definitions" in finding for finding in findings(brief, home))


def test_another_archive_does_not_hold_the_snapshot(brief, tmp_path):
    with pytest.raises(DataError, match="--state"):
        verification.verify(brief, tmp_path / "empty")


def test_a_folder_without_a_brief_is_bad_data(tmp_path):
    with pytest.raises(DataError, match=r"found no brief\.json") as caught:
        verification.verify(tmp_path, tmp_path)
    assert caught.value.exit_code == 65


def rewrite(brief, change):
    """Apply *change* to the twin and write it back."""
    twin = twin_of(brief)
    change(twin)
    (brief / "brief.json").write_text(json.dumps(twin), "utf-8")


def test_what_no_reader_sees_is_compared_whole(home, brief):
    page = brief / "brief.html"
    page.write_text(page.read_text("utf-8").replace("<head>", "<head><!-- -->"), "utf-8")
    assert any(finding.startswith("brief.html, line ") for finding in findings(brief, home))


def test_a_changed_picture_is_found(home, brief):
    (brief / "charts" / "price.png").write_bytes(b"no picture")
    found = findings(brief, home)
    assert found == ("charts/price.png: another picture than the archived data give",)


@pytest.mark.parametrize("name", ["brief.html", "charts/price.png"])
def test_a_file_that_the_manifest_names_must_be_there(home, brief, name):
    (brief / name).unlink()
    assert f"{name}: missing, the manifest names it" in findings(brief, home)


def test_a_manifest_that_lists_nothing_readable_is_a_finding(home, brief):
    (brief / "manifest.json").write_text("[]")
    assert any(finding.startswith("manifest.json: ") for finding in findings(brief, home))


@pytest.mark.parametrize("name", ["templates", "libraries"])
def test_a_brief_of_other_makers_says_what_was_not_compared(home, brief, name):
    def change(twin):
        next(entry for entry in twin["inputs"] if entry["name"] == name)["value"] = "others"

    rewrite(brief, change)
    assert verification.verify(brief, home / "state").notes == (
        f"the words were not made anew and compared: other {name} made them",
    )


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda twin: twin["levels"].pop(), "levels"),
        (lambda twin: twin["quality"].update(verdict="usable"), "quality"),
        (lambda twin: twin["facts"][20].update(decimals=5), "fact "),
        (lambda twin: twin["facts"][20].update(formula="whatever"), "fact "),
        (lambda twin: twin.update(synthetic=False), "synthetic"),
    ],
)
def test_another_release_hides_no_change_of_the_data(home, brief, change, place):
    def both(twin):
        twin["generator"]["version"] = "9.9.9"
        change(twin)

    rewrite(brief, both)
    assert any(finding.startswith(f"brief.json, {place}") for finding in findings(brief, home))


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_a_twin_holds_numbers_only(home, brief, word):
    text = (brief / "brief.json").read_text("utf-8")
    spot = json.dumps(twin_of(brief)["spot"])
    (brief / "brief.json").write_text(text.replace(f'"spot": {spot}', f'"spot": {word}', 1), "utf-8")
    assert any(word in finding for finding in findings(brief, home))
