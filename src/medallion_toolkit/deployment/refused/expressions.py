"""Where the query below a contract makes one of its columns, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.errors import Place
from medallion_toolkit.model import Span, SqlQuery
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.sql.columns import OutputItem, output_items
from medallion_toolkit.sql.statements import QueryText

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project


@dataclass(frozen=True)
class OutputExpression:
    """The SQL that makes a column, on one line and without its alias, and its place in the file."""

    name: str
    text: str
    place: Place


def expression_of(project: Project, contract: Contract, column: str) -> OutputExpression | None:
    """The expression of the first source that names the column; None where a star or Python makes it."""
    return next((found for query in _queries(project, contract) if (found := find_expression(query, column))), None)


def find_expression(query: SqlQuery, column: str) -> OutputExpression | None:
    """The item of the query's select list that makes the column."""
    span = Span(0, len(query.text), query.place.line, query.place.column)
    items = output_items(QueryText(query.text, span, query.relations)) or ()
    item = next((one for one in items if one.name is not None and one.name.lower() == column.lower()), None)
    return _expression(query, item) if item is not None else None


def _expression(query: SqlQuery, item: OutputItem) -> OutputExpression:
    tokens = item.tokens[:-2] if len(item.tokens) > 2 and item.tokens[-2].key == "AS" else item.tokens
    start, end = tokens[0].start, tokens[-1].end
    before = query.text[:start]
    line = query.place.line + before.count("\n")
    column = start - before.rfind("\n") if "\n" in before else query.place.column + start
    text = " ".join(query.text[start:end].split())
    return OutputExpression(str(item.name), text, Place(query.place.path, line, column, end - start))


def _queries(project: Project, contract: Contract) -> Iterable[SqlQuery]:
    wanted = {source.lower() for source in contract.sources}
    for key, node in project.graph.nodes.items():
        names = {node.name.lower(), node.name.lower().split(".", 1)[-1], project.display[key].lower()}
        if names & wanted:
            yield from (flow.query for flow in node.flows if isinstance(flow.query, SqlQuery))
