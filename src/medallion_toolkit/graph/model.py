"""The graph of a project: every dataset of every pipeline, what feeds it and what it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from medallion_toolkit.errors import MedallionError
from medallion_toolkit.model import Dataset, Flow, ReadMode


@dataclass(frozen=True)
class Read:
    """A dataset or table that a flow reads: its resolved name and how."""

    name: str
    mode: ReadMode


@dataclass(frozen=True)
class Node:
    """A dataset with its flows. `reads` is None when a Python query can only be resolved by running it."""

    dataset: Dataset
    flows: tuple[Flow, ...]
    reads: tuple[Read, ...] | None

    @property
    def name(self) -> str:
        return self.dataset.name


@dataclass(frozen=True)
class Graph:
    """All nodes by key: the full name, or `pipeline:name` for what only one pipeline can see.

    `notes` are things of the workspace that a local run leaves out without changing any rows.
    """

    nodes: Mapping[str, Node]
    pipelines: tuple[str, ...]
    errors: tuple[MedallionError, ...] = ()
    notes: tuple[MedallionError, ...] = ()

    def of_pipeline(self, pipeline: str) -> dict[str, Node]:
        return {key: node for key, node in self.nodes.items() if node.dataset.pipeline == pipeline}

    def find(self, pipeline: str, name: str) -> str | None:
        """The key of dataset `name` as `pipeline` sees it: its own temporary views hide tables."""
        local = f"{pipeline}:{name}"
        if local in self.nodes:
            return local
        return name if name in self.nodes else None

    def consumers(self, key: str) -> tuple[str, ...]:
        """Keys of the nodes that read `key`."""
        return tuple(
            other
            for other, node in self.nodes.items()
            if any(self.find(node.dataset.pipeline, read.name) == key for read in node.reads or ())
        )


def is_published(dataset: Dataset) -> bool:
    """Whether the dataset has a name of three parts, known outside its pipeline."""
    return dataset.kind not in ("temporary_view", "sink")


def node_key(dataset: Dataset) -> str:
    return dataset.name if is_published(dataset) else f"{dataset.pipeline}:{dataset.name}"
