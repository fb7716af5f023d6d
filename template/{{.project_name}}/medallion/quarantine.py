"""Every row once: judged in one place, then either valid, quarantined with all its reasons, or dropped by rule.

The verdict is computed where a row is stored first and never again; what follows only reads it.
"""

from __future__ import annotations

from collections.abc import Sequence

from .column_types import typed_expression
from .contract_model import SOURCE_COLUMN, Column, Contract, Rule
from .rules.compile import COUNTING_RULE
from .sql_words import identifier, literal
from .table_plan import Expectations, Step

ERRORS_TYPE = "ARRAY<STRUCT<rule: STRING, message: STRING, columns: ARRAY<STRING>, severity: STRING, value: STRING>>"
KEPT_RULE = "row_is_kept"


def typed_step(contract: Contract) -> Step:
    """Every contract column as its type, metadata as it is, and the values that were cast as they came."""
    return Step(
        (
            *(_typed(column) for column in contract.columns),
            *(f"try_cast({carried.name} AS {carried.type.sql}) AS {carried.name}" for carried in contract.carry),
            *([f"{source_struct(contract)} AS {SOURCE_COLUMN}"] if cast_columns(contract) else []),
        )
    )


def cast_columns(contract: Contract) -> tuple[Column, ...]:
    """The columns that are not text, whose values as they came are kept in `_source`."""
    return tuple(column for column in contract.columns if not column.type.is_text)


def source_struct(contract: Contract) -> str:
    """SQL for the values as they came, as text."""
    fields = [f"{literal(column.name)}, CAST({identifier(column.name)} AS STRING)" for column in cast_columns(contract)]
    return f"named_struct({', '.join(fields)})"


def all_hold(rules: Sequence[Rule]) -> str:
    """SQL that is true when every rule holds.

    >>> all_hold(())
    'true'
    """
    return "\n    AND ".join(rule.condition for rule in rules) or "true"


def errors_expression(rules: Sequence[Rule], unless: str | None = None) -> str:
    """SQL for the reasons: NULL for a clean row (or `unless`), else an array that is never empty."""
    if not rules:
        return f"CAST(NULL AS {ERRORS_TYPE})"
    clean = f"{unless}\n    OR {all_hold(rules)}" if unless else all_hold(rules)
    reasons = ",\n    ".join(_reason(rule) for rule in rules)
    return f"CASE WHEN\n    {clean}\nTHEN NULL\nELSE filter(array(\n    {reasons}\n), e -> e IS NOT NULL) END"


def judged_steps(contract: Contract) -> tuple[Step, ...]:
    """The steps that make `_checked`: typed values, `_dropped` where a rule drops, `_errors`."""
    dropping = contract.rules_that("drop")
    errors = errors_expression(contract.rules_that("quarantine"), unless="_dropped" if dropping else None)
    return (
        typed_step(contract),
        *([Step(("*", f"NOT ({all_hold(dropping)}) AS _dropped"))] if dropping else []),
        Step(("*", f"{errors} AS _errors")),
    )


def flagged_steps(contract: Contract) -> tuple[Step, ...]:
    """The steps of the flag form: every row stays, with `_is_valid` and `_validation_errors`."""
    errors = errors_expression(contract.rules_that("quarantine"))
    return (
        typed_step(contract),
        Step(("*", f"{errors} AS _validation_errors")),
        Step(("*", "_validation_errors IS NULL AS _is_valid")),
    )


def quarantine_step(contract: Contract) -> Step:
    """The rows that failed: values as they came, the reasons, metadata."""
    return Step(
        (
            *(_as_it_came(column) for column in contract.columns),
            "_errors",
            *(carried.name for carried in contract.carry),
        ),
        where="_errors IS NOT NULL",
    )


def valid_step(contract: Contract, extra: tuple[str, ...] = ()) -> Step:
    """The rows that hold: typed values and metadata."""
    kept = "_errors IS NULL AND NOT _dropped" if contract.rules_that("drop") else "_errors IS NULL"
    names = [identifier(column.name) for column in contract.columns] + [carried.name for carried in contract.carry]
    return Step((*names, *extra), where=kept)


def expectations(contract: Contract) -> Expectations:
    """The rules as the pipeline counts them; `row_is_valid` counts rows, whatever number of rules each failed."""
    is_valid = "_is_valid" if contract.is_flagged else "_errors IS NULL"
    warn = {rule.name: rule.condition for rule in contract.rules if rule.on_fail != "fail"}
    drop: dict[str, str] = {}
    if contract.is_flagged:
        drop = {rule.name: warn.pop(rule.name) for rule in contract.rules_that("drop")}
    elif contract.rules_that("drop"):
        warn[KEPT_RULE] = "NOT _dropped"
    warn[COUNTING_RULE] = is_valid
    return Expectations(warn, drop, {rule.name: rule.condition for rule in contract.rules_that("fail")})


def _typed(column: Column) -> str:
    name = identifier(column.name)
    if column.type.is_text:
        return f"CAST({name} AS STRING) AS {name}"
    return f"{typed_expression(name, column.type, column.date_format)} AS {name}"


def _as_it_came(column: Column) -> str:
    name = identifier(column.name)
    return name if column.type.is_text else f"{SOURCE_COLUMN}.{name} AS {name}"


def _reason(rule: Rule) -> str:
    columns = ", ".join(literal(column) for column in rule.columns)
    fields = (
        f"'rule', {literal(rule.name)}, 'message', {literal(rule.message)}, "
        f"'columns', CAST(array({columns}) AS ARRAY<STRING>), "
        f"'severity', {literal(rule.severity)}, 'value', {rule.value}"
    )
    return f"CASE WHEN NOT {rule.condition} THEN named_struct({fields}) END"
