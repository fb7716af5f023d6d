"""Answers from the local lakehouse: queries over datasets by the names users know, without changing anything."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from medallion_toolkit.engine.monitoring import recorded_names, with_views
from medallion_toolkit.engine.question import PLACE, Question, read_question
from medallion_toolkit.engine.rows import Rows, collected, frame_of, without_versions
from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.typed_sql import typed
from medallion_toolkit.errors import MedallionError, Place, RunError, SqlError, UsageError
from medallion_toolkit.graph.names import split_name
from medallion_toolkit.graph.order import find_dataset
from medallion_toolkit.model import Relation, SqlQuery

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from medallion_toolkit.engine.binding import Binder

VERSIONS = {"version", "version as of", "timestamp as of"}


def answer(run: LocalRun, text: str, limit: int) -> Rows:
    """Up to `limit` rows that answer the statement; SqlError with a place in `text` where it cannot be answered."""
    question = read_question(text)
    if question.kind == "tables":
        return _tables(run, question.text, limit)
    with typed(text, PLACE):
        if question.kind == "query":
            return first_rows(_query(run, question), limit)
        key = _dataset(run, question.text, question.place)
        return _columns(run, key) if question.kind == "columns" else _history(run, key, limit)


def first_rows(frame: DataFrame, limit: int) -> Rows:
    """The frame's first rows in its own order; the total is known only when all of them are here."""
    columns = _distinct(frame.columns)
    rows = collected(frame.toDF(*columns).limit(limit + 1))
    return Rows("", len(rows) if len(rows) <= limit else None, columns, rows[:limit])


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Column names, a second one of the same name counted: `id, id_2`."""
    found: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in found:
            number += 1
            candidate = f"{name}_{number}"
        found.append(candidate)
    return tuple(found)


def _query(run: LocalRun, question: Question) -> DataFrame:
    from medallion_toolkit.sql.relations import find_relations

    place = question.place
    configuration = {name: value for each in run.project.bundle.pipelines for name, value in each.configuration.items()}
    relations = find_relations(question.text, PLACE, place.line, place.column)
    named = [_named(run, relation, configuration) for relation in relations]
    binder = with_views(run, _binder(run, [key for _, key in named]))
    query = SqlQuery(
        question.text,
        replace(place, length=1),
        tuple(relation for relation, _ in named),
        binder.catalog,
        binder.schema,
        configuration,
    )
    scratch = f"query.{uuid.uuid4().hex}"
    try:
        frame = binder.sql(query, None, scratch)
    finally:
        run.store.drop(scratch)
    if frame.isStreaming:
        raise RunError("MED412", "a streaming view has no rows of its own", help="query the table that it feeds")
    return frame


def _named(run: LocalRun, relation: Relation, configuration: Mapping[str, str]) -> tuple[Relation, str]:
    """The relation under the name its pipeline knows, and the key of its dataset."""
    from medallion_toolkit.sql.substitution import substitute

    place = Place(PLACE, relation.span.line, relation.span.column, relation.span.end - relation.span.start)
    if relation.mode == "stream":
        raise SqlError(
            "MED453",
            "a query reads the rows that are there; STREAM is for datasets",
            place=place,
            help="leave out STREAM",
        )
    if relation.kind != "table":
        return relation, ""
    written = ".".join(split_name(substitute(relation.name, configuration, place)))
    recorded = recorded_names(run).get(written)
    if recorded is not None:
        return replace(relation, name=_quoted(recorded)), ""
    key = _dataset(run, written, place)
    node = run.project.graph.nodes[key]
    if node.dataset.kind != "streaming_table" and set(relation.arguments) & VERSIONS:
        error = without_versions(node, run.project.display[key])
        error.place = place
        raise error
    return replace(relation, name=_quoted(run.project.graph.nodes[key].name)), key


def _dataset(run: LocalRun, name: str, place: Place) -> str:
    try:
        return find_dataset(run.project.graph, name, run.project.display)
    except MedallionError as error:
        error.place = place
        raise


def _quoted(name: str) -> str:
    return ".".join(f"`{part}`" for part in name.split("."))


def _binder(run: LocalRun, keys: Iterable[str]) -> Binder:
    """The binder of the pipeline whose temporary view is read; any other name is the same in every pipeline."""
    if not run.project.graph.pipelines:
        raise RunError("MED413", "the project has no pipeline yet, so there is nothing to query", next="medallion run")
    views = [key for key in keys if key in run.project.graph.nodes and ":" in key]
    pipeline = views[0].partition(":")[0] if views else run.project.graph.pipelines[0]
    return run.binder(pipeline)


def _tables(run: LocalRun, schema: str, limit: int) -> Rows:
    project = run.project
    shown = sorted((project.display[key], node.dataset) for key, node in project.graph.nodes.items())
    schemas = {name.rpartition(".")[0] for name, _ in shown}
    if schema and schema not in schemas:
        raise UsageError("MED236", f"there is no schema {schema}", expected=", ".join(sorted(schemas - {""})))
    values = [
        {
            "database": name.rpartition(".")[0],
            "tableName": name.rpartition(".")[2],
            "isTemporary": dataset.kind == "temporary_view",
            "kind": dataset.kind.replace("_", " "),
            "made": run.store.exists(dataset.name) or dataset.kind in ("temporary_view", "view"),
        }
        for name, dataset in shown
        if schema in ("", name.rpartition(".")[0])
    ]
    return Rows("", len(values), ("database", "tableName", "isTemporary", "kind", "made"), values[:limit])


def _columns(run: LocalRun, key: str) -> Rows:
    values = [
        {"col_name": field.name, "data_type": field.dataType.simpleString(), "comment": field.metadata.get("comment")}
        for field in frame_of(run, key).schema
    ]
    return Rows("", len(values), ("col_name", "data_type", "comment"), values)


def _history(run: LocalRun, key: str, limit: int) -> Rows:
    from delta.tables import DeltaTable

    if not run.store.exists(key):
        raise RunError("MED413", f"{run.project.display[key]} has no rows here yet", next="medallion run")
    history = DeltaTable.forPath(run.spark_source.spark(), str(run.store.table(key))).history()
    return first_rows(history.select("version", "timestamp", "operation", "operationMetrics"), limit)
