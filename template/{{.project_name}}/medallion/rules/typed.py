"""`typed`: the value fits the column's declared type. Every column that is not text has it."""

from __future__ import annotations

from .kinds import Example, Parameters, RuleKind, Subject


def _condition(subject: Subject, _parameters: Parameters) -> str:
    fits = f"{subject.sql} IS NOT NULL"
    if subject.type.family == "nested":
        fits = f"({fits} AND {_absent(f'CAST({subject.sql} AS STRING)')} <= {_absent(subject.source)})"
    return f"{subject.source} IS NULL OR {fits}"


def _absent(text: str) -> str:
    """SQL for how many parts of a nested value, as text, are NULL: one that does not cast becomes NULL by itself."""
    return f"regexp_count({text}, '\\\\bnull\\\\b')"


def _message(column: str, _parameters: Parameters) -> str:
    return f"{column} must be of its declared type."


RULE = RuleKind(
    name="typed",
    suffix="typed",
    about="The value casts to the declared type, of a nested one every part. Implied by `type`; quarantine keeps the "
    "value as it came.",
    condition=_condition,
    message=_message,
    holds_for_null=False,
    implied=True,
    examples=(
        Example("12.50", True, {}, "decimal(12,2)"),
        Example("12,50", False, {}, "decimal(12,2)"),
        Example("99999999999999", False, {}, "decimal(12,2)", "more digits than the type holds"),
        Example("2026-02-30", False, {}, "date"),
        Example("2026-02-28T10:00:00Z", True, {}, "timestamp"),
        Example("9223372036854775808", False, {}, "bigint"),
        Example("yes", True, {}, "boolean"),
        Example("maybe", False, {}, "boolean"),
        Example("NaN", True, {}, "double"),
        Example("", False, {}, "int"),
        Example(None, True, {}, "int"),
    ),
)
