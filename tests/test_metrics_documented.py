"""docs/metrics.md: every figure of the ledger has its entry, and every entry its figure."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from generator import analytics, calendar
from generator.analytics.readings import readings
from generator.errors import BriefError
from generator.models.analysis import Choices, Fact, Unit
from generator.models.market import Dividend, History, Reading
from generator.providers import gather
from generator.providers.synthetic import DEMO_SESSION
from tests.builders import EXPIRATIONS, SESSION, make_chain, make_history, make_snapshot

ROOT = Path(__file__).resolve().parents[1]
METRICS = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
NOON = dt.datetime.combine(SESSION, dt.time(12), calendar.NEW_YORK)
COLUMNS = 6
ANYTHING = r"[\w.\-]+"
#: words in capitals that stand for a part of an id
PLACES = {
    "DATE": r"\d{4}-\d\d-\d\d(?:am)?",
    "MEASURE": "(?:volume|open_interest)",
    "N": r"\d+",
    "PLAN": "[a-z_]+",
    "RIGHT": "(?:call|put)",
    "SCOPE": r"(?:(?:all\.)?\d{4}-\d\d-\d\d(?:am)?|all|live|sixty_days)",
    "SERIES": r"(?:call|put)\.\d{4}-\d\d-\d\d(?:am)?\.\d+(?:\.\d+)?",
    "SIDE": "(?:calls|puts)",
    "WAY": "(?:up|down)",
    "WHEN": "(?:now|then)",
}
#: how the page writes units; the others as they are
UNITS = {
    "price": {Unit.USD, Unit.POINTS},
    "dollars": {Unit.USD},
    "points": {Unit.VOLATILITY_POINTS},
    "index points": {Unit.POINTS},
    "basis points": {Unit.BASIS_POINTS},
    "no unit": {Unit.INDICATOR},
    "0 to 100": {Unit.INDICATOR},
    "any": set(Unit),
}
#: facts of other stages: charts and the article
ELSEWHERE = ("chart.", "gap.")
#: formulas and ids of the program that no market here leads to: of a plan that takes a premium in, of
#: a company's report, of a session of which the archive holds no chain
RARE = {
    "carry.drop",
    "carry.payout",
    "event.earlier_reports",
    "event.larger_than_priced",
    "limit.below_estimate",
    "moved.mean",
    "normal.within_one_deviation",
}
RARE_IDS = ("carry.", "event_move.", "moved.", "plan.", "priced_moves.")


@dataclass(frozen=True)
class Entry:
    """A row of the page."""

    ids: tuple[str, ...]
    meaning: str
    formulas: str
    source: str
    units: str
    withheld: str

    def names(self, name: str) -> bool:
        return any(re.fullmatch(pattern_of(id_), name) for id_ in self.ids)

    def tells(self, fact: Fact) -> bool:
        return self._calculates(fact.formula) and fact.unit in self._units()

    def _calculates(self, formula: str) -> bool:
        if formula.startswith("=") and "arithmetic" in self.formulas:
            return True
        if self.formulas.startswith("as of"):
            return True
        if formula.startswith("="):
            return formula in self.named
        return base_of(formula) in {base_of(name) for name in self.named}

    @property
    def named(self) -> list[str]:
        return re.findall("`([^`]+)`", self.formulas)

    def _units(self) -> set[Unit]:
        found: set[Unit] = set()
        for word in self.units.split(", "):
            if word.startswith("as "):  # as of ID, as the figure
                return set(Unit)
            found |= UNITS[word] if word in UNITS else {Unit(word)}
        return found


def base_of(formula: str) -> str:
    """A formula's name without its parameters."""
    return formula.partition("(")[0]


def pattern_of(id_: str) -> str:
    """The regular expression of an id of the page."""
    return "".join(
        PLACES.get(part, ANYTHING) if part.isupper() and part.isalpha() else re.escape(part)
        for part in re.split(r"([A-Z]+)", id_)
    )


def entries() -> list[Entry]:
    rows = [line for line in METRICS.splitlines() if line.startswith("| `")]
    found = []
    for row in rows:
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
        assert len(cells) == COLUMNS, row
        found.append(Entry(tuple(re.findall("`([^`]+)`", cells[0])), *cells[1:]))
    return found


