from __future__ import annotations

import pytest

from generator.models.market import Source
from generator.rules.rights import needed, refusals


def source(provider="cboe", allows=("store",), terms="personal use only"):
    return Source(
        part="chain",
        name="Cboe",
        item="x",
        retrieved_at=None,
        terms=terms,
        provider=provider,
        allows=allows,
    )


def test_a_source_that_allows_every_use_lets_go():
    assert (
        refusals([source(allows=("computed", "prices"))], needed(show="prices", mail=False, sell=False), {})
        == ()
    )


def test_a_source_that_does_not_is_named_with_the_uses_and_the_line_to_write():
    (line,) = refusals([source()], needed(show="prices", mail=True, sell=True), {})
    assert "showing figures computed from it and showing its prices and mailing it and selling it" in line
    assert "personal use only" in line
    assert 'cboe = ["computed", "prices", "mail", "sell"] under [rights.confirmed]' in line


def test_what_the_operator_confirmed_counts_for_that_source_alone():
    uses = needed(show="computed", mail=True, sell=False)
    assert refusals([source()], uses, {"cboe": ("computed", "mail")}) == ()
    assert refusals([source("yahoo")], uses, {"cboe": ("computed", "mail")}) != ()


def test_a_source_of_several_parts_is_named_once():
    assert len(refusals([source(), source()], ("sell",), {})) == 1


def test_the_operators_own_files_need_no_word():
    assert refusals([source(provider=None, allows=())], ("sell", "mail", "prices"), {}) == ()


@pytest.mark.parametrize(("show", "uses"), [("computed", ("computed",)), ("prices", ("computed", "prices"))])
def test_what_is_shown_decides_what_is_needed(show, uses):
    assert needed(show=show, mail=False, sell=False) == uses
