from __future__ import annotations

import shutil
import subprocess

import pytest


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_the_program(run, shell):
    result = run("completion", shell)
    assert result.exit_code == 0
    assert f"_STRIKEBRIEF_COMPLETE={shell}_complete" in result.stdout


@pytest.mark.parametrize(
    ("words", "position", "found"),
    [("strikebrief b", 1, "build"), ("strikebrief build --as", 2, "--as-of")],
)
def test_names_are_completed(process, words, position, found):
    result = process(_STRIKEBRIEF_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(position))
    assert result.stdout.decode().splitlines() == [f"plain,{found}"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_reads_the_script(run):
    script = run("completion", "bash").stdout
    result = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
