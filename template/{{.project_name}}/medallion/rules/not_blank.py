"""`not_blank`: text with something to read in it."""

from __future__ import annotations

from .kinds import Example, Parameters, RuleKind, Subject


def _condition(subject: Subject, _parameters: Parameters) -> str:
    return f"{subject.sql} RLIKE '(?U)\\\\S'"


def _message(column: str, _parameters: Parameters) -> str:
    return f"{column} must not be blank."


RULE = RuleKind(
    name="not_blank",
    suffix="not_blank",
    about="Text has at least one character that is no white space.",
    condition=_condition,
    message=_message,
    families=("string",),
    dimension="completeness",
    examples=(
        Example(" a ", True, {}),
        Example("", False, {}),
        Example(" \t\n", False, {}),
        Example("\u00a0", False, {}, about="a no-break space is white space too"),
        Example(None, True, {}, about="absence is the business of not_null"),
    ),
)
