"""Words: what a chain cannot say, and judging words whose condition does not hold on the figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.audit.article.faults import Fault, shown
from generator.audit.article.figures import Figures
from generator.audit.article.reading import Article, Sentence
from generator.rules import blocked
from generator.rules.arithmetic import ExpressionError
from generator.rules.claims import CLAIMS
from generator.rules.conditions import evaluate

DOMINATES = 2.0  #: times the second strike's open interest
FAR = 4.0  #: percent of the price: a strike beyond it is told with its distance

_FLAGS = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Word:
    """A judging word and the claim it stands on."""

    words: re.Pattern[str]
    claim: str


WORDS = (
    Word(re.compile(r"\bnear(?:ly|ing)? overbought\b", _FLAGS), "rsi.near_overbought"),
    Word(re.compile(r"(?<!near )(?<!nearly )(?<!nearing )(?<!not )\boverbought\b", _FLAGS), "rsi.overbought"),
    Word(re.compile(r"\bnear(?:ly|ing)? oversold\b", _FLAGS), "rsi.near_oversold"),
    Word(re.compile(r"(?<!near )(?<!nearly )(?<!nearing )(?<!not )\boversold\b", _FLAGS), "rsi.oversold"),
    Word(re.compile(r"\b(?:MACD (?:is|keeps) \w*\s?|MACD )(?:surg|soar|rocket)\w+", _FLAGS), "macd.surging"),
    Word(re.compile(r"\bbullish (?:technicals \(?)?MACD\b|\bMACD is bullish\b", _FLAGS), "macd.bullish"),
    Word(re.compile(r"\bbearish MACD\b|\bMACD is bearish\b", _FLAGS), "macd.bearish"),
    Word(re.compile(r"\babove all (?:its )?(?:major )?(?:moving )?averages\b", _FLAGS), "averages.above"),
    Word(re.compile(r"\bbelow all (?:its )?(?:major )?(?:moving )?averages\b", _FLAGS), "averages.below"),
    Word(
        re.compile(r"\bbands?\b[^.;]{0,12}\bsqueez\w+|\bsqueez\w+[^.;]{0,20}\bbands?\b", _FLAGS),
        "band.squeeze",
    ),
    Word(re.compile(r"\bdwarf(?:s|ed|ing)?\b", _FLAGS), "put_call.dwarfs"),
    Word(re.compile(r"\bput-heavy\b", _FLAGS), "put_call.put_heavy"),
    Word(re.compile(r"\bcall-heavy\b", _FLAGS), "put_call.call_heavy"),
    Word(re.compile(r"\buptrend\b", _FLAGS), "trend.up"),
    Word(re.compile(r"\bdowntrend\b", _FLAGS), "trend.down"),
)
_NOT_RSI = re.compile(r"\b(?:counts as|below the \d+ that|means)\b", _FLAGS)
_RATIO = re.compile(r"\bput[/-](?:to-)?call\b|\bP/C\b|\bput open interest\b|\bput/call imbalance\b", _FLAGS)
_FEELING = re.compile(
    r"\b(?:bearish|bullish) (?:bias|positioning|lean|tilt|sentiment|signal|stance|bets?)\b"
    r"|\bsentiment\b|\bwary\b",
    _FLAGS,
)
_OWN = re.compile(
    r"\bpercentile\b|\bsessions on file\b|\bsessions before\b|\bof its own (?:year|history|record)\b", _FLAGS
)
_PLAIN = re.compile(r"\bno word\b|\bsays little\b|\bno direction\b|\bno sign\b|\bno view\b", _FLAGS)
_SCOPE = re.compile(
    r"\ball (?:listed |live )?(?:series|expir\w+)|\bover all\b|\bexpir\w+ (?:listed|up to)|\bboard\b"
    r"|\bby (?:volume|open interest)\b|\bFor (?:Mon|Tue|Wed|Thu|Fri)\w*day\b|\bper expiration\b"
    r"|\bnear(?:est)? expiration\b|\bwithout (?:the|those) series\b|\bwithout (?:them|those)\b",
    _FLAGS,
)
_RATIO_NUMBER = re.compile(r"\b(?:put[/-](?:to-)?call|P/C)\b[^.;\n]{0,24}?\d+\.\d+", _FLAGS)
_DOMINATE = re.compile(r"\bdominat\w+\b", _FLAGS)
_CAPPED = re.compile(r"\b(?:historically|repeatedly|always|long) capped\b|\bresistance held\b", _FLAGS)
_TOUCHES = re.compile(
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten) (?:times|touches|swings|turns)\b", _FLAGS
)
_FLOW = re.compile(r"\b(?:in|out)flows?\b", _FLAGS)
_CITED = re.compile(r"\baccording to\b|\breported\b|\bsaid\b|\u201d|\bsource:", _FLAGS)
_JUDGED = re.compile(
    r"\b(?:dominat\w+|conviction|battle|bets?|bearish|bullish|heavy|wary|confident|signals?)\b", _FLAGS
)
_MACD = re.compile(r"\bMACD\b")
_SIGNAL = re.compile(r"\bsignal\b|\bhistogram\b", _FLAGS)
_AVERAGES = re.compile(r"\b\d+[- ]?(?:D|day)s? (?:simple )?(?:moving )?(?:averages?|MA|SMA)\b", _FLAGS)
_BULL_LIST = re.compile(r"\b(?:bullish|bearish) technicals\b", _FLAGS)


def check(article: Article, figures: Figures) -> Iterator[Fault]:
    """Yield blocked phrases and claims that do not hold."""
    for sentence in article.sentences:
        text = _own_words(sentence)
        for hit in blocked.hits(text):
            problem = f"{hit.rule.why} ({hit.rule.id})"
            yield Fault(
                rule=f"words.{_slug(hit.rule.id)}", line=sentence.line, words=hit.text, problem=problem
            )
        yield from _claims(sentence, text, figures)
        yield from _ratios(sentence, text)
        yield from _strikes(sentence, text, figures)
        yield from _uncited(sentence, text)
    yield from _of_averages(article)


def _own_words(sentence: Sentence) -> str:
    """Return the sentence with other people's words blanked."""
    return re.sub(r"\u201c[^\u201d]*\u201d|\"[^\"]{12,}\"", lambda found: " " * len(found[0]), sentence.whole)


