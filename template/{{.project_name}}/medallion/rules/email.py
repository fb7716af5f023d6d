"""`email`: looks like an address that mail can be sent to."""

from __future__ import annotations

from ..sql.words import literal
from .kinds import Example, Parameters, RuleKind, Subject

# The look-ahead bounds the part before @ to 64 characters; CASE bounds the whole before the pattern runs.
_PATTERN = (
    r"^(?=.{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}\z"
)


def _condition(subject: Subject, _parameters: Parameters) -> str:
    return f"CASE WHEN length({subject.sql}) <= 254 THEN {subject.sql} RLIKE {literal(_PATTERN)} ELSE false END"


def _message(column: str, _parameters: Parameters) -> str:
    return f"{column} must be an e-mail address."


RULE = RuleKind(
    name="email",
    suffix="email",
    about="Text has the form of an e-mail address (ASCII, at most 254 characters, a dot in the domain).",
    condition=_condition,
    message=_message,
    families=("string",),
    examples=(
        Example("a@x.org", True, {}),
        Example("first.o'last+tag@mail.example.co", True, {}),
        Example("a@x", False, {}),
        Example("a b@x.org", False, {}),
        Example("a@x.org\n", False, {}),
        Example("a..b@x.org", False, {}),
        Example("a@-x.org", False, {}),
        Example("a" * 65 + "@x.org", False, {}, about="65 characters before @"),
        Example("a." * 200 + "a@x.org", False, {}, about="longer than 254 characters"),
        Example("", False, {}),
        Example(None, True, {}),
    ),
)
