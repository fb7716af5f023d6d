"""Names of a query's output columns."""

from __future__ import annotations

import pytest

from medallion_toolkit.sql.columns import output_columns
from medallion_toolkit.sql.reader import read_sql


def columns(query):
    return output_columns(read_sql(f"CREATE MATERIALIZED VIEW v AS {query}", "v.sql").statements[0].query)


KNOWN = {
    "SELECT a, t.b, c.t.d FROM t": ("a", "b", "d"),
    "SELECT a AS x, b y, `c d`, f(e) AS `g h` FROM t": ("x", "y", "c d", "g h"),
    "SELECT CAST(a AS INT) AS b, extract(YEAR FROM c) AS d, x IS DISTINCT FROM y AS e FROM t": ("b", "d", "e"),
    "SELECT CASE WHEN a THEN (SELECT max(x) FROM y) END AS z FROM t": ("z",),
    "SELECT DISTINCT a, b FROM t": ("a", "b"),
    "WITH x AS (SELECT 1 AS one, 2 AS two), y (p) AS (SELECT 1) SELECT two FROM x": ("two",),
    "SELECT a FROM t UNION ALL SELECT b FROM u": ("a",),
    "(SELECT a FROM t) EXCEPT (SELECT b FROM u)": ("a",),
    "SELECT posexplode(m) AS (position, value) FROM t": ("position", "value"),
    "SELECT body:user.name, body:id AS id FROM t": ("name", "id"),
    "SELECT ${prefix}_x AS a, concat('${y}', b) AS c FROM STREAM(${s}.t)": ("a", "c"),
    "SELECT topic, partition, offset, timestamp, limit FROM STREAM read_kafka(subscribe => 't')": (
        "topic", "partition", "offset", "timestamp", "limit",
    ),
    "SELECT window(ts, '1 hour') AS w, count(*) AS n FROM t GROUP BY window(ts, '1 hour')": ("w", "n"),
    "SELECT 1 AS a WHERE true": ("a",),
    "SELECT a + 1 total, upper(b) shout, c::date FROM t": ("total", "shout", "c"),
    "SELECT a LIMIT 1": ("a",),
    "SELECT x AS from_day, y AS `from` FROM t": ("from_day", "from"),
}  # fmt: skip
UNKNOWN = (
    "SELECT * FROM t",
    "SELECT a, t.* FROM t",
    "SELECT * EXCEPT (a), b AS c FROM t",
    "SELECT count(*) FROM t",
    "SELECT a + 1, b FROM t",
    "SELECT ${columns} FROM t",
    "SELECT a AS col_${x} FROM t",
    "FROM t |> SELECT a",
    "VALUES (1, 2)",
    "SELECT NULL FROM t",
    "SELECT a AS b c d FROM t",
)


@pytest.mark.parametrize(("query", "expected"), KNOWN.items(), ids=list(KNOWN))
def test_the_select_list_names_the_columns(query, expected):
    assert columns(query) == expected


@pytest.mark.parametrize("query", UNKNOWN)
def test_columns_that_the_text_does_not_say_are_unknown(query):
    assert columns(query) is None


def test_an_expression_that_nests_too_deeply_to_be_named_is_unknown():
    assert columns("SELECT " + "(" * 150 + "1" + ")" * 150) is None
