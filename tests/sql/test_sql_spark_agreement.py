"""Spark's own parser finds the same tables, streams apart from batches."""

from __future__ import annotations

import re

import pytest

from medallion_toolkit.sql.relations import find_relations

QUERIES = (
    "SELECT * FROM a, b x, c.s.t",
    "SELECT * FROM (a JOIN b ON true) LEFT JOIN c USING (x, y) CROSS JOIN d",
    "SELECT * FROM a JOIN b ON CASE WHEN f(a, 1) THEN b END = 2, c WHERE x IN (1, 2)",
    "SELECT a FROM t1 x LEFT JOIN (SELECT * FROM t2 WHERE c IN (SELECT c FROM t3)) y ON x.a = y.a, t4 z, t5",
    "SELECT a, b FROM t1 LATERAL VIEW explode(q) e AS v, w WHERE EXISTS (SELECT 1 FROM t2) GROUP BY a, b",
    "SELECT a FROM t1 GROUP BY a, b HAVING count(*) > (SELECT max(n) FROM t2) ORDER BY a, b LIMIT 3",
    "SELECT extract(YEAR FROM ts), trim(BOTH 'x' FROM y), substring(x FROM 2 FOR 3) FROM a",
    "SELECT overlay(x PLACING y FROM 1), position('a' IN z), trim(LEADING FROM x) FROM a",
    "SELECT x IS DISTINCT FROM y, x IS NOT DISTINCT FROM z FROM a",
    "SELECT * FROM t1 TABLESAMPLE (5 ROWS) a JOIN t2 FOR VERSION AS OF 2 b USING (k) FULL OUTER JOIN t3",
    "SELECT * FROM VALUES (1, 2), (3, 4) AS v(x, y), a",
    "SELECT * FROM t1, (VALUES (1)) v, (t2) w, range(3) r, LATERAL explode(array(1)) AS e(i)",
    "(SELECT * FROM a) UNION ALL (SELECT * FROM b) EXCEPT SELECT * FROM c INTERSECT TABLE d",
    "SELECT * FROM ((SELECT * FROM a) UNION SELECT * FROM b)",
    "SELECT transform(xs, x -> x + 1), filter(ys, (y, i) -> y > i) FROM t1, LATERAL (SELECT 1 FROM t2)",
    "SELECT sum(a) OVER w FROM t1 WINDOW w AS (PARTITION BY b, c), v AS (ORDER BY d)",
    "SELECT /*+ BROADCAST(a, b) */ * FROM t1 a JOIN t2 b /* , t3 */ -- , t4",
    "SELECT * FROM a LEFT SEMI JOIN b ON a.x = b.x ANTI JOIN c ON true NATURAL JOIN d",
    "SELECT * FROM a PIVOT (sum(x) FOR y IN ('p', 'q')) AS z",
    "SELECT a.from, a.join, `from` FROM a ORDER BY x, y",
    "SELECT x FROM t1 QUALIFY row_number() OVER (PARTITION BY a ORDER BY b) = 1",
    "SELECT * FROM STREAM a x JOIN STREAM(b.c) y ON x.i = y.i JOIN c",
    "SELECT * FROM STREAM a WATERMARK ts DELAY OF INTERVAL 10 MINUTES AS x JOIN b",
    "SELECT * FROM STREAM(a) WITH ('skipChangeCommits' = 'true') AS x",
    "SELECT * FROM stream",
    "FROM a |> WHERE x > 1 |> JOIN b ON a.i = b.i |> AGGREGATE count(*) AS n GROUP BY i, j",
    "SELECT count(*) FROM `a b`.c WHERE d BETWEEN 1 AND 2 AND e LIKE 'x' ESCAPE '/'",
)  # fmt: skip
RELATION = re.compile(r"UnresolvedRelation \[([^\]]*)\], \[[^\]]*\], (true|false)")


@pytest.mark.spark
@pytest.mark.parametrize("sql", QUERIES)
def test_spark_finds_the_same_tables(spark, sql):
    plan = spark._jsparkSession.sessionState().sqlParser().parsePlan(sql).toString()
    theirs = sorted((name.replace(", ", "."), is_stream == "true") for name, is_stream in RELATION.findall(plan))
    ours = sorted(
        (relation.name.replace("`", ""), relation.mode == "stream")
        for relation in find_relations(sql)
        if relation.kind == "table"
    )

    assert ours == theirs
    assert ours
