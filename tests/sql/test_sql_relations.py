"""What a query reads."""

from __future__ import annotations

import pytest

from medallion_toolkit.errors import SqlError
from medallion_toolkit.sql.reader import read_sql
from medallion_toolkit.sql.relations import find_relations


def described(relation):
    mode = "stream " if relation.mode == "stream" else ""
    kind = {"files": "files ", "function": "function ", "table": ""}[relation.kind]
    alias = f" AS {relation.alias}" if relation.alias else ""
    return f"{mode}{kind}{relation.name}{alias}"


TABLES = {
    "SELECT 1": [],
    "SELECT * FROM a": ["a"],
    "SELECT * FROM c.s.t AS x": ["c.s.t AS x"],
    "SELECT * FROM `c d`.`t``x` `my alias`": ["`c d`.`t``x` AS my alias"],
    "SELECT * FROM a . b": ["a.b"],
    "SELECT * FROM LIVE.orders": ["LIVE.orders"],
    "SELECT * FROM ${bronze}.orders o, {{ raw }}.x, {c}.y": ["${bronze}.orders AS o", "{{ raw }}.x", "{c}.y"],
    "SELECT a.from, a.join FROM a": ["a"],
    "SELECT * FROM 2024_orders": ["2024_orders"],
    "SELECT * FROM stream": ["stream"],
    "SELECT * FROM stream WHERE x": ["stream"],
    "SELECT * FROM stream.t": ["stream.t"],
    "TABLE a": ["a"],
    "SELECT 1 UNION TABLE a": ["a"],
    "VALUES (1), (2)": [],
    "SELECT * FROM a /* , b */ -- , c\n, d": ["a", "d"],
    "SELECT * FROM IDENTIFIER('c.s' '.t')": ["c.s.t"],
    "SELECT * FROM a@v3 x": ["a AS x"],
    "SELECT * FROM a VERSION AS OF 3 x, b TIMESTAMP AS OF current_timestamp(), c FOR SYSTEM_VERSION AS OF :v": [
        "a AS x", "b", "c",
    ],
    "SELECT * FROM a TABLESAMPLE (10 PERCENT) REPEATABLE (1) x": ["a AS x"],
}  # fmt: skip
JOINS = {
    "SELECT * FROM a, b x, c": ["a", "b AS x", "c"],
    "SELECT * FROM a JOIN b ON a.x = b.x LEFT OUTER JOIN c USING (x, y) CROSS JOIN d": ["a", "b", "c", "d"],
    "SELECT * FROM a NATURAL JOIN b, c": ["a", "b", "c"],
    "SELECT * FROM a LEFT SEMI JOIN b ON a.x = b.x ANTI JOIN c ON true": ["a", "b", "c"],
    "SELECT * FROM a JOIN b ON CASE WHEN f(a, 1) THEN b END = 2, c WHERE x IN (1, 2)": ["a", "b", "c"],
    "SELECT * FROM (a JOIN b ON true) JOIN c ON true": ["a", "b", "c"],
    "SELECT * FROM ((a x JOIN b), c), d": ["a AS x", "b", "c", "d"],
    "SELECT x, y FROM a ORDER BY x, y": ["a"],
    "SELECT * FROM a GROUP BY x, y HAVING max(z) > 1, 2": ["a"],
    "SELECT * FROM a LATERAL VIEW OUTER explode(m) t AS k, v LATERAL VIEW explode(n) AS w": ["a"],
    "SELECT * FROM a x JOIN LATERAL (SELECT * FROM b WHERE b.i = x.i)": ["a AS x", "b"],
    "SELECT * FROM a PIVOT (sum(x) FOR y IN ('p', 'q')) AS z": ["a"],
    "SELECT * FROM a UNPIVOT (v FOR n IN (x, y))": ["a"],
}
SUBQUERIES = {
    "SELECT (SELECT max(x) FROM a), b FROM c WHERE d IN (SELECT d FROM e) AND EXISTS (SELECT 1 FROM f)": [
        "a", "c", "e", "f",
    ],
    "SELECT * FROM (SELECT * FROM a) x, (TABLE b), (FROM c)": ["a", "b", "c"],
    "(SELECT * FROM a) UNION ALL (SELECT * FROM b) EXCEPT SELECT * FROM c": ["a", "b", "c"],
    "SELECT * FROM ((SELECT * FROM a) UNION SELECT * FROM b)": ["a", "b"],
    "SELECT coalesce((SELECT 1 FROM a), ARRAY(SELECT x FROM b)) FROM c": ["a", "b", "c"],
    "SELECT * EXCEPT (from_date), x FROM a": ["a"],
}  # fmt: skip
NO_RELATIONS = {
    "SELECT extract(YEAR FROM ts), trim(BOTH 'x' FROM y), trim(FROM z) FROM a": ["a"],
    "SELECT substring(x FROM 2 FOR 3), overlay(x PLACING y FROM 1), position('a' IN z) FROM a": ["a"],
    "SELECT x IS DISTINCT FROM y, x IS NOT DISTINCT FROM z FROM a": ["a"],
    "SELECT DISTINCT x FROM a": ["a"],
    "SELECT * FROM VALUES (1, 2), (3, 4) AS v(x, y), a": ["a"],
    "SELECT sum(x) FILTER (WHERE y > 1) OVER (PARTITION BY z ORDER BY w ROWS 1 PRECEDING) FROM a": ["a"],
    "SELECT 'SELECT * FROM b', \"FROM c\" FROM a": ["a"],
    "GRANT SELECT ON t TO u": [],
    "SHOW TABLES FROM s": [],
    "SET x = 1": [],
}
DEFINITIONS = {
    "WITH x AS (SELECT * FROM a) SELECT * FROM x": ["a"],
    "WITH orders AS (SELECT * FROM STREAM(orders)) SELECT * FROM orders": ["stream orders"],
    "WITH x AS (SELECT * FROM y), y AS (SELECT * FROM x) SELECT * FROM y": ["y"],
    "WITH x (i, j) AS (SELECT 1, 2), `Y z` AS (SELECT * FROM X) SELECT * FROM `y Z`, z": ["z"],
    "SELECT * FROM (WITH x AS (SELECT 1) SELECT * FROM x), x": ["x"],
    "WITH x AS (WITH y AS (SELECT * FROM a) SELECT * FROM y) SELECT * FROM x JOIN y": ["a", "y"],
    "WITH x AS (SELECT 1) SELECT * FROM (SELECT * FROM x) JOIN s.x": ["s.x"],
    "WITH RECURSIVE r (n) MAX RECURSION LEVEL 5 AS (SELECT 1 UNION ALL SELECT n FROM r, a) SELECT * FROM r": ["a"],
    "WITH recursive AS (SELECT * FROM a) SELECT * FROM recursive": ["a"],
    "INSERT INTO t WITH x AS (SELECT * FROM a) SELECT * FROM x": ["a"],
}
STREAMS = {
    "SELECT * FROM STREAM a": ["stream a"],
    "SELECT * FROM STREAM(${b}.a) x": ["stream ${b}.a AS x"],
    "SELECT * FROM stream ( a )": ["stream a"],
    "SELECT * FROM STREAM `a b`": ["stream `a b`"],
    "SELECT * FROM STREAM a WATERMARK ts DELAY OF INTERVAL 10 MINUTES AS x, b": ["stream a AS x", "b"],
    "SELECT * FROM STREAM a WATERMARK to_timestamp(ts) AS t DELAY OF INTERVAL '1' HOUR x JOIN b": [
        "stream a AS x", "b",
    ],
    "SELECT * FROM STREAM(a) WITH (SKIPCHANGECOMMITS) AS x": ["stream a AS x"],
    "SELECT * FROM STREAM a x JOIN STREAM b y ON x.i = y.i JOIN c": ["stream a AS x", "stream b AS y", "c"],
    "SELECT * FROM STREAM(SELECT * FROM a)": ["a"],
}  # fmt: skip
FUNCTIONS = {
    "SELECT * FROM read_files('/p', format => 'csv') x": ["files read_files AS x"],
    "SELECT * FROM STREAM(cloud_files('/p', 'json'))": ["stream files cloud_files"],
    "SELECT * FROM STREAM json.`/p`": ["stream files path"],
    "SELECT * FROM csv.`${landing}` x, json.`not_a_path`": ["files path AS x", "json.`not_a_path`"],
    "SELECT * FROM read_kafka(subscribe => 't')": ["files read_kafka"],
    "SELECT * FROM range(10) r, explode(array(1)) AS e(x), stack(2, 1, 2)": [
        "function range AS r", "function explode AS e", "function stack",
    ],
    "SELECT * FROM table_changes('a', 2), STREAM table_changes('b', 0)": ["a", "stream function table_changes"],
    "SELECT * FROM event_log(TABLE(c.s.t)), f(TABLE(SELECT * FROM b))": [
        "function event_log", "c.s.t", "function f", "b",
    ],
    "SELECT * FROM TABLE(range(3))": ["function range"],
    "SELECT * FROM c.s.my_function(1)": ["function c.s.my_function"],
    "SELECT * FROM IDENTIFIER(:c || '.t') x": ["function IDENTIFIER AS x"],
    "SELECT * FROM IDENTIFIER(:c).s.t": ["function IDENTIFIER"],
}  # fmt: skip
PIPES_AND_STATEMENTS = {
    "FROM a |> WHERE x > 1 |> SELECT x, y |> AS z": ["a"],
    "FROM STREAM(a) x |> JOIN b ON x.i = b.i |> AGGREGATE count(*) AS n GROUP BY i, j": ["stream a AS x", "b"],
    "FROM a |> UNION ALL (SELECT * FROM b), (TABLE c)": ["a", "b", "c"],
    "FROM a SELECT x, y": ["a"],
    "MERGE INTO t USING s ON t.i = s.i WHEN MATCHED THEN UPDATE SET x = 1, y = 2": ["s"],
    "DELETE FROM t WHERE i IN (SELECT i FROM b)": ["t", "b"],
    "CREATE TABLE t AS SELECT * FROM a": ["a"],
    "EXPLAIN SELECT * FROM a": ["a"],
}
ALL = {**TABLES, **JOINS, **SUBQUERIES, **NO_RELATIONS, **DEFINITIONS, **STREAMS, **FUNCTIONS, **PIPES_AND_STATEMENTS}


