"""Build the graph of a bundle: read every pipeline's files and resolve who reads whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from medallion_toolkit.errors import MedallionError, PipelineError, Place
from medallion_toolkit.graph.declaration_rules import declaration_problems
from medallion_toolkit.graph.expectation_rules import expectation_problems
from medallion_toolkit.graph.flow_checks import flow_errors
from medallion_toolkit.graph.model import Graph, Node, PythonFunction, Read, node_key
from medallion_toolkit.graph.names import full_name, split_name
from medallion_toolkit.graph.sql_files import is_sql_file, read_pipeline_sql
from medallion_toolkit.model import Dataset, Flow, PythonQuery, ReadMode, Relation, SqlQuery

if TYPE_CHECKING:
    from pathlib import Path

    from medallion_toolkit.project.bundle import Bundle
    from medallion_toolkit.project.pipelines import Pipeline

SessionSource = Callable[[str], Callable[[], object]]


@dataclass
class _Declared:
    datasets: list[Dataset] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    errors: list[MedallionError] = field(default_factory=list)
    notes: list[MedallionError] = field(default_factory=list)
    opened: tuple[Path, ...] = ()
    functions: tuple[PythonFunction, ...] = ()


def build_graph(bundle: Bundle, session: SessionSource | None = None) -> Graph:
    """The graph of all pipelines; errors are collected in it, so that every file is heard.

    `session` gives, for a pipeline's key, what its Python files reach as `spark` when they touch it.
    """
    nodes: dict[str, Node] = {}
    errors: list[MedallionError] = []
    notes: list[MedallionError] = []
    opened: dict[str, tuple[Path, ...]] = {}
    functions: dict[str, tuple[PythonFunction, ...]] = {}
    for pipeline in bundle.pipelines:
        declared = _declared(bundle, pipeline, session(pipeline.key) if session else None)
        errors += declared.errors
        notes += declared.notes
        opened[pipeline.key] = declared.opened
        functions[pipeline.key] = declared.functions
        _add_nodes(nodes, declared, pipeline, errors)
    keys = tuple(pipeline.key for pipeline in bundle.pipelines)
    return Graph(nodes, keys, tuple(errors), tuple(notes), opened, functions)


def _declared(bundle: Bundle, pipeline: Pipeline, session: Callable[[], object] | None) -> _Declared:
    from medallion_toolkit.python.recording import record

    found = _Declared(errors=list(pipeline.refusals))
    python: list[Path] = []
    for file in pipeline.files:
        if is_sql_file(file):
            datasets, flows, errors = read_pipeline_sql(file, bundle.root, pipeline)
            found.datasets += datasets
            found.flows += flows
            found.errors += errors
        else:
            python.append(file)
    if python:
        recording = record(
            python,
            root_path=pipeline.root_path,
            configuration={key: bundle.local_text(value) for key, value in pipeline.configuration.items()},
            catalog=pipeline.catalog,
            schema=pipeline.schema,
            pipeline=pipeline.key,
            session=session,
            project_root=bundle.root,
            packages=pipeline.packages,
        )
        found.datasets += recording.datasets
        found.flows += recording.flows
        found.errors += recording.errors
        found.notes += recording.notes
        found.opened = recording.opened_files
        found.functions = recording.functions
    return found


def _add_nodes(nodes: dict[str, Node], declared: _Declared, pipeline: Pipeline, errors: list[MedallionError]) -> None:
    datasets: dict[str, Dataset] = {}
    doubled: set[str] = set()
    for dataset in declared.datasets:
        key = node_key(dataset)
        other = datasets.get(key) or (nodes[key].dataset if key in nodes else None)
        if other is not None:
            errors.append(_defined_twice(dataset, other))
            doubled.add(key)
            continue
        datasets[key] = dataset
    by_target: dict[str, list[Flow]] = {}
    for flow in declared.flows:
        key = flow.target if flow.target in datasets else f"{pipeline.key}:{flow.target}"
        if key not in datasets:
            errors.append(_without_target(flow, datasets))
            continue
        by_target.setdefault(key, []).append(flow)
    fed = {key: (dataset, by_target.get(key, ())) for key, dataset in datasets.items() if key not in doubled}
    errors += flow_errors(fed)
    python_functions = frozenset(function.name.upper() for function in declared.functions)
    for key, dataset in datasets.items():
        flows = tuple(by_target.get(key, ()))
        problems = [*declaration_problems(dataset, flows), *expectation_problems(dataset, python_functions)]
        errors += problems
        if not flows and dataset.kind != "sink" and not problems:
            errors.append(_without_flow(dataset))
        try:
            nodes[key] = Node(dataset, flows, _reads(flows, pipeline))
        except MedallionError as error:
            errors.append(error)


def _reads(flows: Sequence[Flow], pipeline: Pipeline) -> tuple[Read, ...] | None:
    reads: dict[Read, None] = {}
    for flow in flows:
        found = flow_reads(flow, pipeline.catalog, pipeline.schema)
        if found is None:
            return None
        reads.update(dict.fromkeys(found))
    return tuple(reads)


def flow_reads(flow: Flow, catalog: str, schema: str) -> tuple[Read, ...] | None:
    """Tables a flow reads under the name to look up: one part for what only the pipeline knows."""
    if flow.cdc is not None and not flow.cdc.source:
        return None
    if flow.cdc is not None:
        return (_read(flow.cdc.source, "stream" if flow.kind == "auto_cdc" else "batch", catalog, schema),)
    if isinstance(flow.query, PythonQuery):
        if flow.query.reads is None:
            return None
        return tuple(_read(name, mode, catalog, schema) for name, mode in flow.query.reads)
    if isinstance(flow.query, SqlQuery):
        return sql_reads(flow.query)
    return ()


def sql_reads(query: SqlQuery) -> tuple[Read, ...]:
    """Tables an SQL query reads, in the order of its text."""
    from medallion_toolkit.sql.markers import named_relation
    from medallion_toolkit.sql.substitution import substitute

    named = (named_relation(relation, query.parameters, query.place) for relation in query.relations)
    return tuple(
        _read(
            substitute(relation.name, query.configuration, _place_of(query, relation)),
            relation.mode,
            query.catalog,
            query.schema,
        )
        for relation in named
        if relation.kind == "table"
    )


def _place_of(query: SqlQuery, relation: Relation) -> Place:
    return Place(query.place.path, relation.span.line, relation.span.column)


def _read(written: str, mode: ReadMode, catalog: str, schema: str) -> Read:
    parts = split_name(written)
    full = full_name(written, catalog, schema)
    if parts[0] == "live":
        parts = parts[1:]
    return Read(parts[0] if len(parts) == 1 else full, mode, full)


def resolve(graph: Graph, node: Node, read: Read, defaults: Mapping[str, tuple[str, str]]) -> str | None:
    """Key of the node that `read` means for `node`, None when no pipeline of the project makes it.

    `defaults` gives catalog and schema of each pipeline.
    """
    pipeline = node.dataset.pipeline
    return graph.input(pipeline, read) or graph.find(pipeline, full_name(read.name, *defaults[pipeline]))


def _defined_twice(dataset: Dataset, other: Dataset) -> PipelineError:
    return PipelineError(
        "MED230",
        f"{dataset.name} is defined twice",
        place=dataset.place,
        help="keep one definition; more sources for one table are append flows",
        notes=(other.place,),
    )


def _without_target(flow: Flow, datasets: Mapping[str, Dataset]) -> PipelineError:
    from medallion_toolkit.errors import did_you_mean

    return PipelineError(
        "MED231",
        f"the flow {flow.name} feeds {flow.target}, which the pipeline does not define",
        place=flow.place,
        help=did_you_mean(flow.target, [dataset.name for dataset in datasets.values()])
        or "define it with CREATE OR REFRESH STREAMING TABLE",
    )


def _without_flow(dataset: Dataset) -> PipelineError:
    return PipelineError(
        "MED232",
        f"nothing feeds {dataset.name}",
        place=dataset.place,
        help="give it AS SELECT … or a flow",
    )
