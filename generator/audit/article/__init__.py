"""Hold any article against a set of figures and the rules for words."""

from __future__ import annotations

from generator.audit.article import form, levels, plans, reading, values, wording
from generator.audit.article.faults import Fault
from generator.audit.article.figures import Figures, read
from generator.errors import DataError

__all__ = ["Fault", "Figures", "check_article", "read"]

CHECKS = (form.check, values.check, levels.check, plans.check, wording.check)


def check_article(text: str, figures: Figures) -> tuple[Fault, ...]:
    """
    Return what does not hold in *text*, by line; nothing when it all does.

    Raises:
        DataError: If the text is too long, or holds no number: nothing could be checked then.
    """
    if len(text) > reading.LARGEST:
        raise DataError(f"wanted an article of at most {reading.LARGEST} characters, found {len(text)}")
    article = reading.read(text)
    if not any(sentence.numbers for sentence in article.sentences):
        raise DataError("wanted an article with numbers to check, found none")
    found = (fault for check in CHECKS for fault in check(article, figures))
    return tuple(sorted(dict.fromkeys(found), key=lambda fault: (fault.line, fault.rule)))