@pytest.mark.parametrize(("sql", "expected"), ALL.items(), ids=list(ALL))
def test_a_query_reads(sql, expected):
    assert [described(relation) for relation in find_relations(sql)] == expected


@pytest.mark.parametrize(
    ("sql", "replaced"),
    [
        ("SELECT * FROM STREAM(a) WITH (SKIPCHANGECOMMITS) AS x", "STREAM(a) WITH (SKIPCHANGECOMMITS)"),
        ("SELECT * FROM STREAM a WATERMARK ts DELAY OF INTERVAL 1 DAY", "STREAM a"),
        ("SELECT * FROM STREAM read_files('/p',\n  format => 'csv') x", "STREAM read_files('/p',\n  format => 'csv')"),
        ("SELECT * FROM (SELECT * FROM c.s.t y)", "c.s.t"),
        ("SELECT * FROM a VERSION AS OF 3 x", "a VERSION AS OF 3"),
        ("SELECT * FROM TABLE(range(3)) AS r", "TABLE(range(3))"),
    ],
)
def test_the_span_covers_what_has_to_be_replaced(sql, replaced):
    (relation,) = find_relations(sql)

    assert sql[relation.span.start : relation.span.end] == replaced


def test_lines_and_columns_are_those_of_the_file():
    relations = find_relations("SELECT *\n  FROM a,\n b", "pipeline.py", line=10, column=24)

    assert [(relation.span.line, relation.span.column) for relation in relations] == [(11, 8), (12, 2)]


