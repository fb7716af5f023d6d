"""Write flows: append a stream exactly once, replace a materialized view in one commit."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.commits import commit_rows, current_origin, written_by
from medallion_toolkit.engine.expectations import Counts, counts_of, observed
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import committed_batch, make_empty
from medallion_toolkit.errors import PipelineError, Place
from medallion_toolkit.model import Expectation, Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

BatchWriter = Callable[["DataFrame", str, int], Counts]


def append_stream(
    spark: SparkSession, store: Store, flow: Flow, frame: DataFrame, expectations: Sequence[Expectation]
) -> Counts:
    """Append the rows that arrived since the last update. A batch that was committed before is not written again."""
    path = str(store.table(flow.target))

    def write(batch: DataFrame, application: str, number: int) -> Counts:
        if committed_batch(spark, store, flow.target, application) >= number:
            return Counts()
        options = {"txnAppId": application, "txnVersion": str(number), "mergeSchema": "true"}
        return write_counted(batch, path, "append", options, expectations)

    counts = run_stream(store, flow, frame, write)
    make_empty(spark, store, flow.target, frame)
    return counts


def append_once(
    spark: SparkSession, store: Store, flow: Flow, frame: DataFrame, expectations: Sequence[Expectation]
) -> Counts:
    """Append the rows of a backfill flow, once in the life of its table."""
    make_empty(spark, store, flow.target, frame)
    application = f"once:{flow.name}"
    if committed_batch(spark, store, flow.target, application) >= 0:
        return Counts()
    options = {"txnAppId": application, "txnVersion": "0", "mergeSchema": "true"}
    return write_counted(frame, str(store.table(flow.target)), "append", options, expectations)


def replace_table(store: Store, flow: Flow, frame: DataFrame, expectations: Sequence[Expectation]) -> Counts:
    """Replace the rows of a materialized view in one commit; when it fails the old rows stay."""
    if frame.isStreaming:
        raise PipelineError(
            "MED213",
            "a materialized view must read its inputs as batch",
            place=flow.place,
            help="leave out STREAM, or make it a streaming table",
        )
    options = {"overwriteSchema": "true"}
    return write_counted(frame, str(store.table(flow.target)), "overwrite", options, expectations)


def run_stream(store: Store, flow: Flow, frame: DataFrame, write: BatchWriter, output_mode: str = "append") -> Counts:
    """Run the flow's stream over all that is there now; `write` gets (rows, checkpoint id, batch number)."""
    check_streaming(frame, flow.place, flow.target)
    checkpoint = store.checkpoint(flow.target, flow.name)
    total = Counts()
    failures: list[BaseException] = []
    origin = current_origin()

    def each_batch(batch: DataFrame, number: int) -> None:
        nonlocal total
        try:
            with written_by(origin):
                total = total + write(batch, checkpoint_id(checkpoint), number)
        except BaseException as error:
            failures.append(error)
            raise

    writer = (
        frame.writeStream.outputMode(output_mode).foreachBatch(each_batch).option("checkpointLocation", str(checkpoint))
    )
    query = writer.trigger(availableNow=True).start()
    try:
        query.awaitTermination()
    except Exception:
        if failures:
            raise failures[0] from None
        raise
    return total


def checkpoint_id(checkpoint: Path) -> str:
    """The id Spark gave the checkpoint: a new one after every full refresh."""
    return str(json.loads((checkpoint / "metadata").read_text(encoding="utf-8"))["id"])


def check_streaming(frame: DataFrame, place: Place, target: str) -> None:
    if not frame.isStreaming:
        raise PipelineError(
            "MED214",
            f"the streaming table {target} needs a streaming query",
            place=place,
            help="read at least one input with STREAM(...), or make it a materialized view",
        )


def write_counted(
    frame: DataFrame, path: str, mode: str, options: dict[str, str], expectations: Sequence[Expectation]
) -> Counts:
    """Write the rows in one commit and count them and what the expectations say of them."""
    from pyspark.sql import Observation

    observation = Observation()
    rows = observed(frame, observation, expectations)
    return commit_rows(rows, path, mode, options, lambda: counts_of(observation.get, expectations))
