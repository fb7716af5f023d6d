"""Datasets and flows of a pipeline SQL file, names completed from the pipeline and from USE."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.errors import ConfigError, MedallionError, PipelineError, Place, SqlError, UnsupportedError
from medallion_toolkit.graph.names import full_name, split_name
from medallion_toolkit.model import (
    Cdc,
    Column,
    Dataset,
    DatasetKind,
    Expectation,
    Flow,
    FlowKind,
    SessionStatement,
    SqlQuery,
)

if TYPE_CHECKING:
    from medallion_toolkit.project.pipelines import Pipeline
    from medallion_toolkit.sql.reader import SqlFile, Statement

DATASET_KINDS: Mapping[str, DatasetKind] = {
    "streaming_table": "streaming_table",
    "materialized_view": "materialized_view",
    "view": "view",
    "temporary_view": "temporary_view",
    "table": "streaming_table",
}
_FUNCTION = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?FUNCTION\b", re.IGNORECASE)
CDC_CLAUSES = ("where", "system_sequence_by", "columns_to_update", "stored_as")


@dataclass
class _Scope:
    """Defaults in force at a statement; USE and SET change them for the rest of the file."""

    path: str
    pipeline: str
    catalog: str
    schema: str
    configuration: dict[str, str]
    parameters: Mapping[str, str]
    source: str = ""
    session: tuple[SessionStatement, ...] = ()

    def text(self, written: str, place: Place) -> str:
        from medallion_toolkit.sql.substitution import substitute

        return substitute(written, self.configuration, place)

    def name(self, written: str, place: Place) -> str:
        """The name of a catalog or schema, also IDENTIFIER(:parameter)."""
        from medallion_toolkit.sql.markers import identifier_text

        return identifier_text(written, self.parameters, place) or self.text(written, place)


Declared = tuple[list[Dataset], list[Flow], list[MedallionError]]


def read_pipeline_sql(file: Path, root: Path, pipeline: Pipeline) -> Declared:
    """What one SQL file or SQL notebook declares; errors carry their place and do not hide the other statements."""
    from medallion_toolkit.sql.notebooks import Cell, sql_notebook_cells
    from medallion_toolkit.sql.reader import read_sql

    path = str(file.relative_to(root)) if file.is_relative_to(root) else str(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problem = ConfigError("MED201", "the file is not UTF-8 text", place=Place(path), found=str(error))
        return [], [], [problem]
    configuration = dict(pipeline.configuration)
    scope = _Scope(path, pipeline.key, pipeline.catalog, pipeline.schema, configuration, pipeline.parameters)
    cells = sql_notebook_cells(text, path) if file.suffix == ".ipynb" else (Cell(path, text),)
    declared: Declared = ([], [], [])
    for cell in cells:
        scope.path = cell.name
        _declare(read_sql(cell.text, cell.name), scope, declared)
    return declared


def is_sql_file(file: Path) -> bool:
    """Whether a pipeline's file is read as SQL: by its ending, or a notebook whose language is SQL."""
    from medallion_toolkit.sql.notebooks import is_sql_notebook

    if file.suffix != ".ipynb":
        return file.suffix == ".sql"
    return is_sql_notebook(file.read_text(encoding="utf-8", errors="replace"))


def _declare(parsed: SqlFile, scope: _Scope, declared: Declared) -> None:
    datasets, flows, errors = declared
    scope.source = parsed.text
    for statement in parsed.statements:
        if statement.error is not None:
            errors.append(statement.error)
            continue
        try:
            _add(statement, scope, datasets, flows)
        except MedallionError as error:
            errors.append(error)


def _add(statement: Statement, scope: _Scope, datasets: list[Dataset], flows: list[Flow]) -> None:
    place = Place(scope.path, statement.span.line, statement.span.column)
    if statement.kind == "use":
        scope.catalog = scope.name(statement.clauses.get("catalog", scope.catalog), place)
        scope.schema = scope.name(statement.clauses.get("schema", scope.schema), place)
    elif statement.kind == "set":
        _check_setting(statement, place)
        scope.configuration.update(statement.clauses)
    elif statement.kind == "declare":
        text = scope.text(scope.source[statement.span.start : statement.span.end], place)
        scope.session = (*scope.session, SessionStatement(text, place))
    elif statement.kind == "other" or statement.flow == "replace_using" or _is_managed_cdc(statement):
        raise _refused(statement, scope, place)
    elif statement.kind in DATASET_KINDS:
        dataset = _dataset(statement, scope, place)
        datasets.append(dataset)
        if statement.query is not None or statement.cdc is not None:
            flows.append(_flow(statement, scope, place, dataset.name, dataset.name.rsplit(".", 1)[-1]))
    elif statement.kind in ("flow_insert", "flow_auto_cdc"):
        target = _table_name(statement.target or "", scope, place)
        flows.append(_flow(statement, scope, place, target, statement.flow_name or target))


def _refused(statement: Statement, scope: _Scope, place: Place) -> MedallionError:
    if statement.kind == "table":
        return PipelineError(
            "MED284",
            f"{statement.name} is a managed table, and AUTO CDC maintains streaming tables only",
            place=place,
            expected="CREATE OR REFRESH STREAMING TABLE",
        )
    if statement.flow == "replace_using":
        return UnsupportedError(
            "MED402",
            "FLOW REPLACE USING is not supported locally",
            place=place,
            help="it is Beta, and which of several rows of one sequence stays is not documented; "
            "AUTO CDC with KEYS and SEQUENCE BY runs in both places",
        )
    return _not_of_a_pipeline(scope.source[statement.span.start : statement.span.end], place)


