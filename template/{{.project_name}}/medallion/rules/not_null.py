"""`not_null`: a value has to be there."""

from __future__ import annotations

from .kinds import Example, Parameters, RuleKind, Subject


def _condition(subject: Subject, _parameters: Parameters) -> str:
    return f"{subject.source} IS NOT NULL"


def _message(column: str, _parameters: Parameters) -> str:
    return f"{column} must have a value."


RULE = RuleKind(
    name="not_null",
    suffix="present",
    about="A value is there. Keys and the columns of sequence_by imply it.",
    condition=_condition,
    message=_message,
    holds_for_null=False,
    dimension="completeness",
    examples=(
        Example("C-1", True, {}),
        Example("", True, {}, about="empty text is a value; see not_blank"),
        Example(None, False, {}),
        Example("12,50", True, {}, "decimal(12,2)", "it came, it is only no number: that is the typed rule's business"),
    ),
)
