"""`regex`: a pattern is found in the text."""

from __future__ import annotations

from ..sql.words import literal
from ..yaml_files.shapes import Key, Text
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject, text_of


def _condition(subject: Subject, parameters: Parameters) -> str:
    pattern = text_of(parameters, "pattern")
    refuse_loose_end(pattern)
    return f"{subject.sql} RLIKE {literal(pattern)}"


def refuse_loose_end(pattern: str) -> None:
    """Refuse `$` (it accepts a newline at the end) and brackets that do not close."""
    escaped, in_class, depth = False, False, 0
    for sign in pattern:
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        elif sign == "$":
            raise RuleRefused(
                "$ accepts a newline at the end of the text",
                found=pattern,
                expected="\\z for the end of the text",
                help="write " + pattern.replace("$", "\\z"),
            )
        else:
            depth += {"(": 1, ")": -1}.get(sign, 0)
    if escaped or in_class or depth:
        raise RuleRefused("the pattern does not close", found=pattern, expected="as many closing brackets as opening")


def _message(column: str, parameters: Parameters) -> str:
    return f"{column} must match {text_of(parameters, 'pattern')}"


RULE = RuleKind(
    name="regex",
    suffix="matches",
    about="The pattern is found in the text: begin it with ^ and end it with \\z to match the whole text.",
    condition=_condition,
    message=_message,
    parameters=(Key("pattern", Text(), "A Java regular expression.", required=True),),
    main="pattern",
    families=("string",),
    examples=(
        Example("O-17", True, {"pattern": r"^O-\d+\z"}),
        Example("O-17\n", False, {"pattern": r"^O-\d+\z"}, about="a newline at the end is no match"),
        Example("o-17", False, {"pattern": r"^O-\d+\z"}),
        Example("x O-1", True, {"pattern": r"O-\d"}, about="without ^ and \\z the pattern may stand anywhere"),
        Example("it's", True, {"pattern": r"^it's\z"}),
        Example("", False, {"pattern": r"^.+\z"}),
        Example(None, True, {"pattern": r"^O-\d+\z"}),
    ),
)
