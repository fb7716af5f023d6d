"""Expectations on temporary views: enforced wherever the view is read, counted once.

The workspace reports them with every flow that reads the view; counted there, a row would appear once a
reader. So a view with expectations is a step of the update of its own, before its readers: it counts the rows
of the view, of a streaming view those that arrived since the last update.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import Binder
from medallion_toolkit.engine.expectations import Counts, counted
from medallion_toolkit.engine.writing import run_stream
from medallion_toolkit.errors import RunError
from medallion_toolkit.graph.model import Node, node_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame

    from medallion_toolkit.model import Expectation


def count_view(binder: Binder, node: Node) -> Counts:
    """What the expectations of a view find; RunError MED410 where one of them fails the update.

    A view that nothing reads is not evaluated, as in the workspace.
    """
    key, expectations = node_key(node.dataset), node.dataset.expectations
    if not expectations or not binder.graph.consumers(key):
        return Counts()
    frame = binder.view(node, is_enforced=False)
    if not frame.isStreaming:
        return _judged(frame, expectations)
    flow = replace(node.flows[0], target=key)
    return run_stream(binder.store, flow, frame, lambda batch, _application, _number: _judged(batch, expectations))


def _judged(frame: DataFrame, expectations: Sequence[Expectation]) -> Counts:
    counts = counted(frame, expectations)
    for rule, outcome in zip(expectations, counts.expectations, strict=True):
        if rule.action == "fail" and outcome.failed:
            raise RunError(
                "MED410",
                f"expectation {rule.name} failed",
                place=rule.place,
                found=f"{outcome.failed:,} of {counts.rows_in:,} rows of the view",
                help="nothing that reads the view was written; the old rows are kept",
            )
    return counts
