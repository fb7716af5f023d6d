"""MED625: `SELECT *` past bronze."""

from __future__ import annotations

from collections.abc import Iterator

from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import PAST_BRONZE, LintProject
from medallion_toolkit.lint.samples import CONFORMED
from medallion_toolkit.lint.stars import stars


def check(project: LintProject) -> Iterator[Found]:
    for made in project.made_in(*PAST_BRONZE):
        query = made.statement.query
        if query is None:
            continue
        for star in stars(made.file.query_tokens(made.statement), query.relations, query.span.start):
            if star.relations:
                yield Found(
                    made.file.place(star.token.start, star.token.end),
                    f"{made.shown} takes whatever columns {star.relations[0].name} has",
                    "name the columns: a new one should arrive when you say so, and a lost one should be an error here",
                )


_COUNTED = """CREATE TEMPORARY VIEW counted
AS WITH paid AS (SELECT order_id FROM ${silver}.orders)
SELECT *, count(*) OVER () AS orders FROM paid;
"""

RULE = LintRule(
    code="MED625",
    name="star_past_bronze",
    level="warning",
    why="Past bronze the columns of a table are a decision; with a star the source decides.",
    check=check,
    offends=Example(
        {"sql/silver/orders_conformed.sql": CONFORMED.replace("trim(order_id) AS order_id, amount, _row_id", "*")}
    ),
    fine=Example({"sql/gold/counted.sql": _COUNTED}),
)
