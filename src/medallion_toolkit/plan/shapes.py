"""What of a dataset's definition a plan compares: declared parts, flows, and the words of their queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from medallion_toolkit.errors import Place
from medallion_toolkit.model import Column, Flow, ReadMode, Span, SqlQuery
from medallion_toolkit.plan.functions import FunctionBodies

if TYPE_CHECKING:
    from medallion_toolkit.graph.model import Node, Read
    from medallion_toolkit.graph.project import Project
    from medallion_toolkit.sql.tokens import Token

_STATE = frozenset(("GROUP", "DISTINCT", "WATERMARK", "DROPDUPLICATES"))
_CHANGING = frozenset(("CURRENT_TIMESTAMP", "NOW", "UUID", "RAND", "RANDN", "CURRENT_USER", "SESSION_USER"))


@dataclass(frozen=True)
class FlowShape:
    """A flow: what it streams and reads, the words of its query (no comments, no layout), clauses of AUTO CDC.

    `origins` are all streams it goes back to; they are filled in only where flows come and go.
    """

    name: str
    kind: str
    streams: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    cdc: Mapping[str, object] | None = None
    once: bool = False
    output: tuple[str, ...] | None = None
    is_python: bool = False
    query: SqlQuery | None = None
    origins: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[str]:
        """The words in upper case."""
        return frozenset(word.upper() for word in self.words)

    @property
    def is_stateful(self) -> bool:
        """Whether a stream keeps groups, joins or what it has seen."""
        return bool(self.streams) and (bool(_STATE & self.keys) or ("JOIN" in self.keys and len(self.streams) > 1))

    @property
    def changing_functions(self) -> tuple[str, ...]:
        """Functions that answer differently each time."""
        return tuple(sorted(_CHANGING & self.keys))

    @property
    def has_whole_windows(self) -> bool:
        """Whether a window function has no PARTITION BY."""
        words = [word.upper() for word in self.words]
        starts = [index for index, word in enumerate(words) if word == "OVER"]
        return any("PARTITION" not in words[start : start + 3] for start in starts)


@dataclass(frozen=True)
class Shape:
    """A dataset as a plan sees it, under the name users know; `full` is its name in the workspace."""

    name: str
    full: str
    kind: str
    pipeline: str
    place: Place
    comment: str | None
    columns: tuple[Column, ...]
    expectations: Mapping[str, tuple[str, str]]
    properties: Mapping[str, str]
    clauses: Mapping[str, str]
    flows: Mapping[str, FlowShape]
    texts: tuple[tuple[str, Place], ...] = ()

    @property
    def output(self) -> tuple[str, ...] | None:
        """Its columns: declared, or those of its query; None when neither tells."""
        if self.columns:
            return tuple(column.name for column in self.columns)
        return next((flow.output for flow in self.flows.values() if flow.output is not None), None)


def said(kind: str) -> str:
    """The kind of a dataset or flow as words."""
    return kind.replace("_", " ")


def shapes_of(project: Project) -> dict[str, Shape]:
    """Every dataset of the project by its name on screen."""
    planned, bodies = _planned_flows(project), FunctionBodies(project.bundle.root)
    return {project.display[key]: _shape(project, key, planned, bodies) for key in project.graph.nodes}


def _shape(project: Project, key: str, planned: Mapping[str, str], bodies: FunctionBodies) -> Shape:
    node = project.graph.nodes[key]
    dataset = node.dataset
    flows = {flow.name: _flow(flow, node, project, planned, bodies) for flow in node.flows}
    queries = [flow.query for flow in node.flows if isinstance(flow.query, SqlQuery)]
    return Shape(
        name=project.display[key],
        full=dataset.name,
        kind=dataset.kind,
        pipeline=dataset.pipeline,
        place=dataset.place,
        comment=dataset.comment,
        columns=dataset.columns,
        expectations={one.name: (one.condition, one.action) for one in dataset.expectations},
        properties=dict(dataset.properties),
        clauses=dict(dataset.clauses),
        flows=_by_stable_name(flows, dataset.name),
        texts=tuple((query.text, query.place) for query in queries),
    )


def _by_stable_name(flows: Mapping[str, FlowShape], dataset: str) -> dict[str, FlowShape]:
    """The flow that a dataset's own query makes is called `(own)`, whatever the schema is called."""
    return {"(own)" if name in (dataset, dataset.rpartition(".")[2]) else name: flow for name, flow in flows.items()}


