from __future__ import annotations

import pytest

pytestmark = pytest.mark.recorded


@pytest.mark.parametrize(
    ("symbol", "instant"),
    [("IWM", "2026-05-20T09:20"), ("IWM", "2026-07-10T01:50"), ("AAPL", "2014-06-09")],
)
def test_an_instant_inside_a_trap_is_refused_in_one_line(run, shared, here, symbol, instant):
    result = run("build", symbol, "--source", f"csv:{shared / 'data'}", "--as-of", instant)
    assert result.exit_code == 65
    assert result.stderr.startswith(f"error: {symbol}: no brief, the data was refused: ")
    assert result.stderr.count("\n") == 1
    assert not (here / "output").exists()


def test_a_symbol_the_folder_does_not_hold_is_bad_data(run, shared):
    result = run("build", "ZZZZ", "--source", f"csv:{shared / 'data'}", "--as-of", "2026-05-22")
    assert result.exit_code == 65
    assert "ZZZZ" in result.stderr


@pytest.mark.parametrize(
    ("symbol", "as_of", "folder"),
    [
        ("IWM", "2026-05-22", "2026-05-22"),
        ("SPX", "2023-09-14", "2023-09-14"),
        ("IWM", "2026-07-20T09:50", "2026-07-20T0945"),
    ],
)
def test_a_recorded_session_is_built_and_proves_out(run, shared, symbol, as_of, folder):
    built = run("build", symbol, "--source", f"csv:{shared / 'data'}", "--as-of", as_of)
    assert (built.exit_code, built.stderr) == (0, "")
    verified = run("verify", f"output/{folder}/{symbol}")
    assert verified.exit_code == 0
    assert verified.stdout.startswith(f"ok: output/{folder}/{symbol}: ")
