"""The rules as the pipeline counts them: expectations of the one dataset that every row passes."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.contract import Contract
from ..rules.rule_names import COUNTING_RULE
from ..sql.words import literal
from .plan import Expectations
from .quarantine import FAILED, TAGS

KEPT_RULE = "row_is_kept"
QUARANTINED_RULE = "row_is_quarantined"


def expectations(contract: Contract) -> Expectations:
    """The expectations of `Contract.counted_in`.

    `row_is_valid` counts rows, whatever number of rules each failed; `row_is_kept` counts rows that no rule drops.
    """
    if not contract.making.stores_verdict:
        return _by_verdict(contract)
    warn = {rule.name: rule.condition for rule in contract.rules if rule.on_fail != "fail"}
    drop: dict[str, str] = {}
    if contract.is_one_table:
        drop = {rule.name: warn.pop(rule.name) for rule in contract.rules_that("drop")}
    elif contract.rules_that("drop"):
        warn[KEPT_RULE] = "NOT _dropped"
    warn[COUNTING_RULE] = _is_valid(contract)
    return Expectations(warn, drop, {rule.name: rule.condition for rule in contract.rules_that("fail")})


def _is_valid(contract: Contract) -> str:
    if contract.is_flagged:
        return "_is_valid"
    if contract.making.mode == "tag":
        return f"NOT {_any_of(TAGS, (rule.name for rule in contract.rules_that('quarantine')))}"
    return "_errors IS NULL"


def _by_verdict(contract: Contract) -> Expectations:
    """Every row passes the quarantine table, the ones that hold are dropped there; columns of the verdict count."""
    warn = {rule.name: f"NOT {_any_of(FAILED, [rule.name])}" for rule in contract.rules}
    if contract.rules_that("drop"):
        warn[KEPT_RULE] = f"NOT {_any_of(FAILED, (rule.name for rule in contract.rules_that('drop')))}"
    warn[COUNTING_RULE] = "_errors IS NULL"
    return Expectations(warn, {QUARANTINED_RULE: "_errors IS NOT NULL"})


def _any_of(column: str, names: Iterable[str]) -> str:
    listed = ", ".join(literal(name) for name in names)
    return f"coalesce(arrays_overlap({column}, CAST(array({listed}) AS ARRAY<STRING>)), false)"
