"""MED637: columns that nobody describes."""

from __future__ import annotations

from collections.abc import Iterator

from medallion_toolkit.lint.contract import contract_place
from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import LintProject
from medallion_toolkit.lint.samples import ORDERS_CONTRACT


def check(project: LintProject) -> Iterator[Found]:
    for contract in project.contracts.values():
        for column in contract.columns:
            if not column.description:
                yield Found(
                    contract_place(contract, column.position),
                    f"{contract.layer}.{contract.name}.{column.name} has no description",
                    "description: what it means, its unit, what a blank stands for",
                )


RULE = LintRule(
    code="MED637",
    name="column_without_description",
    level="note",
    why="The description is the comment that readers see in the catalog; a name rarely says unit and meaning.",
    check=check,
    offends=Example({"contracts/silver/orders.yml": ORDERS_CONTRACT.replace(", description: Gross", "")}),
    fine=Example({"contracts/silver/orders.yml": ORDERS_CONTRACT}),
)
