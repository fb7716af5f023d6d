"""Datasets that only their own pipeline can see: private tables and temporary views are not in the catalog."""

from __future__ import annotations

from medallion_toolkit.errors import PipelineError, Place
from medallion_toolkit.graph.model import Graph, Node


def hidden_from(graph: Graph, pipeline: str, *names: str) -> Node | None:
    """The dataset of another pipeline that one of the `names` means but `pipeline` cannot see."""
    for node in graph.nodes.values():
        dataset = node.dataset
        if dataset.name in names and dataset.pipeline != pipeline and not _is_visible(node):
            return node
    return None


def _is_visible(node: Node) -> bool:
    return not node.dataset.private and node.dataset.kind not in ("temporary_view", "sink")


def privacy_note(graph: Graph, key: str) -> str | None:
    """A sentence about a dataset that is shown locally but is not in the catalog; None for published ones."""
    node = graph.nodes[key]
    if _is_visible(node):
        return None
    return f"{_what(node)} of pipeline {node.dataset.pipeline}: not in the catalog, nobody else can read it"


def hidden_input(node: Node, shown: str, place: Place) -> PipelineError:
    """PipelineError MED262: a pipeline reads what another one keeps to itself."""
    return PipelineError(
        "MED262",
        f"{shown} is {_what(node)} of pipeline {node.dataset.pipeline}: it is not in the catalog",
        place=place,
        help="only its own pipeline reads it (TABLE_OR_VIEW_NOT_FOUND there); publish it, or read what it is made from",
        notes=(node.dataset.place,),
    )


def _what(node: Node) -> str:
    return {"temporary_view": "a temporary view", "sink": "a sink"}.get(node.dataset.kind, "a private table")
