"""MED636: a quarantine that may grow unnoticed."""

from __future__ import annotations

from collections.abc import Iterator

from medallion_toolkit.lint.contract import contract_place
from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import LintProject
from medallion_toolkit.lint.samples import ORDERS_CONTRACT
from medallion_toolkit.python.helper_contract import Contract


def check(project: LintProject) -> Iterator[Found]:
    for contract in project.contracts.values():
        limits = contract.limits
        if _quarantines(contract) and limits.quarantined_percent is None and limits.quarantined_rows is None:
            yield Found(
                contract_place(contract, contract.position),
                f"nothing stops the job when {contract.layer}.{contract.name} quarantines more than usual",
                "limits: {quarantined: 5 %}, or what share of rows you can do without",
            )


def _quarantines(contract: Contract) -> bool:
    """Whether rows that fail leave the table, or are marked as invalid in it."""
    is_made = contract.source is not None and contract.making.mode != "tag"
    return is_made and any(rule.on_fail == "quarantine" for rule in contract.rules)


RULE = LintRule(
    code="MED636",
    name="quarantine_without_limit",
    level="warning",
    why="Without a limit the gate passes an update whose every row is in quarantine.",
    check=check,
    offends=Example({"contracts/silver/orders.yml": ORDERS_CONTRACT.replace("limits: {quarantined: 5 %}\n", "")}),
    fine=Example({"contracts/silver/orders.yml": ORDERS_CONTRACT}),
)
