"""
The grammar of printed numbers: what counts as one in a text, and what it says.

Written apart from `formatting`, since the audit must not share a mistake with the printer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

#: names that hold a digit and are no numbers; the list is closed
NAMES = (
    "S&P 500",
    "Russell 1000",
    "Russell 2000",
    "Russell 3000",
    "Nasdaq-100",
    "Dow 30",
    "Black-76",
    "9-day",
    "12-day",
    "14-day",
    "20-day",
    "21-day",
    "26-day",
    "30-day",
    "50-day",
    "100-day",
    "200-day",
    "252-day",
    "21-session",
    "126-session",
    "252-session",
    "25-delta",
    "52-week",
)
_NAMES = re.compile(r"(?<![\w.,])(?:" + "|".join(map(re.escape, NAMES)) + r")(?!\w)", re.IGNORECASE)

MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            ("January", "Jan"),
            ("February", "Feb"),
            ("March", "Mar"),
            ("April", "Apr"),
            ("May",),
            ("June", "Jun"),
            ("July", "Jul"),
            ("August", "Aug"),
            ("September", "Sep"),
            ("October", "Oct"),
            ("November", "Nov"),
            ("December", "Dec"),
        ),
        1,
    )
    for name in names
}
WEEKDAYS: Mapping[str, int] = {
    form: number
    for number, name in enumerate(
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    )
    for form in (name, name[:3])
}
WORDS: Mapping[str, int] = {
    word: number
    for words in (
        "no one two three four five six seven eight nine ten eleven twelve",
        "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    )
    for number, word in enumerate(words.split())
}

#: a unit that scales its number -> by what power of ten
POWERS: Mapping[str, int] = {"million": 6, "billion": 9}

_MONTH = "|".join(MONTHS)
_WEEKDAY = "|".join(WEEKDAYS)
_DAY = re.compile(
    rf"(?:(?P<weekday>{_WEEKDAY}) )?(?P<day>\d{{1,2}}) (?P<month>{_MONTH})(?: (?P<year>\d{{4}}))?"
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")
_TIME = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d\d)")
_NUMBER = re.compile(
    r"(?P<sign>[\u2212+-]?)(?P<dollar>\$?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<places>\d+))?"
    r"(?:(?P<percent>%)|(?P<ordinal>st|nd|rd|th)|[ ](?P<unit>million|billion|times|points))?"
)
#: a printed number in running text; a hyphen after a digit or letter joins and is no minus
_TOKEN = re.compile(
    r"(?<![\w.])(?:\d{4}-\d\d-\d\d(?!\w)"
    rf"|(?:(?:{_WEEKDAY}) )?\d{{1,2}} (?:{_MONTH})(?: \d{{4}})?(?!\w)"
    r"|\d{1,2}:\d\d(?!\w))"
    r"|(?:[\u2212+]|(?<![\w.%])-)?\$?\d[\d,]*(?:\.\d+)?"
    r"(?:%|(?:st|nd|rd|th)\b|[ ](?:million|billion|times|points)\b)?"
)
_SPACES = re.compile(r"[\u00a0\u202f\u2009\u2007]")
_CONTEXT = 24


@dataclass(frozen=True, slots=True)
class Token:
    """A printed number found in a text; `text` has ordinary spaces and no trailing comma."""

    text: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """
    What a printed number says.

    `value` is scaled by its unit ("$9.6 million" is 9600000) and `decimals` is the place of
    the last printed digit (-5 there). Dates fill the parts that are printed.
    """

    value: Decimal | None = None
    decimals: int = 0
    unit: str | None = None  #: "$", "%", "times", "points", "million", "billion", "ordinal" or "word"
    signed: bool = False  #: a plus or minus sign is printed
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None  #: Monday is 0
    hour: int | None = None
    minute: int | None = None


def spaced(text: str) -> str:
    """Return *text* with every no-break or thin space as an ordinary one; offsets stay."""
    return _SPACES.sub(" ", text)


def blanked(text: str) -> str:
    """Return *text* with the names that hold digits blanked out; offsets stay."""
    return _NAMES.sub(lambda found: " " * len(found[0]), spaced(text))


def stray_digits(text: str) -> list[tuple[int, str]]:
    """Return offset and surroundings of each digit run in *text* that belongs to no listed name."""
    rest = blanked(text)
    return [
        (found.start(), text[max(found.start() - _CONTEXT, 0) : found.end() + _CONTEXT].strip())
        for found in re.finditer(r"\d+", rest)
    ]


def tokens(text: str) -> Iterator[Token]:
    """Yield every number, date and time printed with digits, in order, listed names left out."""
    for found in _TOKEN.finditer(blanked(text)):
        yield Token(found[0].rstrip(","), found.start())


def parse(text: str) -> Printed:
    """
    Return what one printed number says.

    Understands every form of print: "$6.37", "2.2%", "$9.6 million", "four", "21st",
    "Fri 29 May", "29 May 2026", "2026-05-29", "16:00". `ValueError` for anything else.
    """
    plain = spaced(text).strip()
    for reader in (_parse_word, _parse_day, _parse_time, _parse_number):
        printed = reader(plain)
        if printed is not None:
            return printed
    raise ValueError(f"not a printed number, date or time: {text!r}")


def _parse_word(text: str) -> Printed | None:
    if text.casefold() in WORDS:
        return Printed(value=Decimal(WORDS[text.casefold()]), unit="word")
    if text in WEEKDAYS:
        return Printed(weekday=WEEKDAYS[text])
    return None


def _parse_day(text: str) -> Printed | None:
    if found := _ISO.fullmatch(text):
        return Printed(year=int(found["year"]), month=int(found["month"]), day=int(found["day"]))
    if found := _DAY.fullmatch(text):
        return Printed(
            year=int(found["year"]) if found["year"] else None,
            month=MONTHS[found["month"]],
            day=int(found["day"]),
            weekday=WEEKDAYS[found["weekday"]] if found["weekday"] else None,
        )
    return None


def _parse_time(text: str) -> Printed | None:
    if found := _TIME.fullmatch(text):
        return Printed(hour=int(found["hour"]), minute=int(found["minute"]))
    return None


def _parse_number(text: str) -> Printed | None:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    places = found["places"] or ""
    value = Decimal(found["whole"].replace(",", "") + (f".{places}" if places else ""))
    decimals = len(places)
    power = POWERS.get(found["unit"] or "", 0)
    value, decimals = value * 10**power, decimals - power
    unit = found["unit"] or found["percent"] or ("ordinal" if found["ordinal"] else None) or found["dollar"]
    negative = found["sign"] in {"\N{MINUS SIGN}", "-"}
    return Printed(
        value=-value if negative else value,
        decimals=decimals,
        unit=unit or None,
        signed=bool(found["sign"]),
    )
