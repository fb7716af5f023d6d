"""Every row once: judged in one place, then either valid, quarantined with all its reasons, or dropped by rule.

The verdict is computed where a row is stored first and never again; what follows only reads it. Only the
copy-free form (`stored: false`) makes it twice, which is why its rules may depend on nothing but the row.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..contracts.version import contract_version
from ..model.contract import SOURCE_COLUMN, Column, Contract, Rule
from ..sql.column_types import typed_expression
from ..sql.words import identifier, literal
from .context import context_steps
from .evolution import EXTRA, carried_select, extra_select, takes_in
from .plan import Step
from .replay import ATTEMPT, FIRST_ATTEMPT, is_replayable

ERRORS_TYPE = "ARRAY<STRUCT<rule: STRING, message: STRING, columns: ARRAY<STRING>, severity: STRING, value: STRING>>"
CHECKED_AT = "_checked_at"
VERSION = "_contract_version"
TAGS = "_tags"
FAILED = "_failed"


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
    """The columns that are cast or normalized, whose values as they came are kept in `_source`."""
    return tuple(column for column in contract.columns if column.is_changed)


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
    return _hits(rules, [_reason(rule) for rule in rules], ERRORS_TYPE, unless)


def names_expression(rules: Sequence[Rule]) -> str:
    """SQL for the names of the rules a row fails: NULL when it fails none, else an array that is never empty."""
    names = [f"CASE WHEN NOT {rule.condition} THEN {literal(rule.name)} END" for rule in rules]
    return _hits(rules, names, "ARRAY<STRING>", None)


def tagging_rules(contract: Contract) -> tuple[Rule, ...]:
    """The rules whose names `_tags` may hold: those that tag, with `quarantine: tag` also those that quarantine."""
    return contract.rules_that("tag", "quarantine") if contract.making.mode == "tag" else contract.rules_that("tag")


def judged_steps(contract: Contract) -> tuple[Step, ...]:
    """The steps that make `_checked`: typed values, then the verdict."""
    typed = typed_step(contract)
    first = Step((*typed.select, FIRST_ATTEMPT)) if is_replayable(contract) else typed
    return (first, *verdict_steps(contract))


def verdict_steps(contract: Contract) -> tuple[Step, ...]:
    """The steps behind the types: `_dropped` where a rule drops, `_tags` where one tags, `_errors`, when, by what."""
    dropping = contract.rules_that("drop")
    errors = errors_expression(contract.rules_that("quarantine"), unless="_dropped" if dropping else None)
    failed = () if contract.making.stores_verdict else (f"{names_expression(contract.rules)} AS {FAILED}",)
    return (
        *context_steps(contract),
        *([Step(("*", f"NOT ({all_hold(dropping)}) AS _dropped"))] if dropping else []),
        Step(("*", *_beside(contract), f"{errors} AS _errors", *failed, *_when_and_by_what(contract))),
    )


def flagged_steps(contract: Contract) -> tuple[Step, ...]:
    """The steps of the flag form: every row stays, with `_is_valid` and `_validation_errors`."""
    errors = errors_expression(contract.rules_that("quarantine"))
    return (
        typed_step(contract),
        *context_steps(contract),
        Step(("*", *_beside(contract), f"{errors} AS _validation_errors", *_when_and_by_what(contract))),
        Step(("*", "_validation_errors IS NULL AS _is_valid")),
    )


def tagged_steps(contract: Contract) -> tuple[Step, ...]:
    """The steps of the tag form: every row stays, with the names of the rules it fails."""
    tags = Step(("*", *extra_select(contract), f"{names_expression(tagging_rules(contract))} AS {TAGS}"))
    return (typed_step(contract), *context_steps(contract), tags)


def quarantine_step(contract: Contract) -> Step:
    """The rows that failed: values as they came, the reasons, metadata.

    In the copy-free form every row passes, so that it is counted here, and an expectation drops those that hold.
    """
    stores_verdict = contract.making.stores_verdict
    return Step(
        (
            *(_as_it_came(column) for column in contract.columns),
            "_errors",
            *([] if stores_verdict else [FAILED]),
            *(carried.name for carried in contract.carry),
            *([ATTEMPT] if is_replayable(contract) else []),
            CHECKED_AT,
            VERSION,
        ),
        where="_errors IS NOT NULL" if stores_verdict else None,
    )


def valid_step(contract: Contract, extra: tuple[str, ...] = ()) -> Step:
    """The rows that hold: typed values, metadata, tags."""
    kept = "_errors IS NULL AND NOT _dropped" if contract.rules_that("drop") else "_errors IS NULL"
    names = (*(identifier(column.name) for column in contract.columns), *carried_select(contract))
    beside = [EXTRA] if takes_in(contract) else []
    beside += [TAGS] if tagging_rules(contract) else []
    return Step((*names, *beside, *extra), where=kept)


def _beside(contract: Contract) -> tuple[str, ...]:
    tagging = tagging_rules(contract)
    return (*extra_select(contract), *([f"{names_expression(tagging)} AS {TAGS}"] if tagging else []))


def _when_and_by_what(contract: Contract) -> tuple[str, str]:
    return f"current_timestamp() AS {CHECKED_AT}", f"{literal(contract_version(contract))} AS {VERSION}"


def _hits(rules: Sequence[Rule], hits: Sequence[str], sql_type: str, unless: str | None) -> str:
    """One Boolean for a clean row; only a row that fails pays for finding out what."""
    if not rules:
        return f"CAST(NULL AS {sql_type})"
    clean = f"{unless}\n    OR {all_hold(rules)}" if unless else all_hold(rules)
    listed = ",\n    ".join(hits)
    return f"CASE WHEN\n    {clean}\nTHEN NULL\nELSE filter(array(\n    {listed}\n), e -> e IS NOT NULL) END"


def _typed(column: Column) -> str:
    name = identifier(column.name)
    if column.type.is_text:
        return f"{column.normalized or f'CAST({name} AS STRING)'} AS {name}"
    return f"{typed_expression(column.normalized or name, column.type, column.date_format)} AS {name}"


def _as_it_came(column: Column) -> str:
    name = identifier(column.name)
    return f"{SOURCE_COLUMN}.{name} AS {name}" if column.is_changed else name


def _reason(rule: Rule) -> str:
    columns = ", ".join(literal(column) for column in rule.columns)
    fields = (
        f"'rule', {literal(rule.name)}, 'message', {literal(rule.message)}, "
        f"'columns', CAST(array({columns}) AS ARRAY<STRING>), "
        f"'severity', {literal(rule.severity)}, 'value', {rule.value}"
    )
    return f"CASE WHEN NOT {rule.condition} THEN named_struct({fields}) END"
