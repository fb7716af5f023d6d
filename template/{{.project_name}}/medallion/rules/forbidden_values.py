"""`forbidden_values`: none of a list."""

from __future__ import annotations

from ..yaml_files.shapes import AnyScalar, Flag, Key, ListOf
from .allowed_values import listed_sql
from .kinds import Example, Parameters, RuleKind, Subject
from .words import joined, values_of


def _condition(subject: Subject, parameters: Parameters) -> str:
    return f"NOT {listed_sql(subject, parameters, 'forbidden_values')}"


def _message(column: str, parameters: Parameters) -> str:
    return f"{column} must be none of {joined(values_of(parameters, 'values'))}."


RULE = RuleKind(
    name="forbidden_values",
    suffix="not_forbidden",
    about="The value is not in the list; capital letters count unless `ignore_case` is true.",
    condition=_condition,
    message=_message,
    parameters=(
        Key("values", ListOf(AnyScalar(), minimum=1), "The values that are forbidden.", required=True),
        Key("ignore_case", Flag(), "true: capital letters do not count."),
    ),
    main="values",
    families=("string", "integer", "decimal"),
    examples=(
        Example("C-1", True, {"values": ("C-0", "TEST")}),
        Example("TEST", False, {"values": ("C-0", "TEST")}),
        Example("test", True, {"values": ("TEST",)}),
        Example("test", False, {"values": ("TEST",), "ignore_case": True}),
        Example("999", False, {"values": (0, 999)}, "int"),
        Example("x", True, {"values": (0, 999)}, "int", "does not cast: the typed rule fails instead"),
        Example(None, True, {"values": ("TEST",)}),
    ),
)
