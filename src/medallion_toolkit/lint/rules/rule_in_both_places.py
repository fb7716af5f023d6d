"""MED622: an expectation on the view that a contract judges."""

from __future__ import annotations

from collections.abc import Iterator

from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import LintProject
from medallion_toolkit.lint.samples import CONFORMED


def check(project: LintProject) -> Iterator[Found]:
    sources = {str(one.source).lower(): one for one in project.contracts.values() if one.source}
    for node in project.by_hand:
        contract = sources.get(project.project.shown(node.name).lower())
        if contract is None:
            continue
        for rule in node.dataset.expectations:
            yield Found(
                rule.place,
                f"the rule {rule.name} stands on {project.project.shown(node.name)}, which {contract.path} judges",
                f"move it into {contract.path}: there a row that fails is quarantined with its reason",
            )


_RULE = " (CONSTRAINT named EXPECT (order_id IS NOT NULL) ON VIOLATION DROP ROW)\nAS SELECT"

RULE = LintRule(
    code="MED622",
    name="rule_in_both_places",
    level="warning",
    why="A row that an expectation drops never reaches the contract, so quarantine and its counts do not know it.",
    check=check,
    offends=Example({"sql/silver/orders_conformed.sql": CONFORMED.replace("\nAS SELECT", _RULE)}),
    fine=Example({"sql/silver/orders_conformed.sql": CONFORMED}),
)
