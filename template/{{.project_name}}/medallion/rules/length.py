"""`length`: how many characters a text has."""

from __future__ import annotations

from ..yaml_files.shapes import Key, Number
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject, number_of

_SIGNS = (("exactly", "=", "exactly"), ("min", ">=", "at least"), ("max", "<=", "at most"))


def _condition(subject: Subject, parameters: Parameters) -> str:
    _refuse_contradictions(parameters)
    return " AND ".join(
        f"length({subject.sql}) {sign} {parameters[name]}" for name, sign, _ in _SIGNS if name in parameters
    )


def _refuse_contradictions(parameters: Parameters) -> None:
    given = [name for name, _, _ in _SIGNS if name in parameters]
    found = ", ".join(f"{name} {parameters[name]}" for name in given) or "nothing"
    if not given or ("exactly" in given and len(given) > 1):
        raise RuleRefused(
            "a length is exact, or has a min, a max or both", found=found, expected="exactly, or min and max"
        )
    low, high = number_of(parameters, "min"), number_of(parameters, "max")
    if low is not None and high is not None and low > high:
        raise RuleRefused("no text has this length", found=found, expected="min not above max")


def _message(column: str, parameters: Parameters) -> str:
    bounds = [f"{word} {parameters[name]}" for name, _, word in _SIGNS if name in parameters]
    return f"{column} must have {' and '.join(bounds)} characters."


RULE = RuleKind(
    name="length",
    suffix="length",
    about="Text has as many characters as said.",
    condition=_condition,
    message=_message,
    parameters=(
        Key("exactly", Number(whole=True), "The number of characters."),
        Key("min", Number(whole=True), "The smallest number of characters."),
        Key("max", Number(whole=True), "The greatest number of characters."),
    ),
    main="exactly",
    families=("string",),
    examples=(
        Example("abc", True, {"exactly": 3}),
        Example("ab", False, {"exactly": 3}),
        Example("ü", True, {"exactly": 1}, about="characters count, not bytes"),
        Example("", True, {"max": 3}),
        Example("", False, {"min": 1, "max": 3}),
        Example("abcd", False, {"min": 1, "max": 3}),
        Example(None, True, {"min": 1}),
    ),
)
