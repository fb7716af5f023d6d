"""Flows that read their inputs as batch: ONCE, and REPLACE WHERE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from medallion_toolkit.engine.expectations import Counts
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.writing import write_counted
from medallion_toolkit.errors import PipelineError
from medallion_toolkit.model import Expectation, Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def check_batch(flow: Flow, frame: DataFrame) -> None:
    """PipelineError where a flow that needs all rows of its inputs streams them."""
    if (flow.once or flow.kind == "replace_where") and frame.isStreaming:
        what = "a ONCE flow" if flow.once else "a REPLACE WHERE flow"
        raise PipelineError(
            "MED283",
            f"the flow {flow.name} is {what} and must read its inputs as batch",
            place=flow.place,
            help="leave out STREAM",
        )


def replace_rows(store: Store, flow: Flow, frame: DataFrame, expectations: Sequence[Expectation]) -> Counts:
    """Replace the target's rows for which the flow's predicate holds by those of the query for which it holds.

    One commit; rows for which the predicate is false or NULL stay.
    """
    predicate = flow.replace_where or "false"
    path = str(store.table(flow.target))
    options = {"mergeSchema": "true"}
    if store.exists(flow.target):
        return write_counted(
            frame.where(predicate), path, "overwrite", {**options, "replaceWhere": predicate}, expectations
        )
    return write_counted(frame.where(predicate), path, "append", options, expectations)
