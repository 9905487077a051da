"""The few words that stand in a chart, by language; none of them holds a digit that is a number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language."""

    months: tuple[str, ...]
    averages: Mapping[str, str]  #: key of `Technicals.series` -> label on the line
    band: str
    spot: str
    by: str  #: between an expected move and its date
    calls: str
    puts: str
    contracts: str
    smile: str
    term: str
    constant: str
    realised: str

    def month(self, day: dt.date) -> str:
        """Return the short name of *day*'s month."""
        return self.months[day.month - 1]


WORDS: Mapping[str, Words] = {
    "en": Words(
        months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        averages={"sma_50": "50-day average", "sma_200": "200-day average"},
        band="Bollinger band",
        spot="last",
        by="by",
        calls="Calls",
        puts="Puts",
        contracts="contracts",
        smile="Implied volatility by strike",
        term="At the money, by days to expiration",
        constant="30-day",
        realised="realised",
    ),
    "es": Words(
        months=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
        averages={"sma_50": "media de cincuenta", "sma_200": "media de doscientas"},
        band="banda de Bollinger",
        spot="último",
        by="al",
        calls="Calls",
        puts="Puts",
        contracts="contratos",
        smile="Volatilidad implícita por strike",
        term="En el dinero, por días al vencimiento",
        constant="a treinta días",
        realised="realizada",
    ),
}


def words(language: str) -> Words:
    """Return the words of *language*; English stands in for a language without a table."""
    return WORDS.get(language, WORDS["en"])