def test_offsets_count_in_the_query_and_places_in_the_file():
    text = "-- note\nCREATE STREAMING TABLE t AS\n  SELECT * FROM STREAM(a)"
    query = read_sql(text, "t.sql").statements[0].query
    (relation,) = query.relations

    assert query.text[relation.span.start : relation.span.end] == "STREAM(a)"
    assert (relation.span.line, relation.span.column) == (3, 17)
    assert text[query.span.start : query.span.end] == query.text


def test_arguments_are_read_without_their_quotes():
    (relation,) = find_relations(
        "SELECT * FROM STREAM read_files('/p' '/q', format => \"json\", `cloudFiles.x` => 1 + 2, a.b => 'it''s',"
        " schema => 'a INT,' 'b STRING', since => current_date())"
    )

    assert relation.path == "/p/q"
    assert relation.format == "json"
    assert relation.arguments == {
        "format": "json",
        "cloudFiles.x": "1 + 2",
        "a.b": "it's",
        "schema": "a INT,b STRING",
        "since": "current_date()",
    }


@pytest.mark.parametrize(
    ("sql", "line", "column"),
    [
        ("SELECT * FROM", 1, 10),
        ("SELECT *\nFROM WHERE x", 2, 6),
        ("SELECT * FROM a JOIN", 1, 17),
        ("SELECT (1", 1, 8),
        ("SELECT 1)", 1, 9),
        ("SELECT * FROM STREAM(a", 1, 22),
    ],
)
def test_a_query_that_cannot_be_read_is_an_error_with_its_place(sql, line, column):
    with pytest.raises(SqlError) as caught:
        find_relations(sql, "q.sql")

    assert caught.value.code == "MED204"
    assert (caught.value.place.path, caught.value.place.line, caught.value.place.column) == ("q.sql", line, column)


@pytest.mark.parametrize("opening", ["SELECT f(", "SELECT * FROM (", "SELECT * FROM (SELECT * FROM ("])
def test_absurd_nesting_is_an_error_and_no_crash(opening):
    with pytest.raises(SqlError, match="MED204 parentheses are nested too deeply"):
        find_relations(opening + opening.split()[-1] * 5000 + "a" + ")" * 5001)


def test_deep_but_possible_nesting_is_read():
    sql = "SELECT * FROM " + "(SELECT * FROM " * 60 + "a" + ")" * 60

    assert [relation.name for relation in find_relations(sql)] == ["a"]
