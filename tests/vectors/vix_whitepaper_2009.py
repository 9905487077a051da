"""The variance of a strip and the index of 30 days: `analytics.variance_index`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from generator.analytics.series import MINUTES_A_YEAR
from generator.analytics.variance_index import Strip, StripVariance, index_of, strip_variance
from tests.vectors.rows import Check, Row, near, number, row_of, same
from tests.vectors.tables import Record, Stated, Table, fields

FIELDS = fields("term minutes R strike call_bid call_ask put_bid put_ask", "")
TERM = fields("", "F K0 n lo hi sigma2")
#: what `meta.expected` holds
EXPECTED = fields("", "vix published_vix T_near T_next", near=TERM, next=TERM)


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows: each holds where its expiration's figures and the index made of both hold."""
    terms: dict[str, list[Record]] = {}
    for record in table.rows:
        terms.setdefault(record["term"], []).append(record)
    found = {term: _found(part) for term, part in terms.items()}
    expected = table.meta["expected"]
    index = list(_index(terms, found, expected, table.stated))
    checks = {
        term: [*_term(term, found[term], part, expected, table.stated), *index]
        for term, part in terms.items()
    }
    for place, record in enumerate(table.rows, 1):
        yield row_of(f"row {place}, {record['term']} {record['strike']}", checks[record["term"]])


def _found(part: Sequence[Record]) -> StripVariance | None:
    ordered = sorted(part, key=lambda record: record["strike"])
    columns = [
        np.array([np.nan if (value := number(record[name])) is None else value for record in ordered])
        for name in ("strike", "call_bid", "call_ask", "put_bid", "put_ask")
    ]
    return strip_variance(Strip(*columns), part[0]["minutes"], part[0]["R"])


def _term(
    term: str, found: StripVariance | None, part: Sequence[Record], expected: Mapping, stated: Stated
) -> Iterator[Check]:
    wanted = expected[term]
    yield near(f"{term} F", found and found.forward, wanted["F"], absolute=stated("F #"))
    yield near(f"{term} sigma2", found and found.variance, wanted["sigma2"], absolute=stated("sigma2 #"))
    for name, value in (("K0", "centre"), ("n", "strikes"), ("lo", "low"), ("hi", "high")):
        yield same(f"{term} {name}", found and getattr(found, value), wanted[name])
    years = part[0]["minutes"] / MINUTES_A_YEAR
    yield near(f"T_{term}", years, expected[f"T_{term}"], absolute=1e-12)


def _index(
    terms: Mapping, found: Mapping[str, StripVariance | None], expected: Mapping, stated: Stated
) -> Iterator[Check]:
    known = sorted((part[0]["minutes"], found[term].variance) for term, part in terms.items() if found[term])
    value = index_of(*known) if len(known) == 2 else None
    for name in ("vix", "published_vix"):
        yield near(name, value, expected[name], absolute=stated("VIX #"))
