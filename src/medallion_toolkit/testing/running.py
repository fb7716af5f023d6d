"""Run a test: given rows become tables of an empty lakehouse, what the expected tables need is run on them."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.event_log import EventLog
from medallion_toolkit.engine.files.rescue import literal, quoted
from medallion_toolkit.engine.files.schema import parse_ddl
from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import empty_frame, read_table
from medallion_toolkit.engine.update import DatasetResult, Update
from medallion_toolkit.errors import ConfigError, MedallionError, nearest, render_error
from medallion_toolkit.graph.order import find_dataset, pipeline_order
from medallion_toolkit.testing.cases import Case, Row, Rows
from medallion_toolkit.testing.compare import differences

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

SIMPLE = ("array", "map", "struct", "variant")


@dataclass(frozen=True)
class CaseResult:
    """Outcome of a test; `lines` say what differs, table by table."""

    case: Case
    ok: bool
    seconds: float
    lines: tuple[str, ...] = ()


def run_case(run: LocalRun, case: Case) -> CaseResult:
    """Run one test in a lakehouse of its own that is removed afterwards."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="medallion-test-") as folder:
        try:
            lines = _run_in(replace(run, store=Store.open(Path(folder))), case)
        except MedallionError as error:
            lines = render_error(error, run.project.bundle.root).splitlines()
    return CaseResult(case, not lines, time.monotonic() - started, tuple(lines))


def _run_in(run: LocalRun, case: Case) -> list[str]:
    project = run.project
    keys = {name: _find(run, name, case) for name in {*case.expect, *(name for rows in case.runs for name in rows)}}
    given = frozenset(keys[name] for rows in case.runs for name in rows)
    needed = _needed(run, [keys[name] for name in case.expect], given)
    schemas = {key: _schema(run, key) for key in given | _untouched_sources(run, needed, given)}
    for rows in case.runs:
        for key, schema in schemas.items():
            name = next((name for name in rows if keys[name] == key), None)
            _deliver(run, key, schema, _completed(rows[name], case.defaults.get(name, {})) if name else (), case)
        _run_pipelines(run, needed, frozenset(schemas))
    lines: list[str] = []
    for name, expected in case.expect.items():
        found = differences(expected, _rows_of(run, keys[name]))
        lines += [f"{project.display[keys[name]]}:", *(f"  {line}" for line in found)] if found else []
    return lines


def _find(run: LocalRun, name: str, case: Case) -> str:
    try:
        return find_dataset(run.project.graph, name, run.project.display)
    except MedallionError as error:
        error.place = case.place
        raise


def _needed(run: LocalRun, wanted: Sequence[str], given: frozenset[str]) -> list[str]:
    """The wanted datasets and what feeds them, down to given tables and to tables that read files."""
    found: dict[str, None] = {}
    todo = list(wanted)
    while todo:
        key = todo.pop()
        if key in found or key in given:
            continue
        found[key] = None
        todo += run.project.depends[key]
    return list(found)


def _untouched_sources(run: LocalRun, needed: list[str], given: frozenset[str]) -> frozenset[str]:
    """Tables without inputs inside the project: in a test they are empty unless their rows are given."""
    return frozenset(
        key for key in needed if not run.project.depends[key] and key not in given and _reads_files(run, key)
    )


def _reads_files(run: LocalRun, key: str) -> bool:
    return any(
        relation.kind == "files"
        for flow in run.project.graph.nodes[key].flows
        for relation in getattr(flow.query, "relations", ())
    )


def _schema(run: LocalRun, key: str) -> StructType:
    """Columns of a dataset whose rows are given: the declared ones, else those its own query makes."""
    node = run.project.graph.nodes[key]
    declared = [f"{quoted(column.name)} {column.type}" for column in node.dataset.columns if column.type]
    if declared and len(declared) == len(node.dataset.columns):
        return parse_ddl(", ".join(declared))
    if not node.flows or node.flows[0].query is None:
        raise ConfigError(
            "MED434",
            f"rows cannot be given for {run.project.display[key]}: its columns are not known",
            place=node.dataset.place,
            help="declare them in the table's column list, or give rows to the tables it reads",
        )
    binder = run.binder(node.dataset.pipeline)
    with tempfile.TemporaryDirectory(prefix="medallion-empty-") as folder:
        return replace(binder, empty=Path(folder)).frame(node.flows[0]).schema


def _completed(rows: Rows, defaults: Row) -> Rows:
    return tuple({**defaults, **row} for row in rows)


def _deliver(run: LocalRun, key: str, schema: StructType, rows: Rows, case: Case) -> None:
    frame = _frame(run, schema, rows, key, case)
    frame.write.format("delta").mode("append").save(str(run.store.table(key)))


def _frame(run: LocalRun, schema: StructType, rows: Rows, key: str, case: Case) -> DataFrame:
    spark = run.spark_source.spark()
    by_lower = {name.lower(): name for name in schema.names}
    texts = []
    for row in rows:
        for name in row:
            if str(name).lower() not in by_lower:
                close = nearest(str(name), schema.names)
                raise ConfigError(
                    "MED435",
                    f"{run.project.display[key]} has no column {name}",
                    place=case.place,
                    help=f"did you mean {close}?" if close else f"columns: {', '.join(schema.names)}",
                )
        texts.append(json.dumps({by_lower[str(name).lower()]: _text(value) for name, value in row.items()}))
    if not texts:
        return empty_frame(spark, schema)
    values = ", ".join(f"({literal(text)})" for text in texts)
    raw = spark.sql(f"SELECT from_json(row, 'map<string,string>') AS row FROM VALUES {values} AS given(row)")
    return raw.selectExpr(*(_typed(field.name, field.dataType.simpleString()) for field in schema))


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, default=str) if isinstance(value, (list, dict)) else str(value)


def _typed(name: str, kind: str) -> str:
    value = f"row[{literal(name)}]"
    if name == "_row_id":
        return f"coalesce({value}, uuid()) AS _row_id"
    if kind.startswith(SIMPLE):
        return f"from_json({value}, {literal(kind)}) AS {quoted(name)}"
    return f"CAST({value} AS {kind}) AS {quoted(name)}"


def _run_pipelines(run: LocalRun, needed: Sequence[str], given: frozenset[str]) -> None:
    project = run.project
    for pipeline in pipeline_order(project.graph, project.depends):
        mine = [key for key in project.graph.of_pipeline(pipeline) if key in needed and key not in given]
        if not mine:
            continue
        log = EventLog(run.store.events(pipeline), f"test-{pipeline}", pipeline)
        failures: list[DatasetResult] = []
        update = Update(project.graph, mine, project.depends, log, failures.append)
        update.run(replace(run.binder(pipeline, update), given=given), pipeline)
        for result in failures:
            if result.error is not None:
                raise result.error


def _rows_of(run: LocalRun, key: str) -> list[Mapping[str, object]]:
    node = run.project.graph.nodes[key]
    if node.dataset.kind in ("temporary_view", "view"):
        frame = run.binder(node.dataset.pipeline).frame(node.flows[0])
    else:
        frame = read_table(run.spark_source.spark(), run.store, key)
    return [row.asDict(recursive=True) for row in frame.collect()]
