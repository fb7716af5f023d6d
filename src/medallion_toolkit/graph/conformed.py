"""The conformed query of a table as a batch over some bronze rows: its own text, with only what it reads replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from medallion_toolkit.errors import MedallionError, PipelineError, Place
from medallion_toolkit.graph.build import resolve, sql_reads
from medallion_toolkit.graph.model import Node
from medallion_toolkit.graph.one_row import refused_query
from medallion_toolkit.model import Relation, SqlQuery
from medallion_toolkit.python.helper_contract import Contract

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project

VIEWS = ("temporary_view", "view")


@dataclass(frozen=True)
class Conformed:
    """Where the rows of a table come from: the node that the contract reads, and the bronze table below it."""

    source: Node
    bronze: str


def conformed_sources(project: Project, contract: Contract, table: str) -> tuple[Conformed, ...]:
    """Follow `from:` down to the tables whose rows have a `_row_id`; PipelineError MED375 where rows would multiply."""
    keys = _keys(project, contract, table)
    return tuple(Conformed(project.graph.nodes[key], _bronze(project, key, table)) for key in keys)


def conformed_texts(
    project: Project, contract: Contract, table: str, bronze_rows: Callable[[str], str]
) -> tuple[str, ...]:
    """The queries with marks for tables; `bronze_rows` makes the relation of the bronze rows out of a table's mark."""
    keys = _keys(project, contract, table)
    return tuple(_text(project, key, table, bronze_rows) for key in keys)


def _keys(project: Project, contract: Contract, table: str) -> list[str]:
    """What feeds the table; a backfill that gives no row for a row stops no replay, its rows count as gone."""
    keys = [_source_key(project, source) for source in contract.sources]
    backfill = contract.making.backfill
    if backfill is not None and _may_be_replayed(project, _source_key(project, backfill), table):
        keys.append(_source_key(project, backfill))
    return keys


def _may_be_replayed(project: Project, key: str, table: str) -> bool:
    try:
        _bronze(project, key, table)
        _text(project, key, table, str)
    except PipelineError:
        return False
    return True


def _source_key(project: Project, source: str) -> str:
    wanted, nodes = source.lower(), project.graph.nodes
    shown = {name.lower(): key for key, name in project.display.items()}
    found = next((key for key, node in nodes.items() if wanted in (node.name, node.name.split(".", 1)[-1])), None)
    return found or shown[wanted]


def _bronze(project: Project, key: str, table: str) -> str:
    node = project.graph.nodes[key]
    if node.dataset.kind not in VIEWS:
        return key
    query = _query(node, table)
    inputs = [_input(project, node, relation, query, table) for relation in _main_relations(query)]
    if len(inputs) != 1:
        raise _refused(node, table, f"it reads {len(inputs)} tables", "read one bronze table with STREAM")
    return _bronze(project, inputs[0], table)


def _main_relations(query: SqlQuery) -> tuple[Relation, ...]:
    """What the rows come from: the streams, or everything in a query without any."""
    streams = tuple(relation for relation in query.relations if relation.mode == "stream")
    return streams or query.relations


def _query(node: Node, table: str) -> SqlQuery:
    query = node.flows[0].query
    if not isinstance(query, SqlQuery):
        raise _refused(node, table, "its query is Python", "write the view in SQL, so that it can be run as a batch")
    problem = refused_query(query, table)
    if problem is not None:
        raise problem
    return query


def _input(project: Project, node: Node, relation: Relation, query: SqlQuery, table: str) -> str:
    place = Place(query.place.path, relation.span.line, relation.span.column, max(len(relation.name), 1))
    if relation.kind != "table":
        raise _refused(node, table, "it reads files", "land them in a bronze table with a _row_id", place)
    (read,) = sql_reads(_only(query, relation))
    key = resolve(project.graph, node, read, project.defaults())
    if key is None:
        raise _refused(node, table, f"no pipeline of the project makes {relation.name}", "land it in bronze", place)
    return key


def _only(query: SqlQuery, relation: Relation) -> SqlQuery:
    return replace(query, relations=(relation,))


def _text(project: Project, key: str, table: str, bronze_rows: Callable[[str], str]) -> str:
    from medallion_toolkit.sql.rewriting import rewrite

    node = project.graph.nodes[key]
    if node.dataset.kind not in VIEWS:
        return f"SELECT * FROM {bronze_rows(_mark(project, key))} AS bronze_rows"
    query = _query(node, table)
    main, pieces = _main_relations(query), []
    for relation in query.relations:
        other = _input(project, node, relation, query, table)
        made = _made(project, other, table, bronze_rows if relation in main else str)
        pieces.append((relation.span, _named(made, relation)))
    text = rewrite(query.text, pieces)
    if "${" in text:
        raise _refused(node, table, "it reads a setting of the pipeline, which a job does not have", "write the value")
    return text


def _made(project: Project, key: str, table: str, bronze_rows: Callable[[str], str]) -> str:
    if project.graph.nodes[key].dataset.kind in VIEWS:
        return f"({_text(project, key, table, bronze_rows)})"
    return bronze_rows(_mark(project, key))


def _named(made: str, relation: Relation) -> str:
    return made if relation.alias else f"{made} AS `{relation.name.rpartition('.')[2].strip('`')}`"


def _mark(project: Project, key: str) -> str:
    return f"[[{project.display[key]}]]"


def _refused(node: Node, table: str, reason: str, help_text: str, place: Place | None = None) -> MedallionError:
    return PipelineError(
        "MED375",
        f"rows of {table} cannot be replayed through {node.name}: {reason}",
        place=place or node.dataset.place,
        help=help_text,
    )
