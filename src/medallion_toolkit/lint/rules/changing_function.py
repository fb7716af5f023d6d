"""MED633: a rule or a materialized view whose result depends on when it is asked."""

from __future__ import annotations

from collections.abc import Iterator

from medallion_toolkit.graph.expectation_rules import changing
from medallion_toolkit.lint.contract import contract_place
from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import LintProject, Made


def check(project: LintProject) -> Iterator[Found]:
    yield from _expectations(project)
    for contract in project.contracts.values():
        for rule in contract.rules:
            function = changing(rule.condition) if rule.kind == "sql" else None
            if function:
                yield Found(
                    contract_place(contract, rule.position),
                    f"the rule {rule.name} asks {function}: its verdict depends on when the row is judged",
                    "compare with a time that the row keeps, such as _ingestion_timestamp",
                )
    for made in project.made:
        if made.node.dataset.kind == "materialized_view":
            yield from _in_query(made)


def _expectations(project: LintProject) -> Iterator[Found]:
    for node in project.by_hand:
        for rule in node.dataset.expectations:
            function = changing(rule.condition)
            if function:
                yield Found(
                    rule.place,
                    f"the expectation {rule.name} asks {function}: its verdict depends on when the row is judged",
                    "compare with a time that the row keeps, such as _ingestion_timestamp",
                )


def _in_query(made: Made) -> Iterator[Found]:
    function = changing(made.statement.query.text) if made.statement.query else None
    if function is None:
        return
    name = function.rsplit(" ", 1)[-1].upper()
    token = next(token for token in made.file.query_tokens(made.statement) if token.key == name)
    yield Found(
        made.file.place(token.start, token.end),
        f"{made.shown} asks {function}, so every update computes all of it anew",
        "take the time from the rows, or a job's parameter; a value that is made once belongs into a streaming table",
    )


def _totals(more: str) -> Example:
    text = f"""CREATE OR REFRESH MATERIALIZED VIEW ${{gold}}.recent
AS SELECT order_id, {more} AS shown FROM ${{silver}}.orders;
"""
    return Example({"sql/gold/recent.sql": text})


RULE = LintRule(
    code="MED633",
    name="changing_function",
    level="warning",
    why="What asks the clock or rolls dice gives another answer for the same row the next time.",
    check=check,
    offends=_totals("current_date()"),
    fine=_totals("amount"),
)
