"""MED623: a table past bronze of which nothing is stated."""

from __future__ import annotations

from collections.abc import Iterator

from medallion_toolkit.graph.model import Node
from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import PAST_BRONZE, LintProject

_MADE_BESIDE = ("_checked", "_quarantine")


def check(project: LintProject) -> Iterator[Found]:
    if project.project.contracts.package is None:
        return
    for made in project.made_in(*PAST_BRONZE):
        if _needs_contract(made.node) and made.node.name not in project.contracts:
            yield Found(
                made.place,
                f"nothing states what must be true of {made.layer}.{made.shown}",
                f"write contracts/{made.layer}/{made.shown}.yml with its columns, keys and rules",
            )


def _needs_contract(node: Node) -> bool:
    """A table of derived rows: a calendar reads nothing, an ejected contract has its rules in SQL."""
    dataset = node.dataset
    is_table = dataset.kind in ("streaming_table", "materialized_view") and not dataset.private
    is_stated = bool(dataset.expectations) or dataset.name.endswith(_MADE_BESIDE)
    return is_table and bool(node.reads) and not is_stated


_TOTALS = """CREATE OR REFRESH MATERIALIZED VIEW ${gold}.totals
AS SELECT order_id, count(*) AS payments FROM ${silver}.orders GROUP BY order_id;
"""
_CONTRACT = """table: gold.totals
columns:
  order_id: {type: string, description: Number on the invoice}
  payments: {type: bigint, description: How often it was paid, rules: [range: {min: 1}]}
"""

RULE = LintRule(
    code="MED623",
    name="table_without_contract",
    level="warning",
    why="A table that people read has columns, keys and rules; without a contract nobody is told when they break.",
    check=check,
    offends=Example({"sql/gold/totals.sql": _TOTALS}),
    fine=Example({"sql/gold/totals.sql": _TOTALS, "contracts/gold/totals.yml": _CONTRACT}),
)
