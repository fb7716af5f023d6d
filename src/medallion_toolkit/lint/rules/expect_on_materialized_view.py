"""MED621: an expectation on a materialized view."""

from __future__ import annotations

from collections.abc import Iterator

from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import LintProject


def check(project: LintProject) -> Iterator[Found]:
    for node in project.by_hand:
        if node.dataset.kind == "materialized_view" and node.dataset.expectations:
            shown = project.project.shown(node.name)
            yield Found(
                node.dataset.expectations[0].place,
                f"{shown} has an expectation, so every update computes all of it anew",
                f"put the rule into contracts/{shown.replace('.', '/')}.yml: the job's gate checks it after the update",
            )


_HEAD = "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.totals"
_QUERY = "AS SELECT order_id, count(*) AS payments FROM ${silver}.orders GROUP BY order_id;\n"

RULE = LintRule(
    code="MED621",
    name="expect_on_materialized_view",
    level="warning",
    why="A materialized view with expectations is refreshed in full, never incrementally (EXPECTATIONS_NOT_SUPPORTED).",
    check=check,
    offends=Example(
        {"sql/gold/totals.sql": f"{_HEAD} (\n    CONSTRAINT named EXPECT (order_id IS NOT NULL)\n)\n{_QUERY}"}
    ),
    fine=Example({"sql/gold/totals.sql": f"{_HEAD}\n{_QUERY}"}),
)
