"""How a dataset is made here: its queries as Spark gets them, what they read, and the plan in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.plan_text import read_plan
from medallion_toolkit.engine.plan_words import PlanWords, plan_in_words
from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.errors import EnvironmentProblem, Place
from medallion_toolkit.graph.build import flow_reads, resolve
from medallion_toolkit.graph.model import Node
from medallion_toolkit.graph.order import find_dataset
from medallion_toolkit.model import Cdc, Flow, PythonQuery, Query, ReadMode, SqlQuery

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

VIEWS = ("temporary_view", "view")


@dataclass(frozen=True)
class Input:
    """A table, view or folder that a flow reads; figures of tables and folders only, `rows` of tables."""

    name: str
    kind: str
    mode: str
    rows: int | None = None
    files: int | None = None
    size: int | None = None

    def __str__(self) -> str:
        figures = [
            f"{self.rows:,} row{'' if self.rows == 1 else 's'}" if self.rows is not None else "",
            f"{self.files:,} file{'' if self.files == 1 else 's'}" if self.files is not None else "",
        ]
        figures = [figure for figure in figures if figure]
        return f"{self.name} ({' in '.join(figures)})" if figures else self.name


@dataclass(frozen=True)
class FlowExplanation:
    """A flow: its query with `${…}` filled in (None for Python), its clauses, inputs and plan."""

    name: str
    kind: str
    place: Place
    query: str | None
    clauses: tuple[str, ...]
    inputs: tuple[Input, ...]
    steps: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """A dataset and how each of its flows is executed here."""

    name: str
    kind: str
    place: Place
    flows: tuple[FlowExplanation, ...]


def explain_dataset(run: LocalRun, name: str) -> Explanation:
    """The explanation of the dataset a user calls `name`; RunError while its inputs have not been made."""
    key = find_dataset(run.project.graph, name, run.project.display)
    node = run.project.graph.nodes[key]
    flows = tuple(_explained(run, node, flow) for flow in node.flows)
    return Explanation(run.project.display[key], node.dataset.kind, node.dataset.place, flows)


def _explained(run: LocalRun, node: Node, flow: Flow) -> FlowExplanation:
    inputs = (*_tables(run, node, flow), *_folders(run, node, flow))
    words = _plan(run, node, flow, inputs)
    shown = run.project.shown(node.name)
    return FlowExplanation(
        name=flow.name,
        kind=flow.kind,
        place=flow.query.place if flow.query else flow.place,
        query=_compiled(flow.query) if isinstance(flow.query, SqlQuery) else None,
        clauses=_clauses(flow.cdc) if flow.cdc else (),
        inputs=inputs,
        steps=(*words.steps, *_last_step(node, flow, shown)),
        warnings=words.warnings,
    )


def _plan(run: LocalRun, node: Node, flow: Flow, inputs: Sequence[Input]) -> PlanWords:
    """The plan of the flow's query; snapshots are compared whole, without a query of their own."""
    if flow.kind == "auto_cdc_from_snapshot":
        return PlanWords((), ())
    streams = " and ".join(each.name for each in inputs if each.mode == "stream" and each.kind != "view") or "a stream"
    operators = read_plan(_formatted(_frame(run, node, flow)))
    return plan_in_words(operators, lambda path: _described(run, inputs, path), streams)


def _compiled(query: SqlQuery) -> str:
    from medallion_toolkit.sql.substitution import substitute

    return substitute(query.text, query.configuration, query.place)


def _frame(run: LocalRun, node: Node, flow: Flow) -> DataFrame:
    """The flow's DataFrame; an inferred schema is not kept, because nothing is run."""
    binder = run.binder(node.dataset.pipeline)
    if flow.cdc is not None and flow.query is None:
        return binder.table(flow.cdc.source, "stream", flow.place)
    scratch = f"explain.{uuid.uuid4().hex}"
    try:
        return binder.frame(replace(flow, target=scratch))
    finally:
        run.store.drop(scratch)


def _formatted(frame: DataFrame) -> str:
    """The plan as text; Spark sees that a query is a stream only where it stands inside another one."""
    jvm = frame.sparkSession._jvm
    if jvm is None:
        raise EnvironmentProblem("MED507", "the Spark session has ended")
    return str(jvm.PythonSQLUtils.explainString(frame.select("*")._jdf.queryExecution(), "formatted"))