def _flow(flow: Flow, node: Node, project: Project, planned: Mapping[str, str], bodies: FunctionBodies) -> FlowShape:
    if flow.cdc is not None:
        clauses = {name: value for name, value in asdict(flow.cdc).items() if name != "source"}
        return FlowShape(flow.name, flow.kind, (project.shown(flow.cdc.source),), cdc=clauses, once=flow.once)
    query = flow.query
    if isinstance(query, SqlQuery):
        return _sql_flow(flow, query, node, project)
    reads = node.reads or ()
    is_planned = flow.name in planned
    return FlowShape(
        flow.name,
        flow.kind,
        tuple(_name_of(read, node, project) for read in reads if read.mode == "stream"),
        tuple(_name_of(read, node, project) for read in reads if read.mode == "batch"),
        (planned[flow.name],) if is_planned else bodies.words_at(query.place if query else flow.place),
        once=flow.once,
        is_python=not is_planned,
    )


def _sql_flow(flow: Flow, query: SqlQuery, node: Node, project: Project) -> FlowShape:
    from medallion_toolkit.sql.columns import output_columns
    from medallion_toolkit.sql.statements import QueryText
    from medallion_toolkit.sql.tokens import tokenize

    span = Span(0, len(query.text), query.place.line, query.place.column)
    values = _own_values(query, project)
    options = {name: _filled(value, values) for one in query.relations for name, value in one.arguments.items()}
    paths = [_filled(one.path, values) for one in query.relations if one.path is not None]
    return FlowShape(
        flow.name,
        flow.kind,
        tuple(_read_by(query, "stream", node, project)),
        tuple(_read_by(query, "batch", node, project)),
        tuple(_filled(word, values) for word in _words(tokenize(query.text))),
        {**options, **({"path": ", ".join(paths)} if paths else {})},
        once=flow.once,
        output=output_columns(QueryText(query.text, span, query.relations)),
        query=query,
    )


def _words(tokens: Iterable[Token]) -> Iterator[str]:
    """What the tokens say: case counts in texts, quoted names and fields of JSON text (`payload:orderId`)."""
    in_path = is_field = False
    for token in tokens:
        is_kept = is_field and token.kind == "word"
        yield token.text if is_kept else token.key or token.text
        in_path = token.key == ":" or (in_path and (is_kept or token.key == "."))
        is_field = in_path and not is_kept


def _own_values(query: SqlQuery, project: Project) -> Mapping[str, str]:
    """Values of `${name}` that are no schema or catalog: tables are known by their names on screen."""
    names = {part.lower() for full in project.bundle.schemas.values() for part in (full, *full.split("."))}
    return {name: value for name, value in query.configuration.items() if value.lower() not in names}


def _filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with the values of `${name}`; words of tokens are in upper case."""
    if "${" not in text:
        return text
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value).replace(f"${{{name.upper()}}}", value)
    return text


def _read_by(query: SqlQuery, mode: ReadMode, node: Node, project: Project) -> Iterable[str]:
    """Names on screen of what the query reads; a file source by its kind alone, since its path is an option."""
    from medallion_toolkit.graph.build import sql_reads

    yield from ("files" for one in query.relations if one.kind == "files" and one.mode == mode)
    for read in sql_reads(query):
        if read.mode == mode:
            yield _name_of(read, node, project)


def _name_of(read: Read, node: Node, project: Project) -> str:
    key = project.graph.input(node.dataset.pipeline, read)
    return project.display[key] if key else project.shown(read.full or read.name)


def _planned_flows(project: Project) -> dict[str, str]:
    """The text of each flow that a contract makes, by the flow's name."""
    package = project.contracts.package
    if package is None:
        return {}
    found: dict[str, str] = {}
    for contract in project.contracts.by_table.values():
        for plan in package.plan_tables(contract, {}):
            found |= {flow.name: repr(flow) for flow in plan.flows}
    return found
