"""`allowed_values`: one of a list."""

from __future__ import annotations

from decimal import Decimal

from ..sql.words import literal
from ..yaml_files.shapes import AnyScalar, Flag, Key, ListOf
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject, Value
from .words import flag_of, joined, values_of


def listed_sql(subject: Subject, parameters: Parameters, rule: str) -> str:
    """SQL: the value is one of `values`; `ignore_case` compares both sides in lower case."""
    ignores = flag_of(parameters, "ignore_case") and subject.type.is_text
    literals = [typed_literal(value, subject, rule) for value in values_of(parameters, "values")]
    listed = ", ".join(f"lower({one})" if ignores else one for one in literals)
    return f"{f'lower({subject.sql})' if ignores else subject.sql} IN ({listed})"


def typed_literal(value: Value, subject: Subject, rule: str) -> str:
    """A literal that compares with the column without a cast; another kind of value is refused."""
    if subject.type.is_text:
        return literal(value if isinstance(value, str) else literal(value))
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if not (number and subject.type.is_number):
        raise RuleRefused(
            f"{rule} of {subject.name} do not fit its type",
            found=str(value),
            expected="numbers" if subject.type.is_number else "a text or number column",
        )
    return literal(value)


def _condition(subject: Subject, parameters: Parameters) -> str:
    return listed_sql(subject, parameters, "allowed_values")


def _message(column: str, parameters: Parameters) -> str:
    return f"{column} must be one of {joined(values_of(parameters, 'values'))}."


RULE = RuleKind(
    name="allowed_values",
    suffix="allowed",
    about="The value is in the list; capital letters count unless `ignore_case` is true.",
    condition=_condition,
    message=_message,
    parameters=(
        Key("values", ListOf(AnyScalar(), minimum=1), "The values that are allowed.", required=True),
        Key("ignore_case", Flag(), "true: capital letters do not count."),
    ),
    main="values",
    families=("string", "integer", "decimal"),
    examples=(
        Example("paid", True, {"values": ("placed", "paid")}),
        Example("PAID", False, {"values": ("placed", "paid")}),
        Example("PAID", True, {"values": ("placed", "paid"), "ignore_case": True}),
        Example("", False, {"values": ("placed", "paid")}),
        Example(None, True, {"values": ("placed", "paid")}),
        Example("it's", True, {"values": ("it's", "a\\b")}),
        Example("3", True, {"values": (1, 3)}, "int"),
        Example("x", True, {"values": (1, 3)}, "int", "does not cast: the typed rule fails instead"),
    ),
)
