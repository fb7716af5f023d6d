"""What of a dataset's definition decides whether its stored rows and checkpoints still fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from medallion_toolkit.graph.model import Node
from medallion_toolkit.model import Flow, PythonQuery, SqlQuery
from medallion_toolkit.sql.tokens import tokenize

STATEFUL = frozenset(("WATERMARK", "GROUP", "DISTINCT"))
LEFT_OUT_OF_CDC = ("source",)


@dataclass(frozen=True)
class FlowDefinition:
    """A flow: what it streams, in order; its query's words; for AUTO CDC its clauses."""

    streams: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    cdc: Mapping[str, object] | None = None

    @property
    def is_stateful(self) -> bool:
        """Whether the stream keeps state between batches: groups, joins, what it has seen."""
        words = {word.upper() for word in self.words}
        return bool(self.streams and STATEFUL & words) or ("JOIN" in words and len(self.streams) > 1)


@dataclass(frozen=True)
class Definition:
    """A dataset's kind and its flows by name."""

    kind: str = ""
    flows: Mapping[str, FlowDefinition] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def of(cls, node: Node) -> Definition:
        return cls(node.dataset.kind, {flow.name: _flow(flow) for flow in node.flows})

    @classmethod
    def from_dict(cls, kept: Mapping[str, object]) -> Definition:
        flows = kept.get("flows")
        found = {name: _kept_flow(flow) for name, flow in flows.items()} if isinstance(flows, dict) else {}
        return cls(str(kept.get("kind", "")), found)


def _kept_flow(kept: Mapping[str, object]) -> FlowDefinition:
    cdc = kept["cdc"]
    return FlowDefinition(_texts(kept["streams"]), _texts(kept["words"]), cdc if isinstance(cdc, dict) else None)


def _texts(values: object) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, Iterable) else ()


def _flow(flow: Flow) -> FlowDefinition:
    if flow.cdc is not None:
        clauses = {name: value for name, value in asdict(flow.cdc).items() if name not in LEFT_OUT_OF_CDC}
        clauses = {name: list(value) if isinstance(value, tuple) else value for name, value in clauses.items()}
        return FlowDefinition((flow.cdc.source,), (), clauses)
    if isinstance(flow.query, PythonQuery):
        return FlowDefinition(tuple(name for name, mode in flow.query.reads or () if mode == "stream"))
    if isinstance(flow.query, SqlQuery):
        return FlowDefinition(tuple(_streams(flow.query)), tuple(token.text for token in tokenize(flow.query.text)))
    return FlowDefinition()


def _streams(query: SqlQuery) -> Iterable[str]:
    from medallion_toolkit.sql.substitution import substitute

    for relation in query.relations:
        if relation.mode == "stream":
            yield substitute(relation.path or relation.name, query.configuration, query.place).lower()
