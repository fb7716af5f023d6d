"""`allowed_values`: one of a list."""

from __future__ import annotations

from decimal import Decimal

from ..shapes import AnyScalar, Key, ListOf
from ..sql_words import literal
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject, Value


def _condition(subject: Subject, parameters: Parameters) -> str:
    values = parameters["values"]
    listed = values if isinstance(values, tuple) else (values,)
    return f"{subject.sql} IN ({', '.join(_typed_literal(value, subject) for value in listed)})"


def _typed_literal(value: Value, subject: Subject) -> str:
    if subject.type.is_text:
        return literal(value if isinstance(value, str) else literal(value))
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if not (number and subject.type.is_number):
        raise RuleRefused(
            f"allowed_values of {subject.name} do not fit its type",
            found=str(value),
            expected="numbers" if subject.type.is_number else "a text or number column",
        )
    return literal(value)


def _message(column: str, parameters: Parameters) -> str:
    values = parameters["values"]
    listed = values if isinstance(values, tuple) else (values,)
    return f"{column} must be one of {', '.join(str(value) for value in listed)}."


RULE = RuleKind(
    name="allowed_values",
    suffix="allowed",
    about="The value is in the list; capital letters count.",
    condition=_condition,
    message=_message,
    parameters=(Key("values", ListOf(AnyScalar(), minimum=1), "The values that are allowed.", required=True),),
    main="values",
    families=("string", "integer", "decimal"),
    examples=(
        Example("paid", True, {"values": ("placed", "paid")}),
        Example("PAID", False, {"values": ("placed", "paid")}),
        Example("", False, {"values": ("placed", "paid")}),
        Example(None, True, {"values": ("placed", "paid")}),
        Example("it's", True, {"values": ("it's", "a\\b")}),
        Example("3", True, {"values": (1, 3)}, "int"),
        Example("x", True, {"values": (1, 3)}, "int", "does not cast: the typed rule fails instead"),
    ),
)