def _slug(name: str) -> str:
    return name.replace(" ", "_").replace("-", "_")


def _claims(sentence: Sentence, text: str, figures: Figures) -> Iterator[Fault]:
    for word in WORDS:
        found = word.words.search(text)
        if found is not None and not _NOT_RSI.search(text):
            problem = _unheld(word.claim, figures)
            if problem:
                yield Fault(rule=f"claim.{word.claim}", line=sentence.line, words=found[0], problem=problem)
    if (found := _DOMINATE.search(text)) is not None and (problem := _not_dominant(figures)):
        yield Fault(rule="claim.dominates", line=sentence.line, words=found[0], problem=problem)


def _unheld(name: str, figures: Figures) -> str | None:
    """Return why a claim does not hold on the figures, None when it does."""
    rule = CLAIMS.get(name)
    if rule is None:
        return "no figure can show it"
    missing = [fact for fact in rule.values.values() if fact not in figures.numbers]
    if missing:
        return f"wanted {', '.join(missing)} to stand on, found none on file"
    values = {key: figures.numbers[fact] for key, fact in rule.values.items()}
    try:
        holds = evaluate(rule.condition, values)
    except ExpressionError as error:
        return str(error)
    told = ", ".join(f"{key} {shown(value)}" for key, value in values.items())
    return None if holds else f"wanted {rule.condition}, found {told}"