def _not_of_a_pipeline(text: str, place: Place) -> SqlError:
    if _FUNCTION.match(text):
        return SqlError(
            "MED219",
            "a pipeline makes no functions of Unity Catalog",
            place=place,
            help="make it in a job's SQL task, or CREATE TEMPORARY FUNCTION for this file only",
        )
    return SqlError(
        "MED219",
        "the statement is not part of a pipeline",
        place=place,
        help="pipeline files define datasets and flows; other SQL belongs into a job task under jobs/",
    )


def _check_setting(statement: Statement, place: Place) -> None:
    """SET holds for the rest of its file there; here one session serves the whole pipeline."""
    from medallion_toolkit.sql.spark_names import changes_rows

    for name, value in statement.clauses.items():
        if changes_rows(name):
            raise UnsupportedError(
                "MED402",
                f"SET {name} is not supported locally",
                place=place,
                found=f"{name} = {value}",
                help="set it for the whole pipeline under configuration:, where a local run follows it",
            )


def _is_managed_cdc(statement: Statement) -> bool:
    return statement.kind == "table" and statement.cdc is not None


def _table_name(written: str, scope: _Scope, place: Place) -> str:
    return full_name(scope.text(written, place), scope.catalog, scope.schema)


def _dataset(statement: Statement, scope: _Scope, place: Place) -> Dataset:
    kind = DATASET_KINDS[statement.kind]
    written = scope.text(statement.name or "", place)
    local = kind == "temporary_view"
    return Dataset(
        name=split_name(written)[-1] if local else full_name(written, scope.catalog, scope.schema),
        kind=kind,
        pipeline=scope.pipeline,
        place=place,
        comment=_text(statement.comment, scope, place),
        columns=tuple(_column(column, scope, place) for column in statement.columns),
        expectations=tuple(_expectation(rule, scope) for rule in statement.expectations),
        properties={name: scope.text(value, place) for name, value in statement.properties.items()},
        clauses={name: scope.text(text, place) for name, text in statement.clauses.items()},
        private=statement.private,
    )


def _text(written: str | None, scope: _Scope, place: Place) -> str | None:
    return None if written is None else scope.text(written, place)


def _column(column: Column, scope: _Scope, place: Place) -> Column:
    return replace(
        column,
        type=_text(column.type, scope, place),
        comment=_text(column.comment, scope, place),
        mask=_text(column.mask, scope, place),
        generated=_text(column.generated, scope, place),
        default=_text(column.default, scope, place),
    )


def _expectation(rule: Expectation, scope: _Scope) -> Expectation:
    return replace(rule, condition=scope.text(rule.condition, rule.place))


def _flow(statement: Statement, scope: _Scope, place: Place, target: str, name: str) -> Flow:
    if statement.cdc is not None:
        if statement.source is None or statement.source.kind != "table":
            raise UnsupportedError(
                "MED402",
                "AUTO CDC from a subquery or a file source is not supported locally",
                place=place,
                help="give the query a temporary view of its own and read that",
            )
        options = {**statement.source.arguments, **{name: statement.clauses[name] for name in _extra(statement)}}
        cdc = _completed(statement.cdc, scope, place)
        return Flow(name, target, "auto_cdc", place, cdc=cdc, once=statement.once, options=options)
    query = None
    if statement.query is not None:
        start = statement.query.span
        query = SqlQuery(
            text=statement.query.text,
            place=Place(scope.path, start.line, start.column),
            relations=statement.query.relations,
            catalog=scope.catalog,
            schema=scope.schema,
            configuration=dict(scope.configuration),
            parameters=scope.parameters,
            session=scope.session,
        )
    replace_where = statement.clauses.get("replace_where") if statement.flow == "replace_where" else None
    predicate = _text(replace_where, scope, place)
    return Flow(name, target, _kind(statement, place), place, query=query, once=statement.once, replace_where=predicate)


def _kind(statement: Statement, place: Place) -> FlowKind:
    if statement.kind == "flow_insert" and not statement.by_name:
        raise SqlError(
            "MED286",
            f"the flow {statement.flow_name} inserts without BY NAME",
            place=place,
            expected=f"INSERT INTO {statement.target} BY NAME SELECT …",
        )
    if statement.flow == "replace_where":
        return "replace_where"
    return "append" if statement.kind in ("streaming_table", "table", "flow_insert") else "complete"


def _extra(statement: Statement) -> list[str]:
    """Clauses of AUTO CDC that `Cdc` has no place for; the engine refuses what it does not know."""
    return [name for name in CDC_CLAUSES if name in statement.clauses]


def _completed(cdc: Cdc, scope: _Scope, place: Place) -> Cdc:
    return replace(
        cdc,
        source=scope.text(cdc.source, place),
        sequence_by=scope.text(cdc.sequence_by, place),
        delete_when=_text(cdc.delete_when, scope, place),
        truncate_when=_text(cdc.truncate_when, scope, place),
    )
