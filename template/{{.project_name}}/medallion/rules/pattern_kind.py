"""Rules that are one pattern: name, pattern, one sentence and examples."""

from __future__ import annotations

from .kinds import Dimension, Example, Parameters, RuleKind, Subject
from .words import matches


def pattern_kind(
    name: str,
    pattern: str,
    about: str,
    must: str,
    *,
    holds: tuple[str, ...],
    fails: tuple[str, ...],
    forbidden: bool = False,
    dimension: Dimension = "validity",
) -> RuleKind:
    """A rule of text that matches a Java pattern, or with `forbidden` does not; `must` ends its message."""

    def condition(subject: Subject, _parameters: Parameters) -> str:
        found = matches(subject.sql, pattern)
        return f"NOT {found}" if forbidden else found

    def message(column: str, _parameters: Parameters) -> str:
        return f"{column} must {must}."

    return RuleKind(
        name=name,
        suffix=name,
        about=about,
        condition=condition,
        message=message,
        families=("string",),
        dimension=dimension,
        examples=(
            *(Example(value, True, {}) for value in holds),
            *(Example(value, False, {}) for value in fails),
            Example(None, True, {}),
        ),
    )