ENTRIES = entries()


def undocumented(facts):
    """The figures without an entry that tells their formula and unit."""
    missing = {}
    for name, fact in facts.items():
        named = [entry for entry in ENTRIES if entry.names(name)]
        if not any(entry.tells(fact) for entry in named):
            missing[name] = (fact.formula, fact.unit.value)
    return missing


def year_on_file(snapshot):
    """A year of readings like the snapshot's own, each session a little lower than the one after."""
    found = readings(analytics.analyse(snapshot, History(), Choices()).facts)
    days, told = [snapshot.session], []
    for back in range(1, 253):
        days.append(calendar.previous_session(days[-1]))
        told += [Reading(session=days[-1], id=fact.id, value=fact.value * (1 - back / 1e4)) for fact in found]
    return History(readings=tuple(told))


CHOICES = (Choices(), Choices(rsi="cutler", bollinger="sample", rate=0.03))
MARKETS = ("synthetic", "close", "first day", "index", "intraday", "morning", "dividend", "year on file")


@cache
def made():
    running = make_snapshot(as_of=NOON, edition="intraday", chain=make_chain(as_of=NOON))
    far = SESSION + dt.timedelta(days=65)
    wide = make_snapshot(chain=make_chain(width=20, expirations=(*EXPIRATIONS, far)))
    ex_date = wide.bars["date"].iloc[-9].date()
    dividend = Dividend(ex_date=ex_date, amount=0.5, confirmed=True, source="test")
    morning = make_snapshot(edition="morning", open_interest_date=SESSION)
    return {
        "year on file": (wide, year_on_file(wide)),
        "dividend": (make_snapshot(paid=(dividend,)), History()),
        "morning": (morning, make_history()),
        "synthetic": gather("DEMO", "synthetic:1", DEMO_SESSION),
        "close": (make_snapshot(), make_history()),
        "first day": (make_snapshot(), History()),
        "index": (make_snapshot(kind="index"), make_history()),
        "intraday": (running, make_history()),
    }


@pytest.mark.parametrize("choices", CHOICES, ids=["usual", "other"])
@pytest.mark.parametrize("market", MARKETS)
def test_every_figure_has_an_entry_with_its_formula_and_unit(market, choices):
    facts = analytics.analyse(*made()[market], choices).facts
    assert len(facts) > 100
    assert undocumented(facts) == {}


def test_every_market_is_tried():
    assert sorted(made()) == sorted(MARKETS)


def test_every_entry_says_what_where_from_and_when_not():
    assert len(ENTRIES) > 100
    for entry in ENTRIES:
        assert entry.ids, entry
        assert entry.meaning, entry.ids
        assert all((entry.formulas, entry.source, entry.units, entry.withheld)), entry.ids
    named = [id_ for entry in ENTRIES for id_ in entry.ids]
    assert sorted({id_ for id_ in named if named.count(id_) > 1}) == []


@pytest.mark.recorded
def test_every_figure_of_the_recorded_chains_has_an_entry_and_no_entry_is_without_one(shared):
    found, folder = [], shared / "data"
    for path in sorted((folder / "chains").iterdir()):
        symbol, day = path.name.split("_")[:2]
        with suppress(BriefError):
            market = gather(symbol, f"csv:{folder}", dt.date.fromisoformat(day))
            found.append(analytics.analyse(*market, Choices()).facts)
    assert len(found) > 30
    assert {name: told for facts in found for name, told in undocumented(facts).items()} == {}
    found += [analytics.analyse(*market, choices).facts for market in made().values() for choices in CHOICES]
    names = {name for facts in found for name in facts}
    ours = [entry for entry in ENTRIES if not entry.ids[0].startswith(ELSEWHERE)]
    ids = [id_ for entry in ours for id_ in entry.ids if not id_.startswith(RARE_IDS)]
    assert [id_ for id_ in ids if not any(re.fullmatch(pattern_of(id_), name) for name in names)] == []
    used = {base_of(fact.formula) for facts in found for fact in facts.values()} | RARE
    named = {base_of(name) for entry in ours for name in entry.named if not name.startswith("=")}
    assert sorted(named - used) == []
