"""MED634: text that is cast where it may fail."""

from __future__ import annotations

from collections.abc import Iterator

from medallion_toolkit.lint.columns import TEXT, KnownColumns
from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import PAST_BRONZE, LintProject, Made
from medallion_toolkit.model import SqlQuery
from medallion_toolkit.sql.tokens import Token, tokenize

_TEXT_TYPES = {"STRING", "VARCHAR", "CHAR"}


def check(project: LintProject) -> Iterator[Found]:
    known = KnownColumns(project)
    for made in project.made_in(*PAST_BRONZE):
        query = made.node.flows[0].query if made.node.flows else None
        if isinstance(query, SqlQuery) and made.statement.query is not None:
            yield from _casts(known, made, query)


def _casts(known: KnownColumns, made: Made, query: SqlQuery) -> Iterator[Found]:
    tokens, base = tokenize(query.text), made.statement.query.span.start if made.statement.query else 0
    for at, token in enumerate(tokens):
        if token.key != "CAST" or tokens[at + 1 : at + 2] == [] or tokens[at + 1].key != "(":
            continue
        operand, wanted = _parts(tokens, at + 2)
        if operand and wanted not in _TEXT_TYPES and known.type_of(made.node, query, operand) == TEXT:
            text = query.text[operand[0].start : operand[-1].end]
            yield Found(
                made.file.place(base + token.start, base + token.end),
                f"CAST of the text {text} stops the update at the first value that is no {wanted}",
                "try_cast, or leave it text and give its type in the contract: what does not cast is quarantined",
            )


def _parts(tokens: list[Token], first: int) -> tuple[list[Token], str]:
    """What is cast, and the first word of the type; empty where the parenthesis does not say."""
    depth = 0
    for at in range(first, len(tokens)):
        depth += (tokens[at].key == "(") - (tokens[at].key == ")")
        if depth < 0:
            break
        if depth == 0 and tokens[at].key == "AS" and at + 1 < len(tokens):
            return tokens[first:at], tokens[at + 1].key
    return [], ""


def _view(amount: str) -> Example:
    text = f"""CREATE TEMPORARY VIEW orders_conformed
AS SELECT trim(order_id) AS order_id, {amount} AS amount, _row_id
FROM STREAM(${{bronze}}.orders);
"""
    return Example({"sql/silver/orders_conformed.sql": text})


RULE = LintRule(
    code="MED634",
    name="cast_of_text",
    level="warning",
    why="In ANSI mode CAST raises for text that does not fit, so one bad row stops all rows.",
    check=check,
    offends=_view("CAST(amount AS DECIMAL(12, 2))"),
    fine=_view("try_cast(amount AS DECIMAL(12, 2))"),
)
