"""MED620: an expectation whose condition may be NULL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medallion_toolkit.graph.decorated import is_decorated
from medallion_toolkit.graph.model import node_key
from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import LintProject
from medallion_toolkit.sql.conditions import is_decided
from medallion_toolkit.sql.tokens import Token, tokenize

_PLAIN_WORDS = {"NOT", "AND", "OR", "IN", "BETWEEN", "LIKE", "TRUE", "FALSE"}


def check(project: LintProject) -> Iterator[Found]:
    for node in project.by_hand:
        if is_decorated(project.graph, node_key(node.dataset)):
            continue
        for rule in node.dataset.expectations:
            if not is_decided(rule.condition) and not _is_guarded(tokenize(rule.condition)):
                yield Found(
                    rule.place,
                    f"the expectation {rule.name} is NULL where one of its columns is, and neither holds nor fails",
                    f"say which: coalesce({' '.join(rule.condition.split())}, false) fails, … OR column IS NULL holds",
                )


def _is_guarded(tokens: Sequence[Token]) -> bool:
    """`a IS NOT NULL AND a > 0`: every column of plain comparisons is asked for NULL beside them."""
    terms = _conjuncts(tokens)
    guarded = {term[0].key for term in terms if [token.key for token in term[1:]] == ["IS", "NOT", "NULL"]}
    rest = [term for term in terms if [token.key for token in term[1:]] != ["IS", "NOT", "NULL"]]
    return bool(guarded) and all(
        token.kind != "word" or token.key in guarded | _PLAIN_WORDS for term in rest for token in term
    )


def _conjuncts(tokens: Sequence[Token]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    depth, between = 0, False
    for token in tokens:
        depth += (token.key in ("(", "[")) - (token.key in (")", "]"))
        if depth == 0 and token.key == "AND" and not between:
            found.append([])
            continue
        between = (between or token.key == "BETWEEN") and not (between and token.key == "AND")
        found[-1].append(token)
    return [term for term in found if term]


def _table(condition: str) -> Example:
    text = f"""CREATE OR REFRESH STREAMING TABLE ${{silver}}.paid (
    CONSTRAINT amount_positive EXPECT ({condition})
) AS SELECT order_id, amount FROM STREAM(${{bronze}}.orders);
"""
    return Example({"sql/silver/paid.sql": text})


RULE = LintRule(
    code="MED620",
    name="null_unsafe_expect",
    level="warning",
    why="Sources disagree on whether a row whose condition is NULL is kept or counted as a violation.",
    check=check,
    offends=_table("amount > 0"),
    fine=_table("coalesce(amount > 0, false)"),
)
