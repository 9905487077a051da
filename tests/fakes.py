"""Stand-ins for what tests cannot have: providers that answer from a made market, or fail."""

from __future__ import annotations

import datetime as dt

from generator import calendar
from generator.errors import RateLimitedError, UnavailableError
from generator.models.market import Event, Terms
from generator.providers.base import Answer, Chain, Fetched
from generator.providers.files import raw_file
from tests.builders import SESSION, make_snapshot, overnight_reset

HERE = "tests.fakes"
MARKET = make_snapshot()
FAILURES = {
    "down": UnavailableError("wanted an answer, found none: try later"),
    "limited": RateLimitedError("wanted an answer, found 429: try later"),
}


class Fake:
    """Answers for every part; its argument says when its quotes are of, or how it fails."""

    name = "fake"
    printed = "Fake feed"
    parts = ("chain", "bars", "news", "rates", "dividends", "events", "open interest")
    terms = Terms(summary="for tests", allows=frozenset({"store"}), attribution="Fake feed, delayed")

    def __init__(self, argument, options):
        self.argument = argument
        self.options = options

    def fetch(self, part, ask):
        if self.argument in FAILURES:
            raise FAILURES[self.argument]
        return Fetched(
            files=(raw_file("body.json", f"{part} of {ask.symbol}".encode()),),
            item=self.argument,
            retrieved_at=dt.datetime(2026, 3, 11, 16 if self.argument == "noon" else 21, 5, tzinfo=dt.UTC),
        )

    def read(self, part, ask, files):
        assert files["body.json"].decode() == f"{part} of {ask.symbol}"
        event = Event(date=SESSION + dt.timedelta(3), title="A vote", source=self.argument)
        counted = dt.date(2026, 3, 2) if self.argument == "old" else MARKET.previous_session
        made = {
            "chain": {"chain": self._chain()},
            "bars": {"bars": MARKET.bars},
            "events": {"events": (event,)},
            "open interest": {
                "open_interest": {MARKET.chain["contract_symbol"].iloc[0]: 4321},
                "open_interest_date": counted,
            },
        }
        return Answer(**made.get(part, {}), delay="15 minutes")

    def _chain(self):
        captured = calendar.session_close(SESSION) + dt.timedelta(minutes=30)
        if self.argument == "noon":
            captured = dt.datetime(2026, 3, 11, 12, tzinfo=calendar.NEW_YORK)
        frame = overnight_reset(MARKET.chain) if self.argument == "dead" else MARKET.chain
        return Chain(captured=captured, spot=100.1, close=100.0, name="Fake Inc.", kind="etf", frame=frame)


def spec(argument=""):
    return f"{HERE}:Fake:{argument}"
