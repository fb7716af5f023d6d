"""Which Spark settings decide about values, told by their names."""

from __future__ import annotations

import re

# How fast, how parallel and with which files a query runs; a laptop has its own values.
_SPEED_ONLY = re.compile(
    r"""spark\.sql\.(
        shuffle\. | adaptive\. | files\. | autoBroadcastJoinThreshold | broadcastTimeout | join\.prefer | cbo\.
      | statistics\. | inMemoryColumnarStorage\. | codegen\. | execution\. | optimizer\. | sources\.parallel | ui\.
      | streaming\.(stateStore | minBatchesToRetain | metricsEnabled | numRecentProgressUpdates)
      | parquet\.(compression | filterPushdown | enableVectorizedReader) )""",
    re.VERBOSE,
)


def changes_rows(name: str) -> bool:
    """Whether a Spark SQL setting of this name may decide about values, and not about speed alone."""
    return name.startswith("spark.sql.") and _SPEED_ONLY.match(name) is None