def _not_dominant(figures: Figures) -> str | None:
    """Return why no strike dominates its side of an expiration: twice the second's open interest."""
    sides: dict[tuple[str, object], list[float]] = {}
    for (right, day, _), held in figures.open_interest().items():
        sides.setdefault((right, day), []).append(held)
    ranked = [sorted(held, reverse=True) for held in sides.values() if len(held) > 1]
    if not ranked:
        return "no two strikes of one side and expiration are on file"
    if all(held[0] >= DOMINATES * held[1] for held in ranked):
        return None
    told = "; ".join(
        f"{shown(held[0])} to {shown(held[1])}" for held in ranked if held[0] < DOMINATES * held[1]
    )
    return f"wanted twice the second strike's open interest, found {told}"


def _ratios(sentence: Sentence, text: str) -> Iterator[Fault]:
    ratio = _RATIO.search(text)
    if ratio is None or sentence.is_heading:
        return
    feeling = _FEELING.search(text)
    if feeling is not None and not _OWN.search(text) and not _PLAIN.search(text):
        problem = "a ratio is read without its own history: wanted its percentile and n"
        yield Fault(rule="ratio.baseline", line=sentence.line, words=feeling[0], problem=problem)
    number = _RATIO_NUMBER.search(text)
    if number is not None and not _SCOPE.search(text):
        problem = "wanted the scope of the ratio (which expirations, volume or open interest), found none"
        yield Fault(rule="ratio.scope", line=sentence.line, words=number[0], problem=problem)


def _strikes(sentence: Sentence, text: str, figures: Figures) -> Iterator[Fault]:
    """A strike far from the price that is offered as evidence is told with its distance."""
    spot = figures.spot
    if spot is None or "%" in text or not _JUDGED.search(text):
        return
    strikes = {strike for _, _, strike in figures.open_interest()}
    far = [n for n in sentence.numbers if n.scaled in strikes and 100 * abs(n.scaled / spot - 1) > FAR]
    if far:
        told = ", ".join(f"{shown(n.scaled)} ({100 * (n.scaled / spot - 1):+.1f}%)" for n in far)
        problem = f"wanted the distance of strikes beyond {FAR:g}% from {shown(spot)}, found none: {told}"
        yield Fault(rule="strike.distance", line=sentence.line, words=far[0].text, problem=problem)


def _uncited(sentence: Sentence, text: str) -> Iterator[Fault]:
    flow = _FLOW.search(text)
    if flow is not None and not _CITED.search(sentence.whole) and sentence.numbers:
        problem = "wanted the publisher and the date of a flow of money, found none"
        yield Fault(rule="source.flow", line=sentence.line, words=flow[0], problem=problem)
    capped = _CAPPED.search(text)
    if capped is not None and not _TOUCHES.search(text):
        problem = "wanted how often and in which window, found neither"
        yield Fault(rule="claim.capped", line=sentence.line, words=capped[0], problem=problem)


def _of_averages(article: Article) -> Iterator[Fault]:
    """MACD comes with its signal, "all averages" with their names; RSI near its limit is no direction."""
    whole = article.whole
    if (found := _MACD.search(whole)) is not None and not _SIGNAL.search(whole.replace("Signal $", "")):
        yield Fault(
            rule="claim.macd_alone",
            line=0,
            words=found[0],
            problem="wanted its signal or histogram, found none",
        )
    for sentence in article.sentences:
        if "above all" in sentence.whole.lower() and len(set(_AVERAGES.findall(whole))) < 2:
            yield Fault(
                rule="claim.averages_unnamed",
                line=sentence.line,
                words="above all",
                problem="wanted the averages by name",
            )
        found = _BULL_LIST.search(sentence.whole)
        if found is not None and re.search(r"\bRSI\b", sentence.whole):
            problem = "RSI near its limit is no sign of direction"
            yield Fault(rule="claim.rsi_direction", line=sentence.line, words=found[0], problem=problem)
