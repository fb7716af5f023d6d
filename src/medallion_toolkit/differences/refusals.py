"""What a local run would refuse: problems of the project's files, and what the engine does not do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.differences.model import Difference
from medallion_toolkit.differences.sources import FILE_FUNCTIONS, RECORDED
from medallion_toolkit.engine.auto_cdc import checked_clauses
from medallion_toolkit.engine.binding import TABLE_FUNCTIONS
from medallion_toolkit.engine.declared_columns import refuse_unlike
from medallion_toolkit.engine.files.options import read_options
from medallion_toolkit.engine.files.recorded import outside
from medallion_toolkit.engine.local_paths import mapped_folder
from medallion_toolkit.engine.local_spark import file_source, is_outside
from medallion_toolkit.engine.project_functions import project_functions
from medallion_toolkit.engine.snapshots import check_snapshots
from medallion_toolkit.engine.spark_settings import check_settings
from medallion_toolkit.engine.table_properties import honoured_properties
from medallion_toolkit.engine.table_reads import table_options
from medallion_toolkit.errors import MedallionError, Place, Problems, UnsupportedError
from medallion_toolkit.graph.model import Graph, Node
from medallion_toolkit.graph.names import split_name
from medallion_toolkit.model import PythonQuery, PythonSource, Relation, SqlQuery
from medallion_toolkit.sql.markers import named_relation
from medallion_toolkit.sql.substitution import substitute

if TYPE_CHECKING:
    from medallion_toolkit.project.bundle import Bundle

Check = Callable[[], object]


def problem_differences(error: MedallionError) -> tuple[Difference, ...]:
    """The problems that keep a project from being run, one by one."""
    return tuple(_refused(each) for each in (error.errors if isinstance(error, Problems) else (error,)))


def engine_differences(graph: Graph, bundle: Bundle) -> Iterator[Difference]:
    """What the local engine would refuse while it runs, found before it starts."""
    for node in graph.nodes.values():
        yield from _failures(_checks(node, bundle))


def recorded_differences(graph: Graph) -> Iterator[Difference]:
    """Sources outside the project that Python code reads."""
    for node in graph.nodes.values():
        for flow in node.flows:
            for source in flow.query.sources if isinstance(flow.query, PythonQuery) else ():
                if is_outside(source.format):
                    yield Difference("translated", f'format("{source.format}")', RECORDED, source.place)


def _failures(checks: Iterable[Check]) -> Iterator[Difference]:
    for check in checks:
        try:
            check()
        except MedallionError as error:
            yield _refused(error)


def _refused(error: MedallionError) -> Difference:
    meaning = error.help or "a run ends with this error"
    return Difference("refused", error.message, meaning, error.place, error.code)


def _checks(node: Node, bundle: Bundle) -> Iterator[Check]:
    if node.dataset.kind != "sink":
        yield partial(honoured_properties, node.dataset)
        yield partial(refuse_unlike, node.dataset, any(flow.cdc is not None for flow in node.flows))
    for flow in node.flows:
        yield partial(check_settings, flow)
        if flow.kind == "auto_cdc_from_snapshot":
            yield partial(check_snapshots, node, flow)
        if isinstance(flow.query, SqlQuery):
            for relation in flow.query.relations:
                yield partial(_check_relation, relation, flow.query, bundle)
        if isinstance(flow.query, PythonQuery):
            for source in flow.query.sources:
                yield partial(_check_python_source, source, bundle)
        if flow.kind == "auto_cdc":
            yield partial(checked_clauses, flow)


def _check_python_source(source: PythonSource, bundle: Bundle) -> None:
    def folder(path: str, place: Place) -> Path:
        return mapped_folder(path, place, bundle.local_folders, bundle.own_files)

    options = {**source.options, **({"path": source.path} if source.path else {})}
    if is_outside(source.format):
        outside(source.format.lower(), options, bundle.local.sources, source.place)
    else:
        file_source(source.format, {**source.options}, source.path, source.place, folder)


def _is_made(name: str, bundle: Bundle) -> bool:
    """Whether SQL of the project makes a function of that name."""
    return split_name(name)[-1] in project_functions(bundle).last_names


def _check_relation(written: Relation, query: SqlQuery, bundle: Bundle) -> None:
    place = Place(query.place.path, written.span.line, written.span.column, len(written.name))
    relation = named_relation(written, query.parameters, place)
    name = relation.name.lower()
    if relation.kind == "table":
        table_options(relation.mode, relation.arguments, place)
    elif relation.kind == "function" and name not in TABLE_FUNCTIONS and not _is_made(name, bundle):
        raise UnsupportedError("MED402", f"the table function {relation.name} is not supported locally", place=place)
    elif relation.kind == "files" and name not in FILE_FUNCTIONS:
        arguments = {key: substitute(value, query.configuration, place) for key, value in relation.arguments.items()}
        outside(name.removeprefix("read_"), arguments, bundle.local.sources, place)
    elif relation.kind == "files":
        given = {"format": relation.format} if relation.format else {}
        arguments = {key: substitute(value, query.configuration, place) for key, value in relation.arguments.items()}
        path = substitute(relation.path or "", query.configuration, place)
        folder = mapped_folder(path, place, bundle.local_folders, bundle.own_files)
        is_plain = name == "path" and relation.mode == "batch"
        read_options(folder, {**given, **arguments}, place, infer_types=name == "read_files", is_plain=is_plain)
