"""Properties that hold for any text: nothing is lost, nothing raises, positions are exact."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medallion_toolkit.sql.reader import read_sql
from medallion_toolkit.sql.relations import find_relations
from medallion_toolkit.sql.rewriting import rewrite
from medallion_toolkit.sql.splitting import split_statements
from medallion_toolkit.sql.tokens import comment_spans, tokenize

PIECES = st.sampled_from(
    ["SELECT", "CREATE", "OR", "REFRESH", "STREAMING", "TABLE", "MATERIALIZED", "VIEW", "FLOW", "AS", "AUTO", "CDC",
     "INTO", "FROM", "STREAM", "JOIN", "WITH", "CONSTRAINT", "EXPECT", "KEYS", "COLUMNS", "LATERAL", "VALUES", "BEGIN",
     "END", "CASE", "WHEN", "INTERVAL", "WATERMARK", "DELAY", "OF", "IDENTIFIER", "read_files", "a", "b.c", "`d e`",
     "${x}", "{{ y }}", "{z}", ":p", "'s;t'", '"u"', "r'v'", "$$ w $$", "1", "2.5e3", "(", ")", ",", ";", ".", "=>",
     "=", "*", "<", ">", "@", "|>", "--c;\n", "/* d; */", "\n", "\n-- COMMAND ----------\n", "'", '"', "`", "/*", "*/",
     "$$", "\\", "ü", "\ufeff", "\r\n"]
)  # fmt: skip
SQL = st.lists(PIECES, max_size=40).map(" ".join)
CLOSED = st.lists(PIECES.filter(lambda piece: piece not in ("'", '"', "`", "/*", "*/", "$$", "\\")), max_size=40).map(
    " ".join
)
# How fast text is made up depends on what else the machine does.
settings.register_profile("any machine", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("any machine")
NAMES = st.sampled_from(["a", "b.c", "${x}.d", "`e f`", "LIVE.g"])


def words(text):
    return [token.text for token in tokenize(text) if token.key != ";"]


@given(CLOSED)
def test_splitting_loses_no_token(sql):
    joined = [token.text for chunk in split_statements(sql) for token in chunk.tokens if token.key != ";"]

    assert joined == words(sql)


@given(CLOSED)
def test_between_statements_there_is_nothing_but_separators_and_comments(sql):
    chunks = split_statements(sql)
    gaps = zip([0, *(chunk.end for chunk in chunks)], [*(chunk.start for chunk in chunks), len(sql)], strict=True)

    assert [words(sql[start:end]) for start, end in gaps] == [[]] * (len(chunks) + 1)
    assert [chunk.text for chunk in chunks] == [sql[chunk.start : chunk.end] for chunk in chunks]


@given(SQL)
def test_statements_do_not_overlap(sql):
    chunks = split_statements(sql)

    assert all(before.end <= behind.start for before, behind in pairwise(chunks))


@given(SQL)
def test_reading_never_raises_and_explains_what_it_cannot_read(sql):
    for statement in read_sql(sql, "any.sql").statements:
        assert (statement.kind == "invalid") == (statement.error is not None)
        place = statement.error.place if statement.error else None
        assert place is None or 1 <= place.line <= sql.count("\n") + 1


@given(SQL)
def test_positions_are_those_of_the_text(sql):
    lines = sql.split("\n")
    for statement in read_sql(sql, "any.sql").statements:
        assert lines[statement.span.line - 1][statement.span.column - 1] == sql[statement.span.start]
        if statement.query is not None:
            assert statement.query.text == sql[statement.query.span.start : statement.query.span.end]


@given(st.lists(NAMES, min_size=1, max_size=5), st.sampled_from([", ", "\nJOIN ", " x,\n-- note\n", " CROSS JOIN "]))
def test_identity_replacement_is_the_identity(names, separator):
    sql = f"SELECT 'FROM x' FROM {separator.join(names)}"
    relations = find_relations(sql)
    same = [(relation.span, sql[relation.span.start : relation.span.end]) for relation in relations]

    assert [relation.name for relation in relations] == names
    assert rewrite(sql, same) == sql


@given(CLOSED)
def test_comments_hold_no_tokens(sql):
    comments = comment_spans(sql)

    assert not [
        token for token in tokenize(sql) if any(start <= token.start and token.end <= end for start, end in comments)
    ]
