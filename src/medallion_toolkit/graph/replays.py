"""Replay flows: a second flow into `<table>_checked` that reads `<table>_replay`, a table outside of every pipeline.

On a laptop that table is there only while rows are being replayed. Without it the flow has nothing to read, and
a run, a test or a description of the project is the same as if the flow did not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from medallion_toolkit.graph.build import flow_reads
from medallion_toolkit.graph.model import Graph, Node
from medallion_toolkit.model import Flow
from medallion_toolkit.project.pipelines import Pipeline

CHECKED, REPLAY = "_checked", "_replay"
FLOW = "_from_replay"


def replay_table(checked: str) -> str:
    """The table that the replay flow of a checked table reads.

    >>> replay_table("shop.silver.orders_checked")
    'shop.silver.orders_replay'
    """
    return checked.removesuffix(CHECKED) + REPLAY


def replay_flow(node: Node) -> Flow | None:
    """The flow of a checked table that brings replayed rows, None when it has none."""
    if not node.name.endswith(CHECKED):
        return None
    return next((flow for flow in node.flows if flow.name.endswith(FLOW)), None)


def without_idle_replays(graph: Graph, pipelines: tuple[Pipeline, ...], exists: Callable[[str], bool] | None) -> Graph:
    """The graph without replay flows whose table is not there; `exists` None means that none is."""
    by_key = {pipeline.key: pipeline for pipeline in pipelines}
    nodes = dict(graph.nodes)
    for key, node in graph.nodes.items():
        flow = replay_flow(node)
        if flow is not None and not (exists is not None and exists(replay_table(node.name))):
            nodes[key] = _without(node, flow, by_key[node.dataset.pipeline])
    return replace(graph, nodes=nodes)


def _without(node: Node, idle: Flow, pipeline: Pipeline) -> Node:
    """The node without one flow and without its table; what its rules look up, the other flows look up too."""
    table = replay_table(node.name)
    reads = flow_reads(idle, pipeline.catalog, pipeline.schema)
    if reads is None or all(read.full != table for read in reads):
        return node
    kept = None if node.reads is None else tuple(read for read in node.reads if read.full != table)
    return replace(node, flows=tuple(flow for flow in node.flows if flow is not idle), reads=kept)
