from __future__ import annotations

import pytest

from generator import archive, calendar
from generator.archive import asking
from generator.archive.asking import ask
from generator.errors import UsageError
from generator.providers.csv_folder import CsvFolder
from tests.archive.conftest import DAYS, twin_of
from tests.builders import SESSION, SYMBOL, make_chain, write_chain, write_csv_folder


def test_every_table_can_be_asked(filled):
    (entry, *_) = archive.captures(filled)
    archive.record(filled, twin_of({"snapshot": entry.capture, "history": "0" * 64}, session=DAYS[0]))
    assert ask(filled, "SELECT count(*) FROM captures").rows == ((3,),)
    assert ask(filled, "SELECT count(*) FROM printed").rows == ((2,),)
    chains = ask(
        filled, "SELECT symbol, session, edition, count(*) FROM chains GROUP BY ALL ORDER BY session"
    )
    assert [row[:3] for row in chains.rows] == [(SYMBOL, day, "close") for day in DAYS]
    assert [row[3] for row in chains.rows] == [item.contracts for item in archive.captures(filled)]
    spots = ask(
        filled, "SELECT c.spot = r.value FROM captures c JOIN readings r USING (capture) WHERE id = 'spot'"
    )
    assert spots.rows == ((True,),) * 3


def test_missing_numbers_are_null_and_not_zero(filled):
    rows = ask(filled, "SELECT count(*), count(bid), count(*) FILTER (isnan(bid)) FROM chains").rows
    assert rows[0][0] == rows[0][1]
    assert rows[0][2] == 0


def test_an_empty_archive_has_the_tables_and_no_row(tmp_path):
    for query in ("FROM captures", "FROM chains", "FROM readings", "FROM printed"):
        assert ask(tmp_path, query).rows == ()
    named = {row[0] for row in ask(tmp_path, "SHOW TABLES").rows}
    assert named == {"captures", "chains", "readings", "printed"}
    assert not (tmp_path / "archive").exists()


def test_rows_have_a_limit_and_it_is_told(filled):
    answer = ask(filled, "SELECT strike FROM chains", limit=5)
    assert (len(answer.rows), answer.more) == (5, True)
    assert not ask(filled, "SELECT 1", limit=1).more


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('state/archive/objects/*/*')",
        "SELECT * FROM read_text('state/archive/chains/../objects/*/*')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_parquet('*.parquet')",
        "SELECT * FROM read_csv('https://example.com/x.csv')",
        "SELECT * FROM query('COPY (SELECT 1) TO ''x''')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM filled",
        "SELECT * FROM index_rows",
        "SELECT nextval('x'), getenv('HOME')",
        "COPY (SELECT 1) TO 'stolen.csv'",
        "COPY chains TO 'stolen.parquet'",
        "CREATE TABLE t AS SELECT 1",
        "INSERT INTO captures SELECT * FROM captures",
        "DELETE FROM captures",
        "DROP VIEW chains",
        "ATTACH 'stolen.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "PRAGMA enable_profiling",
        "CALL pragma_version()",
        "EXPORT DATABASE 'stolen'",
        "SELECT 1; COPY (SELECT 1) TO 'stolen.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO 'stolen.csv'",
        "WITH x AS (COPY (SELECT 1) TO 'stolen.csv') SELECT * FROM x",
        "VACUUM",
        "",
        "no query at all",
        "SELECT",
        "SELECT * FROM nothing",
        "SELECT \0",
    ],
)
def test_nothing_but_the_archive_can_be_read_and_nothing_written(filled, tmp_path, monkeypatch, query):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError) as caught:
        ask(filled, query)
    assert "\n" not in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_chains_tell_what_the_gate_said_of_their_capture(filled, tmp_path):
    other = write_csv_folder(tmp_path / "other")
    write_chain(other, make_chain().assign(bid=0.0), captured=calendar.session_close(SESSION))
    later = CsvFolder(other).snapshot(SYMBOL, SESSION)
    archive.record_verdict(filled, later, archive.keep_snapshot(filled, later), "refused", "no bids")
    query = "SELECT verdict, count(DISTINCT capture) FROM chains GROUP BY ALL ORDER BY ALL"
    assert ask(filled, query).rows == (("refused", 1), ("usable", 3))


def test_a_query_without_end_is_stopped(filled, monkeypatch):
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    with pytest.raises(UsageError, match="wanted a query of at most"):
        ask(filled, "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b")


def test_even_the_files_it_may_read_cannot_be_written(filled):
    (path, *_) = (filled / "archive" / "chains").rglob("*.parquet")
    whole = path.read_bytes()
    with pytest.raises(UsageError, match="wanted one SELECT, found COPY"):
        ask(filled, f"COPY chains TO '{path}'")
    assert path.read_bytes() == whole


def test_a_damaged_file_is_named_and_left_out(filled, damaged):
    path = damaged(filled / "archive", f"chains/*/session={DAYS[1]}/*", "cut")
    told = []
    rows = ask(filled, "SELECT DISTINCT session FROM chains ORDER BY ALL", report=told.append).rows
    assert [row[0] for row in rows] == [DAYS[0], DAYS[2]]
    assert path.name in told[0]


def test_a_query_of_a_column_by_a_name_with_quotes_in_the_path_works(tmp_path, filled):
    strange = filled.rename(tmp_path / "it's here")
    assert ask(strange, "SELECT count(DISTINCT session) FROM chains").rows == ((3,),)


def test_no_way_leads_out_of_the_tables_of_the_archive(filled):
    root = filled / "archive"
    (secret,) = {path.parent.parent for path in (root / "objects").rglob("*") if path.is_file()}
    (root / "chains" / "link.csv").symlink_to("/etc/passwd")
    for inside in (
        f"{root}/chains/../{secret.name}/*/*",
        f"{secret}/*/*",
        f"{root}/chains/../../../../../etc/passwd",
    ):
        with pytest.raises(UsageError, match="Permission Error"):
            ask(filled, f"FROM read_text('{inside}')")
