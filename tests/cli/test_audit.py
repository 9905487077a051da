"""`strikebrief audit TEXT --facts JSON`."""

from __future__ import annotations

import json

import pytest

from tests.audit.article.texts import CLEAN, figures


@pytest.fixture
def files(tmp_path):
    text, facts = tmp_path / "article.md", tmp_path / "figures.json"
    text.write_text(CLEAN, encoding="utf-8")
    facts.write_bytes(figures())
    return text, facts


def test_an_article_that_holds_is_said_to(run, files):
    text, facts = files
    result = run("audit", str(text), "--facts", str(facts))
    assert (result.exit_code, result.stdout) == (0, f"ok: {text}\n")


def test_each_finding_is_a_line_and_the_exit_code_is_1(run, files):
    text, facts = files
    text.write_text(CLEAN.replace("RSI by Wilder is 62.0", "RSI by Wilder is 68.6"), encoding="utf-8")
    result = run("audit", str(text), "--facts", str(facts))
    assert result.exit_code == 1
    assert result.stdout.startswith("line 7, number.differs: ")
    assert "wanted 62 (technicals.rsi_14)" in result.stdout
    assert "1 finding" in result.stderr
    told = json.loads(run("audit", str(text), "--facts", str(facts), "--json").stdout)
    assert [fault["rule"] for fault in told["faults"]] == ["number.differs"]


@pytest.mark.parametrize("broken", ["text", "facts", "encoding"])
def test_what_cannot_be_read_is_65(run, files, broken):
    text, facts = files
    if broken == "encoding":
        text.write_bytes(b"\xff\xfe\xfa 1.62")
    else:
        {"text": text, "facts": facts}[broken].unlink()
    result = run("audit", str(text), "--facts", str(facts))
    assert result.exit_code == 65
    assert result.stderr.startswith("error: ")
