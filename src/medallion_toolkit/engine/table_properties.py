"""Table properties: those that change rows or reads are honoured, layout ones pass, unknown ones are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import empty_frame
from medallion_toolkit.errors import UnsupportedError, did_you_mean
from medallion_toolkit.model import Dataset

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# What Delta itself does with them is the same on a laptop.
HONOURED = ("delta.enableChangeDataFeed", "delta.enableTypeWidening", "delta.appendOnly", "delta.columnMapping.mode")
# Read by the tool (reset.allowed), or about files, cost, protocol versions and maintenance: no row depends on them.
WITHOUT_EFFECT_ON_ROWS = (
    "pipelines.reset.allowed",
    "pipelines.autoOptimize.managed",
    "pipelines.autoOptimize.zOrderCols",
    "pipelines.trigger.interval",
    "pipelines.channel",
    "pipelines.cdc.tombstoneGCThresholdInSeconds",
    "pipelines.cdc.tombstoneGCFrequencyInSeconds",
    "pipelines.metastore.tableName",
    "delta.autoOptimize.autoCompact",
    "delta.autoOptimize.optimizeWrite",
    "delta.checkpointInterval",
    "delta.checkpointPolicy",
    "delta.checkpoint.writeStatsAsJson",
    "delta.checkpoint.writeStatsAsStruct",
    "delta.compatibility.symlinkFormatManifest.enabled",
    "delta.dataSkippingNumIndexedCols",
    "delta.dataSkippingStatsColumns",
    "delta.deletedFileRetentionDuration",
    "delta.enableDeletionVectors",
    "delta.enableIcebergCompatV2",
    "delta.enableRowTracking",
    "delta.feature.allowColumnDefaults",
    "delta.feature.variantType-preview",
    "delta.isolationLevel",
    "delta.logRetentionDuration",
    "delta.minReaderVersion",
    "delta.minWriterVersion",
    "delta.parquet.compression.codec",
    "delta.randomizeFilePrefixes",
    "delta.setTransactionRetentionDuration",
    "delta.targetFileSize",
    "delta.tuneFileSizesForRewrites",
    "delta.universalFormat.enabledFormats",
)
_PREFIXES = ("delta.", "pipelines.")


def honoured_properties(dataset: Dataset) -> dict[str, str]:
    """The dataset's properties that Delta acts on; UnsupportedError for one of an unknown meaning.

    Properties without the prefix `delta.` or `pipelines.` are the author's own notes.
    """
    by_lower = {name.lower(): name for name in HONOURED}
    passed = {name.lower() for name in WITHOUT_EFFECT_ON_ROWS}
    found = {}
    for name, value in dataset.properties.items():
        lower = name.lower()
        if lower in by_lower:
            found[by_lower[lower]] = value
        elif lower.startswith(_PREFIXES) and lower not in passed:
            raise _unknown(dataset, name)
    return found


def _unknown(dataset: Dataset, name: str) -> UnsupportedError:
    return UnsupportedError(
        "MED402",
        f"the table property {name} of {dataset.name} is not known locally",
        place=dataset.place,
        help=did_you_mean(name, (*HONOURED, *WITHOUT_EFFECT_ON_ROWS))
        or "what it changes in the workspace cannot be shown here",
    )


def prepare_table(spark: SparkSession, store: Store, dataset: Dataset, frame: DataFrame) -> None:
    """Make the table with its properties before its first row, or give an older table those it lacks."""
    wanted = honoured_properties(dataset)
    if not wanted:
        return
    path = str(store.table(dataset.name))
    if not store.exists(dataset.name):
        empty_frame(spark, frame.schema).write.format("delta").options(**wanted).mode("append").save(path)
        return
    missing = _missing(spark, path, wanted)
    if missing:
        pairs = ", ".join(f"'{name}' = '{value}'" for name, value in missing.items())
        spark.sql(f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ({pairs})")


def _missing(spark: SparkSession, path: str, wanted: Mapping[str, str]) -> dict[str, str]:
    rows = spark.sql(f"SHOW TBLPROPERTIES delta.`{path}`").collect()
    known = {row["key"]: row["value"] for row in rows}
    return {name: value for name, value in wanted.items() if known.get(name) != value}
