"""MED627: a stream of a table whose rows change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from medallion_toolkit.graph.build import flow_reads, resolve
from medallion_toolkit.graph.model import Node
from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import LintProject
from medallion_toolkit.model import Flow, SqlQuery

_CHANGING = {"auto_cdc": "AUTO CDC", "auto_cdc_from_snapshot": "AUTO CDC", "replace_where": "REPLACE WHERE"}
_ALLOWED = {"skipchangecommits", "readchangefeed", "readchangedata"}


def check(project: LintProject) -> Iterator[Found]:
    defaults = project.project.defaults()
    for node in project.by_hand:
        for flow in node.flows:
            for source, options in _streams(project, node, flow, defaults):
                changed_by = _changes(source)
                if changed_by is not None and not _ALLOWED & {name.lower() for name in options}:
                    shown = project.project.shown(source.name)
                    yield Found(
                        flow.query.place if isinstance(flow.query, SqlQuery) else flow.place,
                        f"{project.project.shown(node.name)} streams {shown}, whose rows {changed_by} changes",
                        f"read it without STREAM in a materialized view, or STREAM {shown} WITH (SKIPCHANGECOMMITS)",
                    )


def _streams(
    project: LintProject, node: Node, flow: Flow, defaults: Mapping[str, tuple[str, str]]
) -> Iterator[tuple[Node, Mapping[str, str]]]:
    """Datasets that the flow streams, with the options of each read; what only Python knows is left out."""
    if isinstance(flow.query, SqlQuery):
        relations = [relation for relation in flow.query.relations if relation.kind == "table"]
        options = [relation.arguments for relation in relations]
    elif flow.cdc is not None:
        options = [flow.options]
    else:
        return
    reads = flow_reads(flow, *defaults[node.dataset.pipeline]) or ()
    for read, given in zip(reads, options, strict=False):
        key = resolve(project.graph, node, read, defaults) if read.mode == "stream" else None
        if key is not None:
            yield project.graph.nodes[key], given


def _changes(node: Node) -> str | None:
    """What changes rows of the dataset; None when rows are only added."""
    if node.dataset.kind == "materialized_view":
        return "every refresh"
    return next((_CHANGING[flow.kind] for flow in node.flows if flow.kind in _CHANGING), None)


_TOTALS = """CREATE OR REFRESH MATERIALIZED VIEW ${silver}.totals
AS SELECT order_id, count(*) AS payments FROM ${bronze}.orders GROUP BY order_id;
"""
_COPY = "CREATE OR REFRESH STREAMING TABLE ${silver}.copied\nAS SELECT order_id FROM "

RULE = LintRule(
    code="MED627",
    name="stream_of_changing_table",
    level="error",
    why="A stream reads appended rows only and fails at the first update or delete of its source.",
    check=check,
    offends=Example(
        {"sql/silver/totals.sql": _TOTALS, "sql/silver/copied.sql": f"{_COPY}STREAM(${{silver}}.totals);\n"}
    ),
    fine=Example({"sql/silver/totals.sql": _TOTALS, "sql/silver/copied.sql": f"{_COPY}STREAM(${{bronze}}.orders);\n"}),
)
