"""Differences in what datasets declare: clauses, columns, properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from medallion_toolkit.differences.model import Difference, Kind
from medallion_toolkit.engine.sinks import FILE_FORMATS
from medallion_toolkit.engine.table_properties import WITHOUT_EFFECT_ON_ROWS
from medallion_toolkit.graph.model import Node
from medallion_toolkit.model import Dataset
from medallion_toolkit.sql.spark_names import changes_rows

_LAYOUT = "how files are laid out; rows and their order of arrival are the same"
_KEY = "informational in the workspace too; nothing is checked"
_SEEN = "who sees what: shown by `medallion show NAME --group GROUP`; a run reads and stores everything"
_STANDALONE = "not part of a pipeline in the workspace either"

# Clause → what it is called, what kind of difference, what becomes of it here.
CLAUSES: Mapping[str, tuple[str, Kind, str]] = {
    "cluster_by": ("CLUSTER BY", "not_shown", _LAYOUT),
    "partitioned_by": ("PARTITIONED BY", "not_shown", _LAYOUT),
    "primary_key": ("PRIMARY KEY", "not_shown", _KEY),
    "foreign_key": ("FOREIGN KEY", "not_shown", _KEY),
    "refresh_policy": (
        "REFRESH POLICY",
        "not_shown",
        "whether a materialized view is computed in part or in full: always in full here",
    ),
    "row_filter": ("ROW FILTER", "translated", _SEEN),
    "auto_ttl": ("auto_ttl", "not_shown", "rows are deleted by age by the workspace only"),
    "schema_binding": ("WITH SCHEMA", "not_shown", "how a published view follows its tables; it is made anew here"),
    "using": ("USING", "translated", "stored as Delta here"),
    "default_collation": ("DEFAULT COLLATION", "translated", "how text compares: UTF8_BINARY here, others are refused"),
    "location": ("LOCATION", "refused", _STANDALONE),
    "schedule": ("SCHEDULE", "refused", _STANDALONE),
    "trigger": ("TRIGGER ON UPDATE", "refused", _STANDALONE),
    "options": ("OPTIONS", "refused", _STANDALONE),
    "check": ("CHECK", "refused", _STANDALONE),
    "metrics": ("WITH METRICS", "refused", _STANDALONE),
}
_MAINTENANCE = "maintenance, layout or protocol of the table's files; no row depends on it"


def declared_differences(node: Node) -> Iterator[Difference]:
    """What one dataset declares that a local run does by other means or leaves out."""
    dataset = node.dataset
    if dataset.kind == "sink":
        yield _sink(dataset)
        return
    for clause, value in dataset.clauses.items():
        named = CLAUSES.get(clause)
        if named is not None and named[1] != "refused" and not _is_plain(clause, value):
            yield Difference(named[1], f"{named[0]} {_short(value)}".rstrip(), named[2], dataset.place)
    yield from _columns(dataset)
    for name, value in dataset.properties.items():
        if name in WITHOUT_EFFECT_ON_ROWS and name != "pipelines.reset.allowed":
            yield Difference("not_shown", f"property {name} = {_short(value)}", _MAINTENANCE, dataset.place)
    yield from _behaviour(dataset)
    for flow in node.flows:
        for name, value in flow.options.items():
            if name.startswith("spark.") and not changes_rows(name):
                meaning = "a setting of the cluster's Spark; the local session has its own"
                yield Difference("not_shown", f"spark_conf {name} = {_short(value)}", meaning, flow.place)


def _sink(dataset: Dataset) -> Difference:
    used = dataset.clauses.get("using", "")
    if dataset.handler is not None or used == "foreach_batch":
        meaning = "its function gets each batch once; tables and volume paths it writes are local"
    elif used.lower() in ("delta", *FILE_FORMATS):
        meaning = "written to the mapped local folder or a local table, each batch once"
    else:
        meaning = "recorded as JSON lines under .medallion/sinks, each batch once"
    return Difference("translated", f"sink {dataset.name} ({used})", meaning, dataset.place)


def _behaviour(dataset: Dataset) -> Iterator[Difference]:
    if dataset.kind == "temporary_view" and dataset.expectations:
        meaning = "counted once for all flows that read the view; there with each of them"
        yield Difference("translated", f"expectations of the view {dataset.name}", meaning, dataset.place)
    if dataset.private:
        meaning = "kept under .medallion, visible in this pipeline only, as there"
        yield Difference("translated", "PRIVATE", meaning, dataset.place)


def _columns(dataset: Dataset) -> Iterator[Difference]:
    for column in dataset.columns:
        if column.mask is not None:
            yield Difference("translated", f"MASK {_short(column.mask)} of {column.name}", _SEEN, dataset.place)


def _is_plain(clause: str, value: str) -> bool:
    return clause == "using" and value.lower() == "delta"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}…"
