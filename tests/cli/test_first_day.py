"""A brief with nothing on file before it: a story, takeaways, and a plan or the reason why there is none."""

from __future__ import annotations

import json

import pytest

FIRST = (
    ("IWM", "2026-05-18"),
    ("SPY", "2023-09-14"),
    ("SPY", "2026-05-20"),
    ("QQQ", "2023-04-14"),
    ("QQQ", "2026-05-20"),
    ("SPX", "2022-03-23"),
    ("SPX", "2026-07-10"),
    ("AAPL", "2026-07-24"),
    ("NVDA", "2026-08-19"),
)


def parts_of(text):
    """Return the takeaways and the section of plans."""
    lead, _, rest = text.partition("\n## ")
    plans = next(part for part in rest.split("\n## ") if part.startswith("Actionable trades"))
    return [line for line in lead.splitlines() if line.startswith("- **")], plans


def says_enough(folder):
    twin = json.loads((folder / "brief.json").read_text("utf-8"))
    takeaways, plans = parts_of((folder / "brief.md").read_text("utf-8"))
    assert twin["angle"]["chosen"]
    assert twin["headline"]
    assert len(takeaways) >= 3
    assert "\n### " in plans or "\nNo " in plans
    assert "sessions on file" not in " ".join(takeaways)


@pytest.mark.recorded
@pytest.mark.parametrize(("symbol", "session"), FIRST)
def test_a_recorded_first_session_says_enough(run, here, shared, tmp_path, symbol, session):
    data = tmp_path / "data"
    for name in ("bars", "news"):
        (data / name).parent.mkdir(exist_ok=True)
        (data / name).symlink_to(shared / "data" / name)
    (data / "chains").mkdir()
    for chain in (shared / "data" / "chains").glob(f"{symbol}_{session}*"):
        (data / "chains" / chain.name).symlink_to(chain)
    built = run("build", symbol, "--source", f"csv:{data}", "--as-of", session, "--format", "md")
    assert built.exit_code == 0, built.stderr
    (folder,) = {path.parent for path in here.glob("output/*/*/brief.json")}
    says_enough(folder)
    beside = symbol in ("SPY", "SPX")  # the only index whose bars are recorded is theirs
    text = (folder / "brief.md").read_text("utf-8")
    assert ("The VIX closed at " in text or "The VIX last closed at " in text) == beside


def test_a_first_session_of_files_says_enough(run, here, market):
    one = here / "one"
    (one / "chains").mkdir(parents=True)
    source = market.removeprefix("csv:")
    (one / "bars").symlink_to(f"{source}/bars")
    name = "AAA_2026-03-11.csv.gz"
    (one / "chains" / name).symlink_to(f"{source}/chains/{name}")
    assert (
        run("build", "AAA", "--source", "csv:one", "--as-of", "2026-03-11", "--format", "md").exit_code == 0
    )
    says_enough(here / "output" / "2026-03-11" / "AAA")
