r"""MED632: a pattern that ends with `$`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medallion_toolkit.lint.findings import Edit, Example, Found, LintRule
from medallion_toolkit.lint.patterns import end_of_text, loose_ends
from medallion_toolkit.lint.project import LintProject, SqlText, TextFile
from medallion_toolkit.lint.samples import CONFORMED
from medallion_toolkit.sql.tokens import Token, tokenize

_OPERATORS = {"RLIKE", "REGEXP"}
_FUNCTIONS = {"REGEXP_LIKE", "RLIKE", "REGEXP"}
_IN_CONTRACT = re.compile(r"\b(?:regex|pattern):[ \t]*'(?P<pattern>(?:[^'\n]|'')*)'")
_MESSAGE = "$ in a pattern accepts a newline at the end of the text"
_HELP = r"\z is the end of the text and nothing else"


def check(project: LintProject) -> Iterator[Found]:
    for file in project.sql:
        yield from _in_sql(file)
    for text in project.contract_files:
        yield from _in_contract(text)
    for node in project.by_hand:
        if node.dataset.place.path.endswith(".py"):
            for rule in node.dataset.expectations:
                if any(loose_ends(literal.text) for literal in _patterns(tokenize(rule.condition))):
                    yield Found(rule.place, _MESSAGE, _HELP)


def _in_sql(file: SqlText) -> Iterator[Found]:
    for literal in _patterns(file.tokens):
        ends = loose_ends(literal.text)
        if ends:
            starts = [literal.start + end for end in ends]
            written = end_of_text(literal.text)
            edits = tuple(Edit(file.path, start, start + 1, written) for start in starts)
            yield Found(file.place(starts[0], starts[0] + 1), _MESSAGE, _HELP, edits)


def _in_contract(file: TextFile) -> Iterator[Found]:
    for found in _IN_CONTRACT.finditer(file.text):
        ends = loose_ends(f"r'{found['pattern']}'")
        starts = [found.start("pattern") + end - len("r'") for end in ends]
        edits = tuple(Edit(file.path, start, start + 1, "\\z") for start in starts)
        if edits:
            yield Found(file.place(starts[0], starts[0] + 1), _MESSAGE, _HELP, edits)


def _patterns(tokens: tuple[Token, ...] | list[Token]) -> Iterator[Token]:
    """The literals that a text is tested against."""
    for at, token in enumerate(tokens):
        before = tokens[at - 1].key if at else ""
        if token.kind == "string" and (before in _OPERATORS or (before == "," and _is_second(tokens, at))):
            yield token


def _is_second(tokens: tuple[Token, ...] | list[Token], at: int) -> bool:
    """Whether the token is the second argument of a function that tests a pattern."""
    depth = 0
    for index in range(at - 2, 0, -1):
        key = tokens[index].key
        depth += (key == ")") - (key == "(")
        if depth == 0 and key == ",":
            return False
        if depth < 0:
            return tokens[index - 1].key in _FUNCTIONS
    return False


def _view(pattern: str) -> Example:
    text = CONFORMED.replace(";", f"\nWHERE order_id RLIKE {pattern};")
    return Example({"sql/silver/orders_conformed.sql": text})


RULE = LintRule(
    code="MED632",
    name="dollar_in_pattern",
    level="warning",
    why=r"In Java's patterns $ matches before a newline at the end; only \z is the end of the text.",
    check=check,
    offends=_view(r"r'^O-\d+$'"),
    fine=_view(r"r'^O-\d+\z'"),
    fixes=True,
)
