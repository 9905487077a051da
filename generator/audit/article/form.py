"""Form: what an article must tell of itself, sections with their numbers, and what a template left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.audit.article.faults import Fault, shown
from generator.audit.article.figures import Figures
from generator.audit.article.reading import SERIES, Article
from generator.rules import consistency

LONGEST_TITLE = 100
FEWEST_STRANGE = 4  #: words of another language in a line

_ASOF = re.compile(
    r"\bas of\b|\bafter the close\b|\bat the close\b|\b\d{1,2}:\d\d\b|\bduring the session\b", re.IGNORECASE
)
_INTEREST = re.compile(r"\bOI\b|\bopen interest\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"\bopen interest\b[^.;\n]{0,30}\b(?:as of|after|counted|of the close)\b|\bcount after\b|\bOI as of\b",
    re.IGNORECASE,
)
_SOURCES = re.compile(r"\bsources?\b|\bdata (?:from|by)\b", re.IGNORECASE)
_RISK = re.compile(
    r"\brisks?\b[^.;\n]*\b(?:read|involve|lose)\b|\binvolves? risk\b"
    r"|\bnot (?:personal |investment )*advice\b",
    re.IGNORECASE,
)
_RECORD = re.compile(
    r"\brecord\b|\bearlier calls?\b|\blast (?:call|plan)s?\b|\bprevious (?:call|plan)s?\b", re.IGNORECASE
)
_VOLATILITY = re.compile(r"\bvolatility\b", re.IGNORECASE)
_PRICED = re.compile(
    r"\b(?:implied|reali[sz]ed|30-day|thirty-day|annuali[sz]ed|IV|straddle|expected move|priced|skew"
    r"|per session)\b",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<=[a-z?!])(?=[A-Z][a-z]+ )|(?<=\?)(?=[A-Z])")
_COUNT = re.compile(r"\$(?:OI|open interest)\b:?|\bOI:? ?\$\d", re.IGNORECASE)
_CHROME = re.compile(
    r"\b(?:subscribe to|sign in|already have an account|latest articles|unlock|delivered to your inbox"
    r"|stay ahead of)\b",
    re.IGNORECASE,
)
_STUB = re.compile(r"\b[A-Z0-9]+--(?!\w)|\{\{|\}\}|\bundefined\b|\bNaN\b")
_STRANGE = re.compile(
    r"\b(?:el|la|los|las|de|en|un|una|que|por|para|con|diarias|opciones|tus|tu|y)\b", re.IGNORECASE
)
_FAMILIAR = re.compile(r"\b(?:the|of|and|in|to|is|for|a|on|with)\b", re.IGNORECASE)


def check(article: Article, figures: Figures) -> Iterator[Fault]:
    """Yield what the article does not tell, and what should not be in it."""
    yield from _identity(article, figures)
    yield from _disclosures(article)
    yield from _sections(article)
    yield from _title(article)
    for line in article.lines:
        yield from _markup(line.number, line.text, figures.symbol)
        yield from _language(line.number, line.text)


def _identity(article: Article, figures: Figures) -> Iterator[Fault]:
    whole = article.whole
    if figures.session not in article.dates or not _ASOF.search(whole):
        yield _missing("identity.as_of", f"the session {figures.session} with its time or 'after the close'")
    if figures.spot is not None:
        told = any(n.says(figures.spot) and n.places for s in article.sentences for n in s.numbers)
        if not told:
            yield _missing("identity.spot", f"the price, {shown(figures.spot)}")
    if _INTEREST.search(whole) and not _COUNTED.search(whole):
        yield _missing("identity.open_interest_date", "the date of the open interest")


def _disclosures(article: Article) -> Iterator[Fault]:
    whole = article.whole
    if not _SOURCES.search(whole):
        yield _missing("disclosure.sources", "the sources of the figures")
    if not _RISK.search(whole):
        yield _missing("disclosure.risk", "a word on risk and that it is no advice")
    if not _RECORD.search(whole):
        yield _missing("disclosure.record", "what became of earlier calls, or that there are none")


def _sections(article: Article) -> Iterator[Fault]:
    """A section about volatility holds a volatility."""
    headings = {s.heading for s in article.sentences if _VOLATILITY.search(s.heading)}
    headings |= {s.whole for s in article.sentences if s.is_heading and _VOLATILITY.search(s.whole)}
    glued = [line for line in article.lines if re.match(r"Volatility on the Horizon(?=[A-Z])", line.text)]
    for line in glued:
        if not _PRICED.search(line.text):
            yield Fault(rule="section.volatility", line=line.number, words=line.text[:24], problem=_NO_NUMBER)
    for heading in sorted(headings):
        body = [s for s in article.sentences if s.heading == heading and not s.is_heading]
        if body and not any(_PRICED.search(s.whole) and s.numbers for s in body):
            yield Fault(rule="section.volatility", line=body[0].line, words=heading[:40], problem=_NO_NUMBER)


_NO_NUMBER = "wanted a volatility, an expected move or a skew, found no number"


def _title(article: Article) -> Iterator[Fault]:
    title = article.title
    if title is not None and len(title.text) > LONGEST_TITLE:
        problem = f"wanted at most {LONGEST_TITLE} characters, found {len(title.text)}"
        yield Fault(rule="title.length", line=title.number, words=title.text[:40], problem=problem)


def _markup(line: int, text: str, symbol: str) -> Iterator[Fault]:
    for found in _STUB.finditer(text):
        yield Fault(rule="markup.residue", line=line, words=found[0], problem="was left in the text")
        break
    for problem in consistency.residue(text.replace("--", " "), symbol):
        yield Fault(rule="markup.twice", line=line, words=text[:30], problem=problem)
        break
    for found in SERIES.finditer(text):
        if len(found["day"]) == 8:
            problem = f"wanted the exchange's symbol, {_osi(found)!r}, or the strike and date in words"
            yield Fault(rule="markup.symbol", line=line, words=found[0], problem=problem)
            break
    if (count := _COUNT.search(text)) is not None:
        yield Fault(
            rule="markup.currency", line=line, words=count[0], problem="a count of contracts is no money"
        )
    glued = _GLUED.search(text)
    if glued is not None and not _is_name(text, glued.start()):
        near = text[max(glued.start() - 14, 0) : glued.start() + 10]
        yield Fault(rule="markup.glued", line=line, words=near, problem="a heading runs into its paragraph")


def _is_name(text: str, at: int) -> bool:
    """Tell whether the word around *at* is a name such as McDonald or WeasyPrint written as one."""
    word = re.search(r"\w*$", text[:at])
    return word is not None and word[0] in {"Mc", "Mac", "De", "Di", "Mail", "You", "i", "e"}


def _osi(found: re.Match[str]) -> str:
    strike = round(float(found["strike"]) * 1000)
    return f"{found['root']:<6}{found['day'][2:]}{found['right']}{strike:08d}"


def _language(line: int, text: str) -> Iterator[Fault]:
    strange, familiar = len(_STRANGE.findall(text)), len(_FAMILIAR.findall(text))
    if strange >= FEWEST_STRANGE - 1 and strange > 2 * familiar:
        yield Fault(rule="markup.language", line=line, words=text[:40], problem="a line in another language")
    if (found := _CHROME.search(text)) is not None and len(text) < 120:
        yield Fault(
            rule="markup.chrome", line=line, words=found[0], problem="the page's own furniture in the text"
        )


def _missing(rule: str, wanted: str) -> Fault:
    return Fault(rule=rule, line=0, words="", problem=f"wanted {wanted}, found none")
