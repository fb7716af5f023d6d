"""The graph of a project: every dataset of every pipeline, what feeds it and what it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from medallion_toolkit.errors import MedallionError
from medallion_toolkit.model import Dataset, Flow, ReadMode


@dataclass(frozen=True)
class Read:
    """A dataset or table that a flow reads: the name to look up and how.

    `name` has one part where a temporary view of that name would be meant; `full` is the table it means else.
    """

    name: str
    mode: ReadMode
    full: str = ""


@dataclass(frozen=True)
class Node:
    """A dataset with its flows. `reads` is None when a Python query can only be resolved by running it."""

    dataset: Dataset
    flows: tuple[Flow, ...]
    reads: tuple[Read, ...] | None

    @property
    def name(self) -> str:
        return self.dataset.name


class PythonFunction(Protocol):
    """A Python function that the SQL of its pipeline may call."""

    @property
    def name(self) -> str: ...

    def register(self, session: object) -> None: ...


@dataclass(frozen=True)
class Graph:
    """All nodes by key: the full name, or `pipeline:name` for what only one pipeline can see.

    `notes` are things of the workspace that a local run leaves out without changing any rows; `opened` are the
    project's files that the Python of each pipeline has opened, `functions` those it registers for its SQL.
    """

    nodes: Mapping[str, Node]
    pipelines: tuple[str, ...]
    errors: tuple[MedallionError, ...] = ()
    notes: tuple[MedallionError, ...] = ()
    opened: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    functions: Mapping[str, tuple[PythonFunction, ...]] = field(default_factory=dict)

    def of_pipeline(self, pipeline: str) -> dict[str, Node]:
        return {key: node for key, node in self.nodes.items() if node.dataset.pipeline == pipeline}

    def find(self, pipeline: str, name: str) -> str | None:
        """The key of dataset `name` as `pipeline` sees it: its own temporary views hide tables.

        Private tables of other pipelines are not seen.
        """
        local = f"{pipeline}:{name}"
        if local in self.nodes:
            return local
        node = self.nodes.get(name)
        is_seen = node is not None and (not node.dataset.private or node.dataset.pipeline == pipeline)
        return name if is_seen else None

    def input(self, pipeline: str, read: Read) -> str | None:
        """The key of the node that a flow of `pipeline` reads; None when no pipeline of the project makes it."""
        return self.find(pipeline, read.name) or (self.find(pipeline, read.full) if read.full else None)

    def consumers(self, key: str) -> tuple[str, ...]:
        """Keys of the nodes that read `key`."""
        return tuple(
            other
            for other, node in self.nodes.items()
            if any(self.input(node.dataset.pipeline, read) == key for read in node.reads or ())
        )


def is_published(dataset: Dataset) -> bool:
    """Whether the dataset has a name of three parts, known outside its pipeline."""
    return dataset.kind not in ("temporary_view", "sink")


def has_figures(dataset: Dataset) -> bool:
    """Whether a run says how many rows it had: tables, and views whose expectations are counted."""
    return dataset.kind not in ("temporary_view", "view") or bool(dataset.expectations)


def node_key(dataset: Dataset) -> str:
    return dataset.name if is_published(dataset) else f"{dataset.pipeline}:{dataset.name}"
