"""Bind a query to local data: each relation becomes a temporary view, put in by position.

The author's text is never printed again from a tree; lines keep their numbers, so that Spark's
positions are the file's positions.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.dataset_writes import refused_writes
from medallion_toolkit.engine.declared_columns import named_columns
from medallion_toolkit.engine.expectations import check_conditions, enforced
from medallion_toolkit.engine.files.flow_sources import sources_of
from medallion_toolkit.engine.files.messages import MESSAGES
from medallion_toolkit.engine.files.metadata import metadata_use
from medallion_toolkit.engine.files.options import read_options
from medallion_toolkit.engine.files.reading import read_source
from medallion_toolkit.engine.files.recorded import read_outside, read_table_rows
from medallion_toolkit.engine.files.rescue import METADATA
from medallion_toolkit.engine.functions import LocalFunctions
from medallion_toolkit.engine.inputs import note_folder, note_table, note_view
from medallion_toolkit.engine.local_paths import mapped_folder
from medallion_toolkit.engine.project_functions import ProjectFunctions
from medallion_toolkit.engine.session_variables import declared
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.table_reads import check_readable, table_options
from medallion_toolkit.engine.tables import read_events, read_table, stream_table
from medallion_toolkit.errors import ConfigError, PipelineError, Place, UnsupportedError, nearest
from medallion_toolkit.graph.model import Graph, Node, node_key
from medallion_toolkit.graph.names import full_name, split_name
from medallion_toolkit.graph.privacy import hidden_from, hidden_input
from medallion_toolkit.model import Flow, PythonQuery, ReadMode, Relation, SqlQuery
from medallion_toolkit.project.local_settings import RecordedSource

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_numbers = itertools.count(1)
_current: ContextVar[Binder | None] = ContextVar("binder", default=None)
VIEWS = ("temporary_view", "view")
TABLE_FUNCTIONS = (
    "range",
    "explode",
    "explode_outer",
    "posexplode",
    "posexplode_outer",
    "inline",
    "inline_outer",
    "stack",
    "json_tuple",
    "sequence",
)


class NotReady(Exception):
    """A query reads a dataset of this update that has not been made yet."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True)
