"""SQL inside a foreach-batch function: MERGE, INSERT, UPDATE, DELETE, CREATE TABLE and queries over local tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import Binder
from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.engine.tables import STATE, VISIBLE, published
from medallion_toolkit.errors import Place
from medallion_toolkit.graph.names import full_name, split_name
from medallion_toolkit.model import Relation, Span
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.lines import Lines
from medallion_toolkit.sql.relations import find_relations
from medallion_toolkit.sql.rewriting import rewrite
from medallion_toolkit.sql.tokens import tokenize

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_BEFORE_TARGET = {"INTO", "OVERWRITE", "TABLE", "FROM", "OR", "REPLACE", "IF", "NOT", "EXISTS"}
_WRITES = {"MERGE", "INSERT", "UPDATE", "DELETE", "CREATE"}
_QUERIES = {"SELECT", "WITH", "FROM", "("}
# Statements whose target other clauses name, so that it keeps its name as an alias.
_NAMED_TARGETS = {"MERGE", "UPDATE", "DELETE"}


def local_statement(text: str, binder: Binder, place: Place) -> str:
    """`text` over local tables: tables by path, without rows and columns readers do not see; other names stay."""
    tokens = tokenize(text)
    first = tokens[0].key if tokens else ""
    if first not in _WRITES | _QUERIES:
        return text
    replaced: list[tuple[Span, str]] = []
    if first in _WRITES:
        replaced += _target(Cursor(tokens, Lines(text, place.path)), first, binder)
    taken = {span.start for span, _ in replaced}
    for relation in find_relations(text, place.path):
        source = None if relation.span.start in taken else _source(relation, binder)
        if source is not None:
            replaced.append((relation.span, source))
    return rewrite(text, replaced)


def _target(cursor: Cursor, first: str, binder: Binder) -> list[tuple[Span, str]]:
    cursor.at += 1
    if first == "CREATE" and "TABLE" not in {cursor.key(), cursor.key(2)}:
        return []
    while cursor.key() in _BEFORE_TARGET:
        cursor.at += 1
    written, span = cursor.name("a table")
    name = full_name(written, binder.catalog, binder.schema)
    if first != "CREATE" and not binder.store.exists(name):
        return []
    has_alias = cursor.key() == "AS" or (cursor.kind() == "word" and cursor.key() not in ("USING", "SET", "WHERE"))
    alias = f" AS {quoted(split_name(written)[-1])}" if first in _NAMED_TARGETS and not has_alias else ""
    return [(span, f"delta.`{binder.store.table(name)}`{alias}")]


def _source(relation: Relation, binder: Binder) -> str | None:
    """The local table that the relation names; None for views of the function itself."""
    name = full_name(relation.name, binder.catalog, binder.schema)
    if relation.kind != "table" or relation.mode != "batch" or not binder.store.exists(name):
        return None
    rows = f"delta.`{binder.store.table(name)}`"
    stored = binder.spark.read.format("delta").load(str(binder.store.table(name)))
    if STATE in stored.columns:
        columns = ", ".join(quoted(column) for column in published(stored).columns)
        rows = f"(SELECT {columns} FROM {rows} WHERE {STATE} = '{VISIBLE}')"
    return rows if relation.alias else f"{rows} AS {quoted(split_name(relation.name)[-1])}"


def local_rows(name: str, binder: Binder, place: Place) -> DataFrame | None:
    """The rows of a local table; None when there is none of that name."""
    if not binder.store.exists(full_name(name, binder.catalog, binder.schema)):
        return None
    return binder.table(name, "batch", place)
