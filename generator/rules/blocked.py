"""
What a brief never says from a chain snapshot: phrases with their grammar, each with its reason.

The rules hold for our own sentences and the author's. Quoted headlines are blanked by the
caller before they come here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?!\s|$))+[.!?\n]*")
_DENIED = (
    r"\bwhether\b|\b(?:do|does|can|could|did|is|are) ?not\b|\bcannot\b|\bno\b|\bnever\b|\bnobody\b"
    r"|\bnothing\b|\bunknown\b|, not\b"
)
_ALTERNATIVES = r"\b(?:could|may|might)\b.*\bor\b"
_SOURCED = r"\b(?:according to|said|says|reported|reports|wrote)\b"
_SIDE = r"(?:calls?|puts?)"
_SUBJECT = (
    r"(?:prices?|spot|(?:the |its )?(?:shares?|stock|index|fund|etf|market|rally|trend|level)|support"
    r"|resistance|small caps|(?-i:[A-Z]{1,5}))"
)
_MOVE = (
    r"(?:rise|fall|climb|drop|rally|reach|hit|break|hold|bounce|rebound|recover|test|retest|move|trade|close|gain|lose"
    r"|continue|drift|stay|remain|push|surge|slide|sink|pull back|go (?:up|down|higher|lower|to|through))"
)
_MOVED = (
    r"(?:rose|fell|gained|lost|climbed|dropped|rallied|slipped|jumped|sank|surged|slid|advanced|declined|moved"
    r"|is up|is down|was up|was down)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A blocked phrase: its grammar, why it is blocked, and what in the same sentence excuses it."""

    id: str
    phrase: str
    why: str
    excuse: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A blocked phrase found in a text."""

    rule: Rule
    text: str
    start: int


RULES = (
    Rule(
        id="participants",
        phrase=r"\b(?:institutions?|institutional (?:investors|traders|money)|smart money|big money"
        r"|hedge funds?|whales?|insiders?|retail (?:traders|investors))\s+(?:\w+\s+){0,3}?"
        r"(?:bought|buy|buying|sold|sell|selling|positioned|loading|loaded|accumulat\w+|piled|bet|betting)\b",
        why="a chain does not show who traded",
        excuse=_DENIED,
    ),
    Rule(
        id="side",
        phrase=rf"\b{_SIDE}[- ](?:buying|selling|buyers?|sellers?)\b"
        rf"|\b(?:buying|selling|purchases?|sales?) of (?:[\w-]+ ){{0,4}}{_SIDE}\b"
        rf"|\b(?:traders|investors|speculators|someone|the market) (?:\w+ )?"
        rf"(?:bought|sold|(?:are|were|is|was) (?:buying|selling)) (?:[\w,-]+ ){{0,5}}{_SIDE}\b"
        rf"|\b{_SIDE} (?:were|was|have been|are being) (?:\w+ )?(?:bought|sold)\b",
        why="every contract has both sides; the side needs the tape",
        excuse=_DENIED,
    ),
    Rule(
        id="intent",
        phrase=r"\bhedg(?:e|es|ed|ing) against\b|\bshorting volatility\b"
        r"|\bbet(?:s|ting)? (?:on|against|that)\b"
        r"|\bbrac(?:es|ed|ing) for\b|\bwager(?:s|ed|ing)? (?:on|against|that)\b|\bpositioning for\b",
        why="intent cannot be observed; name at least two readings",
        excuse=f"{_DENIED}|{_ALTERNATIVES}",
    ),
    Rule(
        id="tape",
        phrase=r"\bblock (?:trades?|prints?)\b"
        r"|\b(?:calls?|puts?|options?|order|intermarket|bullish|bearish) sweeps?\b"
        r"|\bsweeps? (?:hit|orders?|of (?:[\w-]+ ){0,3}(?:calls|puts))\b|\bswept the (?:ask|offer|bid)\b"
        r"|\bdark[- ]pools?\b",
        why="needs the tape",
        excuse=_DENIED,
    ),
    Rule(
        id="same-day open or close",
        phrase=r"\b(?:positions?|contracts?|calls|puts|spreads?|traders|holders)\s+(?:\w+\s+){0,3}?"
        r"(?:opened|closed|rolled)\b[^;]*\b(?:today|this session|this morning|intraday)\b"
        r"|\b(?:today|this session|this morning)\b[^;]*\b(?:opened|closed|rolled)\s+(?:[\w,-]+\s+){0,4}"
        r"(?:positions?|contracts?|calls|puts|spreads?)\b",
        why="open interest comes the next morning",
        excuse=_DENIED,
    ),
    Rule(
        id="emotion",
        phrase=r"\b(?:bearish|bullish) conviction\b"
        r"|\b(?:put[/-]call|ratio|open interest|puts|calls)\b[^;]*"
        r"\b(?:shows?|signals?|reflects?|means?|suggests?|points? to|screams?|is|are)\b"
        r"[^;]*\b(?:fear|panic|greed|euphoria|capitulation)\b"
        r"|\b(?:fear|panic|greed)\b[^;]*\bin the (?:options?|puts?|put/call|chain)\b",
        why="open interest has no sign",
        excuse=_DENIED,
    ),
    Rule(
        id="promised odds",
        phrase=r"\bhigh[- ](?:probability|conviction)\b|\blikely to\b"
        r"|\b(?:is|are|looks?|seems?|most|very|more|highly) (?:\w+ )?likely\b|\bodds (?:strongly )?favou?r\b"
        r"|\bsweet spot\b|\b(?:can't|cannot|can\u2019t) lose\b|\bguaranteed?\b(?! by\b)"
        r"|\brisk[- ]free\b(?! (?:interest )?rate)|\beasy (?:money|profits?|gains?|trades?|wins?)\b",
        why="no probability, or promotional",
    ),
    Rule(
        id="price forecast",
        phrase=rf"\b{_SUBJECT} (?:will|must|shall|(?:is|are) (?:going|set|bound|poised) to) "
        rf"(?:not |soon |\w+ly )?{_MOVE}\b",
        why="a forecast as fact",
    ),
    Rule(
        id="dealer position",
        phrase=r"\b(?:dealers?|market[- ]makers?) (?:are|is|were|remain) (?:\w+ )?(?:short|long) gamma\b"
        r"|\b(?:dealers?|market[- ]makers?|hedgers) (?:\w+ ){0,3}forced to (?:buy|sell)\b|\bgamma squeeze\b",
        why="the position cannot be observed",
        excuse=rf"\bassum\w+|{_DENIED}",
    ),
    Rule(
        id="a sign of gamma",
        phrase=r"\b(?:positive|negative) (?:\w+ )?gamma\b"
        r"|\bgamma\b[^;]{0,60}?\b(?:is|are|turns?|turned|stays?|remains?|flips?|flipped) (?:\w+ )?"
        r"(?:positive|negative)\b",
        why="the sign is a convention: name it in the sentence",
        excuse=rf"\bassum\w+|\bas if\b|\bconvention\b|\bif dealers\b|{_DENIED}",
    ),
    Rule(
        id="max pain as a force",
        phrase=r"\bmax(?:imum)? pain (?:\w+ ){0,3}?(?:will|should|must|is going to|is) (?:\w+ )?"
        r"(?:pull|pin|draw|attract|drag)(?:s|ing|ning|ging)?\b"
        r"|\b(?:pulled|drawn|pinned|dragged) (?:to|towards?|at|by) (?:the )?max(?:imum)? pain\b"
        r"|\bmax(?:imum)? pain (?:pulls|pins|draws|attracts|drags)\b",
        why="no force is observed",
        excuse=_DENIED,
    ),
    Rule(
        id="mispriced option",
        phrase=rf"\b(?:undervalued|overvalued|overpriced|underpriced|mispriced) "
        rf"(?:[\w-]+ ){{0,3}}(?:options?|{_SIDE}|contracts?|premiums?)\b"
        rf"|\b(?:options?|{_SIDE}|contracts?|premiums?) (?:is|are|looks?|seems?) (?:\w+ )?"
        r"(?:undervalued|overvalued|overpriced|underpriced|mispriced)\b",
        why="needs a model and its error",
        excuse=_DENIED,
    ),
    Rule(
        id="impossible volatility",
        phrase=r"\b(?:IV|implied volatility|volatility)\b[^;]{0,30}(?<![\d.,])0(?:\.0+)?\s?%"
        r"|\b(?:IV|vol|volatility) crush (?:is |looks )?(?:certain|guaranteed|inevitable|assured|coming)\b"
        r"|\b(?:IV|vol|volatility) (?:cannot|can't|can only|has to) (?:fall|rise|drop|go)\b",
        why="a data failure or a forecast",
    ),
    Rule(
        id="real time",
        phrase=r"\breal[- ]time\b|\blive (?:data|quotes?|prices?|feeds?|option chain|market data)\b",
        why="the data is delayed",
        excuse=r"\bnot\b|\bno\b|\bnever\b",
    ),
    Rule(
        id="support from options",
        phrase=r"\b(?:support|resistance|floor|ceiling) (?:\w+ )?(?:created|formed|built|provided|set|made) "
        r"by (?:[\w-]+ ){0,4}(?:options?|puts?|calls?|open interest)\b"
        r"|\b(?:options?|open interest|puts|calls|strikes?|wall) "
        r"(?:creates?|forms?|provides?|builds?|acts? as|serves? as) "
        r"(?:[\w-]+ ){0,2}(?:support|resistance|floor|ceiling)\b",
        why="open interest is no order",
        excuse=_DENIED,
    ),
    Rule(
        id="expired evidence",
        phrase=r"\b(?:expired|long[- ]gone)\b[^;]*\b(?:series|contracts?|calls|puts|prints?)\b[^;]*"
        r"\b(?:shows?|suggests?|points?|signals?|hints?|tells?|still matters?)\b",
        why="stale",
        excuse=_DENIED,
    ),
    Rule(
        id="minds read",
        phrase=r"\bmarkets? (?:\w+ )?(?:believes?|knows?|thinks?|wants?|expects?)\b"
        r"|\b(?:traders|investors|participants|bulls|bears) (?:\w+ )?"
        r"(?:expect|believe|anticipate|think|know|are convinced)\b",
        why="a risk-neutral price is no belief",
        excuse=_DENIED,
    ),
    Rule(
        id="tone",
        phrase=r"\bmasterclass\b|\bscream(?:s|ing|ed)?\b|\bjackpots?\b|\bno[- ]brainers?\b"
        r"|\bexplosive\b(?! (?:ordnance|devices?|detection))",
        why="tone without content",
    ),
    Rule(
        id="personal advice",
        phrase=r"\byou (?:should|must|need to|ought to|have to) (?:\w+ )?"
        r"(?:buy|sell|enter|exit|hold|own|trade|consider|take|act|short)\b"
        r"|(?:^\s*|[.!?:;,]\s+|\band )(?:enter|buy|sell|get in|act|jump in)\b[^.;]{0,30}?\bnow\b"
        r"|\bdon['\u2019]t miss\b",
        why="personal advice",
    ),
    Rule(
        id="causality",
        phrase=rf"\b{_SUBJECT}\b[^;]{{0,30}}?\b{_MOVED}\b[^;]{{0,60}}?"
        r"\b(?:because|due to|thanks to|on (?:the )?news|after news|driven by|on the back of"
        r"|as investors|as traders)\b",
        why="only a named source may give a reason",
        excuse=_SOURCED,
    ),
    Rule(
        id="imminence",
        phrase=r"\bimminent(?:ly)?\b|\babout to "
        r"(?:break|surge|rally|fall|drop|explode|bounce|rise|move|turn)\b",
        why="a forecast without a date",
        excuse=_DENIED,
    ),
)
_COMPILED = tuple(
    (
        rule,
        re.compile(rule.phrase, re.IGNORECASE | re.MULTILINE),
        re.compile(rule.excuse, re.IGNORECASE | re.DOTALL) if rule.excuse else None,
    )
    for rule in RULES
)


def hits(text: str) -> Iterator[Hit]:
    """Yield every blocked phrase of *text*, sentence by sentence."""
    present = [each for each in _COMPILED if each[1].search(text)]
    for sentence in _SENTENCE.finditer(text) if present else ():
        for rule, phrase, excuse in present:
            found = phrase.search(sentence[0])
            if found and not (excuse and excuse.search(sentence[0])):
                yield Hit(rule, found[0].strip(), sentence.start() + found.start())
