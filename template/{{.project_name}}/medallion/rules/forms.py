"""What rules about the form of a text share: bounded patterns, a text made once, lists of words.

>>> matches("code", "^A+\\\\z", 3)
"CASE WHEN length(code) <= 3 THEN code RLIKE '^A+\\\\\\\\z' ELSE false END"
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..sql.words import literal
from .kinds import Example, Parameters, RuleKind, Subject


def matches(text: str, pattern: str, longest: int) -> str:
    """SQL: the whole text has the form; the pattern runs only on text of at most `longest` characters."""
    return f"CASE WHEN length({text}) <= {longest} THEN {text} RLIKE {literal(pattern)} ELSE false END"


def shaped(text: str, pattern: str, longest: int, check: str) -> str:
    """SQL: the text has the form and then the check holds; the check sees nothing that has another form."""
    fits = f"{text} RLIKE {literal(pattern)}"
    return f"CASE WHEN length({text}) > {longest} THEN false WHEN {fits} THEN {check} ELSE false END"


def made_once(made: str, condition: str) -> str:
    """SQL: the condition holds for `_x`, which is `made`; for conditions that name a computed text several times."""
    return f"exists(array({made}), _x -> {condition})"


def among(text: str, words: Iterable[str]) -> str:
    """SQL: the text is one of the words."""
    return f"{text} IN ({', '.join(literal(word) for word in words)})"


def chosen(text: str, cases: Iterable[tuple[str, str]], otherwise: str = "false") -> str:
    """SQL: the condition that stands beside the text's word."""
    branches = " ".join(f"WHEN {literal(word)} THEN {condition}" for word, condition in cases)
    return f"CASE {text} {branches} ELSE {otherwise} END"


def examples(holds: Iterable[str], fails: Iterable[str], parameters: Parameters | None = None) -> tuple[Example, ...]:
    """Texts for which a rule with these parameters holds, and for which it fails."""
    given = parameters or {}
    return (*(Example(text, True, given) for text in holds), *(Example(text, False, given) for text in fails))


def form_kind(
    name: str,
    about: str,
    said: str,
    condition: Callable[[str], str],
    *,
    holds: Iterable[str],
    fails: Iterable[str],
) -> RuleKind:
    """The kind of a rule of text without parameters: `said` ends the message `<column> must be …`."""

    def of_subject(subject: Subject, _parameters: Parameters) -> str:
        return condition(subject.sql)

    def message(column: str, _parameters: Parameters) -> str:
        return f"{column} must be {said}."

    return RuleKind(
        name=name,
        suffix=name,
        about=about,
        condition=of_subject,
        message=message,
        families=("string",),
        examples=(*examples(holds, fails), Example(None, True, {})),
    )
