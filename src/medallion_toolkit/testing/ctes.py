"""Common table expressions of a dataset's query: looked at alone, or replaced by given rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from medallion_toolkit.errors import ConfigError, Place, did_you_mean
from medallion_toolkit.graph.model import Node
from medallion_toolkit.model import Flow, Relation, Span, SqlQuery


def split_part(name: str) -> tuple[str, str | None]:
    """`gold.daily_sales#paid` as the dataset and the CTE of its query; no CTE without `#`."""
    dataset, mark, cte = name.partition("#")
    return dataset.strip(), cte.strip() if mark else None


def flow_with(node: Node, cte: str, place: Place) -> tuple[Flow, SqlQuery]:
    """The flow of the dataset whose query defines `cte`; ConfigError with the names there are."""
    known: list[str] = []
    for flow in node.flows:
        if isinstance(flow.query, SqlQuery):
            names = dict(_definitions(flow.query.text))
            if cte.lower() in names:
                return flow, flow.query
            known += names
    raise ConfigError(
        "MED436",
        f"the query of {node.name} has no CTE {cte}",
        place=place,
        help=did_you_mean(cte.lower(), known) or f"CTEs at its top: {', '.join(known) or 'none'}",
    )


def query_of(query: SqlQuery, cte: str) -> SqlQuery:
    """The query that gives the rows of the CTE, with the CTEs before it."""
    body = dict(_definitions(query.text))[cte.lower()]
    text = f"{query.text[: body.end]} SELECT * FROM `{cte}`"
    return replace(query, text=text, relations=tuple(each for each in query.relations if each.span.end <= body.end))


def with_rows(query: SqlQuery, cte: str, view: str) -> SqlQuery:
    """The query with the CTE's body replaced by a read of the temporary view."""
    body = dict(_definitions(query.text))[cte.lower()]
    inside = query.text[body.start : body.end]
    new = f"(SELECT * FROM {view}" + "\n" * inside.count("\n") + ")"
    moved = len(new) - len(inside)
    relations = [
        _moved(relation, moved if relation.span.start >= body.end else 0)
        for relation in query.relations
        if not body.start <= relation.span.start < body.end
    ]
    return replace(query, text=query.text[: body.start] + new + query.text[body.end :], relations=tuple(relations))


def _moved(relation: Relation, by: int) -> Relation:
    span = relation.span
    return replace(relation, span=Span(span.start + by, span.end + by, span.line, span.column))


def _definitions(text: str) -> Iterator[tuple[str, Span]]:
    """Names of the CTEs at the top of the query and where their bodies stand, parentheses included."""
    from medallion_toolkit.sql.tokens import tokenize

    tokens = tokenize(text)
    if not tokens or tokens[0].key != "WITH":
        return
    depth, name, opened, is_body = 0, "", 0, False
    for before, token in pairwise(tokens):
        if token.key == "(":
            if depth == 0:
                opened, is_body = token.start, before.key == "AS"
            depth += 1
        elif token.key == ")":
            depth -= 1
            if depth == 0 and is_body:
                yield name, Span(opened, token.end, 0, 0)
        elif depth == 0 and token.key == "SELECT":
            return
        elif depth == 0 and before.key in ("WITH", "RECURSIVE", ",") and token.key != "RECURSIVE":
            name = token.text.strip("`").lower()