class Binder:
    """What queries of one pipeline are bound to.

    `volumes` maps volume paths to local folders; `is_ready` says whether a node of this update is done;
    `tables` are event logs by full name and the files that hold them; rows of the nodes in `given` stand in
    the store, whatever their kind; `own_files` maps where the project is deployed to where it is.
    `empty` stands for mapped folders that are not there, in tests; `stand_in` gives the rows of a node that is
    not read from the store (key, how, options), None to read it as always; `functions` are those that the
    project's own SQL makes; `sources` are recorded rows of what lies outside the project; `views` are queries that
    can be read by full name.
    """

    spark: SparkSession
    graph: Graph
    store: Store
    pipeline: str
    catalog: str
    schema: str
    volumes: Mapping[str, Path]
    is_ready: Callable[[str], bool]
    display: Callable[[str], str] = field(default=lambda name: name)
    tables: Mapping[str, Path] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    configuration: Mapping[str, str] = field(default_factory=dict)
    empty: Path | None = None
    stand_in: Callable[[str, ReadMode, Mapping[str, str]], DataFrame | None] | None = None
    own_files: Mapping[str, Path] = field(default_factory=dict)
    functions: ProjectFunctions = field(default_factory=ProjectFunctions)
    sources: Mapping[str, RecordedSource] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)

    def frame(self, flow: Flow) -> DataFrame:
        """The DataFrame of a flow's query."""
        if isinstance(flow.query, SqlQuery):
            return self.sql(flow.query, flow, flow.target)
        if isinstance(flow.query, PythonQuery):
            with sources_of(flow):
                return self.python(flow.query)
        raise PipelineError("MED210", f"the flow {flow.name} has no query", place=flow.place)

    def python(self, query: PythonQuery) -> DataFrame:
        from pyspark.sql import DataFrame

        try:
            with self.bound(), translated(query.place), refused_writes():
                result = query.function()
        except PipelineError as error:
            _raise_not_ready(error)
            raise
        if not isinstance(result, DataFrame):
            raise PipelineError(
                "MED211",
                "a dataset function must return a DataFrame",
                place=query.place,
                found=type(result).__name__,
                expected="DataFrame",
            )
        return result

    @contextmanager
    def bound(self) -> Iterator[None]:
        """For the block, in this thread, `spark` of pipeline code reads what this binder reads."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def sql(self, query: SqlQuery, flow: Flow | None = None, target: str = "query") -> DataFrame:
        """The query over local data; SqlError with the place in the file when Spark refuses it."""
        from medallion_toolkit.sql.markers import fill_markers, named_relation
        from medallion_toolkit.sql.rewriting import rewrite
        from medallion_toolkit.sql.substitution import substitute

        flow_name = flow.name if flow else "query"
        views = []
        replacements = []
        metadata = metadata_use(query.text, query.relations)
        for position, written in enumerate(query.relations):
            relation = named_relation(written, query.parameters, _place(written, query))
            bound = self._bind(relation, query, target, flow_name, position)
            if bound is None:
                continue
            if relation.kind == "files" and position not in metadata.exposed:
                bound = bound.drop(METADATA)
            view = f"__medallion_{next(_numbers)}"
            bound.createOrReplaceTempView(view)
            views.append(view)
            replacements.append((relation.span, _with_alias(view, relation, query)))
        text = rewrite(query.text, [*replacements, *metadata.edits])
        text = substitute(text, query.configuration, query.place)
        if query.parameters:
            text = fill_markers(text, query.parameters, query.place)
        functions = LocalFunctions(self)
        try:
            with declared(self.spark, query.session), translated(query.place):
                frame = self.spark.sql(functions.bind(text, query.catalog, query.schema))
        finally:
            functions.drop()
            for view in views:
                self.spark.catalog.dropTempView(view)
        return frame.drop(METADATA)

    def _bind(self, relation: Relation, query: SqlQuery, target: str, flow: str, position: int) -> DataFrame | None:
        place = _place(relation, query)
        if relation.kind == "files":
            return self._files(relation, query, place, self.store.source_schema(target, flow, position))
        if relation.kind == "function":
            if relation.name.lower() not in TABLE_FUNCTIONS and not self._is_made(relation, query, place):
                raise UnsupportedError(
                    "MED402",
                    f"the table function {relation.name} is not supported locally",
                    place=place,
                    help="the workspace runs it; a local run would have to invent its rows",
                )
            return None
        name = _substituted(relation.name, query, place)
        options = {option: _substituted(value, query, place) for option, value in relation.arguments.items()}
        return self.table(name, relation.mode, place, query.catalog, query.schema, options)

    def _is_made(self, relation: Relation, query: SqlQuery, place: Place) -> bool:
        """Whether SQL of the project makes the table function."""
        name = full_name(_substituted(relation.name, query, place), query.catalog, query.schema)
        return self.functions.find(self.spark, name) is not None

    def table(
        self,
        written: str,
        mode: ReadMode,
        place: Place,
        catalog: str | None = None,
        schema: str | None = None,
        options: Mapping[str, str] | None = None,
    ) -> DataFrame:
        """The dataset or table called `written` in this pipeline. NotReady while this update has yet to make it.

        `options` are those of the read, in any spelling.
        """
        chosen = table_options(mode, options or {}, place)
        parts = split_name(written)
        name = parts[-1] if len(parts) == 1 or parts[0] == "live" else ""
        key = self.graph.find(self.pipeline, name) if name else None
        if key is None:
            name = full_name(written, catalog or self.catalog, schema or self.schema)
            key = self.graph.find(self.pipeline, name)
        if key is not None and not self.is_ready(key):
            raise NotReady(key)
        if key is not None and chosen:
            check_readable(self.graph.nodes[key], self.display(key), chosen, place)
        standing = self.stand_in(key, mode, chosen) if key is not None and self.stand_in is not None else None
        if standing is not None:
            return standing
        if key is not None and key not in self.given and self.graph.nodes[key].dataset.kind in VIEWS:
            note_view(key)
            return self.view(self.graph.nodes[key])
        hidden = hidden_from(self.graph, self.pipeline, name) if key is None else None
        if hidden is not None:
            raise hidden_input(hidden, self.display(name), place)
        stored = key or name
        if name in self.views or name in self.tables:
            return self._recorded(name)
        if not self.store.exists(stored):
            return self._outside(name, mode, chosen, place)
        note_table(self.store, stored)
        if mode == "stream":
            self._check_streamable(key, place)
            return stream_table(self.spark, self.store, stored, chosen)
        return read_table(self.spark, self.store, stored, chosen)

    def _recorded(self, name: str) -> DataFrame:
        """An event log, what gates found, or a view over them."""
        if name in self.views:
            return self.sql(view_query(self.views[name], self.catalog, self.schema))
        note_folder(self.tables[name])
        return read_events(self.spark, self.tables[name])

    def _outside(self, name: str, mode: ReadMode, options: Mapping[str, str], place: Place) -> DataFrame:
        """Recorded rows of a table that no pipeline makes."""
        kept = self.store.source_schema(self.pipeline, name, 0)
        rows = read_table_rows(self.spark, self.sources, name, mode == "stream", options, place, kept)
        if rows is None:
            raise self.missing(name, place)
        return rows

    def view(self, node: Node, is_enforced: bool = True) -> DataFrame:
        """A view's rows, made where it is read, without those that its drop expectations reject.

        A fail expectation stops what reads the view. A column list renames the query's columns in order.
        """
        flow, key = node.flows[0], node_key(node.dataset)
        rows = self.sql(flow.query, flow, key) if isinstance(flow.query, SqlQuery) else self.frame(flow)
        frame = named_columns(node.dataset, rows)
        check_conditions(frame, node.dataset.expectations)
        return enforced(frame, node.dataset.expectations) if is_enforced else frame

    def missing(self, name: str, place: Place) -> PipelineError:
        shown = self.display(name)
        known = [self.display(node.name) for node in self.graph.nodes.values()]
        close = nearest(shown, known)
        if close == shown:
            return PipelineError(
                "MED413", f"the input {shown} has not been made here yet", place=place, next="medallion run"
            )
        return PipelineError(
            "MED401",
            f"the input {shown} does not exist",
            place=place,
            help=f"did you mean {close}?" if close else "no dataset of the project makes it",
        )

    def _check_streamable(self, key: str | None, place: Place) -> None:
        if key is not None and self.graph.nodes[key].dataset.kind == "materialized_view":
            raise PipelineError(
                "MED212",
                f"{self.display(key)} is a materialized view and cannot be read as a stream",
                place=place,
                help="read it without STREAM, or make it a streaming table",
            )

    def _files(self, relation: Relation, query: SqlQuery, place: Place, kept: Path) -> DataFrame:
        arguments = {name: _substituted(value, query, place) for name, value in relation.arguments.items()}
        kind = relation.name.lower().removeprefix("read_")
        if kind in MESSAGES:
            return read_outside(self.spark, self.sources, kind, arguments, relation.mode == "stream", place, kept)
        if relation.format:
            arguments.setdefault("format", relation.format)
        path = _substituted(relation.path or "", query, place)
        folder = self.folder(path, place)
        name = relation.name.lower()
        is_plain = name == "path" and relation.mode == "batch"
        source = read_options(folder, arguments, place, infer_types=name == "read_files", is_plain=is_plain)
        return read_source(self.spark, source, relation.mode == "stream", kept)

    def folder(self, path: str, place: Place) -> Path:
        """The local folder of a volume path; UnsupportedError when no volume is mapped to it."""
        folder = mapped_folder(path, place, self.volumes, self.own_files)
        note_folder(folder)
        return self.empty if self.empty is not None and not folder.exists() else folder


def view_query(text: str, catalog: str, schema: str) -> SqlQuery:
    """The query of a view with the tables it reads."""
    from medallion_toolkit.sql.relations import find_relations

    return SqlQuery(text, Place("view"), find_relations(text, "view", 1, 1), catalog, schema, {}, {})


def current_binder() -> Binder:
    """The binder whose dataset function is running in this thread."""
    binder = _current.get()
    if binder is None:
        raise ConfigError(
            "MED240",
            "a pipeline file uses spark while it is being imported",
            help="move the call into the dataset function",
        )
    return binder


def _raise_not_ready(error: BaseException | None) -> None:
    """Let a read that has to wait through, whatever user code made of it."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        if isinstance(error, NotReady):
            raise error from None
        seen.append(error)
        error = error.__cause__ or error.__context__


def _with_alias(view: str, relation: Relation, query: SqlQuery) -> str:
    follows = query.text[relation.span.end :].split(maxsplit=1)
    is_bare = not follows or follows[0].upper() not in ("WATERMARK", "TABLESAMPLE")
    if relation.alias or relation.kind != "table" or not is_bare:
        return view
    last = split_name(_substituted(relation.name, query, query.place))[-1]
    return f"{view} AS `{last}`"


def _place(relation: Relation, query: SqlQuery) -> Place:
    return Place(query.place.path, relation.span.line, relation.span.column, len(relation.name))


def _substituted(text: str, query: SqlQuery, place: Place) -> str:
    from medallion_toolkit.sql.substitution import substitute

    return substitute(text, query.configuration, place)
