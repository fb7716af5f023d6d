"""Rows of the local lakehouse, for looking at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.errors import RunError
from medallion_toolkit.graph.order import find_dataset


@dataclass(frozen=True)
class Rows:
    """Up to `limit` rows of a dataset of `total` rows; values as Python has them."""

    name: str
    total: int
    columns: Sequence[str]
    values: Sequence[Mapping[str, object]]


def read_rows(run: LocalRun, name: str, limit: int) -> Rows:
    """The first rows of a table or view; RunError before its first run."""
    project = run.project
    key = find_dataset(project.graph, name, project.display)
    node = project.graph.nodes[key]
    if node.dataset.kind in ("temporary_view", "view"):
        frame = run.binder(node.dataset.pipeline).frame(node.flows[0])
        if frame.isStreaming:
            raise RunError(
                "MED412",
                f"{project.display[key]} is a streaming view and has no rows of its own",
                place=node.dataset.place,
                help="show the table that it feeds",
            )
    elif run.store.exists(key):
        frame = read_table(run.spark_source.spark(), run.store, key)
    else:
        raise RunError("MED413", f"{project.display[key]} has no rows here yet", next="medallion run")
    values = [row.asDict(recursive=True) for row in frame.limit(limit).collect()]
    return Rows(project.display[key], frame.count(), tuple(frame.columns), values)
