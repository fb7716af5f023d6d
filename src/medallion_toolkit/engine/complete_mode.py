"""Streams that aggregate without a watermark: every batch rewrites the table with all groups.

No group is ever final there, so rows cannot only be appended: the workspace runs such a flow in complete mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from medallion_toolkit.engine.expectations import Counts
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import committed_batch, make_empty
from medallion_toolkit.engine.writing import run_stream, write_counted
from medallion_toolkit.errors import EnvironmentProblem, UnsupportedError
from medallion_toolkit.graph.model import Node
from medallion_toolkit.model import Expectation, Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def rewrites_table(spark: SparkSession, frame: DataFrame) -> bool:
    """Whether the stream can run in complete mode only."""
    return frame.isStreaming and not _runs_in(spark, frame, "Append") and _runs_in(spark, frame, "Complete")


def _runs_in(spark: SparkSession, frame: DataFrame, mode: str) -> bool:
    from pyspark.errors import AnalysisException

    jvm = spark._jvm
    if jvm is None:
        raise EnvironmentProblem("MED507", "the Spark session has ended")
    checker = jvm.org.apache.spark.sql.catalyst.analysis.UnsupportedOperationChecker
    output_mode = getattr(jvm.org.apache.spark.sql.streaming.OutputMode, mode)()
    try:
        checker.checkForStreaming(frame._jdf.queryExecution().analyzed(), output_mode)
    except AnalysisException:
        return False
    return True


def rewrite_stream(
    spark: SparkSession, store: Store, node: Node, flow: Flow, frame: DataFrame, expectations: Sequence[Expectation]
) -> Counts:
    """Replace the table's rows by all groups as they are now; the groups survive in the checkpoint."""
    if len(node.flows) > 1:
        raise UnsupportedError(
            "MED402",
            f"the flow {flow.name} aggregates without a watermark and would rewrite what other flows append",
            place=flow.place,
            help="give it a watermark, or a table of its own",
        )
    path = str(store.table(flow.target))

    def write(batch: DataFrame, application: str, number: int) -> Counts:
        if committed_batch(spark, store, flow.target, application) >= number:
            return Counts()
        options = {"txnAppId": application, "txnVersion": str(number), "overwriteSchema": "true"}
        return write_counted(batch, path, "overwrite", options, expectations)

    counts = run_stream(store, flow, frame, write, "complete")
    make_empty(spark, store, flow.target, frame)
    return counts