def _tables(run: LocalRun, node: Node, flow: Flow) -> Iterable[Input]:
    """Datasets that the flow reads; of a view, what the view reads."""
    project = run.project
    catalog, schema = project.defaults()[node.dataset.pipeline]
    for read in flow_reads(flow, catalog, schema) or ():
        key = resolve(project.graph, node, read, project.defaults())
        if key is None:
            yield Input(project.shown(read.name), "table", read.mode)
        elif project.graph.nodes[key].dataset.kind in VIEWS:
            yield Input(project.display[key], "view", read.mode)
            view = project.graph.nodes[key]
            for each in view.flows:
                yield from _tables(run, view, each)
                yield from _folders(run, view, each)
        else:
            yield _table(run, key, read.mode)


def _table(run: LocalRun, key: str, mode: str) -> Input:
    kind = run.project.graph.nodes[key].dataset.kind.replace("_", " ")
    if not run.store.exists(key):
        return Input(run.project.display[key], kind, mode)
    frame = read_table(run.spark_source.spark(), run.store, key)
    files = [Path(name.removeprefix("file:")) for name in frame.inputFiles()]
    return Input(run.project.display[key], kind, mode, frame.count(), len(files), _size(files))


def _folders(run: LocalRun, node: Node, flow: Flow) -> Iterable[Input]:
    if flow.query is None:
        return
    binder = run.binder(node.dataset.pipeline)
    for path, mode in _paths(flow.query):
        folder = binder.folder(path, flow.query.place)
        files = [file for file in folder.rglob("*") if file.is_file() and not file.name.startswith((".", "_"))]
        yield Input(path, "folder", mode, None, len(files), _size(files))


def _paths(query: Query) -> Iterable[tuple[str, ReadMode]]:
    if isinstance(query, PythonQuery):
        yield from ((source.path, source.mode) for source in query.sources if source.path)
        return
    for relation in query.relations:
        if relation.kind == "files" and relation.path:
            yield _compiled(replace(query, text=relation.path)), relation.mode


def _size(files: Iterable[Path]) -> int:
    return sum(file.stat().st_size for file in files if file.exists())


def _described(run: LocalRun, inputs: Iterable[Input], path: str) -> str:
    """What users call the table or folder at `path`, with its size."""
    project = run.project
    names = {str(run.store.table(key)): shown for key, shown in project.display.items() if ":" not in key}
    for volume, folder in project.bundle.local.volumes.items():
        mapped = str(folder)
        if path.startswith(mapped):
            names[path] = project.bundle.volumes[volume] + path.removeprefix(mapped)
    shown = names.get(path.rstrip("/"), names.get(path, path))
    return next((str(each) for each in inputs if each.name == shown), shown)


def _clauses(cdc: Cdc) -> tuple[str, ...]:
    lines = [f"KEYS ({', '.join(cdc.keys)})"]
    lines += [f"APPLY AS DELETE WHEN {cdc.delete_when}"] if cdc.delete_when else []
    lines += [f"APPLY AS TRUNCATE WHEN {cdc.truncate_when}"] if cdc.truncate_when else []
    return (*lines, f"SEQUENCE BY {cdc.sequence_by}", f"STORED AS SCD TYPE {cdc.scd_type}")


def _last_step(node: Node, flow: Flow, shown: str) -> tuple[str, ...]:
    if node.dataset.kind in VIEWS:
        return ("Is made where it is read; nothing is stored.",)
    if node.dataset.kind == "sink":
        return (f"Writes the rows to the sink {shown}.",)
    if flow.kind == "auto_cdc_from_snapshot" and flow.cdc is not None:
        return (f"Compares each snapshot with the rows of {shown} by {', '.join(flow.cdc.keys)}.",)
    if flow.kind == "replace_where":
        return (f"Replaces the rows of {shown} that its condition chooses.",)
    if flow.cdc is not None:
        keys = ", ".join(flow.cdc.keys)
        kept = "the last event of each key" if flow.cdc.scd_type == 1 else "every version of each key"
        return (f"Merges the events into {shown} by {keys}: {kept} in the order of {flow.cdc.sequence_by}.",)
    if node.dataset.kind == "materialized_view":
        return (f"Replaces the rows of {shown} in one commit.",)
    return (f"Appends the rows to {shown}{', once in its life' if flow.once else ''}.",)
